//! A program that runs under its guard, and what a check may do with it.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::{Arc, Once};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow};

use super::input::{write_by, write_while_read};
use super::order::{self, Streams};
use super::quote;
use super::seen::{Ears, Seen, Start};
use super::spec::{Exit, Spec, Stdin, Stdout, StopSignal};
use super::{folder, guard, ready, system};
use crate::finding::{Finding, Kind, Step, Stop, fail};
use crate::wire::tape::{Excerpt, PROGRAM, Tape, What};

/// A start takes milliseconds; this long only on a machine that is about to fall over.
const START_PATIENCE: Duration = Duration::from_secs(10);
/// A guard ends everything within half of this.
const END_PATIENCE: Duration = Duration::from_secs(6);
/// How long a program may leave its standard input unread.
const INPUT_PATIENCE: Duration = Duration::from_secs(3);
/// A program that has read nothing for this long waits for something else.
const STANDSTILL: Duration = Duration::from_millis(250);
/// A program that has just closed a pipe has mostly ended; its guard says so within this.
const BLINK: Duration = Duration::from_millis(300);

/// A started program. Dropping it ends the program and all that it started.
pub struct Running {
    pid: u32,
    folder: PathBuf,
    guard: Child,
    control: UnixStream,
    seen: Arc<Seen>,
    ears: Option<JoinHandle<()>>,
    stdin: Option<File>,
    tape: Tape,
}

impl Running {
    /// Starts it. A program that cannot be run is a finding.
    pub fn start(mut spec: Spec, tape: &Tape) -> Step<Self> {
        static SWEPT: Once = Once::new();
        SWEPT.call_once(folder::sweep);

        spec.words = absolute(spec.words)?;
        tape.write(PROGRAM, What::Started(spec.command_line()));
        let mut running = Self::under_guard(&spec, tape)?;
        let start = running
            .seen
            .until(Instant::now() + START_PATIENCE, |state| {
                let lost = || Start::Broken("it ended at once".to_string());
                state
                    .start
                    .clone()
                    .or_else(|| state.guard_is_gone.then(lost))
            });
        match start {
            Some(Start::Done { pid, folder }) => {
                running.pid = pid;
                running.folder = folder.into();
                Ok(running)
            }
            Some(Start::Refused { why, means }) => {
                let command = spec.command_line();
                Err(
                    Finding::new(Kind::NotStarted, format!("`{command}` to start"), why)
                        .means(means)
                        .into(),
                )
            }
            Some(Start::NoWorld(why)) => Err(Stop::Skip(why)),
            Some(Start::Broken(why)) => Err(anyhow!("the guard of the program: {why}").into()),
            None => Err(anyhow!("the guard of the program does not answer").into()),
        }
    }

    fn under_guard(spec: &Spec, tape: &Tape) -> anyhow::Result<Self> {
        let (control, guards) = UnixStream::pair().context("cannot make a pair of sockets")?;
        let (stdout, program_stdout) = io::pipe().context("cannot make a pipe")?;
        let program_stdout = match spec.stdout {
            Stdout::Kept => program_stdout,
            Stdout::ReaderGone => io::pipe().context("cannot make a pipe")?.1,
        };
        let (stderr, program_stderr) = io::pipe().context("cannot make a pipe")?;
        let (program_stdin, stdin) = match spec.stdin {
            Stdin::Empty => (None, None),
            Stdin::Piped => {
                let (reader, writer) = io::pipe().context("cannot make a pipe")?;
                rustix::io::ioctl_fionbio(&writer, true).context("cannot set up a pipe")?;
                (
                    Some(OwnedFd::from(reader)),
                    Some(File::from(OwnedFd::from(writer))),
                )
            }
        };
        let seen = Arc::new(Seen::new());
        let ears = Ears {
            guard: control.try_clone()?,
            stdout,
            stderr,
            seen: seen.clone(),
            tape: tape.clone(),
        };
        let tape = tape.clone();
        let guard = guard::spawn(guards)?;
        let mut running = Self {
            pid: 0,
            folder: PathBuf::new(),
            guard,
            control,
            seen,
            ears: None,
            stdin,
            tape: tape.clone(),
        };
        running.ears = Some(thread::Builder::new().name("ears".into()).spawn(move || {
            if let Err(error) = ears.hear() {
                tape.note(format!("the grader could not hear the program on: {error}"));
            }
        })?);
        let streams = Streams {
            stdin: program_stdin,
            stdout: program_stdout.into(),
            stderr: program_stderr.into(),
        };
        order::give(&mut running.control, spec, streams).context("the guard does not listen")?;
        Ok(running)
    }

    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// The run's own folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Waits for the ready line, and says where the program listens.
    pub fn ready(&mut self, patience: Duration) -> Step<SocketAddr> {
        ready::wait(self, &self.seen, patience)
    }

    /// Types this on its standard input.
    pub fn writes(&mut self, bytes: &[u8]) -> Step {
        let Some(stdin) = &mut self.stdin else {
            return Err(anyhow!("nothing can be typed: standard input is not open").into());
        };
        self.tape.write(PROGRAM, What::Stdin(Excerpt::of(bytes)));
        match write_by(stdin, bytes, Some(Instant::now() + INPUT_PATIENCE)) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.wait(BLINK);
                let kind = self.exit().map_or(Kind::Unexpected, |_| Kind::Exit);
                let seen = format!("it closed its standard input; {}", self.quote());
                fail(kind, "the program to read what is typed", seen)
            }
            Err(error) if error.kind() == ErrorKind::TimedOut => {
                let seen = format!("it does not read on; {}", self.quote());
                fail(Kind::Silence, "the program to read what is typed", seen)
            }
            Err(error) => Err(anyhow!(error).context("cannot write to the program").into()),
        }
    }

    /// Ends its standard input, as Ctrl-D does.
    pub fn stdin_ends(&mut self) {
        self.stdin = None;
    }

    /// Types all of this and ends the input, while the check does other things.
    pub fn feed(&mut self, bytes: Vec<u8>) {
        let Some(mut stdin) = self.stdin.take() else {
            return;
        };
        self.tape.write(PROGRAM, What::Stdin(Excerpt::of(&bytes)));
        // Ends by itself: with the program goes the last reader of the pipe.
        thread::spawn(move || write_by(&mut stdin, &bytes, None));
    }

    /// Types as much of this as it takes while nothing else moves, and returns how much that was.
    pub fn feeds_what_it_takes(&mut self, bytes: &[u8]) -> Step<usize> {
        let Some(stdin) = &mut self.stdin else {
            return Err(anyhow!("nothing can be typed: standard input is not open").into());
        };
        let taken = write_while_read(stdin, bytes, STANDSTILL)
            .map_err(|error| anyhow!(error).context("cannot write to the program"))?;
        self.tape
            .write(PROGRAM, What::Stdin(Excerpt::of(&bytes[..taken])));
        Ok(taken)
    }

    /// Sends a signal to all its processes.
    pub fn signal(&self, signal: StopSignal) -> Step {
        self.tape.write(PROGRAM, What::Signal(signal.name()));
        system::signal_tree(self.tree(), signal);
        Ok(())
    }

    /// Waits for its end.
    pub fn wait(&mut self, patience: Duration) -> Option<Exit> {
        self.seen.until(Instant::now() + patience, |state| {
            let lost = state.guard_is_gone.then_some(Exit::Signal(libc::SIGKILL));
            state.ended.map(|ended| ended.exit).or(lost)
        })
    }

    /// How it ended, if it has.
    pub fn exit(&self) -> Option<Exit> {
        self.seen.now(|state| state.ended.map(|ended| ended.exit))
    }

    /// Its standard output so far: the first 32 MiB.
    pub fn stdout(&self) -> Vec<u8> {
        self.seen.now(|state| state.stdout.head().to_vec())
    }

    /// Its log so far: of a long one, the first and the last 32 KiB.
    pub fn stderr(&self) -> Vec<u8> {
        self.seen.now(|state| state.stderr.to_vec())
    }

    /// Waits until its standard output is enough, and hands it over. `None` if the program
    /// ends before, or time runs out.
    pub fn stdout_until(
        &mut self,
        mut enough: impl FnMut(&[u8]) -> bool,
        patience: Duration,
    ) -> Option<Vec<u8>> {
        let deadline = Instant::now() + patience;
        self.seen.until(deadline, |state| {
            let stdout = state.stdout.head();
            if enough(stdout) {
                return Some(Some(stdout.to_vec()));
            }
            (state.ended.is_some() || state.guard_is_gone).then_some(None)
        })?
    }

    /// What a teacher would look at first: its last words, and its exit or what it waits in.
    pub fn quote(&self) -> String {
        quote::of(self.exit(), &self.stderr(), self.tree())
    }

    /// The exercise whose `todo!` it ran into, like `2.4`.
    pub fn hit_todo(&self) -> Option<String> {
        quote::todo_in(&self.stderr())
    }

    /// The processor time of all its processes.
    pub fn cpu_time(&self) -> Option<Duration> {
        let ended = self.seen.now(|state| state.ended);
        ended
            .map(|ended| ended.cpu_time)
            .or_else(|| system::cpu_time(self.tree()))
    }

    /// The resident memory of all its processes, in bytes.
    pub fn memory(&self) -> Option<u64> {
        system::memory(self.tree())
    }

    /// The most resident memory that it had at one time; also after its end.
    pub fn memory_peak(&self) -> Option<u64> {
        let ended = self.seen.now(|state| state.ended);
        ended
            .map(|ended| ended.memory_peak)
            .or_else(|| system::memory_peak(self.tree()))
    }

    /// Lets it open as many more descriptors as this, from now on. Whether that was possible.
    pub fn allow_descriptors(&self, more: u64) -> bool {
        system::allow_descriptors(self.tree(), more)
    }

    /// Whether all its processes stand still.
    pub fn is_stopped(&self) -> Option<bool> {
        system::is_stopped(self.tree())
    }

    /// How many descriptors it has open.
    pub fn descriptors(&self) -> Option<usize> {
        system::descriptors(self.tree())
    }

    pub fn threads(&self) -> Option<usize> {
        system::threads(self.tree())
    }

    /// The addresses at which it listens, or is bound to for datagrams.
    pub fn listens_on(&self) -> Vec<SocketAddr> {
        system::listens_on(self.tree())
    }

    pub(super) fn tree(&self) -> system::Tree {
        system::Tree {
            guard: self.guard.id(),
            program: self.pid,
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stdin = None;
        // The end of this socket is the word that ends everything.
        let _ = self.control.shutdown(std::net::Shutdown::Write);
        let deadline = Instant::now() + END_PATIENCE;
        let ended = self
            .seen
            .until(deadline, |state| state.guard_is_gone.then_some(()));
        let clean = self.seen.now(|state| state.gone || self.pid == 0);
        if ended.is_none() || !clean {
            // The guard was killed, or hangs: then what we know of is ended from here.
            system::kill_tree(self.tree());
            system::kill_group(self.tree());
            let _ = self.guard.kill();
            let _ = folder::remove(&self.folder);
        }
        let _ = self.guard.wait();
        if let Some(ears) = self.ears.take() {
            let _ = ears.join();
        }
        if let Some(left) = self.seen.now(|state| state.left.clone()) {
            self.tape.note(left);
        }
    }
}

/// The program of a command, named from the root: it is started in another folder.
fn absolute(mut words: Vec<OsString>) -> anyhow::Result<Vec<OsString>> {
    let program = words.first_mut().context("an empty command")?;
    let path = Path::new(program);
    if path.components().count() > 1 {
        *program = std::path::absolute(path)?.into_os_string();
    }
    Ok(words)
}
