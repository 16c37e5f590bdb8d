//! What holds for every file of the workbook, so that nobody has to remember it. The name of a
//! test is the rule.

mod documents;
mod labs;
mod links;
mod sources;
mod words;

use std::fs;
use std::path::{Path, PathBuf};

use grader::workbook::Workbook;
use libtest_mimic::{Failed, Trial};

/// Finds what breaks a rule: each with where it is.
type Rule = fn(&Workbook) -> Result<Vec<String>, Failed>;

pub fn trials() -> Vec<Trial> {
    [
        documents::RULES,
        labs::RULES,
        links::RULES,
        sources::RULES,
        words::RULES,
    ]
    .into_iter()
    .flatten()
    .map(|&(name, rule)| Trial::test(format!("conventions::{name}"), move || holds(rule)))
    .collect()
}

fn holds(rule: Rule) -> Result<(), Failed> {
    let broken = rule(&Workbook::open()?)?;
    if broken.is_empty() {
        return Ok(());
    }
    Err(broken.join("\n").into())
}

/// A file, by its path from the root of the workbook.
struct File {
    path: String,
    text: String,
}

/// All files below some folders whose names end like this: there are some, or the rule would
/// hold for nothing.
fn files(workbook: &Workbook, folders: &[&str], ending: &str) -> Result<Vec<File>, Failed> {
    let mut found = Vec::new();
    let mut open: Vec<PathBuf> = folders
        .iter()
        .map(|name| workbook.root.join(name))
        .collect();
    if let Some(path) = open.iter().find(|path| !path.exists()) {
        return Err(format!("{} does not exist", shown(workbook, path)).into());
    }
    while let Some(path) = open.pop() {
        if path.is_dir() {
            for entry in fs::read_dir(&path)? {
                open.push(entry?.path());
            }
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(File {
                text: fs::read_to_string(&path)?,
                path: shown(workbook, &path),
            });
        }
    }
    if found.is_empty() {
        return Err(format!("no {ending} in {}", folders.join(", ")).into());
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

fn shown(workbook: &Workbook, path: &Path) -> String {
    path.strip_prefix(&workbook.root)
        .unwrap_or(path)
        .display()
        .to_string()
}
