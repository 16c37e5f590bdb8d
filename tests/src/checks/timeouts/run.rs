//! A run of the program under test against the clock: when it began, how it ended, and what it
//! says of the time that ran out.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::checks::{Done, Lab, Process};
use crate::finding::{Kind, Step, fail};
use crate::program::{Spec, Stdin};
use crate::wire::{Host, Patience, Peer, ms};
use crate::words::{is_coloured, quoted, time};

/// Longer than any story: what may take so long takes no time out.
pub const LONG: &str = "60000";

/// A program that was started, and when.
pub struct Run {
    pub process: Process,
    pub since: Instant,
    patience: Patience,
}

impl Run {
    /// Starts `probe` with these options, on its way to this address.
    pub fn probe(lab: &mut Lab, to: SocketAddr, options: &[&str]) -> Step<Self> {
        let spec = spec(lab, "probe", to, options);
        Self::start(lab, spec)
    }

    /// Starts `send` with these options, on its way to this address.
    pub fn send(lab: &mut Lab, to: SocketAddr, options: &[&str]) -> Step<Self> {
        let spec = spec(lab, "send", to, options);
        Self::start(lab, spec)
    }

    /// Starts what the spec says.
    pub fn start(lab: &mut Lab, spec: Spec) -> Step<Self> {
        let since = Instant::now();
        Ok(Self {
            process: lab.start(spec)?,
            since,
            patience: lab.patience(),
        })
    }

    /// Waits until it connects to this host of ours.
    pub fn comes_to(&self, host: &Host) -> Step<Peer> {
        host.accepts(|| self.process.end())
    }

    /// The same, and a moment at which it had not connected yet, not long before it did.
    pub fn comes_after(&self, host: &Host) -> Step<(Peer, Instant)> {
        host.accepts_after(self.since, || self.process.end())
    }

    /// Waits until it connects to this host of ours, and hears its question.
    pub fn asks(&self, host: &Host) -> Step<Peer> {
        let mut peer = self.comes_to(host)?;
        peer.hears_line("PING")?;
        Ok(peer)
    }

    /// Waits for its end.
    pub fn done(&self) -> Step<Ended> {
        self.ended(self.process.done()?)
    }

    /// Waits for its end, at most this long.
    pub fn done_within(&self, patience: Duration) -> Step<Ended> {
        self.ended(self.process.done_within(patience)?)
    }

    fn ended(&self, done: Done) -> Step<Ended> {
        let at = Instant::now();
        done.is_quiet()?;
        if is_coloured(&done.stderr) {
            let expected = "plain text on a standard error that is no terminal";
            return fail(Kind::Output, expected, "colour codes in it");
        }
        Ok(Ended {
            done,
            at,
            patience: self.patience,
        })
    }
}

/// How a role that connects will run.
pub fn spec(lab: &Lab, role: &str, to: SocketAddr, options: &[&str]) -> Spec {
    let to = to.to_string();
    let words = [&[role, "--connect", &to], options].concat();
    lab.spec(words, Stdin::Empty)
}

/// How long this program takes to start and to be refused: what it needs for itself.
pub fn takes_to_start(lab: &mut Lab) -> Step<Duration> {
    let to = lab.quiet_address()?;
    let run = Run::probe(lab, to, &[])?;
    let ended = run.done()?;
    Ok(ended.at - run.since)
}

/// A run that is over.
pub struct Ended {
    pub done: Done,
    pub at: Instant,
    patience: Patience,
}

impl Ended {
    /// It got its answer: this line is all that it prints.
    pub fn prints_line(&self, line: &str) -> Step {
        self.done.exits(&[0])?.prints(format!("{line}\n"))?;
        Ok(())
    }

    /// Time ran out, and it says which: with the last such line on standard error.
    pub fn ran_out_of(&self, which: &str) -> Step {
        self.ran_out()?;
        let expected = format!("the line `timeout: {which}` on standard error at the end");
        let stderr = String::from_utf8_lossy(&self.done.stderr);
        match stderr.lines().rfind(|line| line.starts_with("timeout: ")) {
            Some(line) if line.trim_end() == format!("timeout: {which}") => Ok(()),
            Some(line) => fail(
                Kind::Output,
                expected,
                format!("the last one is {}", quoted(line.as_bytes())),
            ),
            None => {
                let last = stderr.lines().last().unwrap_or_default();
                let seen = format!("none; its last line is {}", quoted(last.as_bytes()));
                fail(Kind::Output, expected, seen)
            }
        }
    }

    /// Time ran out, whichever it was. What came is no result.
    pub fn ran_out(&self) -> Step {
        self.done.exits(&[4])?.prints("")?;
        Ok(())
    }

    /// No time ran out, as far as it says.
    pub fn blames_no_time(&self) -> Step {
        let stderr = String::from_utf8_lossy(&self.done.stderr);
        match stderr.lines().find(|line| line.starts_with("timeout: ")) {
            None => Ok(()),
            Some(line) => fail(
                Kind::Output,
                "no line `timeout: …`: no time has run out",
                quoted(line.as_bytes()),
            ),
        }
    }

    /// What it says after the timeout of the part of a line that came.
    pub fn partial(&self) -> Option<String> {
        let stderr = String::from_utf8_lossy(&self.done.stderr).into_owned();
        let lines: Vec<_> = stderr.lines().collect();
        let from = lines
            .iter()
            .rposition(|line| line.starts_with("timeout: "))?;
        lines[from..]
            .iter()
            .find_map(|line| line.strip_prefix("partial: "))
            .map(str::to_string)
    }

    /// It ended no sooner than this long after then, when its wait had not begun.
    pub fn no_sooner_than(&self, since: Instant, least: Duration) -> Step {
        self.no_sooner(since, least, Kind::Unexpected)
    }

    /// The same, where its wait may have begun before, and been over, if we were late.
    pub fn hardly_sooner_than(&self, since: Instant, least: Duration) -> Step {
        self.no_sooner(since, least, Kind::Slow)
    }

    fn no_sooner(&self, since: Instant, least: Duration, kind: Kind) -> Step {
        /// Some languages count time in whole milliseconds, and round down.
        const ROUNDING: Duration = ms(3);
        let after = self.at.saturating_duration_since(since);
        if after + ROUNDING >= least {
            return Ok(());
        }
        fail(
            kind,
            format!("the program to wait for {}", time(least)),
            format!("it ended after {}", time(after)),
        )
    }

    /// It ended no later than this long after then, or not much.
    pub fn no_later_than(&self, since: Instant, most: Duration) -> Step {
        let after = self.at.saturating_duration_since(since);
        if after <= self.patience.at_most(most) {
            return Ok(());
        }
        fail(
            Kind::Slow,
            format!("the program to end after {}", time(most)),
            format!("it ended after {}", time(after)),
        )
    }
}
