//! A learner at a terminal, with a copy of the workbook and an editor.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, ensure};
use grader::workbook::{Lab, Starter, Workbook, left_by_another_cargo};

use crate::commands::fixture::{GRADER, Outcome};
use crate::pty::{PROMPT, Pty};

/// Longer than any one thing takes that a learner waits for: a build, and all checks of a lab, on
/// a machine where other tests run.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// What is said of a verdict that may be the machine's fault.
pub const UNCERTAIN: &str = "grade again when less is going on";
/// As often is graded again then.
pub const TRIES: usize = 4;

/// How the terminal is to look.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Look {
    Coloured,
    Plain,
}

pub struct Learner {
    pub pty: Pty,
    /// The copy.
    pub workbook: Workbook,
    seen_colour: Cell<bool>,
    /// It is one learner's at a time.
    _lock: File,
}

impl Learner {
    /// A learner who has just begun. Their workbook has a fixed place, so that cargo need not build
    /// there again what it has built there before.
    pub fn new(look: Look) -> Outcome<Self> {
        let real = real()?;
        let root = real.target().join("workbook-scratch/course");
        fs::create_dir_all(&root)?;
        let lock = File::create(root.with_extension("lock"))?;
        lock.lock()?;
        for old in ["work", "labs", ".vscode"] {
            remove(&root.join(old))?;
        }
        for folder in ["labs", "shared", "docs/src"] {
            copy(&real.root.join(folder), &root.join(folder))?;
        }
        fs::create_dir_all(root.join("tests"))?;
        let manifest = fs::read_to_string(real.root.join("Cargo.toml"))?;
        let manifest = manifest.replace(", \"tests\"]", "]");
        fs::write(root.join("Cargo.toml"), manifest)?;
        fs::copy(real.root.join("Cargo.lock"), root.join("Cargo.lock"))?;
        let workbook = Workbook::at(&root)?;
        let pty = terminal(&root, &real.target(), look)?;
        pty.waits_for("a prompt", PATIENCE, |screen| last_exit(screen).is_some())?;
        Ok(Self {
            pty,
            workbook,
            seen_colour: Cell::new(false),
            _lock: lock,
        })
    }

    pub fn lab(&self, number: u32) -> Outcome<&Lab> {
        self.workbook.lab(number).context("there is no such lab")
    }

    /// Types a command on a blank screen.
    pub fn types(&self, line: &str) -> Outcome {
        self.pty.clear()?;
        self.pty.types(&format!("{line}\r"))
    }

    /// Types a command, and waits until it has ended, with this exit code. What is on the screen.
    pub fn says(&self, line: &str, code: i32) -> Outcome<String> {
        self.types(line)?;
        self.is_back(line, code)
    }

    /// Types a command that grades what is right. Where the machine has so much else to do that
    /// a verdict is not certain, a learner does what they are told to do: grade again.
    pub fn passes(&self, line: &str) -> Outcome<String> {
        for _ in 1..TRIES {
            self.types(line)?;
            let screen = self.waits_for_the_end(line)?;
            if !screen.contains(UNCERTAIN) {
                return self.is_back(line, 0);
            }
        }
        self.says(line, 0)
    }

    /// Waits until the shell is back.
    pub fn is_back(&self, line: &str, code: i32) -> Outcome<String> {
        let screen = self.waits_for_the_end(line)?;
        let exit = last_exit(&screen).context("no exit code")?;
        ensure!(
            exit == code,
            "`{line}` ended with {exit}, not {code}:\n{screen}"
        );
        self.looks(&screen)?;
        Ok(screen)
    }

    fn waits_for_the_end(&self, line: &str) -> Outcome<String> {
        self.pty
            .waits_for(&format!("the end of `{line}`"), PATIENCE, |screen| {
                last_exit(screen).is_some()
            })
    }

    /// Waits until all of this is on the screen.
    pub fn sees(&self, words: &[&str]) -> Outcome<String> {
        let all = |screen: &str| words.iter().all(|word| screen.contains(word));
        let screen = self.pty.waits_for(&format!("{words:?}"), PATIENCE, all)?;
        self.looks(&screen)?;
        Ok(screen)
    }

    /// What holds for every screen.
    fn looks(&self, screen: &str) -> Outcome {
        self.seen_colour
            .set(self.seen_colour.get() || self.pty.is_coloured());
        let mut too_wide = self.pty.too_wide();
        // Where something is built is the machine's matter.
        too_wide.retain(|line| !line.trim_start().starts_with("Compiling"));
        ensure!(
            too_wide.is_empty(),
            "wider than the screen: {too_wide:?}:\n{screen}"
        );
        Ok(())
    }

    pub fn has_seen_colour(&self) -> bool {
        self.seen_colour.get()
    }

    /// Does the first so many exercises of a lab, and saves.
    pub fn does(&self, lab: &Lab, count: usize) -> Outcome {
        let done: BTreeSet<_> = lab
            .exercises
            .iter()
            .take(count)
            .map(|done| done.id)
            .collect();
        self.saves(lab, &Starter::of(lab, &done)?)
    }

    /// Does an exercise as many do it at first.
    pub fn does_wrong(&self, lab: &Lab, mistake: &str) -> Outcome {
        let all = real()?.mistakes(lab)?;
        let mistake = all.iter().find(|known| known.name == mistake);
        let program = mistake.context("no such mistake")?.program(lab, "wrong")?;
        self.saves(lab, &program)
    }

    /// The place of a lab's source.
    pub fn source(&self, lab: &Lab, path: &str) -> PathBuf {
        let folder = self.workbook.root.join("work").join(lab.folder_name());
        folder.join(path)
    }

    /// Saves what differs, as editors do: written beside it, and renamed.
    fn saves(&self, lab: &Lab, program: &Starter) -> Outcome {
        for (path, text) in program
            .files
            .iter()
            .filter(|(path, _)| path.starts_with("src"))
        {
            let place = self.source(lab, &path.to_string_lossy());
            if fs::read_to_string(&place).ok().as_ref() != Some(text) {
                let beside = place.with_extension("rs~");
                fs::write(&beside, text)?;
                fs::rename(&beside, &place)?;
            }
        }
        Ok(())
    }
}

pub fn real() -> Outcome<Workbook> {
    Ok(Workbook::open()?)
}

fn terminal(root: &Path, target: &Path, look: Look) -> Outcome<Pty> {
    // What a learner has in the PATH runs this very grader.
    let tools = root.join("tools");
    fs::create_dir_all(&tools)?;
    let just = tools.join("just");
    fs::write(&just, format!("#!/bin/sh\nexec '{GRADER}' \"$@\"\n"))?;
    fs::set_permissions(&just, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    let path = std::env::var("PATH")?;
    Pty::open(|bash| {
        for name in left_by_another_cargo() {
            bash.env_remove(name);
        }
        for name in [
            "NO_COLOR",
            "CLICOLOR_FORCE",
            "FORCE_COLOR",
            "RUST_BACKTRACE",
            "CI",
        ] {
            bash.env_remove(name);
        }
        bash.current_dir(root)
            .env("PATH", format!("{}:{path}", tools.display()))
            .env("PS1", format!("$? {PROMPT} "))
            .env("CARGO_TARGET_DIR", target);
        if look == Look::Plain {
            bash.env("NO_COLOR", "1");
        }
    })
}

/// The exit code of the command before, if the shell waits for the next one.
fn last_exit(screen: &str) -> Option<i32> {
    let (code, prompt) = screen.lines().last()?.rsplit_once(' ')?;
    code.parse().ok().filter(|_| prompt == PROMPT)
}

fn copy(from: &Path, to: &Path) -> Outcome {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let from = entry?.path();
        let to = to.join(from.file_name().context("a name")?);
        if from.is_dir() {
            copy(&from, &to)?;
        } else if fs::read(&from)? != fs::read(&to).unwrap_or_default() {
            // What is the same keeps its time: it need not be built again.
            fs::copy(&from, &to)?;
        }
    }
    Ok(())
}

fn remove(path: &Path) -> Outcome {
    if path.exists() {
        fs::remove_dir_all(path)?;
    }
    Ok(())
}
