//! All checks of each lab on its reference, beside a `cargo build` that has nothing to do.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use anyhow::anyhow;

use super::sample::{Sample, row};
use super::saving::cargo;
use crate::checks::Subject;
use crate::commands::out::tell;
use crate::commands::target::whole;
use crate::report::{Progress, style};
use crate::verdict::{Job, Pace, Status, measure_patience, run as run_checks};
use crate::words::{count, time};
use crate::workbook::{Trouble, Workbook};

/// A lab takes long enough for so few to tell.
const ROUNDS: usize = 3;
const BUILDS: usize = 10;

/// The same questions each time.
const SEED: u64 = 2;

pub fn measure(workbook: &Workbook) -> Result<(), Trouble> {
    let labs: Vec<_> = workbook.labs.iter().collect();
    let patience = measure_patience();
    let references = workbook.build_references(&labs)?;
    let target = workbook.target();
    let nothing = Sample::of(BUILDS, || {
        cargo(
            &workbook.root,
            &target,
            &["build", "--package", "tcp-echo"],
            &[],
        )
    })?;
    tell(row("`cargo build` with nothing to do", &nothing, None));
    let mut all = Duration::ZERO;
    for (lab, built) in labs.iter().zip(references) {
        let program = built.program.map_err(|errors| anyhow!("{}", errors.text))?;
        let job = Job {
            subject: Arc::new(Subject::binary(&program)),
            checks: whole(lab).checks,
            seed: SEED,
            untouched: BTreeSet::new(),
            own: false,
            known_wrong: false,
        };
        let progress = Progress::over(job.checks.len() * ROUNDS);
        let mut worst = 0;
        let took = Sample::of(ROUNDS, || -> Result<(), Trouble> {
            let outcomes = run_checks(&job, patience, Pace::Brisk, |outcome| {
                progress.one_more(outcome.check.id);
            });
            let good = |status| matches!(status, Status::Pass | Status::Skipped);
            let others = outcomes.iter().filter(|outcome| !good(outcome.status));
            worst = worst.max(others.count());
            Ok(())
        })?;
        progress.end();
        all += took.median();
        let what = format!(
            "lab {:02}, {}",
            lab.number,
            count(job.checks.len(), "check")
        );
        tell(row(&what, &took, Some(&nothing)));
        if worst > 0 {
            let remark = format!(
                "      {} not passed, so its time says little",
                count(worst, "check")
            );
            tell(style::doubtful(&remark));
        }
    }
    tell(format!(
        "    {:<36} {:>8}",
        "all labs, one after the other",
        time(all)
    ));
    Ok(())
}
