//! A run of the program under test, and what it tells of the addresses that it was given.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::checks::{Done, Lab, Process};
use crate::finding::{Kind, Step, fail};
use crate::program::{Spec, Stdin};
use crate::wire::{FullHouse, Host, Patience, Peer, ms, wait};
use crate::words::{count, is_coloured, quoted, time};

/// Longer than any story: what hangs, hangs to the end of it.
pub const PATIENT: [&str; 2] = ["--timeout-ms", "60000"];

/// Clocks that count whole milliseconds are one off at either end.
const ROUNDING: Duration = Duration::from_millis(2);

/// A program that was started.
pub struct Run {
    pub process: Process,
    patience: Patience,
    since: Instant,
}

impl Run {
    /// Starts `check` with these options, on these addresses.
    pub fn check(lab: &mut Lab, options: &[&str], targets: &[SocketAddr]) -> Step<Self> {
        Self::start(lab, "check", options, targets)
    }

    /// Starts `race` with these options, on these addresses.
    pub fn race(lab: &mut Lab, options: &[&str], targets: &[SocketAddr]) -> Step<Self> {
        Self::start(lab, "race", options, targets)
    }

    fn start(lab: &mut Lab, role: &str, options: &[&str], targets: &[SocketAddr]) -> Step<Self> {
        let mut words = vec![role.to_string()];
        words.extend(options.iter().map(ToString::to_string));
        words.extend(targets.iter().map(ToString::to_string));
        let spec = lab.spec(words, Stdin::Empty);
        Self::start_as(lab, spec)
    }

    /// Starts what the spec says.
    pub fn start_as(lab: &mut Lab, spec: Spec) -> Step<Self> {
        let since = Instant::now();
        Ok(Self {
            process: lab.start(spec)?,
            patience: lab.patience(),
            since,
        })
    }

    /// Waits until it connects to this host of ours, while it goes on with something else.
    pub fn comes_to(&self, host: &Host) -> Step<Peer> {
        host.accepts(|| self.process.end())
    }

    /// Waits until it connects to `host`, and says how long after its first try that was, at
    /// most. That one is at `house`, where nobody is let in: how long the program took to start
    /// counts as little as can be seen.
    pub fn comes_after(&self, house: &FullHouse, host: &Host) -> Step<Duration> {
        let is_here = AtomicBool::new(false);
        let patience = self.patience.start();
        let (nobody_yet, came) = thread::scope(|threads| {
            let watch =
                threads.spawn(|| house.watches(patience, || is_here.load(Ordering::Relaxed)));
            let came = self.comes_to(host).map(|_| Instant::now());
            is_here.store(true, Ordering::Relaxed);
            (watch.join().ok().flatten(), came)
        });
        let first_try = nobody_yet.map_or(self.since, |nobody_yet| nobody_yet.max(self.since));
        Ok(came?.saturating_duration_since(first_try))
    }

    /// How long it has run, or a little less: never more.
    pub fn elapsed(&self) -> Duration {
        self.since.elapsed()
    }

    /// Waits for its end.
    pub fn done(&self) -> Step<Told> {
        let done = self.process.done()?;
        if is_coloured(&done.stderr) || is_coloured(&done.stdout) {
            let expected = "plain text on outputs that are no terminal";
            return fail(Kind::Output, expected, "colour codes in it");
        }
        done.is_quiet()?;
        Ok(Told {
            done,
            took: self.elapsed(),
        })
    }

    /// Sees that it sleeps while there is nothing to do. A program that asks again and again
    /// wants to run all the time, whether the machine lets it or not.
    pub fn rests(&self) -> Step {
        const LOOKS: usize = 15;
        const PAUSE: Duration = ms(5);
        let deadline = Instant::now() + self.patience.silence();
        loop {
            let mut busy = 0;
            for _ in 0..LOOKS {
                let is_busy = self.process.running().is_busy();
                let Some(is_busy) = is_busy else {
                    return self.still_runs();
                };
                busy += usize::from(is_busy);
                // A sample of what has no event.
                thread::sleep(PAUSE);
            }
            if busy * 3 < LOOKS {
                return Ok(());
            }
            if Instant::now() >= deadline {
                let seen = format!("it was busy at {busy} of the last {LOOKS} looks");
                let expected = "the program to sleep while all it can do is wait";
                return fail(Kind::Slow, expected, seen);
            }
        }
    }

    /// Sees that it does not end: there is a try that nobody has answered. A program that ends
    /// closes its sockets some moments before its end is known.
    pub fn still_runs(&self) -> Step {
        let moment = self.patience.glance() / 4;
        let ended = self.process.running().wait(moment).is_some();
        if !ended {
            return Ok(());
        }
        let expected = "the program to go on while one try is under way";
        fail(Kind::Exit, expected, self.process.end().unwrap_or_default())
    }
}

/// What a run has left, and how long it took at most.
pub struct Told {
    pub done: Done,
    pub took: Duration,
}

impl Told {
    /// It says this of each address, in this order, and ends with the exit code that belongs to
    /// it. How long each took, as it says.
    pub fn says(&self, expected: &[(SocketAddr, &str)]) -> Step<Vec<Duration>> {
        let text = String::from_utf8_lossy(&self.done.stdout);
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let mut times = Vec::new();
        for (at, (address, verdict)) in expected.iter().enumerate() {
            let wanted = format!("the line `{address}<TAB>{verdict}<TAB>MS` on standard output");
            let Some(line) = lines.get(at) else {
                let seen = format!("{} in all", count(lines.len(), "line"));
                return fail(Kind::Output, wanted, seen);
            };
            match time_in(line, &format!("{address}\t{verdict}\t")) {
                Some(time) => times.push(time),
                None => return fail(Kind::Output, wanted, quoted(line.as_bytes())),
            }
        }
        if lines.len() > expected.len() {
            let seen = count(lines.len(), "line");
            let expected = format!("{} on standard output", count(expected.len(), "line"));
            return fail(Kind::Output, expected, seen);
        }
        let all = expected.iter().all(|(_, verdict)| *verdict == "connected");
        self.done.exits(&[i32::from(!all)])?;
        self.has_room_for(&times)?;
        Ok(times)
    }

    /// No try takes longer than all of it.
    fn has_room_for(&self, times: &[Duration]) -> Step {
        let longest = times.iter().max().copied().unwrap_or_default();
        if longest <= self.took + ROUNDING {
            return Ok(());
        }
        fail(
            Kind::Output,
            "the milliseconds that each try took",
            format!(
                "{} ms, of a program that has run for {} in all",
                longest.as_millis(),
                time(self.took)
            ),
        )
    }

    /// It prints the winner, and nothing else.
    pub fn names(&self, winner: SocketAddr) -> Step {
        self.done.exits(&[0])?.prints(format!("{winner}\n"))?;
        Ok(())
    }

    /// It has found nobody, and says so.
    pub fn names_nobody(&self, code: i32) -> Step {
        self.done.exits(&[code])?.prints("")?.complains("")?;
        Ok(())
    }

    /// It has run for this long at least.
    pub fn took_at_least(&self, least: Duration) -> Step {
        if self.took >= least {
            return Ok(());
        }
        fail(
            Kind::Output,
            format!("the program to wait for {}", time(least)),
            format!("it ended after {}", time(self.took)),
        )
    }

    /// It has run for not much longer than this.
    pub fn took_at_most(&self, bound: Duration, patience: Patience) -> Step {
        if self.took <= patience.at_most(bound) {
            return Ok(());
        }
        fail(
            Kind::Slow,
            format!("the program to be done after {}", time(bound)),
            format!("it ended after {}", time(self.took)),
        )
    }
}

/// The whole number that ends a line.
fn time_in(line: &str, before: &str) -> Option<Duration> {
    let number = line.strip_prefix(before)?.strip_suffix('\n')?;
    let is_whole = number.bytes().all(|digit| digit.is_ascii_digit());
    is_whole.then(|| number.parse().ok().map(ms))?
}

/// A try that was given `timeout` says that it took that long.
pub fn had_its_time(took: Duration, timeout: Duration, patience: Patience) -> Step {
    let expected = format!("MS of a try that had {}", time(timeout));
    if took + ROUNDING < timeout {
        return fail(Kind::Output, expected, took.as_millis().to_string());
    }
    if took > patience.at_most(timeout) {
        return fail(Kind::Slow, expected, took.as_millis().to_string());
    }
    Ok(())
}

/// A connection was made to this host, this often.
pub fn was_visited(host: &Host, times: usize, patience: Patience) -> Step {
    let mut visits = 0;
    let mut trouble = None;
    wait::until(patience.glance(), || {
        match host.visits() {
            Ok(more) => visits += more,
            Err(stop) => trouble = Some(stop),
        }
        visits >= times || trouble.is_some()
    });
    if let Some(stop) = trouble {
        return Err(stop);
    }
    if visits == times {
        return Ok(());
    }
    fail(
        Kind::Unexpected,
        format!("{} to {}", count(times, "connection"), host.address()),
        count(visits, "connection"),
    )
}
