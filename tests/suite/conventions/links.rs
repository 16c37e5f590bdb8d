//! Rules for the links of the documents. What is on other machines may come and go, so of a link
//! to there only its form is looked at.

use std::fs;
use std::path::{Component, Path, PathBuf};

use grader::docs::section::{Heading, headings};
use grader::workbook::Workbook;
use libtest_mimic::Failed;
use pulldown_cmark::{Event, LinkType, Options, Parser, Tag};

use super::{File, Rule, files};

pub static RULES: &[(&str, Rule)] = &[
    ("a-link-leads-somewhere", leads_somewhere),
    ("a-link-out-is-an-address", is_an_address),
    ("the-book-links-to-the-book", stays_in_the_book),
];

/// A file that is there, and in it a heading of that name.
fn leads_somewhere(workbook: &Workbook) -> Result<Vec<String>, Failed> {
    let mut broken = Vec::new();
    for (page, link) in links(workbook)? {
        let Target::Here { path, anchor } = target(&page, &link) else {
            continue;
        };
        let whole = workbook.root.join(&path);
        if !whole.exists() {
            broken.push(format!("{page}: there is no {}", path.display()));
        } else if let Some(anchor) = anchor {
            let text = fs::read_to_string(&whole)?;
            let has_it = headings(&text)
                .iter()
                .map(Heading::anchor)
                .any(|name| name == anchor);
            if !has_it {
                broken.push(format!("{page}: {} has no #{anchor}", path.display()));
            }
        }
    }
    Ok(broken)
}

fn is_an_address(workbook: &Workbook) -> Result<Vec<String>, Failed> {
    let mut broken = Vec::new();
    for (page, link) in links(workbook)? {
        if let Target::Elsewhere(address) = target(&page, &link) {
            let host = address.strip_prefix("https://").unwrap_or_default();
            let host = host.split(['/', '#', '?']).next().unwrap_or_default();
            let is_whole = host.contains('.') && !address.contains(char::is_whitespace);
            if !is_whole {
                broken.push(format!("{page}: {address} is no address of a page"));
            }
        }
    }
    Ok(broken)
}

/// What lies outside `docs/src` is not in the book, where a link to it would lead nowhere.
fn stays_in_the_book(workbook: &Workbook) -> Result<Vec<String>, Failed> {
    let mut broken = Vec::new();
    for (page, link) in links(workbook)? {
        if let Target::Here { path, .. } = target(&page, &link)
            && page.starts_with("docs/src/")
            && !path.starts_with("docs/src")
        {
            broken.push(format!("{page}: {} is not in the book", path.display()));
        }
    }
    Ok(broken)
}

enum Target {
    /// In the workbook; the path is seen from its root.
    Here {
        path: PathBuf,
        anchor: Option<String>,
    },
    Elsewhere(String),
}

fn target(page: &str, link: &str) -> Target {
    if link.contains(':') {
        return Target::Elsewhere(link.into());
    }
    let (path, anchor) = match link.split_once('#') {
        Some((path, anchor)) => (path, Some(anchor.to_string())),
        None => (link, None),
    };
    let page = Path::new(page);
    let path = match path {
        "" => page.to_path_buf(),
        path => plain(&page.parent().unwrap_or(Path::new("")).join(path)),
    };
    Target::Here { path, anchor }
}

/// The path without `..`: `docs/src/../book.toml` is `docs/book.toml`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        if part == Component::ParentDir {
            plain.pop();
        } else if part != Component::CurDir {
            plain.push(part);
        }
    }
    plain
}

/// All links and images of all documents, each with the page that it is on.
fn links(workbook: &Workbook) -> Result<Vec<(String, String)>, Failed> {
    let mut found = Vec::new();
    for File { path, text } in files(workbook, &["docs/src", "README.md"], ".md")? {
        for event in Parser::new_ext(&text, Options::ENABLE_TABLES) {
            if let Event::Start(Tag::Link {
                link_type,
                dest_url,
                ..
            }) = event
            {
                if link_type != LinkType::Email {
                    found.push((path.clone(), dest_url.to_string()));
                }
            } else if let Event::Start(Tag::Image { dest_url, .. }) = event {
                found.push((path.clone(), dest_url.to_string()));
            }
        }
    }
    if found.is_empty() {
        return Err("no document has a link, so this looked at nothing".into());
    }
    Ok(found)
}
