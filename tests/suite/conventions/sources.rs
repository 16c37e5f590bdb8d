//! Rules for Rust sources.

use grader::workbook::Workbook;
use libtest_mimic::Failed;

use super::{File, Rule, files};

pub static RULES: &[(&str, Rule)] = &[
    ("a-source-says-on-top-what-it-is", says_what_it_is),
    ("a-source-is-short", is_short),
    (
        "no-test-is-ignored-and-nothing-is-left-to-do",
        nothing_is_left_to_do,
    ),
    ("labs-never-panic", labs_never_panic),
    (
        "nothing-imports-what-stands-above-it",
        nothing_imports_what_stands_above_it,
    ),
];

const SOURCES: &[&str] = &["labs", "shared", "tests"];

/// As many lines as one reads in one go.
const MOST_LINES: usize = 350;

/// The parts of the grader, from the ground up.
const LAYERS: &[&str] = &[
    "words", "finding", "workbook", "docs", "wire", "program", "checks", "verdict", "report",
    "commands",
];

fn says_what_it_is(workbook: &Workbook) -> Result<Vec<String>, Failed> {
    let sources = files(workbook, SOURCES, ".rs")?;
    Ok(sources
        .into_iter()
        .filter(|source| !source.text.starts_with("//! "))
        .map(|source| format!("{} does not begin with `//! …`", source.path))
        .collect())
}

fn is_short(workbook: &Workbook) -> Result<Vec<String>, Failed> {
    let sources = files(workbook, SOURCES, ".rs")?;
    Ok(sources
        .into_iter()
        .filter_map(|File { path, text }| {
            let lines = text.lines().count();
            (lines > MOST_LINES).then(|| format!("{path} has {lines} lines"))
        })
        .collect())
}

fn nothing_is_left_to_do(workbook: &Workbook) -> Result<Vec<String>, Failed> {
    // Put together here, so that this file does not break its own rule.
    let marks = ["ignore", "TO-DO", "FIX-ME"].map(|mark| mark.replace('-', ""));
    let marks = [
        format!("#[{}", marks[0]),
        marks[1].clone(),
        marks[2].clone(),
    ];
    let sources = files(workbook, SOURCES, ".rs")?;
    Ok(lines_with(&sources, |line| {
        marks.iter().any(|mark| line.contains(mark))
    }))
}

/// `expect` is for what cannot happen, and says why. Tests and starters may do as they like.
fn labs_never_panic(workbook: &Workbook) -> Result<Vec<String>, Failed> {
    let mut sources = files(workbook, &["labs", "shared"], ".rs")?;
    sources.retain(|source| !source.path.ends_with("/starter.rs"));
    for source in &mut sources {
        let own = source
            .text
            .find("#[cfg(test)]")
            .unwrap_or(source.text.len());
        source.text.truncate(own);
    }
    let panics = [
        ".unwrap()",
        "panic!(",
        "todo!(",
        "unreachable!(",
        "unimplemented!(",
    ];
    Ok(lines_with(&sources, |line| {
        panics.iter().any(|panic| line.contains(panic))
    }))
}

fn nothing_imports_what_stands_above_it(workbook: &Workbook) -> Result<Vec<String>, Failed> {
    let mut broken = Vec::new();
    for (at, layer) in LAYERS.iter().enumerate() {
        let own = [
            format!("tests/src/{layer}"),
            format!("tests/src/{layer}.rs"),
        ];
        let own: Vec<&str> = own
            .iter()
            .map(String::as_str)
            .filter(|path| workbook.root.join(path).exists())
            .collect();
        let above: Vec<String> = LAYERS[at + 1..]
            .iter()
            .map(|name| format!("crate::{name}"))
            .collect();
        broken.extend(lines_with(&files(workbook, &own, ".rs")?, |line| {
            above.iter().any(|name| line.contains(name.as_str()))
        }));
    }
    Ok(broken)
}

fn lines_with(sources: &[File], wrong: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for File { path, text } in sources {
        for (at, line) in text.lines().enumerate() {
            if wrong(line) {
                found.push(format!("{path}:{}: {}", at + 1, line.trim()));
            }
        }
    }
    found
}
