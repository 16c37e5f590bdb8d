//! `progress [N]`: where one is in the whole, or in a lab, and what comes next.

use clap::Args;

use super::out::say;
use crate::report::{milestone, standing, style};
use crate::workbook::{Trouble, Workbook};

#[derive(Args)]
pub struct Options {
    /// A lab, for the titles of its exercises
    lab: Option<String>,
}

pub fn run(workbook: &Workbook, options: &Options) -> Result<(), Trouble> {
    style::set_up();
    let next = workbook.next()?;
    let at_hand = standing::exercise_of(next);
    let text = match &options.lab {
        None => standing::picture(workbook, at_hand)?,
        Some(lab) => standing::list(workbook.find(lab)?.lab, workbook, at_hand)?,
    };
    say(text)?;
    say(standing::legend())?;
    say("")?;
    say(milestone::what_is_next(next))
}
