//! `progress`: what is passed of each lab, and what comes next.

use colored::Colorize;

use super::out::say;
use crate::workbook::front_door::typed;
use crate::workbook::{Exercise, Lab, Progress, Trouble, Workbook};

pub fn run(workbook: &Workbook) -> Result<(), Trouble> {
    let work = workbook.work()?;
    let progress = Progress::open(workbook)?;
    let mut next: Option<(&Lab, &Exercise)> = None;
    for lab in &workbook.labs {
        let passed = lab
            .exercises
            .iter()
            .filter(|exercise| progress.has_passed(lab, exercise))
            .count();
        let state = match passed {
            0 if !work.is_started(lab) => "not started".to_string(),
            _ => format!("{passed} of {}", lab.exercises.len()),
        };
        say(format_args!(
            "{} {:<50} {state}",
            format!("{:02}", lab.number).bold(),
            lab.title.bold()
        ))?;
        for exercise in &lab.exercises {
            let has_passed = progress.has_passed(lab, exercise);
            let mark = if has_passed {
                "✓".green()
            } else {
                "·".dimmed()
            };
            say(format_args!(
                "  {mark} {:<5} {}",
                exercise.id.to_string(),
                exercise.title
            ))?;
            if !has_passed
                && next.is_none_or(|(first, _)| !work.is_started(first) && work.is_started(lab))
            {
                next = Some((lab, exercise));
            }
        }
    }
    say("")?;
    match next {
        None => say("All done."),
        Some((lab, exercise)) if work.is_started(lab) => say(format_args!(
            "Next: {} {}, `{}`",
            exercise.id,
            exercise.title,
            typed(&format!("grade {}", exercise.id))
        )),
        Some((lab, _)) => say(format_args!(
            "Next: lab {:02}, {}, `{}`",
            lab.number,
            lab.title,
            typed(&format!("start {}", lab.number))
        )),
    }
}
