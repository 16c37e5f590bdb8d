//! `hint N.M`: the hints of an exercise, one more each time.

use clap::Args;

use super::out::say;
use crate::report::style;
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
    let shown = if options.all {
        exercise.hints.len()
    } else {
        one_more(workbook, lab, exercise)?
    };
    let asked = Asked {
        more: format!("`{}`", typed(&format!("hint {}", exercise.id))),
        lesson: format!("`{}`", typed(&format!("lesson {}", exercise.id))),
    };
    say(text(exercise, shown, &asked))?;
    // Noted last: when that fails, the hints have been seen all the same.
    hints::note(workbook, lab, exercise, shown)
}

/// How one asks for what helps further, where the hints are read: by a command, or by a key.
pub struct Asked {
    pub more: String,
    pub lesson: String,
}

/// How many hints there are to see for who asks once more.
pub fn one_more(workbook: &Workbook, lab: &Lab, exercise: &Exercise) -> Result<usize, Trouble> {
    let seen = hints::seen(workbook, lab, exercise)?;
    Ok(exercise.hints.len().min(seen + 1))
}

/// The first so many hints of an exercise.
pub fn text(exercise: &Exercise, shown: usize, asked: &Asked) -> String {
    let mut text = format!("{} {}\n", exercise.id, exercise.title);
    for (number, hint) in (1..).zip(&exercise.hints[..shown]) {
        text += &format!("\n{}\n", style::marked(&format!("  {number}. "), hint));
    }
    text += &match exercise.hints.len() - shown {
        0 => format!("\n  That is all. The lesson tells more: {}", asked.lesson),
        left => format!("\n  {left} more: {} again", asked.more),
    };
    text
}
