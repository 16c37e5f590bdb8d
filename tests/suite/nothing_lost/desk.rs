//! What a learner has written, and where it must be.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};

use super::typed::Line;
use crate::commands::fixture::{Fixture, Outcome};

/// What was passed: a line in it is never taken back.
const PASSED: &str = "work/progress.txt";
/// Files of ours, in which a learner may add lines.
const RECORDS: [&str; 2] = [PASSED, "work/hints.txt"];

pub struct Desk<'a> {
    pub fixture: &'a Fixture,
    /// What each file must hold, by its path from the root, without symbolic links.
    written: BTreeMap<PathBuf, Written>,
    /// How many texts were written: each is another.
    texts: usize,
    /// Whether something may be protected from writing.
    locked: bool,
}

#[derive(Clone, Debug)]
enum Written {
    Whole(Vec<u8>),
    /// Each of these lines, whatever others there are.
    Lines(BTreeSet<String>),
}

impl<'a> Desk<'a> {
    pub fn new(fixture: &'a Fixture) -> Self {
        Self {
            fixture,
            written: BTreeMap::new(),
            texts: 0,
            locked: false,
        }
    }

    /// A text that nobody has written before.
    pub fn text(&mut self) -> String {
        self.texts += 1;
        format!("text number {} of the learner\n", self.texts)
    }

    /// Writes a file anew, and remembers it.
    pub fn write(&mut self, path: &str, bytes: &[u8]) -> Outcome {
        self.unlock()?;
        let place = self.fixture.path(path);
        fs::create_dir_all(place.parent().context("a file at the root")?)?;
        if place.is_symlink() {
            fs::remove_file(&place)?;
        }
        fs::write(&place, bytes)?;
        let written = if RECORDS.contains(&path) {
            // What the grader has noted there may be noted otherwise, the next time.
            let mut own = lines(bytes);
            own.retain(|line| !is_whole(line) || path == PASSED);
            Written::Lines(own)
        } else {
            Written::Whole(bytes.to_vec())
        };
        self.written.insert(self.real(&place)?, written);
        Ok(())
    }

    /// Adds to a file, and remembers it as it is then.
    pub fn append(&mut self, path: &str, text: &str) -> Outcome {
        let mut bytes = fs::read(self.fixture.path(path)).unwrap_or_default();
        bytes.extend_from_slice(text.as_bytes());
        self.write(path, &bytes)
    }

    pub fn remove(&mut self, path: &Path) -> Outcome {
        self.unlock()?;
        let real = self.real(path)?;
        if path.is_dir() && !path.is_symlink() {
            fs::remove_dir_all(path)?;
        } else {
            fs::remove_file(path)?;
        }
        self.written.retain(|place, _| !place.starts_with(&real));
        Ok(())
    }

    pub fn rename(&mut self, from: &Path, to: &Path) -> Outcome {
        self.unlock()?;
        let (before, is_link) = (self.real(from)?, from.is_symlink());
        fs::rename(from, to)?;
        if is_link {
            return Ok(());
        }
        let after = self.real(to)?;
        self.move_all(|place| {
            let rest = place.strip_prefix(&before).ok()?;
            Some(if rest.as_os_str().is_empty() {
                after.clone()
            } else {
                after.join(rest)
            })
        });
        Ok(())
    }

    /// Protects a file or folder from writing.
    pub fn lock(&mut self, path: &Path) -> Outcome {
        let mode = if path.is_dir() { 0o555 } else { 0o444 };
        self.locked = true;
        Ok(fs::set_permissions(path, Permissions::from_mode(mode))?)
    }

    /// Takes all such protection away.
    pub fn unlock(&mut self) -> Outcome {
        if !self.locked {
            return Ok(());
        }
        let mut open = vec![self.fixture.path("work")];
        while let Some(path) = open.pop() {
            let facts = fs::symlink_metadata(&path)?;
            if facts.is_dir() {
                fs::set_permissions(&path, Permissions::from_mode(0o755))?;
                for entry in fs::read_dir(&path)? {
                    open.push(entry?.path());
                }
            } else if facts.is_file() {
                fs::set_permissions(&path, Permissions::from_mode(0o644))?;
            }
        }
        self.locked = false;
        Ok(())
    }

    /// All that was written is there, after this command. It may have been moved by a `reset`
    /// alone, and then it is with all others of its folder in `work/.kept`.
    pub fn lacks_nothing(&mut self, line: &Line) -> Outcome {
        let mut moved = BTreeMap::new();
        for (place, written) in &self.written {
            if self.holds(place, written) {
                continue;
            }
            let kept = line.is_reset().then(|| self.kept(place, written)).flatten();
            match kept {
                Some(kept) => drop(moved.insert(place.clone(), kept)),
                None => bail!(
                    "lost: {} should hold {written:?}, and holds {:?}",
                    place.display(),
                    fs::read(self.fixture.path("").join(place))
                        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
                ),
            }
        }
        self.move_all(|place| moved.get(place).cloned());
        self.remember_records()
    }

    fn holds(&self, place: &Path, written: &Written) -> bool {
        let Ok(bytes) = fs::read(self.fixture.path("").join(place)) else {
            return false;
        };
        match written {
            Written::Whole(expected) => bytes == *expected,
            Written::Lines(expected) => expected.is_subset(&lines(&bytes)),
        }
    }

    /// Where a file of a lab's folder is in `work/.kept`.
    fn kept(&self, place: &Path, written: &Written) -> Option<PathBuf> {
        let in_folder: PathBuf = place.components().skip(2).collect();
        let kept = fs::read_dir(self.fixture.path("work/.kept")).ok()?;
        kept.flatten()
            .map(|entry| {
                let folder = Path::new("work/.kept").join(entry.file_name());
                if in_folder.as_os_str().is_empty() {
                    folder
                } else {
                    folder.join(&in_folder)
                }
            })
            .find(|place| !self.written.contains_key(place) && self.holds(place, written))
    }

    /// What the records say now, they must say from now on; and each line of theirs is whole.
    fn remember_records(&mut self) -> Outcome {
        for record in RECORDS {
            let Ok(bytes) = fs::read(self.fixture.path(record)) else {
                continue;
            };
            let all = lines(&bytes);
            let known = match self.written.get(Path::new(record)) {
                Some(Written::Lines(known)) => known.clone(),
                _ => BTreeSet::new(),
            };
            for line in all.difference(&known) {
                ensure!(is_whole(line), "half a line in {record}: {line:?}");
            }
            if record == PASSED {
                self.written.insert(record.into(), Written::Lines(all));
            }
        }
        Ok(())
    }

    fn move_all(&mut self, to: impl Fn(&Path) -> Option<PathBuf>) {
        let all = std::mem::take(&mut self.written);
        self.written = all
            .into_iter()
            .map(|(place, written)| (to(&place).unwrap_or(place), written))
            .collect();
    }

    /// The path from the root, without symbolic links above its last part.
    fn real(&self, path: &Path) -> Outcome<PathBuf> {
        let folder = path.parent().context("no folder")?.canonicalize()?;
        let real = folder.join(path.file_name().context("no name")?);
        let root = self.fixture.path("").canonicalize()?;
        Ok(real.strip_prefix(root)?.to_path_buf())
    }
}

fn lines(bytes: &[u8]) -> BTreeSet<String> {
    let text = String::from_utf8_lossy(bytes);
    text.lines().map(String::from).collect()
}

/// `greeting/word passed 2026-11-21`, or `greeting/word 2`.
fn is_whole(line: &str) -> bool {
    let known = [
        "greeting/word ",
        "greeting/mark ",
        "farewell/word ",
        "farewell/mark ",
    ];
    let Some(rest) = known.iter().find_map(|name| line.strip_prefix(name)) else {
        return false;
    };
    match rest.strip_prefix("passed ") {
        Some(day) => day.len() == "2026-11-21".len(),
        None => ["1", "2", "3"].contains(&rest),
    }
}
