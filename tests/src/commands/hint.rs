//! `hint N.M`: the hints of an exercise, one more each time.

use clap::Args;

use super::out::{say, say_wrapped};
use crate::workbook::front_door::typed;
use crate::workbook::{Trouble, Workbook, hints};

#[derive(Args)]
pub struct Options {
    /// The exercise: 2.4
    exercise: String,
    /// All of them at once
    #[arg(long)]
    all: bool,
}

pub fn run(workbook: &Workbook, options: &Options) -> Result<(), Trouble> {
    let (lab, exercise) = workbook.find_only_exercise(&options.exercise)?;
    let count = exercise.hints.len();
    // Noted last: when that fails, the hints have been seen all the same.
    let shown = if options.all {
        count
    } else {
        count.min(1 + hints::seen(workbook, lab, exercise)?)
    };
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
    hints::note(workbook, lab, exercise, shown)
}
