//! The verdict on one check.
//!
//! A pass is never tried again. Wrong bytes, an early end or an exit are faults at once.
//! Silence and slowness may be the machine's: such a story is told once more, alone, with the
//! patience that the machine needs then. If it goes well, nobody knows, and the verdict says so.
//! If it does not, the program was silent and not the machine, and its other silences in that
//! exercise are believed at once.
//! Where others had the processors nearly all of the first time, that time counts for nothing.
//! Where the grader itself was late, the story begins anew, alone.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::attempt::{self, Account, Attempt};
use super::schedule::measure_patience;
use super::turn::Turn;
use crate::checks::{Check, Subject};
use crate::finding::{Kind, Stop};
use crate::wire::Patience;
use crate::workbook::ExerciseId;

/// What is to be graded, and what is known of it.
#[derive(Clone)]
pub struct Job {
    pub subject: Arc<Subject>,
    pub checks: Vec<&'static Check>,
    pub seed: u64,
    /// Exercises whose regions are still as they were handed out; empty for other programs
    /// than the learner's own.
    pub untouched: BTreeSet<ExerciseId>,
    /// Whether this is the learner's own work, in which a `todo!` is a place not reached yet.
    pub own: bool,
    /// Whether the program is known to be wrong: then its silence is believed without a second
    /// try.
    pub known_wrong: bool,
}

/// The verdict on a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    Pass,
    Fail,
    Inconclusive,
    Skipped,
    NotStarted,
}

pub struct Outcome {
    pub check: &'static Check,
    pub status: Status,
    /// Why it failed, or was inconclusive.
    pub account: Option<Account>,
    /// Why it was skipped or counts as not started, in a few words.
    pub reason: Option<String>,
    /// What failed in the grader itself.
    pub broken: Option<String>,
    pub took: Duration,
}

/// The exercises in which a second try has shown that the program is silent or slow, and not
/// the machine.
pub type Confirmed = Mutex<BTreeSet<ExerciseId>>;

/// The verdict on a check whose `turn` at the machine has come.
pub fn judge(
    job: &Job,
    check: &'static Check,
    patience: Patience,
    confirmed: &Confirmed,
    mut turn: Turn,
) -> Outcome {
    let tell = |patience| attempt::tell(check, &job.subject, job.seed, patience);
    let exercise = check.exercise();
    let is_confirmed = || {
        confirmed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(&exercise)
            || job.subject.never_ready.get().is_some()
    };
    let mut first = tell(patience);
    if first.was_disturbed() {
        drop(turn);
        turn = Turn::alone();
        first = tell(patience);
    }
    let begun = !job.untouched.contains(&exercise) && (first.todo.is_none() || !job.own);
    if !begun || !first.may_be_noise() || job.known_wrong || is_confirmed() {
        return outcome(job, check, first, Status::Fail);
    }
    drop(turn);
    let _alone = Turn::alone();
    if is_confirmed() {
        return outcome(job, check, first, Status::Fail);
    }
    let second = tell(patience.or_more(measure_patience()));
    if let Err(Stop::Fail(finding)) = &second.result
        && finding.kind != Kind::Disturbed
    {
        confirmed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(exercise);
        if finding.kind == Kind::NotReady {
            job.subject.never_ready.get_or_init(|| (**finding).clone());
        }
    }
    told_twice(job, check, first, second)
}

/// What a check comes to whose program was silent or slow the `first` time.
fn told_twice(job: &Job, check: &'static Check, first: Attempt, second: Attempt) -> Outcome {
    if second.result.is_ok() && !first.was_crowded_out() {
        return outcome(job, check, first, Status::Inconclusive);
    }
    outcome(job, check, second, Status::Fail)
}

/// What an attempt comes to; a failure counts as `failed`.
fn outcome(job: &Job, check: &'static Check, mut attempt: Attempt, failed: Status) -> Outcome {
    let untouched = job.untouched.contains(&check.exercise());
    let mut outcome = Outcome {
        check,
        status: Status::Pass,
        account: None,
        reason: None,
        broken: None,
        took: attempt.took,
    };
    match std::mem::replace(&mut attempt.result, Ok(())) {
        Ok(()) if check.given && untouched => {
            outcome.status = Status::NotStarted;
            outcome.reason = Some("the starter does this; it counts once you begin".into());
        }
        Ok(()) => {}
        Err(Stop::Skip(reason)) => {
            outcome.status = Status::Skipped;
            outcome.reason = Some(reason);
        }
        Err(Stop::Broken(error)) => {
            outcome.status = Status::Inconclusive;
            outcome.broken = Some(format!("{error:#}"));
        }
        Err(Stop::Fail(finding)) if finding.kind == Kind::Disturbed => {
            outcome.status = Status::Inconclusive;
            outcome.account = Some(attempt.account(check, *finding));
        }
        Err(Stop::Fail(finding)) => match not_started(job, check, &attempt) {
            Some(reason) => {
                outcome.status = Status::NotStarted;
                outcome.reason = Some(reason);
            }
            None => {
                outcome.status = failed;
                outcome.account = Some(attempt.account(check, *finding));
            }
        },
    }
    outcome
}

/// Whether a failure only says that the learner has not come here yet, and in which words.
fn not_started(job: &Job, check: &Check, attempt: &Attempt) -> Option<String> {
    if !job.own {
        return None;
    }
    let exercise = check.exercise();
    match attempt
        .todo
        .as_deref()
        .and_then(|todo| todo.parse::<ExerciseId>().ok())
    {
        Some(todo) if todo != exercise => Some(format!("first do {todo}")),
        Some(_) => Some("its `todo!` is still there".into()),
        None => job
            .untouched
            .contains(&exercise)
            .then(|| "still as it was handed out".into()),
    }
}

impl Outcome {
    /// A check that was not run, and why.
    pub fn not_run(check: &'static Check, reason: String) -> Self {
        Self {
            check,
            status: Status::NotStarted,
            account: None,
            reason: Some(reason),
            broken: None,
            took: Duration::ZERO,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::checks::{Lab, check};
    use crate::finding::{Finding, Step};

    #[test]
    fn silence_that_comes_back_is_a_fault() {
        let (judged, silent) = judged(|_| nothing_comes());
        assert_eq!(judged.status, Status::Fail);
        assert_eq!(
            silent,
            BTreeSet::from([EXERCISE]),
            "and is believed from then on"
        );
    }

    #[test]
    fn a_grader_that_is_late_says_nothing_about_the_program() {
        let (judged, silent) = judged(|_| {
            static TOLD: AtomicUsize = AtomicUsize::new(0);
            match TOLD.fetch_add(1, Ordering::Relaxed) {
                0 => nothing_comes(),
                _ => found(Kind::Disturbed),
            }
        });
        assert_eq!(judged.status, Status::Inconclusive);
        assert!(
            silent.is_empty(),
            "its next silence gets a second try again"
        );
    }

    #[test]
    fn silence_that_does_not_come_back_may_be_either() {
        let lost = Duration::from_millis(749);
        assert_eq!(after(silence(lost)), Status::Inconclusive);
    }

    #[test]
    fn a_time_in_which_others_had_the_processors_does_not_count() {
        let lost = Duration::from_millis(750);
        assert_eq!(after(silence(lost)), Status::Pass);
    }

    const EXERCISE: ExerciseId = ExerciseId { lab: 2, number: 4 };

    /// The verdict on a program of whom this is told, and the exercises of which silence is
    /// believed from then on.
    fn judged(story: fn(&mut Lab) -> Step) -> (Outcome, BTreeSet<ExerciseId>) {
        let confirmed = Confirmed::default();
        let check = Box::leak(Box::new(check("2.4/silence", "says something", story)));
        let turn = Turn::alone();
        let outcome = judge(&job(), check, Patience::default(), &confirmed, turn);
        (outcome, confirmed.into_inner().unwrap())
    }

    /// What a check comes to that passes after this attempt.
    fn after(first: Attempt) -> Status {
        static CHECK: Check = check("2.4/silence", "says something", |_| Ok(()));
        let second = Attempt {
            result: Ok(()),
            ..silence(Duration::ZERO)
        };
        told_twice(&job(), &CHECK, first, second).status
    }

    /// A second in which nothing came, and others had the processors for so long.
    fn silence(lost: Duration) -> Attempt {
        Attempt {
            result: nothing_comes(),
            took: Duration::from_secs(1),
            lost,
            events: Vec::new(),
            left_out: 0,
            quotes: Vec::new(),
            todo: None,
        }
    }

    fn nothing_comes() -> Step {
        found(Kind::Silence)
    }

    fn found(kind: Kind) -> Step {
        let finding = Finding::new(kind, "a word", "nothing");
        Err(Stop::Fail(Box::new(finding)))
    }

    fn job() -> Job {
        Job {
            subject: Arc::new(Subject::binary(Path::new("a-program"))),
            checks: Vec::new(),
            seed: 0,
            untouched: BTreeSet::new(),
            own: false,
            known_wrong: false,
        }
    }
}
