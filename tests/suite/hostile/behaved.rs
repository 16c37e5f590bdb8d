//! Each of them run once: what the grader says about it, how soon, and what is left.

use std::env;
use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use grader::finding::{Finding, Kind, Step, Stop};
use grader::program::{Exit, Running, Spec, Stdin, StopSignal};
use grader::wire::tape::Tape;

use super::roles::HOSTILE;
use super::traces;
use crate::tools::said;

/// How long a program that works may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long we wait for what will not come.
const SHORT: Duration = Duration::from_millis(200);
/// What the ending of anything may take.
const END: Duration = Duration::from_secs(2);

/// The order for one of them.
pub fn hostile(role: &str, mark: &str) -> Spec {
    let suite = env::current_exe().unwrap_or_default().into_os_string();
    let mut spec = Spec::new([suite, HOSTILE.into(), role.into(), mark.into()]);
    spec.args = ["server", "--listen", "127.0.0.1:0"]
        .map(Into::into)
        .to_vec();
    spec
}

/// A program on the stage, and what must be gone after it.
struct Scene {
    program: Running,
    mark: String,
    folder: PathBuf,
    address: Option<SocketAddr>,
}

impl Scene {
    fn of(role: &str) -> Result<Self> {
        Self::with(role, |_| {})
    }

    fn with(role: &str, change: impl FnOnce(&mut Spec)) -> Result<Self> {
        let mark = traces::mark();
        let mut spec = hostile(role, &mark);
        change(&mut spec);
        let program = ok(Running::start(spec, &Tape::new()))?;
        Ok(Self {
            folder: program.folder().to_path_buf(),
            program,
            mark,
            address: None,
        })
    }

    fn is_ready(&mut self) -> Result<SocketAddr> {
        let address = ok(self.program.ready(PATIENCE))?;
        self.address = Some(address);
        Ok(address)
    }

    /// The finding of a program that is not ready.
    fn is_not_ready(&mut self, patience: Duration) -> Result<Finding> {
        finding(self.program.ready(patience))
    }

    /// The end, and nothing is left.
    fn ends(self) -> Result<()> {
        let began = Instant::now();
        drop(self.program);
        let took = began.elapsed();
        ensure!(took < END, "ending it took {took:?}");
        traces::no_process(&self.mark)?;
        traces::folder_is_gone(&self.folder)?;
        self.address.map_or(Ok(()), traces::port_is_free)
    }
}

fn ok<T>(step: Step<T>) -> Result<T> {
    step.map_err(|stop| anyhow!(said(stop)))
}

fn finding<T>(step: Step<T>) -> Result<Finding> {
    match step {
        Ok(_) => Err(anyhow!("no finding")),
        Err(Stop::Fail(finding)) => Ok(*finding),
        Err(other) => Err(anyhow!(said(other))),
    }
}

/// The finding is of this kind, and tells this.
fn tells(finding: &Finding, kind: Kind, words: &[&str]) -> Result<()> {
    ensure!(finding.kind == kind, "another kind: {finding:?}");
    let text = finding.to_string();
    for word in words {
        ensure!(text.contains(word), "no {word:?} in: {text}");
    }
    Ok(())
}

pub fn a_hang_is_ended() -> Result<()> {
    let mut scene = Scene::of("hang")?;
    scene.is_ready()?;
    ensure!(scene.program.wait(SHORT).is_none());
    let quote = scene.program.quote();
    ensure!(quote.contains("waits"), "{quote}");
    scene.ends()
}

pub fn a_runaway_is_ended() -> Result<()> {
    let mut scene = Scene::of("run-away")?;
    scene.is_ready()?;
    // The exit is seen though the pipes are still held.
    ensure!(scene.program.wait(PATIENCE) == Some(Exit::Code(0)));
    scene.ends()
}

pub fn a_chain_of_runaways() -> Result<()> {
    let mut scene = Scene::of("chain")?;
    scene.is_ready()?;
    ensure!(scene.program.wait(PATIENCE) == Some(Exit::Code(0)));
    scene.ends()
}

pub fn a_flood_is_drained() -> Result<()> {
    let mut scene = Scene::of("flood")?;
    scene.is_ready()?;
    let enough = scene
        .program
        .stdout_until(|output| output.len() > 8 << 20, PATIENCE);
    ensure!(enough.is_some(), "the flood was held up");
    ok(scene.program.signal(StopSignal::Terminate))?;
    ensure!(scene.program.wait(PATIENCE) == Some(Exit::Signal(libc::SIGTERM)));
    ensure!(scene.program.stderr().len() <= 70_000, "too much is kept");
    scene.ends()
}

pub fn deaf_to_sigterm() -> Result<()> {
    let mut scene = Scene::with("hang", |spec| {
        // What a shell ignores, the programs that it runs ignore too.
        let deaf = ["sh", "-c", "trap '' INT TERM; exec \"$@\"", "sh"];
        spec.words.splice(0..0, deaf.map(Into::into));
    })?;
    scene.is_ready()?;
    ok(scene.program.signal(StopSignal::Interrupt))?;
    ok(scene.program.signal(StopSignal::Terminate))?;
    ensure!(scene.program.wait(SHORT).is_none());
    scene.ends()
}

pub fn a_glutton_is_ended() -> Result<()> {
    let mut scene = Scene::with("glutton", |spec| spec.memory = 64 << 20)?;
    ensure!(scene.program.wait(PATIENCE) == Some(Exit::OutOfMemory));
    let peak = scene.program.memory_peak().context("no peak")?;
    ensure!(peak > 64 << 20, "a peak of {peak}");
    scene.ends()
}

pub fn a_glutton_in_a_child() -> Result<()> {
    let mut scene = Scene::with("parent-of-glutton", |spec| spec.memory = 64 << 20)?;
    ensure!(scene.program.wait(PATIENCE) == Some(Exit::OutOfMemory));
    scene.ends()
}

pub fn silent_but_listening() -> Result<()> {
    let mut scene = Scene::of("silent")?;
    let finding = scene.is_not_ready(SHORT)?;
    tells(
        &finding,
        Kind::NotReady,
        &["listens on 127.0.0.1:", "Flush"],
    )?;
    scene.ends()
}

pub fn a_line_without_its_end() -> Result<()> {
    let mut scene = Scene::of("half-a-line")?;
    let finding = scene.is_not_ready(SHORT)?;
    tells(&finding, Kind::NotReady, &["without a line end"])?;
    scene.ends()
}

pub fn chatter_before_the_line() -> Result<()> {
    let mut scene = Scene::of("chatter")?;
    let finding = scene.is_not_ready(PATIENCE)?;
    tells(&finding, Kind::Output, &["Welcome to my server!"])?;
    scene.ends()
}

pub fn port_zero_announced() -> Result<()> {
    let mut scene = Scene::of("port-zero")?;
    let finding = scene.is_not_ready(PATIENCE)?;
    tells(&finding, Kind::Output, &["127.0.0.1:0", "Port 0"])?;
    scene.ends()
}

/// The line is believed; that nobody listens there, the first connection tells.
pub fn ready_too_early() -> Result<()> {
    let mut scene = Scene::of("early")?;
    scene.is_ready()?;
    ensure!(scene.program.listens_on().is_empty());
    scene.ends()
}

pub fn exits_at_once() -> Result<()> {
    let mut scene = Scene::of("exit")?;
    let began = Instant::now();
    let finding = scene.is_not_ready(PATIENCE)?;
    tells(&finding, Kind::Exit, &["exit 7"])?;
    let quote = scene.program.quote();
    ensure!(quote.contains("nothing works today"), "{quote}");
    ensure!(
        began.elapsed() < PATIENCE / 2,
        "the wait did not end with it"
    );
    scene.ends()
}

pub fn crashes_without_a_core() -> Result<()> {
    let mut scene = Scene::of("crash")?;
    let finding = scene.is_not_ready(PATIENCE)?;
    tells(&finding, Kind::Exit, &["killed by SIGABRT"])?;
    let left = fs::read_dir(&scene.folder)?.count();
    ensure!(left == 0, "{left} files in its folder");
    scene.ends()
}

pub fn runs_into_a_todo() -> Result<()> {
    let mut scene = Scene::of("todo")?;
    ensure!(scene.program.wait(PATIENCE) == Some(Exit::Code(101)));
    ensure!(scene.program.hit_todo().as_deref() == Some("2.4"));
    scene.ends()
}

pub fn busy_is_told_from_waiting() -> Result<()> {
    let mut scene = Scene::of("busy")?;
    scene.is_ready()?;
    ensure!(scene.program.wait(SHORT).is_none());
    let quote = scene.program.quote();
    ensure!(quote.contains("busy"), "{quote}");
    let used = scene.program.cpu_time().context("no time")?;
    ensure!(used > Duration::ZERO, "no processor time");
    scene.ends()
}

pub fn not_executable() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let text = folder.path().join("echo.py");
    fs::write(&text, "print('hello')\n")?;
    let cases = [
        (text.as_path(), "chmod +x"),
        (folder.path(), "a folder"),
        (&folder.path().join("nothing-here"), "There is no such file"),
        ("nothing-of-this-name".as_ref(), "PATH"),
    ];
    for (command, word) in cases {
        let finding = finding(Running::start(Spec::new([command]), &Tape::new()))?;
        tells(&finding, Kind::NotStarted, &[word])?;
    }
    Ok(())
}

pub fn never_reads_its_input() -> Result<()> {
    let mut scene = Scene::with("hang", |spec| spec.stdin = Stdin::Piped)?;
    scene.is_ready()?;
    let finding = finding(scene.program.writes(&vec![b'x'; 1 << 20]))?;
    tells(&finding, Kind::Silence, &["does not read on"])?;
    scene.program.feed(vec![b'x'; 1 << 20]);
    scene.ends()
}

pub fn locks_its_folder() -> Result<()> {
    let mut scene = Scene::of("lock-folder")?;
    scene.is_ready()?;
    scene.ends()
}
