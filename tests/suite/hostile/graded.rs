//! The same programs, graded as a learner's would be: a clear verdict on each check, in time,
//! and nothing left; also when the grader is ended in the middle.

use std::io;
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use anyhow::{Context, Result, bail, ensure};
use grader::verdict::measure_patience;
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::Value;

use super::roles::HOSTILE;
use super::traces;
use crate::commands::fixture::GRADER;

/// The variable that says where a program is to report that it runs.
pub const REPORT_TO: &str = "HOSTILE_REPORTS_TO";

/// What any verdict may take, on a machine that is not slowed down by others.
const LONGEST: Duration = Duration::from_secs(5);
/// How long a program may take until it runs.
const PATIENCE: Duration = Duration::from_secs(20);

/// A program, and what the verdict on it must say. (How far the one that eats memory comes
/// while it is waited for, the machine decides.)
pub const PROGRAMS: [(&str, &str); 10] = [
    ("hang", "nothing came"),
    ("run-away", "nothing came"),
    ("flood", "nothing came"),
    ("glutton", "Expected"),
    ("silent", "nothing, though it listens on"),
    ("half-a-line", "without a line end"),
    ("chatter", "Welcome to my server!"),
    ("early", "refused"),
    ("exit", "exit 7"),
    ("crash", "killed by SIGABRT"),
];

/// Every check of one exercise fails it, says why, and takes its time.
pub fn verdict_on(role: &str, word: &str) -> Result<()> {
    let mark = traces::mark();
    let folder = tempfile::tempdir()?;
    let json = folder.path().join("report.json");
    let mut command = grade(role, &mark)?;
    command.arg("--json").arg(&json).stdin(Stdio::null());
    let (output, slowness) = slowness_during(|| command.output());
    let output = output?;
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.code() == Some(1), "{}: {said}", output.status);

    // Other tests run beside this one, which takes some of the time that is promised.
    let longest = LONGEST.mul_f64(slowness.max(2.0));
    let report: Value = serde_json::from_slice(&fs::read(&json)?)?;
    let checks = report["labs"][0]["checks"]
        .as_array()
        .context("no checks")?;
    ensure!(!checks.is_empty(), "no checks");
    for check in checks {
        let finding = check["finding"].as_str().unwrap_or_default();
        ensure!(
            check["status"] == "fail" && !finding.is_empty(),
            "{check:#}"
        );
        let took = Duration::from_millis(check["ms"].as_u64().context("no time")?);
        ensure!(took < longest, "{check:#}");
    }
    ensure!(said.contains(word), "no {word:?} in: {said}");
    traces::no_process(&mark)
}

/// Does something, and says how many times slower than usual this machine was meanwhile, at its
/// worst: the grader has asked the same at one moment of it.
fn slowness_during<T>(act: impl FnOnce() -> T) -> (T, f64) {
    const BETWEEN_LOOKS: Duration = Duration::from_millis(100);
    let now = || measure_patience().silence().as_secs_f64();
    thread::scope(|threads| {
        let (act_is_on, over) = mpsc::channel::<()>();
        let watch = threads.spawn(move || {
            let mut worst = now();
            while over.recv_timeout(BETWEEN_LOOKS) == Err(RecvTimeoutError::Timeout) {
                worst = worst.max(now());
            }
            worst
        });
        let result = act();
        drop(act_is_on);
        (result, watch.join().unwrap_or(1.0))
    })
}

/// The command that grades one of them on exercise 2.2.
fn grade(role: &str, mark: &str) -> Result<Command> {
    let suite = env::current_exe()?;
    let suite = suite.to_str().context("a path that is not UTF-8")?;
    let program = shell_words::join([suite, HOSTILE, role, mark]);
    let mut command = Command::new(GRADER);
    command.args(["grade", "2.2", "--program", &program]);
    Ok(command)
}

/// Tells whoever asked for it that this program runs. The connection stays open with it.
pub fn report() -> io::Result<Option<TcpStream>> {
    match env::var(REPORT_TO) {
        Ok(address) => TcpStream::connect(address).map(Some),
        Err(_) => Ok(None),
    }
}

pub fn killed_in_the_middle() -> Result<()> {
    ended_in_the_middle(Signal::KILL)
}

pub fn interrupted_in_the_middle() -> Result<()> {
    ended_in_the_middle(Signal::INT)
}

fn ended_in_the_middle(signal: Signal) -> Result<()> {
    let mark = traces::mark();
    let desk = TcpListener::bind("127.0.0.1:0")?;
    let (held, holding) = io::pipe()?;
    let mut command = grade("hang", &mark)?;
    command
        .env(REPORT_TO, desk.local_addr()?.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(holding)
        .process_group(0);
    let mut grader = command.spawn()?;
    drop(command);

    let program = reports(&desk).context("the grader started no program");
    kill_process_group(Pid::from_child(&grader), signal)?;
    let number = grader.id();
    grader.wait()?;
    let _open = program?;
    traces::ends(held, PATIENCE)?;
    traces::no_process(&mark)?;
    traces::no_folder_of(number)
}

/// Waits until a program says that it runs.
fn reports(desk: &TcpListener) -> Result<TcpStream> {
    let deadline = Instant::now() + PATIENCE;
    traces::is_readable(desk, deadline)?;
    match desk.accept() {
        Ok((program, _)) => Ok(program),
        Err(error) => bail!("no program came: {error}"),
    }
}
