//! Known mistakes: small patches on the references, each a program as learners write it, with
//! the check that must fail it.
//!
//! ```text
//! check: 2.4/half-close
//! says: nothing came
//!
//! A sentence or two for the book: what was overlooked.
//!
//! --- a/src/client.rs
//! +++ b/src/client.rs
//! @@ …
//! ```

use std::fs;
use std::path::{Path, PathBuf};

use super::{ExerciseId, Lab, Starter, Trouble, Workbook, files};

/// One way to get an exercise wrong.
#[derive(Clone, Debug)]
pub struct Mistake {
    /// `2.4-never-ends-its-side`: the name of its file.
    pub name: String,
    pub lab: u32,
    /// The check that fails it.
    pub check: String,
    /// Words that the finding must hold, since they name the mistake. Where timing decides between
    /// two endings of a connection: either of them, `the end | a reset`.
    pub says: String,
    /// What was overlooked, for people.
    pub about: String,
    patch: String,
    path: PathBuf,
}

impl Mistake {
    /// The exercise that it gets wrong.
    pub fn exercise(&self) -> Option<ExerciseId> {
        self.check.split_once('/')?.0.parse().ok()
    }

    /// The program with this mistake, as a package of that name.
    pub fn program(&self, lab: &Lab, package: &str) -> Result<Starter, Trouble> {
        let mut program = Starter::reference(package, lab)?;
        for (path, patch) in self.patches() {
            let wrong = |why: String| Trouble::file("apply", &self.path, why);
            let source = program
                .files
                .get_mut(&path)
                .ok_or_else(|| wrong(format!("no file {} in the lab", path.display())))?;
            let patch = diffy::Patch::from_str(&patch).map_err(|error| wrong(error.to_string()))?;
            *source = diffy::apply(source, &patch)
                .map_err(|error| wrong(format!("{}: {error}", path.display())))?;
        }
        Ok(program)
    }

    /// The patch of each file: where it goes, and its text.
    fn patches(&self) -> Vec<(PathBuf, String)> {
        let starts: Vec<usize> = self
            .patch
            .match_indices("--- a/")
            .map(|(at, _)| at)
            .filter(|&at| at == 0 || self.patch.as_bytes()[at - 1] == b'\n')
            .collect();
        let ends = starts.iter().skip(1).copied().chain([self.patch.len()]);
        starts
            .iter()
            .zip(ends)
            .map(|(&start, end)| {
                let patch = &self.patch[start..end];
                let path = patch.lines().next().unwrap_or_default();
                let path = path.trim_start_matches("--- a/");
                let path = path.split('\t').next().unwrap_or_default();
                (PathBuf::from(path), patch.to_string())
            })
            .collect()
    }

    fn read(path: &Path, lab: u32) -> Result<Self, Trouble> {
        let text = without_git_s_own(&files::read(path)?);
        let wrong = |why: &str| Trouble::file("understand", path, why);
        let at = text
            .find("--- a/")
            .ok_or_else(|| wrong("there is no patch in it"))?;
        let (head, patch) = text.split_at(at);
        let value = |key: &str| {
            head.lines()
                .find_map(|line| line.strip_prefix(key))
                .map(|value| value.trim().to_string())
                .ok_or_else(|| wrong(&format!("a line `{key} …` is missing")))
        };
        let about = head
            .split_once("\n\n")
            .map(|(_, about)| about.trim())
            .unwrap_or_default();
        if about.is_empty() {
            return Err(wrong("a sentence about it is missing"));
        }
        Ok(Self {
            name: path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            lab,
            check: value("check:")?,
            says: value("says:")?,
            about: about.split_whitespace().collect::<Vec<_>>().join(" "),
            patch: patch.to_string(),
            path: path.to_path_buf(),
        })
    }
}

/// The text without the lines that `git diff` writes above the patch of each file.
fn without_git_s_own(text: &str) -> String {
    let is_own = |line: &str| {
        let is_index = line.starts_with("index ") && line.contains("..");
        line.starts_with("diff --git ") || is_index
    };
    let kept = text.lines().filter(|line| !is_own(line));
    kept.flat_map(|line| [line, "\n"]).collect()
}

impl Workbook {
    /// The known mistakes of a lab, in the order of their names.
    pub fn mistakes(&self, lab: &Lab) -> Result<Vec<Mistake>, Trouble> {
        let folder = self.root.join("tests/mistakes").join(lab.folder_name());
        if !folder.is_dir() {
            return Ok(Vec::new());
        }
        let entries = fs::read_dir(&folder)
            .map_err(|error| Trouble::file("read", &folder, error))?
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| Trouble::file("read", &folder, error))?;
        let mut paths: Vec<_> = entries.into_iter().map(|entry| entry.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|ending| ending == "patch"));
        paths.sort();
        paths
            .iter()
            .map(|path| Mistake::read(path, lab.number))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_writes_is_a_patch() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("1.1-a.patch");
        let git = |file: &str| {
            format!(
                "diff --git a/{file} b/{file}\nindex 1234567..89abcde 100644\n--- a/{file}\n\
                 +++ b/{file}\n@@ -1 +1 @@\n-a\n+b\n"
            )
        };
        let text = format!(
            "check: 1.1/a\nsays: a\n\nIt says\nb.\n\n{}{}",
            git("src/a.rs"),
            git("src/b.rs")
        );
        fs::write(&path, text).unwrap();
        let mistake = Mistake::read(&path, 1).unwrap();
        assert_eq!(mistake.about, "It says b.");
        let patches = mistake.patches();
        assert_eq!(patches.len(), 2);
        for (path, patch) in patches {
            assert!(path.starts_with("src"));
            let patch = diffy::Patch::from_str(&patch).unwrap();
            assert_eq!(diffy::apply("a\n", &patch).unwrap(), "b\n");
        }
    }
}
