//! A lab and its exercises, as `labs/NN-name/lab.toml` tells them.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::Deserialize;

use super::trouble::Trouble;

/// One lab: a folder in `labs/`.
#[derive(Clone, Debug)]
pub struct Lab {
    pub number: u32,
    /// What progress is kept under, and the name of the package.
    pub name: String,
    /// `…/labs/02-tcp-echo`.
    pub folder: PathBuf,
    pub title: String,
    pub exercises: Vec<Exercise>,
    /// What one knows who has passed all of them: a few short sentences.
    pub learnt: Vec<String>,
    /// Names that the lab had before: progress and work kept under them still count.
    pub formerly: Vec<String>,
}

/// One exercise of a lab.
#[derive(Clone, Debug)]
pub struct Exercise {
    pub id: ExerciseId,
    pub name: String,
    pub title: String,
    /// From a nudge to nearly the answer.
    pub hints: Vec<String>,
    /// Why the reference does it so, for who has done it.
    pub why: String,
    /// What each of its checks is worth.
    pub points: u32,
}

/// `2.4`: the fourth exercise of lab 02.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExerciseId {
    pub lab: u32,
    pub number: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LabFile {
    name: String,
    title: String,
    #[serde(default)]
    formerly: Vec<String>,
    #[serde(default)]
    learnt: Vec<String>,
    #[serde(rename = "exercise")]
    exercises: Vec<ExerciseEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExerciseEntry {
    id: String,
    name: String,
    title: String,
    hints: Vec<String>,
    #[serde(default)]
    why: String,
    #[serde(default = "one")]
    points: u32,
}

fn one() -> u32 {
    1
}

impl Lab {
    /// Reads the lab in a folder named `NN-…`.
    pub(super) fn read(folder: &Path, number: u32) -> Result<Self, Trouble> {
        let path = folder.join("lab.toml");
        let text = fs::read_to_string(&path).map_err(|error| Trouble::io("read", &path, &error))?;
        let wrong = |why: String| {
            let restore = "`git checkout` of it brings back what it was";
            Trouble::file("understand", &path, format!("{why}; {restore}"))
        };
        let file: LabFile = toml::from_str(&text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            let line = 1 + text.get(..start).unwrap_or("").matches('\n').count();
            wrong(format!("line {line}: {}", error.message()))
        })?;
        let mut names = BTreeSet::new();
        let mut exercises = Vec::new();
        for (entry, expected) in file.exercises.into_iter().zip(1..) {
            let id = ExerciseId {
                lab: number,
                number: expected,
            };
            if entry.id != id.to_string() {
                return Err(wrong(format!(
                    "exercise {} stands where {id} should",
                    entry.id
                )));
            }
            if !names.insert(entry.name.clone()) {
                return Err(wrong(format!("two exercises are named {}", entry.name)));
            }
            let ExerciseEntry {
                name,
                title,
                hints,
                why,
                points,
                ..
            } = entry;
            exercises.push(Exercise {
                id,
                name,
                title,
                hints,
                why,
                points,
            });
        }
        Ok(Self {
            number,
            name: file.name,
            folder: folder.to_path_buf(),
            title: file.title,
            exercises,
            learnt: file.learnt,
            formerly: file.formerly,
        })
    }

    /// `02-tcp-echo`: the name of its folder, in `labs/` as in `work/`.
    pub fn folder_name(&self) -> String {
        format!("{:02}-{}", self.number, self.name)
    }

    pub fn exercise(&self, id: ExerciseId) -> Option<&Exercise> {
        self.exercises.iter().find(|exercise| exercise.id == id)
    }

    /// Its names, the present one first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.name)
            .chain(&self.formerly)
            .map(String::as_str)
    }
}

impl fmt::Display for ExerciseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.lab, self.number)
    }
}

impl FromStr for ExerciseId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (lab, number) = text.split_once('.').ok_or(())?;
        Ok(Self {
            lab: plain_number(lab).ok_or(())?,
            number: plain_number(number).ok_or(())?,
        })
    }
}

/// Digits and nothing else: `parse` alone would take `+2`.
pub(super) fn plain_number(text: &str) -> Option<u32> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}
