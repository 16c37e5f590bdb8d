//! The order in which checks run: side by side, the long ones first, then alone those that need
//! it. Those that only wait take nobody's place: they begin at once, beside all others.

use std::collections::VecDeque;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use super::judge::{Confirmed, Job, Outcome, judge};
use super::turn::Turn;
use crate::checks::Place;
use crate::wire::Patience;

/// The checks that are left, by their numbers.
type Queue = Mutex<VecDeque<usize>>;

/// How many checks run at the same time.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// Of a program that starts in a few milliseconds, and then mostly waits: four do not yet get
    /// into each other's way on two processors, and those that only wait come on top.
    Brisk,
    /// Of any program: an interpreter keeps a processor busy each time it starts.
    Careful,
    /// One after another, those that only wait beside the rest.
    InTurn,
}

impl Pace {
    /// Beside how many others a check runs, and beside how many of those that only wait.
    fn lanes(self) -> (usize, usize) {
        match self {
            Self::Brisk => (4, usize::MAX),
            Self::Careful => (2, 2),
            Self::InTurn => (1, 1),
        }
    }
}

/// Runs the checks of a job, and returns what came of them, in their order. `told` hears of
/// each as it ends.
pub fn run(
    job: &Job,
    patience: Patience,
    pace: Pace,
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
    let (aside, together): (Vec<usize>, Vec<usize>) = others
        .into_iter()
        .partition(|&at| place(at) == Place::Aside);
    let (first, beside): (Vec<usize>, Vec<usize>) = together
        .into_iter()
        .partition(|&at| place(at) == Place::First);
    let (lanes, aside_lanes) = pace.lanes();
    let aside_lanes = aside_lanes.min(aside.len());
    let [aside, first, beside] = [aside, first, beside].map(|checks| Queue::new(checks.into()));

    let confirmed = Confirmed::default();
    let work = |queues: &[&Queue]| {
        while let Some(at) = queues.iter().find_map(|queue| next(queue)) {
            let turn = Turn::beside_others();
            finish(at, judge(job, job.checks[at], patience, &confirmed, turn));
        }
    };
    thread::scope(|threads| {
        for _ in 0..aside_lanes {
            threads.spawn(|| work(&[&aside]));
        }
        // One after another: they keep the machine busy. The others come to their end beside them.
        threads.spawn(|| work(&[&first, &beside]));
        for _ in 1..lanes {
            threads.spawn(|| work(&[&beside]));
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

fn next(queue: &Queue) -> Option<usize> {
    queue
        .lock()
        .expect("nothing panics while it holds the lock")
        .pop_front()
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
