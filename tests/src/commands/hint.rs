//! `hint N.M`: the hints of an exercise, one more each time.

use clap::Args;

use super::out::{say, say_wrapped};
use crate::workbook::front_door::typed;
use crate::workbook::{Exercise, Lab, Trouble, Workbook, hints};

#[derive(Args)]
pub struct Options {
    /// The exercise: 2.4; without it, the one at hand
    exercise: Option<String>,
    /// All of them at once
    #[arg(long)]
    all: bool,
}

pub fn run(workbook: &Workbook, options: &Options) -> Result<(), Trouble> {
    let (lab, exercise) = match &options.exercise {
        Some(text) => workbook.find_only_exercise(text)?,
        None => workbook.at_hand()?,
    };
    let all = if options.all {
        exercise.hints.len()
    } else {
        1 + hints::seen(workbook, lab, exercise)?
    };
    show(workbook, lab, exercise, all)
}

/// Shows so many hints of an exercise, or all there are, and notes it.
pub fn show(
    workbook: &Workbook,
    lab: &Lab,
    exercise: &Exercise,
    wanted: usize,
) -> Result<(), Trouble> {
    let count = exercise.hints.len();
    let shown = count.min(wanted);
    say(format_args!("{} {}", exercise.id, exercise.title))?;
    for (number, hint) in (1..).zip(&exercise.hints[..shown]) {
        say("")?;
        say_wrapped(&format!("  {number}. "), hint)?;
    }
    say("")?;
    match count - shown {
        0 => say(format_args!(
            "  That is all. The lesson tells more: `{}`",
            typed(&format!("lesson {}", lab.number))
        ))?,
        left => say(format_args!(
            "  {left} more: `{}` again",
            typed(&format!("hint {}", exercise.id))
        ))?,
    }
    // Noted last: when that fails, the hints have been seen all the same.
    hints::note(workbook, lab, exercise, shown)
}
