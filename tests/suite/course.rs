//! The whole course, as a learner types it in a terminal of 80 columns and 24 lines: from the
//! first `just start` to the last celebration, and each screen is what it should be.

mod learner;
mod screens;
mod watching;

use anyhow::ensure;
use grader::workbook::Lab;
use libtest_mimic::{Failed, Trial};

use crate::commands::fixture::Outcome;
use learner::{Learner, Look};

/// The lab that is done with `watch`, an exercise at a time.
const WATCHED: u32 = 2;

pub fn trials() -> Vec<Trial> {
    // One after the other: the learners' programs have the same names, and one target folder.
    let parts: [fn() -> Outcome; 4] = [
        whole,
        without_colour,
        watching::leaves_all_as_it_was,
        watching::outlives_editors,
    ];
    let all = move || {
        parts
            .into_iter()
            .try_for_each(|part| part())
            .map_err(|error| Failed::from(format!("{error:#}")))
    };
    vec![Trial::test(
        "course::from-start-to-the-last-celebration",
        all,
    )]
}

fn whole() -> Outcome {
    let learner = Learner::new(Look::Coloured)?;
    begins(&learner)?;
    for lab in &learner.workbook.labs {
        if lab.number == WATCHED {
            watching::whole_lab(&learner, lab)?;
        } else {
            at_once(&learner, lab)?;
        }
        says_what_is_next(&learner, lab)?;
    }
    ends(&learner)
}

/// Before anything was started.
fn begins(learner: &Learner) -> Outcome {
    let progress = learner.says("just progress", 0)?;
    for lab in &learner.workbook.labs {
        screens::shows(&progress, &[&format!("{:02}", lab.number), "not started"])?;
    }
    screens::shows(&progress, &["0 of ", "Next: lab ", "`just start "])?;
    let grade = learner.says("just grade", 2)?;
    screens::shows(&grade, &["error: ", "just start "])
}

/// A lab that is handed out, looked at, done, and graded.
fn at_once(learner: &Learner, lab: &Lab) -> Outcome {
    let number = lab.number;
    let first = &lab.exercises[0];
    screens::handed_out(&learner.says(&format!("just start {number}"), 0)?, lab)?;
    if number == 1 {
        not_begun(learner, lab)?;
    }
    learner.does(lab, lab.exercises.len())?;
    // No number is needed: it is what was worked on last.
    if number == 1 {
        let one = learner.passes("just grade")?;
        screens::shows(&one, &[&format!("✓ {} {}", first.id, first.title)])?;
        let next = &lab.exercises[1];
        screens::shows(&one, &[&format!("Next: {} {}", next.id, next.title)])?;
    }
    let graded = learner.passes(&format!("just grade {number}"))?;
    ensure!(learner.pty.is_coloured(), "nothing is coloured:\n{graded}");
    if learner.workbook.lab(number + 1).is_some() {
        screens::lab_is_done(&graded, lab)
    } else {
        screens::all_is_done(&graded, lab)
    }
}

/// A starter fails, without blame; and hints come one by one.
fn not_begun(learner: &Learner, lab: &Lab) -> Outcome {
    let first = &lab.exercises[0];
    let graded = learner.says(&format!("just grade {}", first.id), 1)?;
    let line = format!("· {} {}", first.id, first.title);
    screens::shows(&graded, &[&line, "not started", "0 of "])?;
    for seen in 1..=first.hints.len() {
        let hints = learner.says("just hint", 0)?;
        let marks: Vec<_> = (1..=seen).map(|number| format!("  {number}. ")).collect();
        screens::shows(
            &hints,
            &marks.iter().map(String::as_str).collect::<Vec<_>>(),
        )?;
        let one_more = format!("  {}. ", seen + 1);
        ensure!(
            !hints.contains(&one_more),
            "more than {seen} hints:\n{hints}"
        );
    }
    Ok(())
}

fn says_what_is_next(learner: &Learner, lab: &Lab) -> Outcome {
    let progress = learner.says("just progress", 0)?;
    let passed = format!("{0} of {0}", lab.exercises.len());
    screens::shows(&progress, &[&format!("{:02}", lab.number), &passed])?;
    match learner.workbook.lab(lab.number + 1) {
        Some(next) => screens::shows(
            &progress,
            &[
                &format!("Next: lab {:02}", next.number),
                &format!("`just start {}`", next.number),
            ],
        ),
        None => Ok(()),
    }
}

/// After all of it.
fn ends(learner: &Learner) -> Outcome {
    let all: usize = learner
        .workbook
        .labs
        .iter()
        .map(|lab| lab.exercises.len())
        .sum();
    let progress = learner.says("just progress", 0)?;
    screens::shows(
        &progress,
        &[&format!("{all} of {all} exercises"), "All done"],
    )?;
    ensure!(
        !progress.contains("not started"),
        "not all is done:\n{progress}"
    );
    let again = learner.says("just start 1", 2)?;
    screens::shows(&again, &["nothing was changed", "just reset 1"])
}

/// The same words without any colour, where none is wanted.
fn without_colour() -> Outcome {
    let learner = Learner::new(Look::Plain)?;
    let lab = learner.lab(WATCHED)?;
    screens::handed_out(&learner.says("just start 2", 0)?, lab)?;
    learner.says("just progress", 0)?;
    learner.does_wrong(lab, "2.2-answers-once")?;
    let failed = learner.says("just grade 2.2", 1)?;
    screens::shows(&failed, &["Hint", "just hint 2.2", "Read", "just lesson 2"])?;
    learner.does(lab, 1)?;
    screens::shows(&learner.passes("just grade 2.1")?, &["✓ 2.1"])?;
    watching::for_a_moment(&learner)?;
    ensure!(!learner.has_seen_colour(), "something is coloured");
    Ok(())
}
