//! The book as it is read: it is made without a warning, needs nothing from another machine, all
//! its links lead somewhere, and a browser has nothing to complain about.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::{Result, bail};
use libtest_mimic::{Failed, Trial};
use tempfile::TempDir;

use crate::terminal::{Seen, Terminal};
use crate::tools::{browser, installed};

/// Making the book takes a second or two, and starting a browser some more; a machine that is busy
/// with other things takes longer.
const PATIENCE: Duration = Duration::from_secs(120);

/// What a browser opens, and something that is on the page when its scripts have run.
const PAGES: &[(&str, &str)] = &[
    ("index.html", "What you will have built"),
    ("02-tcp-echo.html", "What was wrong in the tutorials"),
    (
        "index.html?search=half-close",
        "02-tcp-echo.html?highlight=half-close",
    ),
];

/// What holds for the book in this folder.
type Promise = fn(&Path) -> Result<()>;

pub fn trials() -> Vec<Trial> {
    let promises: [(&str, Promise); 4] = [
        ("is-made-without-a-warning", |_| Ok(())),
        ("needs-no-other-machine", needs_no_other_machine),
        ("its-links-lead-somewhere", its_links_lead_somewhere),
        ("a-browser-has-no-complaint", a_browser_has_no_complaint),
    ];
    // Made once, by the first that needs it, and removed after the last.
    let book = Arc::new(OnceLock::new());
    let trial = |(name, promise): (&str, Promise)| {
        let book = Arc::clone(&book);
        Trial::test(format!("book::{name}"), move || {
            let holds = match book.get_or_init(made) {
                Ok(Some(book)) => promise(book.path()).map_err(|why| format!("{why:#}")),
                Ok(None) => Ok(()),
                Err(why) => Err(format!("{why:#}")),
            };
            holds.map_err(Failed::from)
        })
    };
    promises.into_iter().map(trial).collect()
}

fn needs_no_other_machine(book: &Path) -> Result<()> {
    let mut broken = Vec::new();
    for (name, page) in pages(book)? {
        for element in page.split('<') {
            let fetches = ["script", "link", "img", "iframe", "source", "use"]
                .iter()
                .any(|tag| element.starts_with(tag));
            if fetches && element.contains("//") {
                broken.push(format!("{name}: <{element}"));
            }
        }
    }
    none(broken)
}

/// In what mdBook has made of them: of pages, and of the headings on them.
fn its_links_lead_somewhere(book: &Path) -> Result<()> {
    let pages = pages(book)?;
    let names: BTreeMap<&str, BTreeSet<&str>> = pages
        .iter()
        .map(|(name, page)| (name.as_str(), values(page, "id").collect()))
        .collect();
    let mut broken = Vec::new();
    for (name, page) in &pages {
        // What is in the page that is for printing stands in the others as well.
        let links = values(page, "href").filter(|link| name != "print.html" && !link.contains(':'));
        for link in links {
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let path = if path.is_empty() { name } else { path };
            let leads = match names.get(path) {
                Some(headings) => anchor.is_empty() || headings.contains(anchor),
                None => book.join(path).exists(),
            };
            if !leads {
                broken.push(format!("{name}: {link}"));
            }
        }
    }
    none(broken)
}

fn a_browser_has_no_complaint(book: &Path) -> Result<()> {
    let Some(browser) = browser() else {
        return Ok(());
    };
    for (page, shows) in PAGES {
        let profile = TempDir::new()?;
        let shown = run(&format!(
            "{browser} --headless=new --no-sandbox --disable-gpu --enable-logging=stderr --v=0 \
             --virtual-time-budget=10000 --user-data-dir='{}' --dump-dom 'file://{}/{page}' 2>&1",
            profile.path().display(),
            book.display()
        ))?;
        if !shown.contains(shows) {
            bail!("{page} was not shown:\n{shown}");
        }
        let complaints = shown.lines().filter(|line| line.contains(":CONSOLE"));
        none(complaints.map(|line| format!("{page}: {line}")).collect())?;
    }
    Ok(())
}

/// The book in a folder of its own; none, with a word, where mdBook is not installed.
fn made() -> Result<Option<TempDir>> {
    if !installed("mdbook") {
        eprintln!("skipped: mdbook is not installed");
        return Ok(None);
    }
    let folder = TempDir::new()?;
    let said = run(&format!(
        "mdbook build docs --dest-dir '{}' && echo made",
        folder.path().display()
    ))?;
    let is_fine = said.ends_with("made\n") && !said.contains("WARN") && !said.contains("ERROR");
    if !is_fine {
        bail!(said);
    }
    Ok(Some(folder))
}

/// All pages, by their names.
fn pages(book: &Path) -> Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(book)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "html") {
            let name = path.file_name().unwrap_or_default().display().to_string();
            found.insert(name, fs::read_to_string(&path)?);
        }
    }
    if !found.contains_key("index.html") {
        bail!("the book has no first page");
    }
    Ok(found)
}

/// The values of all attributes of this name.
fn values<'a>(page: &'a str, attribute: &str) -> impl Iterator<Item = &'a str> {
    let begin = format!(" {attribute}=\"");
    let found: Vec<&str> = page.split(begin.as_str()).skip(1).collect();
    found.into_iter().filter_map(|rest| rest.split('"').next())
}

fn none(broken: Vec<String>) -> Result<()> {
    if !broken.is_empty() {
        bail!(broken.join("\n"));
    }
    Ok(())
}

fn run(script: &str) -> Result<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    match Terminal::start(&root, script)?.wait(PATIENCE, |_| false) {
        Seen::Enough(shown) | Seen::Ended(shown) => Ok(shown),
        Seen::TooLate(shown) => bail!("not done in time:\n{shown}"),
    }
}
