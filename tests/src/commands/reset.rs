//! `reset N`: hands out a lab afresh, and keeps a dated copy of what was there.

use clap::Args;

use super::start;
use crate::workbook::{Trouble, Workbook};

#[derive(Args)]
pub struct Options {
    /// The lab: 2 or tcp-echo
    lab: String,
}

pub fn run(workbook: &Workbook, options: &Options) -> Result<(), Trouble> {
    let lab = workbook.find_only_lab(&options.lab)?;
    let made = workbook.work()?.reset(lab)?;
    start::tell(workbook, lab, &made)
}
