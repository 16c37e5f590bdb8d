//! `solution N[.M]`: the reference beside the learner's own code, with the reason why it does it
//! so. It is for who has done the exercise; everybody else asks for it by `--reveal`.

use clap::Args;

use super::out::{say, say_wrapped};
use crate::report::difference::{self, Around};
use crate::report::style;
use crate::workbook::comparison::{self, Pair, Place};
use crate::workbook::front_door::typed;
use crate::workbook::{Exercise, Lab, Progress, Trouble, Workbook};

#[derive(Args)]
pub struct Options {
    /// The exercise: 2.4; or the lab: 2, for all of it that is passed
    selection: String,
    /// Show it also where it is not passed yet
    #[arg(long)]
    reveal: bool,
}

pub fn run(workbook: &Workbook, options: &Options) -> Result<(), Trouble> {
    style::set_up();
    let found = workbook.find(&options.selection)?;
    let lab = found.lab;
    if let Some(check) = &found.check {
        return Err(Trouble::usage(format!(
            "{check} is a check, and what is solved is its exercise: give {}",
            check.split('/').next().unwrap_or_default()
        )));
    }
    let chosen: Vec<_> = match found.exercise {
        Some(exercise) => vec![exercise],
        None => lab.exercises.iter().collect(),
    };
    let (shown, hidden) = if options.reveal {
        (chosen, Vec::new())
    } else {
        let progress = Progress::open(workbook)?;
        chosen
            .into_iter()
            .partition(|exercise| progress.has_passed(lab, exercise))
    };
    if shown.is_empty() {
        return Err(not_passed(lab, found.exercise));
    }
    let own = workbook.work()?.folder_of(lab);
    for exercise in shown {
        heading(exercise)?;
        for pair in comparison::pairs(lab, exercise, own.as_deref())? {
            show(workbook, own.is_some(), &pair)?;
        }
    }
    tell_hidden(lab, &hidden)
}

/// What is said instead of an answer that nobody has asked for in so many words.
pub fn not_passed(lab: &Lab, exercise: Option<&Exercise>) -> Trouble {
    let Some(exercise) = exercise else {
        let number = lab.number;
        return Trouble::usage(format!(
            "nothing of lab {number:02} is passed yet, and its answers are read best after your \
             own: `{}` shows them all the same",
            typed(&format!("solution {number} --reveal"))
        ));
    };
    let id = exercise.id;
    Trouble::usage(format!(
        "{id} is not passed yet, and its answer is read best after your own: `{}` helps you on, \
         and `{}` shows it all the same",
        typed(&format!("hint {id}")),
        typed(&format!("solution {id} --reveal"))
    ))
}

fn heading(exercise: &Exercise) -> Result<(), Trouble> {
    let title = format!("{} {}", exercise.id, exercise.title);
    say(format_args!("\n{}", style::strong(&title)))?;
    if exercise.why.is_empty() {
        return Ok(());
    }
    say("")?;
    say_wrapped("  ", &exercise.why)
}

fn show(workbook: &Workbook, is_started: bool, pair: &Pair) -> Result<(), Trouble> {
    let Pair { name, ours, yours } = pair;
    let place = |place: &Place| format!("{}:{}", workbook.shown(&place.path), place.line);
    say(format_args!("\n  {}", style::strong(&format!("fn {name}"))))?;
    let lines = match yours {
        Some(yours) if pair.is_same() => {
            say(format_args!("    Yours and ours are the same here."))?;
            return say(format_args!("    {}", place(yours)));
        }
        Some(yours) => {
            say(style::bad(&format!("    - yours  {}", place(yours))))?;
            say(style::good(&format!("    + ours   {}", place(ours))))?;
            difference::draw(&yours.text, &ours.text, Around::All)
        }
        None => {
            let why = if is_started {
                "No function of yours has this name, so ours stands alone."
            } else {
                "You have not begun this lab, so ours stands alone."
            };
            say(format_args!("    {why}"))?;
            say(format_args!("    {}", place(ours)))?;
            difference::plain(&ours.text)
        }
    };
    say("")?;
    lines.into_iter().try_for_each(say)
}

fn tell_hidden(lab: &Lab, hidden: &[&Exercise]) -> Result<(), Trouble> {
    if hidden.is_empty() {
        return Ok(());
    }
    let ids: Vec<_> = hidden
        .iter()
        .map(|exercise| exercise.id.to_string())
        .collect();
    say("")?;
    say_wrapped(
        "  ",
        &format!(
            "Not passed yet, and so not shown: {}. `{}` shows all.",
            ids.join(", "),
            typed(&format!("solution {} --reveal", lab.number))
        ),
    )
}
