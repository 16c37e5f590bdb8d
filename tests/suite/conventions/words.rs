//! Rules for the words of the trade: a lesson that sets one in strong type teaches it, and the
//! page of words has them all.

use std::fs;

use grader::workbook::Workbook;
use libtest_mimic::Failed;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::{Rule, files};

pub static RULES: &[(&str, Rule)] = &[
    ("a-word-is-on-the-page-of-words", is_on_the_page_of_words),
    (
        "a-word-is-in-the-lesson-it-names",
        is_in_the_lesson_it_names,
    ),
];

const PAGE: &str = "docs/src/words.md";

fn is_on_the_page_of_words(workbook: &Workbook) -> Result<Vec<String>, Failed> {
    let known = strong(&fs::read_to_string(workbook.root.join(PAGE))?);
    let mut broken = Vec::new();
    for lab in &workbook.labs {
        let path = workbook.lesson(lab);
        for word in strong(&fs::read_to_string(&path)?) {
            let is_known = |word: &str| known.iter().any(|known| known == word);
            let one = word.strip_suffix('s').unwrap_or(&word);
            if is_term(&word) && !is_known(&word) && !is_known(one) {
                broken.push(format!("{}: {word}", workbook.shown(&path)));
            }
        }
    }
    Ok(broken)
}

/// `| **hub** [05](05-chat.md) | what it is |`
fn is_in_the_lesson_it_names(workbook: &Workbook) -> Result<Vec<String>, Failed> {
    let page = fs::read_to_string(workbook.root.join(PAGE))?;
    let lessons = files(workbook, &["docs/src"], ".md")?;
    let mut broken = Vec::new();
    let mut rows = 0;
    for row in page.lines().filter(|line| line.starts_with("| **")) {
        rows += 1;
        let word = row[4..].split("**").next().unwrap_or_default();
        let name = row
            .rsplit("](")
            .next()
            .and_then(|end| end.split(')').next());
        let path = format!("docs/src/{}", name.unwrap_or_default());
        let teaches = lessons.iter().any(|lesson| {
            let text: Vec<&str> = lesson.text.split_whitespace().collect();
            let text = text.join(" ").to_lowercase();
            lesson.path == path && text.contains(&word.trim_matches('`').to_lowercase())
        });
        if !teaches {
            broken.push(format!("{path} has no word of {word}"));
        }
    }
    if rows == 0 {
        return Err("the page has no words".into());
    }
    Ok(broken)
}

/// A word or two, and not the beginning of a sentence: `half-close`, `send buffer`, `IPv4`.
fn is_term(text: &str) -> bool {
    let first = text.split(' ').next().unwrap_or_default();
    let is_sentence =
        first.starts_with(char::is_uppercase) && !first.chars().skip(1).any(char::is_uppercase);
    text.split(' ').count() <= 2 && !is_sentence && !text.ends_with(['.', '?', '!', ':', ','])
}

/// All that a page has in strong type.
fn strong(page: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut is_open = false;
    for event in Parser::new_ext(page, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Strong) => {
                is_open = true;
                found.push(String::new());
            }
            Event::End(TagEnd::Strong) => is_open = false,
            Event::Text(text) | Event::Code(text) if is_open => {
                if let Some(word) = found.last_mut() {
                    word.push_str(&text);
                }
            }
            Event::SoftBreak if is_open => {
                if let Some(word) = found.last_mut() {
                    word.push(' ');
                }
            }
            _ => {}
        }
    }
    found
}
