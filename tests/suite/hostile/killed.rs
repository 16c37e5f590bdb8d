//! The grader itself is killed or interrupted, at whatever moment: its guards end what they
//! guard. And a guard is killed: then the grader does it.

use std::io::{self, BufRead, BufReader, PipeReader, Write};
use std::net::SocketAddr;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, thread};

use anyhow::{Context, Result, ensure};
use grader::program::{Exit, Running};
use grader::wire::tape::Tape;
use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use super::behaved::hostile;
use super::roles::HOSTILE;
use super::traces;
use crate::commands::fixture::finish;
use crate::tools::{exit_code, said};

/// A guard that works is done in milliseconds.
const PATIENCE: Duration = Duration::from_secs(5);
/// Moments of a start at which it is killed.
const MOMENTS: u32 = 40;

/// The role of a grader that is killed: it runs one program that runs away and one that hangs,
/// and waits.
pub fn be_a_grader(mark: &str) -> io::Result<()> {
    let tape = Tape::new();
    let mut running = Vec::new();
    for role in ["run-away", "hang"] {
        let mut program = Running::start(hostile(role, mark), &tape)
            .map_err(|stop| io::Error::other(said(stop)))?;
        let address = program
            .ready(PATIENCE)
            .map_err(|stop| io::Error::other(said(stop)))?;
        println!("{address}");
        running.push(program);
    }
    loop {
        thread::park();
    }
}

/// The role of a grader whose program prints what it was started with.
pub fn show_a_start(mark: &str) -> io::Result<()> {
    let mut spec = hostile("environment", mark);
    spec.env = vec![("KEPT".to_string(), Some("yes".to_string()))];
    let start = Running::start(spec, &Tape::new());
    let mut program = start.map_err(|stop| io::Error::other(said(stop)))?;
    program.wait(PATIENCE);
    println!("expected={}", program.folder().display());
    io::stdout().write_all(&program.stdout())
}

struct Grader {
    process: Child,
    /// Its standard error, which its guards hold too: the end of it is the end of them all.
    held: PipeReader,
}

/// A grader in a process group of its own, as a shell would start it.
fn grader(mark: &str) -> Result<Grader> {
    let (held, holding) = io::pipe()?;
    let process = Command::new(env::current_exe()?)
        .args([HOSTILE, "grader", mark])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(holding)
        .process_group(0)
        .spawn()?;
    Ok(Grader { process, held })
}

impl Grader {
    fn pid(&self) -> Pid {
        Pid::from_child(&self.process)
    }

    /// Where its programs listen, as soon as both do.
    fn addresses(&mut self) -> Result<Vec<SocketAddr>> {
        let stdout = self.process.stdout.take().context("no output")?;
        let mut addresses = Vec::new();
        for line in BufReader::new(stdout).lines().take(2) {
            addresses.push(line?.parse()?);
        }
        ensure!(
            addresses.len() == 2,
            "the grader did not start its programs"
        );
        Ok(addresses)
    }

    /// After its end: nothing is left of what it ran.
    fn leaves_nothing(mut self, mark: &str) -> Result<()> {
        let number = self.process.id();
        exit_code(&mut self.process, PATIENCE).context("the grader")?;
        let said = traces::ends(self.held, PATIENCE)?;
        ensure!(
            said.is_empty(),
            "it said: {}",
            String::from_utf8_lossy(&said)
        );
        traces::no_process(mark)?;
        traces::no_folder_of(number)
    }
}

pub fn grader_killed() -> Result<()> {
    let mark = traces::mark();
    let mut grader = grader(&mark)?;
    let addresses = grader.addresses()?;
    kill_process(grader.pid(), Signal::KILL)?;
    grader.leaves_nothing(&mark)?;
    addresses.into_iter().try_for_each(traces::port_is_free)
}

/// Ctrl-C in a terminal: the whole group of the grader gets the signal.
pub fn grader_interrupted() -> Result<()> {
    let mark = traces::mark();
    let mut grader = grader(&mark)?;
    let addresses = grader.addresses()?;
    kill_process_group(grader.pid(), Signal::INT)?;
    grader.leaves_nothing(&mark)?;
    addresses.into_iter().try_for_each(traces::port_is_free)
}

/// While it starts a guard, while the guard makes the folder, while the program begins…
pub fn grader_killed_at_any_moment() -> Result<()> {
    let whole = undisturbed_start()?;
    for moment in 0..MOMENTS {
        let mark = traces::mark();
        let grader = grader(&mark)?;
        // Here time is not waited out: it is what is varied.
        let after = whole * moment / MOMENTS;
        thread::sleep(after);
        kill_process(grader.pid(), Signal::KILL)?;
        grader
            .leaves_nothing(&mark)
            .with_context(|| format!("killed after {after:?}"))?;
    }
    Ok(())
}

/// How long it takes on this machine now until both programs run.
fn undisturbed_start() -> Result<Duration> {
    let mark = traces::mark();
    let began = Instant::now();
    let mut grader = grader(&mark)?;
    grader.addresses()?;
    let took = began.elapsed();
    kill_process(grader.pid(), Signal::KILL)?;
    grader.leaves_nothing(&mark)?;
    Ok(took)
}

pub fn guard_killed() -> Result<()> {
    let mark = traces::mark();
    let tape = Tape::new();
    let mut program = Running::start(hostile("hang", &mark), &tape)
        .map_err(|stop| anyhow::anyhow!(said(stop)))?;
    let address = program
        .ready(PATIENCE)
        .map_err(|stop| anyhow::anyhow!(said(stop)))?;
    let folder = program.folder().to_path_buf();
    let guard = parent_of(program.pid()).context("no parent")?;
    kill_process(guard, Signal::KILL)?;
    let began = Instant::now();
    ensure!(program.wait(PATIENCE) == Some(Exit::Signal(libc::SIGKILL)));
    drop(program);
    ensure!(began.elapsed() < PATIENCE, "it took {:?}", began.elapsed());
    traces::port_is_free(address)?;
    traces::no_process(&mark)?;
    traces::folder_is_gone(&folder)
}

fn parent_of(pid: u32) -> Option<Pid> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = stat.rsplit_once(')')?;
    Pid::from_raw(rest.split_whitespace().nth(1)?.parse().ok()?)
}

/// A user's settings do not reach the program, nor what a shell ignores for its background
/// jobs; and it is alone with its folder.
pub fn a_clean_start() -> Result<()> {
    let soiled = [
        "RUST_BACKTRACE",
        "PYTHONUNBUFFERED",
        "NO_COLOR",
        "http_proxy",
    ];
    let mark = traces::mark();
    let mut command = Command::new("sh");
    command
        .args(["-c", "trap '' INT QUIT CHLD; exec \"$@\"", "sh"])
        .arg(env::current_exe()?)
        .args([HOSTILE, "show-a-start", &mark])
        .envs(soiled.map(|name| (name, "1")));
    let said = finish(command)?;
    ensure!(said.code == Some(0), "{said:?}");
    let text = said.stdout;
    let value = |name: &str| text.lines().find_map(|line| line.strip_prefix(name));
    let folder = value("expected=").context("no folder")?;
    ensure!(value("TMPDIR=") == Some(folder), "{text}");
    ensure!(value("folder=") == Some(folder), "{text}");
    ensure!(value("KEPT=") == Some("yes"), "{text}");
    for name in soiled {
        ensure!(value(name).is_none(), "{name} is there: {text}");
    }
    for set in ["SigBlk:", "SigIgn:"] {
        // Not Linux: then the program cannot say it.
        let Some(signals) = value(set) else { continue };
        let signals = u64::from_str_radix(signals.trim(), 16)?;
        // Rust's runtime ignores SIGPIPE for itself; 32 and 33 are the C library's own.
        let known = (1 << (libc::SIGPIPE - 1)) | (0b11 << 31);
        ensure!(signals & !known == 0, "{set} {signals:x}");
    }
    traces::no_process(&mark)
}
