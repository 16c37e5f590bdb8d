//! What was seen of a program so far, and the thread that sees it.
//!
//! One thread a program reads its output and its guard's reports, for ever, so that a program
//! which floods its output is never held up. It ends with the program, not with the pipe: a
//! process that got away may hold the pipe open.

use std::ffi::OsString;
use std::io::{self, PipeReader, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use rustix::event::{PollFd, PollFlags};

use super::order::{Ended, Report};
use super::output::Output;
use crate::wire::tape::{Excerpt, PROGRAM, Tape, What};

/// The largest output that a check looks at is 16 MiB.
const MOST_STDOUT: usize = 32 << 20;
/// Half of what is kept of a log: its beginning, and its end.
const MOST_STDERR: usize = 32 << 10;
/// A single read.
const CHUNK: usize = 64 << 10;
/// Pieces of one stream that go on the tape; more would leave no room for the rest.
const MOST_ON_TAPE: usize = 200;

/// The state that the thread keeps, and that others wait on.
pub struct Seen {
    state: Mutex<State>,
    changed: Condvar,
}

pub struct State {
    pub stdout: Output,
    pub stderr: Output,
    /// What became of the start.
    pub start: Option<Start>,
    pub ended: Option<Ended>,
    /// The guard has done its work.
    pub gone: bool,
    /// What it could not end or remove.
    pub left: Option<String>,
    /// The guard has ended, as it should or not.
    pub guard_is_gone: bool,
}

#[derive(Clone, Debug)]
pub enum Start {
    Done { pid: u32, folder: OsString },
    Refused { why: String, means: String },
    NoWorld(String),
    Broken(String),
}

impl Seen {
    pub fn new() -> Self {
        Self {
            state: Mutex::new(State {
                stdout: Output::keeping(MOST_STDOUT, 0),
                stderr: Output::keeping(MOST_STDERR, MOST_STDERR),
                start: None,
                ended: None,
                gone: false,
                left: None,
                guard_is_gone: false,
            }),
            changed: Condvar::new(),
        }
    }

    /// Looks at the state as it is now.
    pub fn now<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.lock())
    }

    /// Waits until `look` finds something; at the deadline, `None`.
    pub fn until<T>(
        &self,
        deadline: Instant,
        mut look: impl FnMut(&State) -> Option<T>,
    ) -> Option<T> {
        let mut state = self.lock();
        loop {
            if let Some(found) = look(&state) {
                return Some(found);
            }
            let left = deadline.checked_duration_since(Instant::now())?;
            state = self
                .changed
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The thread's own.
pub struct Ears {
    pub guard: UnixStream,
    pub stdout: PipeReader,
    pub stderr: PipeReader,
    pub seen: Arc<Seen>,
    pub tape: Tape,
}

impl Ears {
    /// Hears everything until the guard is gone.
    pub fn hear(self) -> io::Result<()> {
        rustix::io::ioctl_fionbio(&self.stdout, true)?;
        rustix::io::ioctl_fionbio(&self.stderr, true)?;
        let mut guard = self.guard;
        let mut stdout = Stream::of(self.stdout, What::Stdout, |state| &mut state.stdout);
        let mut stderr = Stream::of(self.stderr, What::Stderr, |state| &mut state.stderr);
        let mut buffer = vec![0; CHUNK];
        let mut said = Vec::new();
        loop {
            let ready = wait([Some(guard.as_fd()), stdout.fd(), stderr.fd()])?;
            // Output first: what was written before the exit stands before it on the tape.
            if ready[1] {
                stdout.read(&mut buffer, &self.seen, &self.tape);
            }
            if ready[2] {
                stderr.read(&mut buffer, &self.seen, &self.tape);
            }
            if !ready[0] {
                continue;
            }
            let count = guard.read(&mut buffer)?;
            if count == 0 {
                self.seen.change(|state| state.guard_is_gone = true);
                return Ok(());
            }
            said.extend_from_slice(&buffer[..count]);
            while let Some(end) = said.iter().position(|&byte| byte == b'\n') {
                let report = serde_json::from_slice(&said[..end])?;
                said.drain(..=end);
                if let Report::Ended(_) = report {
                    stdout.finish(&mut buffer, &self.seen, &self.tape);
                    stderr.finish(&mut buffer, &self.seen, &self.tape);
                }
                note(report, &self.seen, &self.tape);
            }
        }
    }
}

/// Which of these has something to be read, or an end.
fn wait(fds: [Option<BorrowedFd<'_>>; 3]) -> io::Result<[bool; 3]> {
    let mut open: Vec<_> = fds
        .iter()
        .flatten()
        .map(|fd| PollFd::new(fd, PollFlags::IN))
        .collect();
    match rustix::event::poll(&mut open, None) {
        Ok(_) | Err(rustix::io::Errno::INTR) => {}
        Err(error) => return Err(error.into()),
    }
    let mut ready = open.iter().map(|fd| !fd.revents().is_empty());
    Ok(fds.map(|fd| fd.is_some() && ready.next() == Some(true)))
}

/// Takes over what a guard reports.
fn note(report: Report, seen: &Seen, tape: &Tape) {
    match report {
        Report::Started { pid, folder } => {
            seen.change(|state| state.start = Some(Start::Done { pid, folder }));
        }
        Report::NotStarted { why, means } => {
            seen.change(|state| state.start = Some(Start::Refused { why, means }));
        }
        Report::NoWorld(why) => seen.change(|state| state.start = Some(Start::NoWorld(why))),
        Report::Broken(why) => seen.change(|state| state.start = Some(Start::Broken(why))),
        Report::Ended(ended) => {
            tape.write(PROGRAM, What::Ended(ended.exit.to_string()));
            seen.change(|state| state.ended = Some(ended));
        }
        Report::Gone { left } => seen.change(|state| {
            state.gone = true;
            state.left = left;
        }),
    }
}

/// One of the program's two outputs.
struct Stream {
    /// None once it has ended.
    pipe: Option<PipeReader>,
    event: fn(Excerpt) -> What,
    kept: fn(&mut State) -> &mut Output,
    on_tape: usize,
}

impl Stream {
    fn of(
        pipe: PipeReader,
        event: fn(Excerpt) -> What,
        kept: fn(&mut State) -> &mut Output,
    ) -> Self {
        Self {
            pipe: Some(pipe),
            event,
            kept,
            on_tape: 0,
        }
    }

    fn fd(&self) -> Option<BorrowedFd<'_>> {
        self.pipe.as_ref().map(AsFd::as_fd)
    }

    /// Takes a chunk. How much it was; 0 if nothing is there or the stream has ended.
    fn read(&mut self, buffer: &mut [u8], seen: &Seen, tape: &Tape) -> usize {
        let Some(pipe) = &mut self.pipe else { return 0 };
        match pipe.read(buffer) {
            Ok(0) => self.pipe = None,
            Ok(count) => {
                self.keep(&buffer[..count], seen, tape);
                return count;
            }
            Err(error) if is_only_empty(&error) => {}
            Err(_) => self.pipe = None,
        }
        0
    }

    /// Takes what is in the pipe at the program's end, and no more.
    fn finish(&mut self, buffer: &mut [u8], seen: &Seen, tape: &Tape) {
        let waiting = self.pipe.as_ref().map(rustix::io::ioctl_fionread);
        let mut left = match waiting {
            Some(Ok(waiting)) => usize::try_from(waiting).unwrap_or(usize::MAX),
            _ => 0,
        };
        while left > 0 {
            let most = left.min(buffer.len());
            match self.read(&mut buffer[..most], seen, tape) {
                0 => break,
                count => left -= count,
            }
        }
        self.pipe = None;
    }

    fn keep(&mut self, bytes: &[u8], seen: &Seen, tape: &Tape) {
        self.on_tape += 1;
        if self.on_tape <= MOST_ON_TAPE {
            tape.write(PROGRAM, (self.event)(Excerpt::of(bytes)));
        } else if self.on_tape == MOST_ON_TAPE + 1 {
            tape.note("the program writes on; the rest of its output is not shown");
        }
        seen.change(|state| (self.kept)(state).push(bytes));
    }
}

fn is_only_empty(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
    )
}
