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

/// What the verdict of a check may take, on a machine that is not slowed down by others.
const LONGEST: Duration = Duration::from_secs(5);
/// How often a verdict is waited for that comes too late.
const TRIES: usize = 3;
/// How long a program may take until it runs.
const PATIENCE: Duration = Duration::from_secs(20);

/// A program, and what the verdict on it must say. (How far the one that eats memory comes
/// while it is waited for, the machine decides.)
pub const PROGRAMS: [(&str, &str); 11] = [
    ("hang", "nothing came"),
    ("deaf", "nothing came"),
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

/// Every check of one exercise fails it, says why, and in time.
pub fn verdict_on(role: &str, word: &str) -> Result<()> {
    let mark = traces::mark();
    fails_all(&hostile(role, &mark)?, word)?;
    traces::no_process(&mark)?;
    is_in_time(role)
}

/// A file that is no program fails every check like any other.
pub fn verdict_on_a_text_file() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let text = folder.path().join("echo.py");
    fs::write(&text, "print('hello')\n")?;
    let text = text.to_str().context("a path that is not UTF-8")?;
    fails_all(&shell_words::quote(text), "chmod +x")
}

fn fails_all(program: &str, word: &str) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let json = folder.path().join("report.json");
    let mut command = grade("2.2", program);
    command.arg("--json").arg(&json);
    let grader = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let number = grader.id();
    let output = grader.wait_with_output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.code() == Some(1), "{}: {said}", output.status);

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
    }
    ensure!(said.contains(word), "no {word:?} in: {said}");
    traces::no_folder_of(number)
}

/// The verdict of one check, from the start of the grader to its end. How slow the machine is in
/// the one moment in which the grader measures it, nobody else knows: one in time is enough.
fn is_in_time(role: &str) -> Result<()> {
    let mut took_too_long = Vec::new();
    for _ in 0..TRIES {
        let mark = traces::mark();
        let mut command = grade("2.2/echo", &hostile(role, &mark)?);
        // Where its locks are its own, it waits for no other grader.
        let own = tempfile::tempdir()?;
        command.env("TMPDIR", own.path()).stdin(Stdio::null());
        let ((output, took), slowness) = slowness_during(|| {
            let began = Instant::now();
            (command.output(), began.elapsed())
        });
        let code = output?.status.code();
        ensure!(code == Some(1), "one check ended with {code:?}");
        traces::no_process(&mark)?;
        traces::locks_alone(own.path())?;
        let longest = LONGEST.mul_f64(slowness);
        if took <= longest {
            return Ok(());
        }
        took_too_long.push(format!("{took:.1?} of {longest:.1?}"));
    }
    bail!("it took too long: {}", took_too_long.join(", "))
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

/// The command line of one of them.
fn hostile(role: &str, mark: &str) -> Result<String> {
    let suite = env::current_exe()?;
    let suite = suite.to_str().context("a path that is not UTF-8")?;
    Ok(shell_words::join([suite, HOSTILE, role, mark]))
}

/// The command that grades a program on an exercise, or on one check of it.
fn grade(what: &str, program: &str) -> Command {
    let mut command = Command::new(GRADER);
    command.args(["grade", what, "--program", program]);
    command
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
    let mut command = grade("2.2", &hostile("hang", &mark)?);
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
