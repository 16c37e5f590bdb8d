//! The commands that are typed, and how they end: by themselves, or killed on their way.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use fastrand::Rng;
use grader::workbook::{Starter, Workbook};
use rustix::io::Errno;
use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, kill_process, kill_process_group, waitid,
};

use super::PATIENCE;
use super::desk::Desk;
use super::steps::{can_be_watched, run_until};
use crate::commands::fixture::{GRADER, Outcome};

/// Those that move and replace things come more often.
const LINES: [&str; 21] = [
    "start 1",
    "start 1",
    "start 2",
    "start 2 --from 2.2",
    "reset 1",
    "reset 1",
    "reset 1",
    "reset 2",
    "reset 2",
    "hint 1.1",
    "hint 2.2",
    "hint 2.2 --all",
    "progress",
    "lesson 1",
    "solution 1 --reveal",
    "watch",
    "grade 2.1 --json work/02-farewell/src/main.rs",
    "run 1 --help",
    "run 2 --help",
    "grade 2.1",
    "grade 2.1",
];

/// No command has many more steps.
const MOST_STEPS: usize = 120;

/// What is typed behind `just`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line(&'static str);

#[derive(Clone, Copy)]
pub enum Fate {
    Ends,
    Killed {
        after: Duration,
        whom: Whom,
    },
    /// Killed just before it does its step of this number in the file system.
    AtStep(usize),
}

#[derive(Clone, Copy, Debug)]
pub enum Whom {
    Itself,
    /// With all that was started in its terminal.
    Group,
}

/// How long each command usually takes.
#[derive(Default)]
pub struct Usual(BTreeMap<Line, Duration>);

impl Line {
    pub fn of(line: &'static str) -> Self {
        Self(line)
    }

    pub fn any(random: &mut Rng) -> Self {
        Self(LINES[random.usize(..LINES.len())])
    }

    pub fn is_start(self) -> bool {
        self.0.starts_with("start")
    }

    pub fn is_grade(self) -> bool {
        self.0.starts_with("grade")
    }

    pub fn is_reset(self) -> bool {
        self.0.starts_with("reset")
    }

    /// The lab that it hands out, and which exercises filled in.
    fn hands_out(self) -> Option<(u32, bool)> {
        let rest = self
            .0
            .strip_prefix("start ")
            .or(self.0.strip_prefix("reset "))?;
        let number = rest.split(' ').next()?.parse().ok()?;
        Some((number, rest.contains("--from")))
    }
}

impl Usual {
    pub fn fate(&self, line: &Line, random: &mut Rng) -> Fate {
        match (random.u8(..4), self.0.get(line)) {
            (1 | 2, _) if can_be_watched() => Fate::AtStep(random.usize(..MOST_STEPS)),
            (0..=2, Some(usual)) => Fate::Killed {
                after: usual.mul_f64(random.f64()),
                whom: if random.bool() {
                    Whom::Itself
                } else {
                    Whom::Group
                },
            },
            _ => Fate::Ends,
        }
    }

    pub fn learn(&mut self, line: &Line, took: Option<Duration>) {
        if let Some(took) = took {
            self.0.insert(*line, took);
        }
    }
}

/// Has a command run, and looks at what it says and hands out. How long it took, if it came to
/// its end.
pub fn carry_out(desk: &mut Desk, line: &Line, fate: Fate) -> Outcome<Option<Duration>> {
    let before = handed_out(desk, *line);
    let start = Instant::now();
    let status = run(desk, *line, fate)?;
    let took = start.elapsed();
    if let Some(code) = status.code() {
        says_why(desk, code).with_context(|| format!("{line} ended with {code}"))?;
    }
    is_whole(desk, *line, before)?;
    Ok(status.code().map(|_| took))
}

fn run(desk: &Desk, line: Line, fate: Fate) -> Outcome<ExitStatus> {
    let fixture = desk.fixture;
    let words: Vec<_> = line.0.split(' ').collect();
    let temporary = fixture.path("tmp");
    fs::create_dir_all(&temporary)?;
    let mut command = fixture.command(GRADER, &words);
    command
        .env("CARGO", fixture.path("cargo"))
        .env("TMPDIR", temporary)
        .stdin(Stdio::null())
        .stdout(File::create(fixture.path("said.out"))?)
        .stderr(File::create(fixture.path("said.err"))?)
        .process_group(0);
    if let Fate::AtStep(step) = fate {
        return run_until(&mut command, step);
    }
    let mut child = command.spawn()?;
    let ends = end_of(&child)?;
    if let Fate::Killed { after, whom } = fate {
        // The end comes first, or the moment.
        if ends.recv_timeout(after).is_err() {
            kill(&child, whom)?;
        }
    }
    let status = match ends.recv_timeout(PATIENCE) {
        Err(mpsc::RecvTimeoutError::Timeout) => {
            kill(&child, Whom::Group)?;
            None
        }
        _ => Some(child.wait()?),
    };
    status.with_context(|| format!("{line} does not end"))
}

/// Hears of the end of a process, which stays to be waited for: its number is still its own.
fn end_of(child: &Child) -> Outcome<mpsc::Receiver<()>> {
    let (done, end) = mpsc::channel();
    let pid = number(child)?;
    thread::spawn(move || {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        while matches!(waitid(WaitId::Pid(pid), options), Err(Errno::INTR)) {}
        let _ = done.send(());
    });
    Ok(end)
}

fn kill(child: &Child, whom: Whom) -> Outcome {
    let pid = number(child)?;
    Ok(match whom {
        Whom::Itself => kill_process(pid, Signal::KILL),
        Whom::Group => kill_process_group(pid, Signal::KILL),
    }?)
}

fn number(child: &Child) -> Outcome<Pid> {
    Pid::from_raw(i32::try_from(child.id())?).context("a process without a number")
}

/// What went wrong is told in one clear line.
fn says_why(desk: &Desk, code: i32) -> Outcome {
    let told = fs::read_to_string(desk.fixture.path("said.err"))?;
    let is_line = told.starts_with("error: ") && told.trim_end().lines().count() == 1;
    let is_fine = match code {
        0 => told.is_empty(),
        1 => !told.contains("panicked"),
        2 | 3 => is_line && !told.contains("panicked"),
        _ => false,
    };
    ensure!(is_fine, "it says: {told}");
    Ok(())
}

/// Which folder a lab is handed out in now.
fn handed_out(desk: &Desk, line: Line) -> Option<u64> {
    let (lab, _) = line.hands_out()?;
    let facts = fs::symlink_metadata(desk.fixture.path(folder(lab))).ok()?;
    Some(facts.ino())
}

/// What was handed out just now is all there, or nothing of it.
fn is_whole(desk: &Desk, line: Line, before: Option<u64>) -> Outcome {
    let now = handed_out(desk, line);
    let Some((lab, from_second)) = line.hands_out().filter(|_| now.is_some() && now != before)
    else {
        return Ok(());
    };
    let workbook = Workbook::at(&desk.fixture.path(""))?;
    let lab = workbook.lab(lab).context("no such lab")?;
    let filled: BTreeSet<_> = lab.exercises[..usize::from(from_second)]
        .iter()
        .map(|exercise| exercise.id)
        .collect();
    let expected: BTreeMap<PathBuf, String> = Starter::of(lab, &filled)?.files;
    for place in [
        format!("work/.handed-out/{}", lab.folder_name()),
        folder(lab.number).into(),
    ] {
        let found: BTreeMap<PathBuf, String> = desk
            .fixture
            .tree(&place)?
            .into_iter()
            .map(|(path, text)| Ok((path.strip_prefix(&place).map(Path::to_path_buf)?, text)))
            .collect::<Outcome<_>>()?;
        ensure!(found == expected, "not whole: {place}: {found:?}");
    }
    Ok(())
}

fn folder(lab: u32) -> &'static str {
    if lab == 1 {
        "work/01-greeting"
    } else {
        "work/02-farewell"
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.0)
    }
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ends => write!(f, "to its end"),
            Self::Killed { after, whom } => write!(f, "{whom:?} killed after {after:?}"),
            Self::AtStep(step) => write!(f, "killed at step {step}"),
        }
    }
}
