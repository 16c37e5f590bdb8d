//! The learner's own workspace, `work/`: made by `start`, never in git, and nothing in it is
//! ever overwritten.
//!
//! ```text
//! work/Cargo.toml              a workspace of its own: what is broken here breaks nothing else
//! work/02-tcp-echo/            the learner's program, package my-tcp-echo
//! work/.handed-out/02-tcp-echo what it began as
//! work/.kept/02-tcp-echo-DATE  what `reset` moved out of the way
//! work/progress.txt            what was passed
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::anyhow;

use super::front_door::typed;
use super::{
    ExerciseId, Lab, Package, Starter, Trouble, Workbook, calendar, files, handed_out, lock,
    number_of, stamps, workspace,
};

/// Where what is being made stands until it is whole.
const MAKING: &str = ".making";

pub struct Work<'a> {
    pub(super) workbook: &'a Workbook,
    pub folder: PathBuf,
}

/// What `start` has made.
pub struct HandedOut {
    pub folder: PathBuf,
    /// The exercise to begin with, the file it is in, and its line; None if all is filled in.
    pub first: Option<(ExerciseId, PathBuf, usize)>,
    /// Where the learner's earlier work is now.
    pub kept: Option<PathBuf>,
}

impl<'a> Work<'a> {
    /// The learner's workspace, whether it has been made yet or not.
    pub fn open(workbook: &'a Workbook) -> Result<Self, Trouble> {
        let folder = workbook.root.join("work");
        if folder.exists() && !folder.is_dir() {
            return Err(Trouble::file(
                "use",
                &folder,
                "it is a file, and a folder is needed there; move it away, then try again",
            ));
        }
        Ok(Self { workbook, folder })
    }

    /// The learner's folder for a lab, also if the lab had another number or name then.
    pub fn folder_of(&self, lab: &Lab) -> Option<PathBuf> {
        let present = self.folder.join(lab.folder_name());
        if present.exists() {
            return Some(present);
        }
        let all = files::folders_in(&self.folder).unwrap_or_default();
        all.into_iter().find(|folder| {
            let name = folder
                .file_name()
                .and_then(|name| name.to_str())
                .unwrap_or_default();
            number_of(folder).is_some()
                && name
                    .split_once('-')
                    .is_some_and(|(_, own)| lab.names().any(|name| name == own))
        })
    }

    pub fn is_started(&self, lab: &Lab) -> bool {
        self.folder_of(lab).is_some()
    }

    /// The learner's package of a lab.
    pub fn package(&self, lab: &Lab) -> Result<Package, Trouble> {
        match self.folder_of(lab) {
            Some(folder) => Ok(Package::in_folder(&folder, &format!("my-{}", lab.name))),
            None => Err(not_started(lab)),
        }
    }

    /// Whether each region of the exercise is still as it was handed out.
    pub fn untouched(&self, lab: &Lab, exercise: ExerciseId) -> bool {
        self.both(lab)
            .is_some_and(|(given, own)| handed_out::is_untouched(&given, &own, exercise))
    }

    /// Whether the exercise was filled in when the lab was handed out.
    pub fn was_done_at_start(&self, lab: &Lab, exercise: ExerciseId) -> bool {
        self.both(lab)
            .is_some_and(|(given, _)| handed_out::is_done(&given, exercise))
    }

    /// What each of the learner's sources of a lab holds, in little: another content, another
    /// number. None while there is no such folder.
    pub fn contents(&self, lab: &Lab) -> Option<BTreeMap<PathBuf, u64>> {
        Some(stamps::contents(&self.folder_of(lab)?))
    }

    /// Whether the learner has changed anything at all in this lab.
    pub fn any_change(&self, lab: &Lab) -> bool {
        self.both(lab)
            .is_none_or(|(given, own)| handed_out::is_changed(&given, &own))
    }

    /// What was handed out, and what it is now.
    fn both(&self, lab: &Lab) -> Option<(PathBuf, PathBuf)> {
        let own = self.folder_of(lab)?;
        let given = self.folder.join(".handed-out").join(own.file_name()?);
        Some((given, own))
    }

    /// Hands out a lab, with these exercises filled in. What is there already stays as it is.
    pub fn start(&self, lab: &Lab, filled: &BTreeSet<ExerciseId>) -> Result<HandedOut, Trouble> {
        let _lock = lock::take(&self.folder)?;
        if let Some(folder) = self.folder_of(lab) {
            return Err(Trouble::usage(format!(
                "{} exists already, and nothing was changed: `{}` goes on with it, and `{}` keeps \
                 a dated copy of it and hands out a fresh start",
                self.workbook.shown(&folder),
                typed(&format!("grade {}", lab.number)),
                typed(&format!("reset {}", lab.number)),
            )));
        }
        self.hand_out(lab, filled, None)
    }

    /// Moves the learner's work on a lab aside, and hands the lab out again.
    pub fn reset(&self, lab: &Lab) -> Result<HandedOut, Trouble> {
        if !self.is_started(lab) {
            return Err(not_started(lab));
        }
        let _lock = lock::take(&self.folder)?;
        self.hand_out(lab, &BTreeSet::new(), self.folder_of(lab))
    }

    /// Makes everything aside first: on a full disk, or interrupted, the learner's folder is
    /// either still in its place, or in `.kept`, or replaced by a whole new one.
    fn hand_out(
        &self,
        lab: &Lab,
        filled: &BTreeSet<ExerciseId>,
        old: Option<PathBuf>,
    ) -> Result<HandedOut, Trouble> {
        let starter = Starter::of(lab, filled)?;
        self.tidy()?;
        let made = self.make(&starter).and_then(|()| self.place(lab, old));
        let cleared = files::remove_folder(&self.folder.join(MAKING));
        // What failed is said; that its remains could not be removed either is not news.
        let kept = made?;
        cleared?;
        let folder = self.folder.join(lab.folder_name());
        let first = starter
            .first_exercise()
            .map(|(exercise, path, line)| (exercise, folder.join(path), line));
        Ok(HandedOut {
            folder,
            first,
            kept,
        })
    }

    /// Removes what commands have left here that were killed in the middle.
    fn tidy(&self) -> Result<(), Trouble> {
        files::remove_folder(&self.folder.join(MAKING))?;
        for ours in ["", ".handed-out", ".cargo", ".vscode"] {
            files::sweep(&self.folder.join(ours))?;
        }
        files::sweep(&self.workbook.root.join(".vscode"))
    }

    /// Makes a lab aside, and all around it that it needs.
    fn make(&self, starter: &Starter) -> Result<(), Trouble> {
        let making = self.folder.join(MAKING);
        starter.write(&making.join("own"))?;
        starter.write(&making.join("given"))?;
        self.bring_up_to_date()?;
        self.lock_versions()?;
        self.guide_editor()
    }

    /// Moves what was made to its place, and what was there before to where it returns.
    fn place(&self, lab: &Lab, old: Option<PathBuf>) -> Result<Option<PathBuf>, Trouble> {
        let kept = old.map(|old| self.keep(&old)).transpose()?;
        let making = self.folder.join(MAKING);
        let given = self.folder.join(".handed-out").join(lab.folder_name());
        let moved = files::make_folder(&self.folder.join(".handed-out"))
            .and_then(|()| files::remove_folder(&given))
            .and_then(|()| files::rename(&making.join("given"), &given))
            .and_then(|()| {
                files::rename(&making.join("own"), &self.folder.join(lab.folder_name()))
            });
        match (moved, kept) {
            (Err(trouble), Some(kept)) => {
                let kept = self.workbook.shown(&kept);
                Err(anyhow!("{trouble}; your work so far is in {kept}").into())
            }
            (moved, kept) => moved.map(|()| kept),
        }
    }

    /// Moves a folder into `.kept`, under a name that nothing has yet.
    fn keep(&self, old: &Path) -> Result<PathBuf, Trouble> {
        let kept_ones = self.folder.join(".kept");
        files::make_folder(&kept_ones)?;
        let name = old.file_name().unwrap_or_default().to_string_lossy();
        let dated = format!("{name}-{}", calendar::now());
        let again = (2..).map(|count| format!("{dated}-{count}"));
        let free = std::iter::once(dated.clone())
            .chain(again)
            .map(|name| kept_ones.join(name))
            .find(|path| path.symlink_metadata().is_err());
        let kept = free.unwrap_or_else(|| kept_ones.join(dated));
        files::rename(old, &kept)?;
        Ok(kept)
    }

    /// Brings the files around the labs up to date with the workbook, but for those that the
    /// learner has changed.
    pub fn refresh(&self) -> Result<(), Trouble> {
        let _lock = lock::take(&self.folder)?;
        self.tidy()?;
        self.bring_up_to_date()
    }

    fn bring_up_to_date(&self) -> Result<(), Trouble> {
        let root = workspace::quoted(&self.workbook.root);
        let manifest =
            workspace::manifest(self.workbook, "\"[0-9]*-*\"", "../", &self.manifests())?;
        self.provide(&self.folder.join("Cargo.toml"), &manifest)?;
        self.provide(
            &self.folder.join(".cargo/config.toml"),
            &cargo_config(&root),
        )?;
        self.provide(&self.folder.join(".vscode/settings.json"), EDITOR)?;
        let lock = files::read_if_any(&self.workbook.root.join("Cargo.lock"))?;
        if lock == files::read_if_any(&self.folder.join(".handed-out/Cargo.lock"))? {
            return Ok(());
        }
        self.lock_versions()
    }

    /// The manifests of all labs in here, and of the one that is being handed out.
    fn manifests(&self) -> String {
        let labs = files::folders_in(&self.folder).unwrap_or_default();
        let labs = labs
            .into_iter()
            .filter(|folder| number_of(folder).is_some());
        let all = labs.chain([self.folder.join(MAKING).join("own")]);
        let texts = all.map(|folder| files::read(&folder.join("Cargo.toml")).unwrap_or_default());
        texts.collect::<Vec<_>>().join("\n")
    }

    /// Has cargo take the versions that the workbook takes, of what a lab newly needs as well.
    fn lock_versions(&self) -> Result<(), Trouble> {
        let path = self.folder.join("Cargo.lock");
        let present = files::read_if_any(&path)?;
        files::replace(&path, &workspace::lock(self.workbook, present.as_deref())?)?;
        let root = files::read(&self.workbook.root.join("Cargo.lock"))?;
        files::replace(&self.folder.join(".handed-out/Cargo.lock"), &root)
    }

    /// Has an editor that is opened at the root look at both workspaces, unless it has been told
    /// something else there.
    fn guide_editor(&self) -> Result<(), Trouble> {
        let settings = self.workbook.root.join(".vscode/settings.json");
        if settings.exists() {
            return Ok(());
        }
        files::replace(&settings, EDITOR_AT_ROOT)
    }

    /// Writes a file, unless the learner has made it their own.
    fn provide(&self, path: &Path, text: &str) -> Result<(), Trouble> {
        let relative = path.strip_prefix(&self.folder).unwrap_or(path);
        let given = self.folder.join(".handed-out").join(relative);
        // What is about to be given: killed at any step, the next one knows its own text again.
        let next = given.with_extension("next");
        let [present, before, begun] = [path, &given, &next].map(files::read_if_any);
        let (present, before) = (present?, before?);
        let is_own = present.is_some() && present != before && present != begun?;
        let is_done = present == before && present.as_deref() == Some(text);
        if is_own || is_done {
            return Ok(());
        }
        files::replace(&next, text)?;
        files::replace(path, text)?;
        files::rename(&next, &given)
    }
}

fn not_started(lab: &Lab) -> Trouble {
    let start = typed(&format!("start {}", lab.number));
    Trouble::usage(format!(
        "lab {:02} has not been started: `{start}` hands it out",
        lab.number
    ))
}

/// The shared target folder, and `cargo grader` also from in here. Cargo splits an alias at its
/// blanks, and would join two lists of words: a root with a blank in its path goes without.
fn cargo_config(root: &str) -> String {
    let mut text = "[build]\ntarget-dir = \"../target\"\n".to_string();
    if !root.contains(char::is_whitespace) {
        text.push_str("\n[alias]\ngrader = \"run --quiet --manifest-path ");
        text.push_str(root);
        text.push_str("/Cargo.toml --package grader --\"\n");
    }
    text
}

/// The editor's checks lock a target folder of their own: in the shared one each would make the
/// other wait.
const EDITOR: &str = "\
{
  \"rust-analyzer.cargo.targetDir\": true
}
";

/// Opened at the root, the editor has two workspaces to look at.
const EDITOR_AT_ROOT: &str = "\
{
  \"rust-analyzer.linkedProjects\": [\"Cargo.toml\", \"work/Cargo.toml\"],
  \"rust-analyzer.cargo.targetDir\": true
}
";
