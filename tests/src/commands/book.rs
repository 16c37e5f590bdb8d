//! `book`: makes the book, all lessons and guides as web pages, and says where it is.

use std::path::Path;

use clap::Args;

use super::browser;
use super::out::say;
use crate::docs::book;
use crate::workbook::front_door::typed;
use crate::workbook::{Trouble, Workbook};

#[derive(Args)]
pub struct Options {
    /// Open it in a browser
    #[arg(long)]
    open: bool,
}

pub fn run(workbook: &Workbook, options: &Options) -> Result<(), Trouble> {
    if !book::can_be_made() {
        say("The book is made by mdbook, which is not installed. Getting it, once:")?;
        say("cargo install --locked mdbook")?;
        book::install_mdbook()?;
    }
    book::make(workbook)?;
    let page = book::first_page(workbook);
    say(format_args!("The book is made: {}", workbook.shown(&page)))?;
    if options.open {
        return open(&page);
    }
    say(format_args!(
        "Open it with `{}`, or give this address to a browser:\n{}",
        typed("book --open"),
        browser::address(&page)
    ))
}

fn open(page: &Path) -> Result<(), Trouble> {
    match browser::open(page) {
        Ok(()) => say("Your browser opens it."),
        // What was tried, and how it failed, is of no use to whoever sits here.
        Err(_) => say(format_args!(
            "No browser could be opened from here. The address for one:\n{}",
            browser::address(page)
        )),
    }
}
