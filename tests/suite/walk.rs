//! A walk through each lab: the untouched starter has nothing passed; each exercise filled in,
//! in order, turns to passed, it alone, and none falls back.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use grader::checks::{self, Subject};
use grader::verdict::{Job, Pace, Status, measure_patience, run};
use grader::workbook::{ExerciseId, Lab, Scratch, Starter, Workbook};
use libtest_mimic::{Failed, Trial};

use super::mistakes::{passed, told};

pub fn trials() -> Vec<Trial> {
    let workbook = Workbook::open().expect("the suite runs in the workbook");
    let mut trials = Vec::new();
    for lab in workbook.labs {
        for filled in 0..=lab.exercises.len() {
            let lab = lab.clone();
            let name = format!("walk::{}-with-{filled}-done", lab.folder_name());
            trials.push(Trial::test(name, move || stands_at(&lab, filled)));
        }
    }
    trials
}

/// With the first `filled` exercises done, those and no others are passed.
fn stands_at(lab: &Lab, filled: usize) -> Result<(), Failed> {
    let program = programs()?
        .get(&(lab.number, filled))
        .ok_or("it was not built")?
        .as_ref()
        .map_err(Failed::from)?;
    let ids: Vec<_> = lab.exercises.iter().map(|exercise| exercise.id).collect();
    let (done, open) = ids.split_at(filled);
    // Of what is not done yet, the next is looked at: each of them is the next once. What is not
    // done is mostly waited for in vain. At the beginning, all of them are.
    let looked_at = if filled == 0 { ids.len() } else { filled + 1 };
    let last = ids[..looked_at.min(ids.len())].last();
    let job = Job {
        subject: Arc::new(Subject::binary(program)),
        checks: checks::all()
            .filter(|check| check.exercise().lab == lab.number)
            .filter(|check| Some(&check.exercise()) <= last)
            .collect(),
        seed: fastrand::u64(..),
        untouched: open.iter().copied().collect(),
        own: true,
        known_wrong: false,
    };
    let outcomes = run(&job, measure_patience(), Pace::Careful, |_| {});
    for outcome in &outcomes {
        let exercise = outcome.check.exercise();
        if done.contains(&exercise) && !passed(outcome) {
            return Err(told(outcome, outcome.status, job.seed).into());
        }
        if filled == 0 && !matches!(outcome.status, Status::NotStarted | Status::Skipped) {
            let told = told(outcome, outcome.status, job.seed);
            return Err(format!("the untouched starter: {told}").into());
        }
    }
    for exercise in open.iter().filter(|exercise| Some(*exercise) <= last) {
        let of_it: Vec<_> = outcomes
            .iter()
            .filter(|o| o.check.exercise() == *exercise)
            .collect();
        if of_it.iter().any(|outcome| outcome.status == Status::Fail) {
            return Err(format!("{exercise} counts as failed, and was not begun").into());
        }
        if of_it.iter().all(|outcome| passed(outcome)) {
            return Err(format!("{exercise} is passed, and was not done").into());
        }
    }
    Ok(())
}

pub type Programs = BTreeMap<(u32, usize), Result<PathBuf, String>>;

/// Each lab in each stage, built once, all in one go.
pub fn programs() -> Result<&'static Programs, Failed> {
    static BUILT: OnceLock<Result<Programs, String>> = OnceLock::new();
    BUILT
        .get_or_init(|| build().map_err(|error| error.to_string()))
        .as_ref()
        .map_err(Failed::from)
}

fn build() -> Result<Programs, Box<dyn std::error::Error>> {
    let workbook = Workbook::open()?;
    let mut scratch = Scratch::open(&workbook, "walk")?.for_one_run();
    let mut stages = Vec::new();
    for lab in &workbook.labs {
        for filled in 0..=lab.exercises.len() {
            let done: BTreeSet<ExerciseId> = lab
                .exercises
                .iter()
                .take(filled)
                .map(|exercise| exercise.id)
                .collect();
            let package = format!("walk-{}-{filled}", lab.folder_name());
            scratch.put(&package, &Starter::named(&package, lab, &done)?.files)?;
            stages.push((lab.number, filled));
        }
    }
    let built = scratch.build()?;
    Ok(stages
        .into_iter()
        .zip(built)
        .map(|(stage, built)| (stage, built.program.map_err(|errors| errors.text)))
        .collect())
}
