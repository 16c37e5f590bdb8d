//! Runs `cargo build`, shows that it is at work when it takes long, and reads what it reports.

use std::env;
use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow};
use serde::Deserialize;

use super::colour;

/// A build that takes longer than this shows what cargo is doing.
const QUIET: Duration = Duration::from_millis(700);

/// Longer than downloading and building everything takes on a slow machine.
const PATIENCE: Duration = Duration::from_secs(30 * 60);

/// The most lines of cargo's own words that are kept, for the case that it fails.
const MOST_LINES: usize = 500;

/// What cargo reports on standard output, a line of JSON each.
#[derive(Deserialize)]
#[serde(tag = "reason")]
pub enum Message {
    /// What the compiler says about a package.
    #[serde(rename = "compiler-message")]
    Said {
        manifest_path: PathBuf,
        message: Diagnostic,
    },
    /// What was built, now or before.
    #[serde(rename = "compiler-artifact")]
    Made {
        manifest_path: PathBuf,
        target: BuildTarget,
        executable: Option<PathBuf>,
        /// What the compiler wrote; of a check, only what describes the code.
        filenames: Vec<PathBuf>,
    },
    #[serde(other)]
    Other,
}

/// One of the programs (or libraries, or build scripts) of a package.
#[derive(Deserialize)]
pub struct BuildTarget {
    pub name: String,
}

#[derive(Deserialize)]
pub struct Diagnostic {
    pub level: String,
    pub message: String,
    pub rendered: Option<String>,
}

/// All that came of a build.
pub struct Report {
    pub messages: Vec<Message>,
    /// Cargo's own words, without what the compiler said.
    pub words: Vec<String>,
}

enum Line {
    Report(String),
    Word(String),
}

/// How far to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// Only as far as the compiler finds errors and warnings.
    Check,
    Build,
}

/// Builds these packages of the workspace in `folder`, or checks them.
pub fn build(
    folder: &Path,
    target: &Path,
    packages: &[&str],
    effort: Effort,
) -> anyhow::Result<Report> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command
        .arg(match effort {
            Effort::Check => "check",
            Effort::Build => "build",
        })
        .arg("--keep-going")
        .arg("--target-dir")
        .arg(target);
    // Its own words are read here, so they have no colour; what the compiler says may.
    command.args(["--color", "never", "--message-format", message_format()]);
    for package in packages {
        command.args(["--package", package]);
    }
    // What rustup says would have one at its end.
    command.env_remove("RUST_BACKTRACE");
    for name in left_by_another_cargo() {
        command.env_remove(name);
    }
    let mut child = command
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => {
                anyhow!("cannot find cargo: install Rust from https://rustup.rs, or put it on PATH")
            }
            _ => anyhow!("cannot run cargo: {error}"),
        })?;
    let (sender, lines) = mpsc::channel();
    follow(child.stdout.take(), sender.clone(), Line::Report);
    follow(child.stderr.take(), sender, Line::Word);
    let report = listen(&lines);
    if report.is_err() {
        stop(&mut child);
    }
    let (messages, words) = report?;
    child.wait().context("cannot wait for cargo")?;
    Ok(Report { messages, words })
}

/// What a cargo that runs this program tells it about its package. One that this program runs
/// must not hear of it: a build script may say that it reads such a variable (ring's does), and
/// would run again, and all that depends on it be built again, at every other build.
pub fn left_by_another_cargo() -> impl Iterator<Item = OsString> {
    env::vars_os().map(|(name, _)| name).filter(|name| {
        let name = name.to_string_lossy();
        name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
    })
}

fn message_format() -> &'static str {
    if colour::is_wanted() {
        "json-diagnostic-rendered-ansi"
    } else {
        "json"
    }
}

/// Reads lines on a thread of its own, until the other end is closed.
fn follow(
    pipe: Option<impl Read + Send + 'static>,
    sender: Sender<Line>,
    kind: impl Fn(String) -> Line + Send + 'static,
) {
    thread::spawn(move || {
        let Some(pipe) = pipe else { return };
        for line in BufReader::new(pipe).split(b'\n') {
            let Ok(line) = line else { return };
            let line = String::from_utf8_lossy(&line).into_owned();
            if sender.send(kind(line)).is_err() {
                return;
            }
        }
    });
}

/// Collects what cargo says until it has nothing more to say.
fn listen(lines: &Receiver<Line>) -> anyhow::Result<(Vec<Message>, Vec<String>)> {
    let start = Instant::now();
    let (mut messages, mut words) = (Vec::new(), Vec::new());
    let mut shown = 0;
    loop {
        let until = if start.elapsed() < QUIET {
            QUIET
        } else {
            PATIENCE
        };
        match lines.recv_timeout(until.saturating_sub(start.elapsed())) {
            Ok(Line::Report(line)) => {
                // A build script may print lines of its own.
                messages.extend(serde_json::from_str(&line).ok());
            }
            Ok(Line::Word(line)) if words.len() < MOST_LINES => words.push(line),
            Err(RecvTimeoutError::Disconnected) => return Ok((messages, words)),
            Err(RecvTimeoutError::Timeout) if start.elapsed() >= PATIENCE => {
                return Err(anyhow!(
                    "cargo has not finished building within half an hour"
                ));
            }
            Ok(Line::Word(_)) | Err(RecvTimeoutError::Timeout) => {}
        }
        if start.elapsed() >= QUIET {
            words[shown..]
                .iter()
                .filter(|word| is_progress(word))
                .for_each(|word| show(word));
            shown = words.len();
        }
    }
}

/// Cargo's progress has its verb aligned to column 12; errors and warnings begin at the margin.
fn is_progress(word: &str) -> bool {
    word.starts_with(' ')
        && !word.trim_start().starts_with("Finished")
        && word
            .trim_start()
            .starts_with(|c: char| c.is_ascii_uppercase())
}

fn show(word: &str) {
    // `Compiling my-tcp-echo v0.1.0 (/where/it/is)`: the last part is longer than a line.
    let word = word.split(" (").next().unwrap_or(word);
    // Progress that nobody can read stops no build.
    let _ = writeln!(io::stderr().lock(), "{word}");
}

fn stop(child: &mut Child) {
    // Both fail only if it has ended by itself.
    let _ = child.kill();
    let _ = child.wait();
}
