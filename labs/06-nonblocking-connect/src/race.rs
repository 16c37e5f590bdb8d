//! The role `race`: Happy Eyeballs (RFC 8305). Whoever answers first wins, and those named first
//! have a head start.

use std::time::{Duration, Instant};

use shared::Failure;

use crate::attempt::Verdict;
use crate::picture;
use crate::target::Target;
use crate::tries::Tries;

pub fn run(targets: &[Target], stagger: Duration, timeout: Duration) -> Result<(), Failure> {
    let mut tries = Tries::new(timeout)?;
    let winner = race(&mut tries, targets, stagger)?;
    tries.abandon();
    picture::draw(tries.all());
    match winner {
        Some(winner) => shared::line(winner),
        None => Err(nobody(&tries)),
    }
}

/// Begins with the first address; with each other `stagger` after the one before it, or at once
/// when all that were begun have failed. Ends with the first that is connected.
// exercise 6.6: begin one after another, each with a head start, until one is connected
fn race<'a>(
    tries: &mut Tries<'a>,
    targets: &'a [Target],
    stagger: Duration,
) -> Result<Option<&'a Target>, Failure> {
    let mut begun = 0;
    let mut next_start = Instant::now();
    loop {
        // All of them are over at the beginning, and when the last one failed.
        while begun < targets.len() && (tries.are_over() || Instant::now() >= next_start) {
            next_start = Instant::now() + stagger;
            tries.begin(&targets[begun]);
            begun += 1;
        }
        if tries.are_over() {
            return Ok(None);
        }
        let alarm = (begun < targets.len()).then_some(next_start);
        tries.step(alarm)?;
        if let Some(winner) = tries.connected() {
            return Ok(Some(winner));
        }
    }
}

/// Nobody has won: out of time if that happened to anyone, else the network said no.
fn nobody(tries: &Tries) -> Failure {
    match tries.count(Verdict::TimedOut) {
        0 => Failure::system("race", "no address let us in"),
        silent => {
            let why = format!("no address let us in, and {silent} did not answer in time");
            Failure::timed_out("race", why)
        }
    }
}
