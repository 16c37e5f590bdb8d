//! `start N`: hands out a lab.

use std::collections::BTreeSet;

use clap::Args;

use super::out::{say, say_wrapped};
use crate::workbook::front_door::typed;
use crate::workbook::work::HandedOut;
use crate::workbook::{Lab, Trouble, Workbook};

#[derive(Args)]
pub struct Options {
    /// The lab: 2 or tcp-echo
    lab: String,
    /// Begin with this exercise: those before it are handed out done
    #[arg(long, value_name = "N.M")]
    from: Option<String>,
}

pub fn run(workbook: &Workbook, options: &Options) -> Result<(), Trouble> {
    let lab = workbook.find_only_lab(&options.lab)?;
    let mut filled = BTreeSet::new();
    if let Some(from) = &options.from {
        let (its_lab, first) = workbook.find_only_exercise(from)?;
        if its_lab.number != lab.number {
            return Err(Trouble::usage(format!(
                "--from {from} is an exercise of another lab than {}",
                lab.number
            )));
        }
        let before = lab.exercises.iter().map(|exercise| exercise.id);
        filled.extend(before.filter(|id| *id < first.id));
    }
    let made = workbook.work()?.start(lab, &filled)?;
    tell(workbook, lab, &made)
}

/// Says what there is now, and what to do with it.
pub fn tell(workbook: &Workbook, lab: &Lab, made: &HandedOut) -> Result<(), Trouble> {
    let folder = workbook.shown(&made.folder);
    say(format_args!(
        "Lab {:02}, {}, is in {folder}.",
        lab.number, lab.title
    ))?;
    if let Some(kept) = &made.kept {
        say_wrapped(
            "",
            &format!("Your work so far is in {}.", workbook.shown(kept)),
        )?;
    }
    say("")?;
    say(format_args!(
        "  read   {}",
        typed(&format!("lesson {}", lab.number))
    ))?;
    if let Some((id, path, line)) = &made.first {
        let title = lab.exercise(*id).map_or("", |exercise| &exercise.title);
        say(format_args!("  open   {}:{line}", workbook.shown(path)))?;
        say(format_args!("         there begins exercise {id}: {title}"))?;
        say(format_args!("  check  {}", typed(&format!("grade {id}"))))?;
        say(format_args!(
            "  watch  {}, which checks at each save",
            typed("watch")
        ))?;
    }
    Ok(())
}
