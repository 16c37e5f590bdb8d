//! The program under test in a story: as a server, as a client, and what is left of it when
//! it is done.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::finding::{Finding, Kind, Step, Stop, fail};
use crate::program::{Exit, Running, StopSignal};
use crate::wire::peer::Options;
use crate::wire::{Host, Patience, Peer, Tape, wait};
use crate::words::{bytes, count, quoted, time};

/// Within this time a program ends after SIGINT or SIGTERM.
const STOP: Duration = Duration::from_secs(2);

/// A program that was started. A clone is another handle on the same one.
#[derive(Clone)]
pub struct Process {
    running: Arc<Mutex<Running>>,
    tape: Tape,
    patience: Patience,
}

impl Process {
    pub fn new(running: Running, tape: &Tape, patience: Patience) -> Self {
        Self {
            running: Arc::new(Mutex::new(running)),
            tape: tape.clone(),
            patience,
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

    /// Waits for its end, as long as a program may be silent.
    pub fn done(&self) -> Step<Done> {
        self.done_within(self.patience.silence())
    }

    /// Waits for its end, at most this long.
    pub fn done_within(&self, patience: Duration) -> Step<Done> {
        let mut running = self.running();
        match running.wait(patience) {
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

    /// Sees that it has not held more memory than this so far.
    pub fn stays_under(&self, limit: usize) -> Step {
        match self.running().memory_peak() {
            Some(peak) if peak >= limit as u64 => fail(
                Kind::Resources,
                format!("the program to hold less than {} of memory", bytes(limit)),
                format!("it has held {} MiB", peak / (1024 * 1024)),
            ),
            _ => Ok(()),
        }
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
        let settled = wait::until(self.patience.silence(), || {
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

    /// Sees that it goes on for a moment, in which it meets something that it must survive.
    pub fn survives(&self, what: &str) -> Step {
        if wait::until(self.patience.glance(), || self.end().is_some()) {
            let seen = self.end().unwrap_or_default();
            return fail(Kind::Exit, format!("the program to survive {what}"), seen);
        }
        Ok(())
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
            Some(exit) => fail(Kind::Exit, expected, format!("{exit}, after {after}")),
            None => {
                self.process.tape.ask_the_witness();
                fail(Kind::Slow, expected, format!("it still runs after {after}"))
            }
        }
    }
}

/// The server under test.
#[derive(Clone)]
pub struct Server {
    address: SocketAddr,
    process: Option<Process>,
    tape: Tape,
    patience: Patience,
}

impl Server {
    /// Waits for the ready line.
    pub fn ready(process: Process, tape: &Tape, patience: Patience) -> Step<Self> {
        let address = process.running().ready(patience.start())?;
        Ok(Self {
            address,
            process: Some(process),
            tape: tape.clone(),
            patience,
        })
    }

    /// A server that somebody else has started.
    pub fn running_at(address: SocketAddr, tape: &Tape, patience: Patience) -> Self {
        Self {
            address,
            process: None,
            tape: tape.clone(),
            patience,
        }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn connect(&self, name: &'static str) -> Step<Peer> {
        self.connect_with(name, Options::default())
    }

    pub fn connect_with(&self, name: &'static str, options: Options) -> Step<Peer> {
        Peer::connect(name, self.address, options, &self.tape, self.patience)
    }

    /// The server as a process, if it is ours: else the story cannot be told.
    pub fn process(&self) -> Step<&Process> {
        self.process.as_ref().ok_or_else(|| {
            Stop::Skip(format!(
                "the server at {} is all that was given, and its process cannot be looked at",
                self.address
            ))
        })
    }

    /// Asks it to end with SIGTERM, and sees that it does.
    pub fn stops(&self) -> Step {
        self.process()?.stops_on(StopSignal::Terminate)
    }

    /// Sees nothing on its standard output but the ready line, and no colours in its log.
    pub fn prints_nothing_more(&self) -> Step {
        let running = self.process()?.running();
        let expected = format!("listening on {}\n", self.address);
        let stdout = running.stdout();
        if stdout != expected.as_bytes() {
            let expected = format!("{} on standard output", quoted(expected.as_bytes()));
            return fail(Kind::Output, expected, quoted(&stdout));
        }
        if running.stderr().contains(&0x1b) {
            let expected = "plain text on a standard error that is no terminal";
            return fail(Kind::Output, expected, "colour codes in it");
        }
        Ok(())
    }

    /// Sees that it still runs.
    pub fn still_runs(&self) -> Step {
        match self.process.as_ref().and_then(Process::end) {
            None => Ok(()),
            Some(end) => fail(Kind::Exit, "the server to go on", end),
        }
    }
}

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

/// What a program has left when it ended.
#[derive(Debug)]
pub struct Done {
    pub exit: Exit,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
}

impl Done {
    /// It ended with one of these exit codes.
    pub fn exits(&self, allowed: &[i32]) -> Step<&Self> {
        if matches!(self.exit, Exit::Code(code) if allowed.contains(&code)) {
            return Ok(self);
        }
        let codes: Vec<_> = allowed.iter().map(i32::to_string).collect();
        let mut finding = Finding::new(
            Kind::Exit,
            format!("the program to end with exit code {}", codes.join(" or ")),
            self.exit.to_string(),
        );
        if self.panicked() {
            finding = finding.means(
                "The program panicked. An error that can happen on any day, like a port in use \
                 or a host that is unknown, is no bug of the program: return it from `main` as \
                 a `Failure`, with the exit code that tells which it was.",
            );
        }
        Err(finding.into())
    }

    /// It was ended by a signal, or chose to end because of one: not with exit code 0, and
    /// without a backtrace.
    pub fn was_interrupted(&self) -> Step {
        let expected = "the program to end because of the signal, with another exit code than 0";
        if self.exit == Exit::Code(0) {
            return fail(Kind::Exit, expected, self.exit.to_string());
        }
        self.is_quiet()
    }

    /// No panic, no backtrace.
    pub fn is_quiet(&self) -> Step {
        if self.panicked() {
            return fail(
                Kind::Output,
                "no panic and no backtrace",
                "one on standard error",
            );
        }
        Ok(())
    }

    /// Standard output holds exactly this.
    pub fn prints(&self, expected: impl AsRef<[u8]>) -> Step<&Self> {
        let expected = expected.as_ref();
        if self.stdout == expected {
            return Ok(self);
        }
        let same = self
            .stdout
            .iter()
            .zip(expected)
            .take_while(|(a, b)| a == b)
            .count();
        let from = same.saturating_sub(8);
        let at = if from == 0 {
            String::new()
        } else {
            format!(", from byte {from} on")
        };
        fail(
            Kind::Output,
            format!("{} on standard output{at}", quoted(&expected[from..])),
            format!("{}{at}", quoted(&self.stdout[from..])),
        )
    }

    /// Its lines on standard output.
    pub fn lines(&self) -> Vec<String> {
        String::from_utf8_lossy(&self.stdout)
            .lines()
            .map(str::to_string)
            .collect()
    }

    /// Standard error holds a line `error: …` and no panic. `naming` must be in it.
    pub fn complains(&self, naming: &str) -> Step<&Self> {
        let stderr = String::from_utf8_lossy(&self.stderr);
        let errors: Vec<_> = stderr
            .lines()
            .filter(|line| line.starts_with("error: "))
            .collect();
        let seen = || match stderr.lines().count() {
            0 => "standard error is empty".to_string(),
            lines => format!(
                "{} on standard error, the last: {}",
                count(lines, "line"),
                quoted(stderr.lines().last().unwrap_or_default().as_bytes())
            ),
        };
        if self.panicked() {
            return fail(
                Kind::Output,
                "an error of the form `error: WHAT: WHY`",
                "a panic",
            );
        }
        if stderr.contains('\x1b') {
            let expected = "plain text on a standard error that is no terminal";
            return fail(Kind::Output, expected, "colour codes in it");
        }
        if errors.iter().any(|line| line.contains(naming)) {
            return Ok(self);
        }
        let expected = match naming {
            "" => "a line `error: WHAT: WHY` on standard error".to_string(),
            _ => format!("a line `error: …` on standard error that names {naming}"),
        };
        fail(Kind::Output, expected, seen())
    }

    /// Whether standard error tells of a panic or shows a backtrace.
    pub fn panicked(&self) -> bool {
        let stderr = String::from_utf8_lossy(&self.stderr);
        [
            "panicked at",
            "Traceback (most recent call last)",
            "goroutine 1 [",
            "\tat java.",
        ]
        .iter()
        .any(|sign| stderr.contains(sign))
    }
}
