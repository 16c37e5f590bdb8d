//! What a learner is handed: the reference of a lab with its exercises taken out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::regions::{self, Given, Region};
use super::{ExerciseId, Lab, Trouble, files};

/// An unfinished program is full of what is not used yet; a warning about that helps nobody.
const ALLOWED: &str = "\
// While functions wait to be written, much is unused. Remove these two lines when all is done.
#![allow(unused_imports, unused_variables, unused_mut)]
#![allow(dead_code, unreachable_code)]";

/// A package as it is handed out: each file's path in it, and its text.
#[derive(Clone, Debug)]
pub struct Starter {
    pub files: BTreeMap<PathBuf, String>,
}

impl Starter {
    /// The lab as a learner gets it, with these exercises filled in. Its package is `my-NAME`.
    pub fn of(lab: &Lab, filled: &BTreeSet<ExerciseId>) -> Result<Self, Trouble> {
        Self::named(&format!("my-{}", lab.name), lab, filled)
    }

    /// The same under another name: two packages of one name are one file in `target/debug`.
    pub fn named(package: &str, lab: &Lab, filled: &BTreeSet<ExerciseId>) -> Result<Self, Trouble> {
        let givens = givens(lab)?;
        let mut files = BTreeMap::new();
        for (path, text) in sources(lab)? {
            let mut text = without_tests(&text);
            text = regions::unfinished(&text, &givens, filled)
                .map_err(|why| Trouble::file("understand", &lab.folder.join(&path), why))?;
            if path == Path::new("src/main.rs") {
                text = allow_unused(&text);
            }
            files.insert(path, text);
        }
        let manifest = files::read(&lab.folder.join("Cargo.toml"))?;
        files.insert("Cargo.toml".into(), own_manifest(&manifest, package));
        Ok(Self { files })
    }

    /// The reference under another name, whole, to be broken as a known mistake.
    pub fn reference(package: &str, lab: &Lab) -> Result<Self, Trouble> {
        let mut files = sources(lab)?;
        let manifest = files::read(&lab.folder.join("Cargo.toml"))?;
        files.insert("Cargo.toml".into(), own_manifest(&manifest, package));
        Ok(Self { files })
    }

    /// Where the earliest exercise begins that is not filled in: a file, and its line from 1.
    pub fn first_exercise(&self) -> Option<(ExerciseId, PathBuf, usize)> {
        let all = self.files.iter().flat_map(|(path, text)| {
            let regions = regions::regions(text).unwrap_or_default();
            regions
                .into_iter()
                .map(|region| (region.exercise, path.clone(), region.marker + 2))
        });
        all.min_by_key(|(exercise, ..)| *exercise)
    }

    /// Writes it into a folder that does not exist yet.
    pub fn write(&self, folder: &Path) -> Result<(), Trouble> {
        for (path, text) in &self.files {
            files::write_new(&folder.join(path), text)?;
        }
        Ok(())
    }
}

/// The sources of a lab: their paths in it, from `src/` on, and their texts.
pub fn sources(lab: &Lab) -> Result<BTreeMap<PathBuf, String>, Trouble> {
    let folder = lab.folder.join("src");
    let mut sources = BTreeMap::new();
    for path in files::files_below(&folder)? {
        sources.insert(
            Path::new("src").join(&path),
            files::read(&folder.join(&path))?,
        );
    }
    Ok(sources)
}

/// All regions of a lab, with the file that each stands in.
pub fn lab_regions(lab: &Lab) -> Result<Vec<(PathBuf, Region)>, Trouble> {
    let mut all = Vec::new();
    for (path, text) in sources(lab)? {
        let found = regions::regions(&text)
            .map_err(|why| Trouble::file("understand", &lab.folder.join(&path), why))?;
        all.extend(found.into_iter().map(|region| (path.clone(), region)));
    }
    Ok(all)
}

/// What the lab's `starter.rs` gives instead of a `todo!`.
pub fn givens(lab: &Lab) -> Result<Vec<Given>, Trouble> {
    let path = lab.folder.join("starter.rs");
    let text = files::read_if_any(&path)?.unwrap_or_default();
    regions::givens(&text).map_err(|why| Trouble::file("understand", &path, why))
}

/// A source without its unit tests, which stand at its end: they would give answers away.
pub fn without_tests(text: &str) -> String {
    let kept: Vec<_> = text
        .lines()
        .take_while(|line| *line != "#[cfg(test)]")
        .collect();
    format!("{}\n", kept.join("\n").trim_end())
}

/// Allows what is unused, below the text that says what the program is.
fn allow_unused(text: &str) -> String {
    let docs: Vec<_> = text
        .lines()
        .take_while(|line| line.starts_with("//!"))
        .collect();
    let rest: Vec<_> = text.lines().skip(docs.len()).collect();
    format!("{}\n{ALLOWED}\n{}\n", docs.join("\n"), rest.join("\n"))
}

/// The manifest of the lab under another name, and without the lints that its authors ask for.
fn own_manifest(text: &str, package: &str) -> String {
    let mut table = "";
    let mut lines = Vec::new();
    for line in text.lines() {
        if line.starts_with('[') {
            table = line;
        }
        if table.starts_with("[lints") {
            continue;
        }
        let is_name = table == "[package]" && line.starts_with("name = ");
        lines.push(if is_name {
            format!("name = \"{package}\"")
        } else {
            line.to_string()
        });
    }
    format!("{}\n", lines.join("\n").trim_end())
}
