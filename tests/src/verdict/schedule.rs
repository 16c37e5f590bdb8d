//! The order in which checks run: two at a time, the long ones first, then alone those that
//! need it. The longest take nobody's place: they wait beside all others.

use std::collections::VecDeque;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use super::judge::{Confirmed, Job, Outcome, judge};
use super::turn::Turn;
use crate::checks::Place;
use crate::wire::Patience;

/// Takes the next check of those that are left.
type Taker = fn(&mut VecDeque<usize>) -> Option<usize>;

/// How many checks run side by side: each is mostly waiting for a program, and two do not yet
/// get into each other's way on two processors. One begins at the end: what waits longest is
/// mostly there, and nobody should wait for that alone when all else is done.
const SIDE_BY_SIDE: &[Taker] = &[VecDeque::pop_front, VecDeque::pop_back];
const IN_TURN: &[Taker] = &[VecDeque::pop_front];

/// Whether a run may have helpers of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Checks side by side where they allow it.
    SideBySide,
    /// One check after another.
    InTurn,
}

/// Runs the checks of a job, and returns what came of them, in their order. `told` hears of
/// each as it ends.
pub fn run(
    job: &Job,
    patience: Patience,
    scope: Scope,
    told: impl Fn(&Outcome) + Sync,
) -> Vec<Outcome> {
    let outcomes: Mutex<Vec<Option<Outcome>>> =
        Mutex::new(job.checks.iter().map(|_| None).collect());
    let finish = |at: usize, outcome: Outcome| {
        told(&outcome);
        outcomes
            .lock()
            .expect("nothing panics while it holds the lock")[at] = Some(outcome);
    };
    let place = |at: usize| job.checks[at].place;
    let (alone, others): (Vec<usize>, Vec<usize>) =
        (0..job.checks.len()).partition(|&at| place(at) == Place::Alone);
    let (aside, mut together): (Vec<usize>, Vec<usize>) = others
        .into_iter()
        .partition(|&at| place(at) == Place::Aside);
    // Others come to their end beside a long one; after them it would be waited for.
    together.sort_by_key(|&at| place(at) != Place::First);

    let confirmed = Confirmed::default();
    let takers = match scope {
        Scope::SideBySide => SIDE_BY_SIDE,
        Scope::InTurn => IN_TURN,
    };
    let left = Mutex::new(VecDeque::from(together));
    let beside_others = |at: usize| {
        let turn = Turn::beside_others();
        finish(at, judge(job, job.checks[at], patience, &confirmed, turn));
    };
    thread::scope(|threads| {
        for at in aside {
            let tell = &beside_others;
            threads.spawn(move || tell(at));
        }
        for take in takers {
            threads.spawn(|| {
                let next =
                    || take(&mut left.lock().expect("nothing panics while it holds the lock"));
                while let Some(at) = next() {
                    beside_others(at);
                }
            });
        }
    });
    for at in alone {
        let turn = Turn::alone();
        finish(at, judge(job, job.checks[at], patience, &confirmed, turn));
    }
    let outcomes = outcomes
        .into_inner()
        .expect("nothing panics while it holds the lock");
    outcomes
        .into_iter()
        .map(|outcome| outcome.expect("each check was run"))
        .collect()
}

/// The patience that this machine needs now: told by how long it takes to start a program.
pub fn measure_patience() -> Patience {
    let mut starts: Vec<Duration> = (0..3).filter_map(|_| time_a_start()).collect();
    starts.sort();
    starts
        .get(1)
        .map_or_else(Patience::default, |&start| Patience::for_a_start_of(start))
}

fn time_a_start() -> Option<Duration> {
    let start = Instant::now();
    let mut quiet = Command::new("true");
    quiet
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    quiet.status().ok().map(|_| start.elapsed())
}
