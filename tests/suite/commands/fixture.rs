//! A small workbook in a temporary folder, with two labs that build in no time, and the grader
//! run in it.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use rustix::process::{Pid, Signal, kill_process_group};
use tempfile::TempDir;

pub const GRADER: &str = env!("CARGO_BIN_EXE_grader");

/// Longer than any command takes, also one that builds.
const PATIENCE: Duration = Duration::from_secs(120);

pub type Outcome<T = ()> = anyhow::Result<T>;

pub struct Fixture {
    folder: TempDir,
}

/// What a command said, and how it ended.
#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Fixture {
    pub fn new() -> Outcome<Self> {
        let fixture = Self {
            folder: TempDir::new()?,
        };
        let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
        let real = tests.parent().unwrap_or(tests);
        let manifest = fs::read_to_string(real.join("Cargo.toml"))?;
        let manifest = manifest.lines().map(|line| {
            if line.starts_with("members = ") {
                "members = [\"labs/*\"]"
            } else {
                line
            }
        });
        fixture.write("Cargo.toml", &manifest.collect::<Vec<_>>().join("\n"))?;
        fs::copy(real.join("Cargo.lock"), fixture.path("Cargo.lock"))?;
        fs::create_dir(fixture.path("shared"))?;
        fs::create_dir(fixture.path("tests"))?;
        for (number, name) in [("1", "greeting"), ("2", "farewell")] {
            let files = [
                ("lab.toml", LAB),
                ("Cargo.toml", MANIFEST),
                ("src/main.rs", MAIN),
                ("starter.rs", STARTER),
            ];
            for (path, text) in files {
                let text = text
                    .replace("N.", &format!("{number}."))
                    .replace("NAME", name);
                fixture.write(&format!("labs/0{number}-{name}/{path}"), &text)?;
            }
        }
        fixture.write("docs/src/01-greeting.md", "# Greeting\n\nSay hello.\n")?;
        Ok(fixture)
    }

    pub fn path(&self, relative: &str) -> PathBuf {
        self.folder.path().join(relative)
    }

    pub fn read(&self, relative: &str) -> Outcome<String> {
        fs::read_to_string(self.path(relative)).context(relative.to_string())
    }

    pub fn write(&self, relative: &str, text: &str) -> Outcome {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().unwrap_or(&path))?;
        Ok(fs::write(path, text)?)
    }

    /// All files below a folder, and what they hold.
    pub fn tree(&self, relative: &str) -> Outcome<BTreeMap<PathBuf, String>> {
        let mut found = BTreeMap::new();
        let mut open = vec![self.path(relative)];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(&folder)? {
                let path = entry?.path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    let text = fs::read_to_string(&path)?;
                    found.insert(path.strip_prefix(self.folder.path())?.to_path_buf(), text);
                }
            }
        }
        Ok(found)
    }

    /// The grader, about to be run at the root, with nothing of ours in its environment.
    pub fn command(&self, program: &str, words: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(words).current_dir(self.folder.path());
        command
            .env("CARGO_TARGET_DIR", self.path("target"))
            .env("GRADER", GRADER);
        for name in [
            "NO_COLOR",
            "CLICOLOR_FORCE",
            "CARGO_BUILD_TARGET_DIR",
            "RUSTFLAGS",
        ] {
            command.env_remove(name);
        }
        command
    }

    pub fn grader(&self, line: &str) -> Outcome<Said> {
        let words: Vec<_> = line.split_whitespace().collect();
        finish(self.command(GRADER, &words))
    }
}

/// Runs it to its end, which must come.
pub fn finish(mut command: Command) -> Outcome<Said> {
    command.stdout(Stdio::piped());
    finish_writing_elsewhere(command)
}

/// The same, its standard output being what the command has been given. When time is over, it
/// is ended with all that it started in its process group. A Ctrl-C at the suite does not reach
/// it: it goes on to its own end.
pub fn finish_writing_elsewhere(mut command: Command) -> Outcome<Said> {
    let child = command
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()?;
    let group = Pid::from_child(&child);
    let (done, output) = mpsc::channel();
    thread::spawn(move || {
        let _ = done.send(child.wait_with_output());
    });
    let Ok(output) = output.recv_timeout(PATIENCE) else {
        // It fails if the last of them has just ended.
        let _ = kill_process_group(group, Signal::KILL);
        bail!("{command:?} has not ended");
    };
    let output = output?;
    Ok(Said {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout)?,
        stderr: String::from_utf8(output.stderr)?,
    })
}

impl Said {
    /// It was fine.
    pub fn went_well(self) -> Outcome<Self> {
        ensure!(
            self.code == Some(0) && self.stderr.is_empty(),
            "not well: {self:?}"
        );
        Ok(self)
    }

    /// It ended with this exit code and one clear line that holds these words.
    pub fn complains(self, code: i32, words: &[&str]) -> Outcome<Self> {
        let line = self.stderr.strip_suffix('\n').unwrap_or_default();
        let is_one = line.starts_with("error: ") && !line.contains('\n');
        let is_clear = is_one && !line.contains("panicked");
        ensure!(
            self.code == Some(code) && is_clear,
            "not exit {code} and one line: {self:?}"
        );
        for word in words {
            ensure!(line.contains(word), "does not say {word:?}: {line}");
        }
        Ok(self)
    }
}

const LAB: &str = r#"name = "NAME"
title = "A small NAME"

[[exercise]]
id = "N.1"
name = "word"
title = "Say a word"
hints = ["Which word is it? It is one that people say when they meet, or part, or both of it.", "A short one.", "`hello`"]
why = "A word that stays the same needs no more than its name."

[[exercise]]
id = "N.2"
name = "mark"
title = "End with a mark"
hints = ["!", "!!", "!!!"]
"#;

const MANIFEST: &str = r#"[package]
name = "NAME"
edition.workspace = true

[lints]
workspace = true
"#;

const MAIN: &str = r#"//! Says NAME.

fn main() {
    println!("{}{}", word(), mark());
}

/// The word.
// exercise N.1: say the word
fn word() -> &'static str {
    "answer"
}

// exercise N.2: end it
fn mark() -> char {
    '!'
}
"#;

const STARTER: &str = r"//! What is given.

// exercise N.2
fn mark() -> char {
    '?'
}
";
