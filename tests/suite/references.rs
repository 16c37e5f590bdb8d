//! Every check passes on the reference of its lab.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use grader::checks::{self, Check, Subject};
use grader::verdict::{Job, Pace, Status, measure_patience, run};
use grader::workbook::Workbook;
use libtest_mimic::{Failed, Trial};

pub fn trials() -> Vec<Trial> {
    checks::all()
        .map(|check| Trial::test(format!("references::{}", check.id), move || passes(check)))
        .collect()
}

fn passes(check: &'static Check) -> Result<(), Failed> {
    let lab = check.exercise().lab;
    let subject = references()?.get(&lab).ok_or("the lab has no reference")?;
    let job = Job {
        subject: Arc::clone(subject),
        checks: vec![check],
        seed: fastrand::u64(..),
        untouched: BTreeSet::new(),
        own: false,
        known_wrong: false,
    };
    let outcome = &run(&job, measure_patience(), Pace::InTurn, |_| {})[0];
    match outcome.status {
        Status::Pass => Ok(()),
        Status::Skipped => {
            let reason = outcome.reason.as_deref().unwrap_or_default();
            eprintln!("skipped: {}: {reason}", check.id);
            Ok(())
        }
        status => Err(super::mistakes::told(outcome, status, job.seed).into()),
    }
}

/// The file of a lab's reference.
pub fn program(lab: u32) -> Result<PathBuf, Failed> {
    let subject = references()?.get(&lab);
    let path = subject.and_then(|subject| subject.link.clone());
    path.ok_or_else(|| format!("lab {lab} has no reference").into())
}

/// The references, built once.
pub fn references() -> Result<&'static BTreeMap<u32, Arc<Subject>>, Failed> {
    static BUILT: OnceLock<Result<BTreeMap<u32, Arc<Subject>>, String>> = OnceLock::new();
    BUILT
        .get_or_init(|| build().map_err(|error| error.to_string()))
        .as_ref()
        .map_err(Failed::from)
}

fn build() -> Result<BTreeMap<u32, Arc<Subject>>, Box<dyn std::error::Error>> {
    let workbook = Workbook::open()?;
    let labs: Vec<_> = workbook.labs.iter().collect();
    let mut subjects = BTreeMap::new();
    for (lab, built) in labs.iter().zip(workbook.build_references(&labs)?) {
        let path = built.program.map_err(|errors| errors.text)?;
        subjects.insert(lab.number, Arc::new(Subject::binary(&path)));
    }
    Ok(subjects)
}
