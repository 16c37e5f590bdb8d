//! `lesson N`: prints the lesson of a lab as it is written, and where it is.

use clap::Args;

use super::out::say;
use crate::workbook::{Trouble, Workbook, files};

#[derive(Args)]
pub struct Options {
    /// The lab: 2 or tcp-echo
    lab: String,
}

pub fn run(workbook: &Workbook, options: &Options) -> Result<(), Trouble> {
    let lab = workbook.find(&options.lab)?.lab;
    let path = workbook.lesson(lab);
    let text = files::read(&path)?;
    say(text.trim_end())?;
    say(format_args!("\n({})", workbook.shown(&path)))
}
