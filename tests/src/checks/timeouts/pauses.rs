//! Exercise 7.7: the pauses between tries. They grow, and they are random.
//!
//! What is measured is a pause and what a busy machine adds to it, never less than the pause. A
//! program without jitter has pauses in one proportion to what they should be, each a little late.
//! One with jitter has them anywhere between a half and one and a half. Four runs with six pauses
//! each look as if there was one proportion in every run less than once in 10⁹ (simulated: 0.42 %
//! of single runs do).

use std::thread;
use std::time::{Duration, Instant};

use super::run::{LONG, Run};
use crate::checks::{Check, check};
use crate::finding::{Kind, Step, fail};
use crate::wire::{Host, Patience, ms};
use crate::words::time;

const PEOPLE: [&str; 4] = ["Ann", "Bob", "Carol", "Dan"];

/// How many pauses a run makes.
const PAUSES: i32 = 6;

/// The first one, on an idle machine.
const BACKOFF_MS: f64 = 7.0;

/// So much later than the pause is over a connection may come, on an idle machine.
const NOISE: Duration = ms(10);

pub static CHECKS: &[Check] = &[check(
    "7.7/pauses",
    "pauses twice as long each time, give or take up to a half, at random",
    |lab| {
        // A slow machine gets longer pauses: the noise is as small beside them.
        let scale = lab.patience().silence().as_secs_f64();
        let backoff = (BACKOFF_MS * scale).round();
        let hosts = PEOPLE.map(|name| lab.host(name));
        let hosts = hosts.into_iter().collect::<Step<Vec<Host>>>()?;
        let (retries, backoff_ms) = (PAUSES.to_string(), backoff.to_string());
        let words = [
            ["--retries", &retries],
            ["--backoff-ms", &backoff_ms],
            ["--read-ms", LONG],
            ["--total-ms", LONG],
        ];
        let mut runs = Vec::new();
        for host in &hosts {
            runs.push(Run::probe(lab, host.address(), &words.concat())?);
        }
        let patience = lab.patience();
        let measured: Vec<Step<Vec<Duration>>> = thread::scope(|threads| {
            let waits: Vec<_> = runs
                .iter()
                .zip(&hosts)
                .map(|(run, host)| threads.spawn(move || pauses(run, host)))
                .collect();
            waits
                .into_iter()
                .filter_map(|wait| wait.join().ok())
                .collect()
        });
        let measured = measured.into_iter().collect::<Step<Vec<_>>>()?;
        let nominal = |at: i32| Duration::from_secs_f64(backoff / 1000.0 * 2_f64.powi(at));
        let nominal: Vec<Duration> = (0..PAUSES).map(nominal).collect();
        for pauses in &measured {
            none_is_too_short(pauses, &nominal)?;
            none_is_too_long(pauses, &nominal, patience)?;
        }
        are_not_too_long_together(&measured, &nominal, scale)?;
        are_random(&measured, &nominal, NOISE.mul_f64(scale))
    },
)
.alone()
.means(
    "The first pause is `--backoff-ms` long, each one after it twice as long as the one before, \
     and each of them times a random factor between 0.5 and 1.5. Doubling gives a server rest; \
     chance keeps those apart who failed together.",
)];

/// Resets the program's connections, one after another, and measures how long the next one lets
/// wait for itself.
fn pauses(run: &Run, host: &Host) -> Step<Vec<Duration>> {
    let mut pauses = Vec::new();
    let mut peer = run.asks(host)?;
    for _ in 0..PAUSES {
        let since = Instant::now();
        peer.resets()?;
        peer = run.comes_to(host)?;
        pauses.push(since.elapsed());
        peer.hears_line("PING")?;
    }
    peer.resets()?;
    run.done()?.done.exits(&[1])?;
    Ok(pauses)
}

fn none_is_too_short(pauses: &[Duration], nominal: &[Duration]) -> Step {
    /// Clocks that count whole milliseconds are one off at either end.
    const ROUNDING: Duration = ms(2);
    for (at, (pause, nominal)) in pauses.iter().zip(nominal).enumerate() {
        if *pause + ROUNDING < *nominal / 2 {
            return fail(
                Kind::Unexpected,
                format!(
                    "pause {} to last between {} and {}",
                    at + 1,
                    time(*nominal / 2),
                    time(*nominal * 3 / 2)
                ),
                format!("the next try came after {}", time(*pause)),
            );
        }
    }
    Ok(())
}

fn none_is_too_long(pauses: &[Duration], nominal: &[Duration], patience: Patience) -> Step {
    for (at, (pause, nominal)) in pauses.iter().zip(nominal).enumerate() {
        if *pause > patience.at_most(*nominal * 3 / 2) {
            return fail(
                Kind::Slow,
                format!(
                    "pause {} to last {} at most",
                    at + 1,
                    time(*nominal * 3 / 2)
                ),
                format!("the next try came after {}", time(*pause)),
            );
        }
    }
    Ok(())
}

fn are_not_too_long_together(measured: &[Vec<Duration>], nominal: &[Duration], scale: f64) -> Step {
    /// What a machine adds to all pauses of a run.
    const LATE: Duration = ms(60);
    let all: Duration = measured.iter().flatten().sum();
    let most = (nominal.iter().sum::<Duration>() * 3 / 2 + LATE.mul_f64(scale)) * 4;
    if all <= most {
        return Ok(());
    }
    let each = |sum: Duration| time(sum / 4);
    fail(
        Kind::Slow,
        format!("the pauses of a run to last {} at most", each(most)),
        format!("in the mean of four runs, they lasted {}", each(all)),
    )
}

/// In one run at least, no single proportion explains all pauses.
fn are_random(measured: &[Vec<Duration>], nominal: &[Duration], noise: Duration) -> Step {
    if measured
        .iter()
        .any(|pauses| !in_one_proportion(pauses, nominal, noise))
    {
        return Ok(());
    }
    let seen: Vec<_> = measured[0].iter().map(|pause| time(*pause)).collect();
    fail(
        Kind::Unexpected,
        "pauses that chance has made longer or shorter",
        format!(
            "all pauses of a run in one proportion to what they should be: {}",
            seen.join(", ")
        ),
    )
}

/// Whether each pause is the same part of its nominal time, and late by no more than the noise.
fn in_one_proportion(pauses: &[Duration], nominal: &[Duration], noise: Duration) -> bool {
    let mut least = 0.0_f64;
    let mut most = f64::INFINITY;
    for (pause, nominal) in pauses.iter().zip(nominal) {
        let nominal = nominal.as_secs_f64();
        least = least.max(pause.saturating_sub(noise).as_secs_f64() / nominal);
        most = most.min(pause.as_secs_f64() / nominal);
    }
    least <= most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_proportion_is_found_in_spite_of_noise_and_not_where_there_is_none() {
        let nominal = [ms(10), ms(20), ms(40), ms(80)];
        let late = [ms(12), ms(29), ms(43), ms(81)];
        assert!(in_one_proportion(&late, &nominal, NOISE));
        let random = [ms(12), ms(31), ms(30), ms(110)];
        assert!(!in_one_proportion(&random, &nominal, NOISE));
    }
}
