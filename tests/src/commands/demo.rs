//! `demo`: the workbook in a minute. An untouched starter, a failure explained, and the
//! references of all labs, which pass.

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use anyhow::anyhow;

use super::out::{tell, tell_wrapped};
use super::target::{Part, whole};
use crate::checks::Subject;
use crate::report::terminal::{self, Detail};
use crate::report::{Progress, milestone, style};
use crate::verdict::{Job, Outcome, Pace, Status, measure_patience, run as run_checks};
use crate::wire::Patience;
use crate::words::{count, time};
use crate::workbook::front_door::typed;
use crate::workbook::{Built, Scratch, Starter, Trouble, Workbook};

/// The lab that is shown, and a mistake that most people make once.
const LAB: u32 = 2;
const MISTAKE: &str = "2.4-never-ends-its-side";

/// The same questions each time: a demonstration is not a test.
const SEED: u64 = 2;

pub fn run(workbook: &Workbook) -> Result<ExitCode, Trouble> {
    style::set_up();
    let lab = workbook.lab(LAB).ok_or_else(|| missing("lab 02"))?;
    let mistakes = workbook.mistakes(lab)?;
    let mistake = mistakes
        .iter()
        .find(|mistake| mistake.name == MISTAKE)
        .ok_or_else(|| missing(MISTAKE))?;
    let mut scratch = Scratch::open(workbook, "demo")?;
    let none = BTreeSet::new();
    scratch.put(
        "demo-starter",
        &Starter::named("demo-starter", lab, &none)?.files,
    )?;
    scratch.put("demo-mistake", &mistake.program(lab, "demo-mistake")?.files)?;
    let mut programs = scratch.build()?.into_iter().map(subject);
    let mut next = || programs.next().unwrap_or_else(|| Err(missing("a program")));
    let (starter, mistaken) = (next()?, next()?);
    let labs: Vec<_> = workbook.labs.iter().collect();
    let references = workbook.build_references(&labs)?;
    let patience = measure_patience();

    heading("1. A starter, as it is handed out: nothing is done, and nothing counts as wrong");
    let mut job = job(&whole(lab), starter);
    job.own = true;
    job.untouched = lab.exercises.iter().map(|exercise| exercise.id).collect();
    tell(terminal::lab(
        workbook,
        lab,
        "the starter",
        &checked(&job, patience),
        Detail::Full,
    ));

    heading("2. A client with a known mistake, and how it is explained");
    tell_wrapped("   ", &mistake.about);
    let mut part = whole(lab);
    part.checks.retain(|check| check.id == mistake.check);
    let outcomes = checked(&self::job(&part, mistaken), patience);
    tell(terminal::lab(
        workbook,
        lab,
        "a program with this mistake",
        &outcomes,
        Detail::Full,
    ));

    heading("3. The references: every check of every lab passes\n");
    let mut good = true;
    for (lab, built) in labs.into_iter().zip(references) {
        let began = Instant::now();
        let outcomes = checked(&self::job(&whole(lab), subject(built)?), patience);
        let passed = outcomes.iter().filter(|o| o.status == Status::Pass).count();
        let skipped = outcomes
            .iter()
            .filter(|o| o.status == Status::Skipped)
            .count();
        let all = passed + skipped == outcomes.len();
        good &= all;
        let mark = if all {
            style::good("✓")
        } else {
            style::bad("✗")
        };
        let title = format!("Lab {:02}  {}", lab.number, lab.title);
        let skipped = if skipped > 0 {
            format!(", {skipped} skipped")
        } else {
            String::new()
        };
        let remark = format!(
            "{}{skipped}, {}",
            count(passed, "check"),
            time(began.elapsed())
        );
        tell(format!("  {mark} {title:<36} {}", style::quiet(&remark)));
        if !all {
            tell(terminal::lab(
                workbook,
                lab,
                "the reference",
                &outcomes,
                Detail::Full,
            ));
        }
    }

    heading("Now it is yours");
    tell(format!(
        "  {:<22} what there is to learn, and where you are",
        typed("progress")
    ));
    tell(milestone::what_is_next(workbook.next()?));
    Ok(if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(3)
    })
}

fn heading(text: &str) {
    tell(format!("\n{}", style::strong(text)));
}

fn subject(built: Built) -> Result<Subject, Trouble> {
    match built.program {
        Ok(path) => Ok(Subject::binary(&path)),
        Err(errors) => Err(Trouble::Broken(anyhow!("{}", errors.text))),
    }
}

fn job(part: &Part, subject: Subject) -> Job {
    Job {
        subject: Arc::new(subject),
        checks: part.checks.clone(),
        seed: SEED,
        untouched: BTreeSet::new(),
        own: false,
        known_wrong: false,
    }
}

fn checked(job: &Job, patience: Patience) -> Vec<Outcome> {
    let progress = Progress::over(job.checks.len());
    let outcomes = run_checks(job, patience, Pace::Brisk, |outcome| {
        progress.one_more(outcome.check.id);
    });
    progress.end();
    outcomes
}

fn missing(what: &str) -> Trouble {
    Trouble::Broken(anyhow!("{what} is missing in this workbook"))
}
