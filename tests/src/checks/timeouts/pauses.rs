//! Exercise 7.7: the pauses between tries. They grow, and they are random.
//!
//! What is measured is a pause and what a busy machine adds to it, never less than the pause. A
//! program without jitter has pauses in one proportion to what they should be, each a little late.
//! One with jitter has them anywhere between a half and one and a half. Four runs with six pauses
//! each look as if there was one proportion in every run less than once in 10⁹ (simulated: 0.42 %
//! of single runs do).
//!
//! Four runs of such a program have the same pauses, each within the noise, less than once in
//! 5 · 10⁸. Those of a program that draws them by the same seed have.

use std::thread;
use std::time::{Duration, Instant, SystemTime};

use super::read::passes;
use super::run::{LONG, Run};
use crate::checks::{Check, Lab, check};
use crate::finding::{Kind, Step, fail};
use crate::wire::{Host, Patience, Pressure, ms};
use crate::words::time;

const PEOPLE: [&str; 4] = ["Ann", "Bob", "Carol", "Dan"];

/// How many pauses a run makes.
const PAUSES: i32 = 6;

/// The first one, on an idle machine.
const BACKOFF_MS: f64 = 7.0;

/// So much later than the pause is over a connection may come, on an idle machine.
const NOISE: Duration = ms(10);

/// So much an idle machine may add to all pauses of a run.
const LATE: Duration = ms(60);

pub static CHECKS: &[Check] = &[
    check(
        "7.7/pauses",
        "pauses twice as long each time, give or take up to a half, at random",
        |lab| {
            let (scale, backoff) = measure(lab);
            let hosts = PEOPLE.map(|name| lab.host(name));
            let hosts = hosts.into_iter().collect::<Step<Vec<Host>>>()?;
            let mut runs = Vec::new();
            for host in &hosts {
                runs.push(starts(lab, host, backoff)?);
            }
            let (patience, pressure) = (lab.patience(), Pressure::now());
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
            let lost = pressure.since();
            let measured = measured.into_iter().collect::<Step<Vec<_>>>()?;
            let nominal = |at: i32| Duration::from_secs_f64(backoff / 1000.0 * 2_f64.powi(at));
            let nominal: Vec<Duration> = (0..PAUSES).map(nominal).collect();
            for pauses in &measured {
                none_is_too_short(pauses, &nominal)?;
                none_is_too_long(pauses, &nominal, patience)?;
            }
            are_not_too_long_together(&measured, &nominal, LATE.mul_f64(scale) + lost)?;
            are_random(&measured, &nominal, NOISE.mul_f64(scale))
        },
    )
    .alone()
    .means(
        "The first pause is `--backoff-ms` long, each one after it twice as long as the one \
         before, and each of them times a random factor between 0.5 and 1.5. Doubling gives a \
         server rest; chance keeps those apart who failed together.",
    ),
    check("7.7/chance", "draws other pauses in each run", |lab| {
        lab.takes(Duration::from_secs(4));
        let (scale, backoff) = measure(lab);
        let mut measured = Vec::new();
        for name in PEOPLE {
            let host = lab.host(name)?;
            let run = starts(lab, &host, backoff)?;
            measured.push(pauses(&run, &host)?);
            if measured.len() > 1 && !are_alike(&measured, NOISE.mul_f64(scale)) {
                return Ok(());
            }
            // Whoever takes the time of day for a seed may count it in seconds.
            passes(until_the_next_second());
        }
        fail(
            Kind::Unexpected,
            "pauses that nobody could have foretold",
            format!("the same in each of four runs: {}", listed(&measured[0])),
        )
    })
    .aside()
    .means(
        "Chance is to keep those apart who failed together. A generator that always begins with \
         the same seed gives all of them the same pauses: they come back together each time. \
         Take the seed from the system, or from the time and the process's number.",
    ),
];

/// A slow machine gets longer pauses: the noise is as small beside them. By how much, and the
/// first one in milliseconds.
fn measure(lab: &Lab) -> (f64, f64) {
    let scale = lab.patience().silence().as_secs_f64();
    (scale, (BACKOFF_MS * scale).round())
}

/// Starts the program on its way to this host, where no try will help.
fn starts(lab: &mut Lab, host: &Host, backoff: f64) -> Step<Run> {
    let (retries, backoff) = (PAUSES.to_string(), backoff.to_string());
    let words = [
        ["--retries", &retries],
        ["--backoff-ms", &backoff],
        ["--read-ms", LONG],
        ["--total-ms", LONG],
    ];
    Run::probe(lab, host.address(), &words.concat())
}

fn until_the_next_second() -> Duration {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let passed = now.unwrap_or_default().subsec_nanos();
    ms(1001).saturating_sub(Duration::from_nanos(passed.into()))
}

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

/// `late` is what the machine may have added to all pauses of a run.
fn are_not_too_long_together(
    measured: &[Vec<Duration>],
    nominal: &[Duration],
    late: Duration,
) -> Step {
    let all: Duration = measured.iter().flatten().sum();
    let most = (nominal.iter().sum::<Duration>() * 3 / 2 + late) * 4;
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
    fail(
        Kind::Unexpected,
        "pauses that chance has made longer or shorter",
        format!(
            "all pauses of a run in one proportion to what they should be: {}",
            listed(&measured[0])
        ),
    )
}

/// Whether each pause is as long in all these runs, and late by no more than the noise.
fn are_alike(measured: &[Vec<Duration>], noise: Duration) -> bool {
    let [first, others @ ..] = measured else {
        return true;
    };
    first.iter().enumerate().all(|(at, &pause)| {
        let (mut least, mut most) = (pause, pause);
        for other in others {
            least = least.min(other[at]);
            most = most.max(other[at]);
        }
        most.saturating_sub(least) <= noise
    })
}

fn listed(pauses: &[Duration]) -> String {
    let pauses: Vec<_> = pauses.iter().map(|pause| time(*pause)).collect();
    pauses.join(", ")
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

    #[test]
    fn pauses_are_alike_in_spite_of_noise_and_not_if_one_differs() {
        let runs = [vec![ms(12), ms(31)], vec![ms(13), ms(39)]];
        assert!(are_alike(&runs, NOISE));
        let runs = [&runs[..], &[vec![ms(12), ms(28)]]].concat();
        assert!(!are_alike(&runs, NOISE));
    }
}
