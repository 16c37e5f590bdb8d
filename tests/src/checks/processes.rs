//! The program under test in a story, as a process, and as a client.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{Done, backtrace};
use crate::finding::{Finding, Kind, Means, Step, fail};
use crate::program::{Exit, Running, StopSignal};
use crate::wire::{Host, Patience, Peer, Pressure, Tape, wait};
use crate::words::{bytes, escaped, time};

/// As much of a line as one reads.
const LONGEST_QUOTE: usize = 120;

const PANICS: &str = "The program did all else that this check asks for, but a part of it broke \
    on the way: a thread that panics or throws ends, and what it held is lost or locked. What can \
    go wrong on any day, like a client that resets its connection, is no bug of the program: \
    handle it where it happens, and log a line.";

/// Within this time a program ends after SIGINT or SIGTERM.
const STOP: Duration = Duration::from_secs(2);

/// A program that was started. A clone is another handle on the same one.
#[derive(Clone)]
pub struct Process {
    running: Arc<Mutex<Running>>,
    tape: Tape,
    patience: Patience,
    started: Instant,
}

impl Process {
    pub fn new(running: Running, tape: &Tape, patience: Patience) -> Self {
        Self {
            running: Arc::new(Mutex::new(running)),
            tape: tape.clone(),
            patience,
            started: Instant::now(),
        }
    }

    /// What can be said of it now: its last words, and its exit or what it waits in.
    pub fn quote(&self) -> Option<String> {
        // A story that holds it while it waits for something else asks too much.
        Some(self.running.try_lock().ok()?.quote())
    }

    /// The program itself, for what only some stories ask.
    pub fn running(&self) -> MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for its end, as long as a program may be silent. One that has only just been
    /// started has its start before it.
    pub fn done(&self) -> Step<Done> {
        let starting = self.patience.start() + self.patience.silence();
        let left = starting.saturating_sub(self.started.elapsed());
        self.done_within(left.max(self.patience.silence()))
    }

    /// Waits for its end, at most this long.
    pub fn done_within(&self, patience: Duration) -> Step<Done> {
        let began = Pressure::now();
        let mut exit = self.waits(patience, Running::wait);
        let mut running = self.running();
        if exit.is_none() && running.is_busy() == Some(true) {
            // It has something to do, and had no processor for a part of the time.
            exit = running.wait(began.since().min(patience));
        }
        match exit {
            Some(exit) => Ok(Done {
                exit,
                stdout: running.stdout(),
                stderr: running.stderr(),
            }),
            None => {
                drop(running);
                self.tape.ask_the_witness();
                let seen = format!("it still runs after {}", time(patience));
                fail(Kind::Silence, "the program to end", seen)
            }
        }
    }

    /// Waits until its standard output is enough, and hands it over. `None` if the program ends
    /// before, or time runs out.
    pub fn stdout_until(
        &self,
        enough: impl Fn(&[u8]) -> bool,
        patience: Duration,
    ) -> Option<Vec<u8>> {
        self.waits(patience, |running, time| {
            running.stdout_until(&enough, time)
        })
    }

    /// Waits by `wait` for at most this long, and then as long as a road still brings something.
    fn waits<T>(
        &self,
        patience: Duration,
        wait: impl Fn(&mut Running, Duration) -> Option<T>,
    ) -> Option<T> {
        let mut deadline = Instant::now() + patience;
        let mut running = self.running();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match wait(&mut running, left) {
                Some(seen) => return Some(seen),
                None => deadline = self.tape.later_than(deadline, self.patience)?,
            }
        }
    }

    /// Asks it to end, and sees it end in time with exit code 0.
    pub fn stops_on(&self, signal: StopSignal) -> Step {
        self.is_asked_to_stop(signal)?.and_stops()
    }

    /// Asks it to end. What it does then is for the story to look at.
    pub fn is_asked_to_stop(&self, signal: StopSignal) -> Step<Asked<'_>> {
        let since = Instant::now();
        self.running().signal(signal)?;
        Ok(Asked {
            process: self,
            signal,
            since,
        })
    }

    /// Sees that its memory has at no time been this much more than it was `before`, when it had
    /// nothing to hold: what its runtime needs for itself is no matter.
    pub fn grows_less_than(&self, limit: usize, before: Option<u64>) -> Step {
        let (Some(before), Some(peak)) = (before, self.running().memory_peak()) else {
            return Ok(());
        };
        let grown = peak.saturating_sub(before);
        if grown < limit as u64 {
            return Ok(());
        }
        fail(
            Kind::Resources,
            format!(
                "the program to hold less than {} of memory for it",
                bytes(limit)
            ),
            format!("it has held {} MiB", grown / (1024 * 1024)),
        )
    }

    /// Sees a count, like that of its open descriptors, come back to what it was before, or at
    /// most `slack` above: a runtime may keep one or two things for itself.
    pub fn settles(
        &self,
        what: &str,
        before: Option<usize>,
        slack: usize,
        count: impl Fn(&Running) -> Option<usize>,
    ) -> Step {
        let Some(before) = before else { return Ok(()) };
        let mut now = before;
        // Soon, not at an instant: some see a client off for a second or two.
        let settled = wait::until(self.patience.longer().silence(), || {
            now = count(&self.running()).unwrap_or(before);
            now <= before + slack
        });
        if settled {
            return Ok(());
        }
        fail(
            Kind::Resources,
            format!("the number of {what} to come back to {before}"),
            format!("it is {now}"),
        )
    }

    /// Stands still for a moment, and goes on, as on Ctrl-Z and `fg`. A call that waits in the
    /// kernel returns early then, with what it has done so far (signal(7)).
    pub fn is_interrupted(&self) -> Step {
        self.running().signal(StopSignal::Pause)?;
        wait::until(self.patience.glance(), || {
            self.running().is_stopped().unwrap_or(true)
        });
        self.running().signal(StopSignal::Resume)
    }

    /// Sees that it goes on for a moment, in which it meets something that it must survive.
    pub fn survives(&self, what: &str) -> Step {
        if wait::until(self.patience.glance(), || self.end().is_some()) {
            let seen = self.end().unwrap_or_default();
            return fail(Kind::Exit, format!("the program to survive {what}"), seen);
        }
        Ok(())
    }

    /// No panic and no backtrace so far, also in a thread that nobody misses. A `todo!` is no
    /// fault: the learner has not come there yet.
    pub fn has_not_panicked(&self) -> Step {
        let running = self.running();
        let stderr = running.stderr();
        let stderr = String::from_utf8_lossy(&stderr);
        let Some(line) = backtrace::find(&stderr) else {
            return Ok(());
        };
        if running.hit_todo().is_some() {
            return Ok(());
        }
        let expected = "no panic and no backtrace on standard error";
        let line: String = line.trim().chars().take(LONGEST_QUOTE).collect();
        let finding = Finding::new(
            Kind::Output,
            expected,
            format!("`{}`", escaped(line.as_bytes())),
        );
        Err(finding.means(PANICS).into())
    }

    /// How it ended, if it has.
    pub fn end(&self) -> Option<String> {
        let running = self.running();
        running.exit().map(|_| running.quote())
    }
}

/// A program that was asked to end.
pub struct Asked<'a> {
    process: &'a Process,
    signal: StopSignal,
    since: Instant,
}

impl Asked<'_> {
    /// Sees it end in time, with exit code 0.
    pub fn and_stops(&self) -> Step {
        let signal = self.signal.name();
        let patience = self
            .process
            .patience
            .at_most(STOP)
            .saturating_sub(self.since.elapsed());
        let expected = format!("the program to end with exit code 0 within 2 s of {signal}");
        let end = self.process.running().wait(patience);
        let after = time(self.since.elapsed());
        match end {
            Some(Exit::Code(0)) => Ok(()),
            Some(exit) => {
                let means = match exit {
                    Exit::Code(_) => NO_FAILURE,
                    exit if exit.to_string().ends_with(signal) => UNHANDLED,
                    _ => "",
                };
                let seen = format!("{exit}, after {after}");
                fail(Kind::Exit, expected, seen).or_means(means)
            }
            None => {
                self.process.tape.ask_the_witness();
                fail(Kind::Slow, expected, format!("it still runs after {after}"))
            }
        }
    }
}

const UNHANDLED: &str = "The signal ended the program before it could end itself. With a handler \
    the program is told of the signal instead, finishes, and ends with exit code 0.";

const NO_FAILURE: &str = "An end that was asked for is no failure: exit code 0.";

/// The client under test.
pub struct Client(pub Process);

impl Client {
    /// Waits until it connects to our host.
    pub fn comes_to(&self, host: &Host) -> Step<Peer> {
        host.accepts(|| self.0.end())
    }

    /// Waits for its end.
    pub fn done(&self) -> Step<Done> {
        self.0.done()
    }
}
