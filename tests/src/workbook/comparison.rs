//! The answer to an exercise beside what the learner wrote: function by function, found by their
//! names. Who has moved a function to another file has it still; who has renamed it or done
//! without it has the reference alone to read.

use std::cmp::Reverse;
use std::path::{Path, PathBuf};

use super::code::essence;
use super::functions::{self, Function};
use super::{Exercise, Lab, Trouble, files, starter};

/// A function of the reference that is a region of the exercise, and the learner's own.
pub struct Pair {
    pub name: String,
    pub ours: Place,
    pub yours: Option<Place>,
}

/// A function, and where it stands.
pub struct Place {
    pub path: PathBuf,
    /// From 1.
    pub line: usize,
    pub text: String,
}

impl Pair {
    /// Whether both say the same, however they are laid out.
    pub fn is_same(&self) -> bool {
        let ours = essence(&self.ours.text);
        let yours = self.yours.as_ref().map(|own| essence(&own.text));
        yours.is_some_and(|yours| yours == ours)
    }
}

/// The regions of an exercise, each with what is in its place in the learner's `folder`.
pub fn pairs(lab: &Lab, exercise: &Exercise, folder: Option<&Path>) -> Result<Vec<Pair>, Trouble> {
    let own = folder.map(sources).unwrap_or_default();
    let reference = starter::sources(lab)?;
    let mut pairs = Vec::new();
    for (path, region) in starter::lab_regions(lab)? {
        if region.exercise != exercise.id {
            continue;
        }
        let text = region.whole(&reference[&path]);
        let indent = text.len() - text.trim_start().len();
        let ours = Place {
            text: functions::moved_left(text.trim_start(), indent),
            path: lab.folder.join(&path),
            line: region.marker + 2,
        };
        pairs.push(Pair {
            yours: find(&own, &path, &region.function, &ours.text),
            name: region.function,
            ours,
        });
    }
    Ok(pairs)
}

/// The learner's sources that can be read, by their paths, and what they are called in the lab.
fn sources(folder: &Path) -> Vec<(PathBuf, PathBuf, String)> {
    let all = files::files_below(folder).unwrap_or_default();
    let rust = all
        .into_iter()
        .filter(|path| path.extension().is_some_and(|kind| kind == "rs"))
        .filter(|path| !path.starts_with("target"));
    rust.filter_map(|path| {
        let text = files::read(&folder.join(&path)).ok()?;
        Some((folder.join(&path), path, text))
    })
    .collect()
}

/// The function that is most likely meant: many types have a `drop` or a `read`.
fn find(own: &[(PathBuf, PathBuf, String)], usual: &Path, name: &str, ours: &str) -> Option<Place> {
    let signature = functions::named(ours, name).pop()?.signature;
    let all = own.iter().flat_map(|(path, short, text)| {
        functions::named(text, name)
            .into_iter()
            .map(move |function| (path, short, function))
    });
    let (path, _, found) = all.min_by_key(|(_, short, function)| {
        Reverse((
            *short == usual,
            function.signature == signature,
            lines_in_common(function, ours),
        ))
    })?;
    Some(Place {
        path: path.clone(),
        line: found.line,
        text: found.text,
    })
}

fn lines_in_common(function: &Function, ours: &str) -> usize {
    let is_common = |line: &&str| ours.lines().any(|other| other.trim() == line.trim());
    function.text.lines().filter(is_common).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(own: &[(&str, &str)], ours: &str) -> Option<(String, usize)> {
        let own: Vec<_> = own
            .iter()
            .map(|(path, text)| (path.into(), path.into(), (*text).to_string()))
            .collect();
        let place = find(&own, Path::new("src/slots.rs"), "drop", ours)?;
        Some((place.path.display().to_string(), place.line))
    }

    #[test]
    fn of_many_with_one_name_the_likeliest_is_meant() {
        let ours = "fn drop(&mut self) {\n    self.0.give_back();\n}";
        let other = "fn drop(&mut self) {\n    self.end();\n}\n";
        let both = format!("{other}{ours}\n");
        let at = |path: &str, line| Some((path.to_string(), line));
        // In its own file, and there by its lines.
        let own = [("src/a.rs", ours), ("src/slots.rs", both.as_str())];
        assert_eq!(found(&own, ours), at("src/slots.rs", 4));
        // Elsewhere, by its signature.
        let own = [("src/a.rs", "fn drop(x: u8) {\n}"), ("src/b.rs", other)];
        assert_eq!(found(&own, ours), at("src/b.rs", 1));
        assert_eq!(found(&[("src/a.rs", "fn dropped() {}")], ours), None);
    }
}
