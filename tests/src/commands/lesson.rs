//! `lesson N[.M]`: a lesson to be read. In the browser, if somebody sits in front of one; else, and
//! a single step always, here, laid out for a terminal. The lack of a browser, or of the book, is no
//! error.

use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::Args;

use super::browser;
use super::out::say;
use crate::docs::{book, section};
use crate::report::{page, style};
use crate::workbook::front_door::typed;
use crate::workbook::{Exercise, Lab, Trouble, Workbook, files};

#[derive(Args)]
pub struct Options {
    /// The lab, 2 or tcp-echo; an exercise, for its step alone: 2.4; without it, the lab at hand
    lab: Option<String>,
    /// Print it here, and open no browser
    #[arg(long, conflicts_with = "browser")]
    print: bool,
    /// Open it in the browser, also where a desktop is not seen
    #[arg(long)]
    browser: bool,
}

pub fn run(workbook: &Workbook, options: &Options) -> Result<(), Trouble> {
    let text = match &options.lab {
        Some(text) => text.clone(),
        None => workbook.at_hand()?.0.number.to_string(),
    };
    let found = workbook.find(&text)?;
    // A step is read beside the code, and a lesson before it.
    let is_whole = found.exercise.is_none();
    let wants_window = options.browser || (is_whole && !options.print && browser::would_be_seen());
    if wants_window {
        match in_browser(workbook, found.lab) {
            Ok(page) => {
                say(format_args!("Your browser opens {}", workbook.shown(&page)))?;
                if let Some(exercise) = found.exercise {
                    let anchor = anchor(workbook, found.lab, exercise)?;
                    let address = browser::address(&page);
                    say(format_args!("Step {}: {address}#{anchor}", exercise.id))?;
                }
                let print = typed(&format!("lesson {text} --print"));
                return say(format_args!("To read it here: {print}"));
            }
            Err(why) if options.browser => say(format_args!("{why}; so here it is:"))?,
            Err(_) => {}
        }
    }
    style::set_up();
    match found.exercise {
        Some(exercise) => print_step(workbook, found.lab, exercise),
        None => print_whole(workbook, found.lab),
    }
}

/// The page that was opened; or why none was, for a learner to read.
fn in_browser(workbook: &Workbook, lab: &Lab) -> Result<PathBuf, String> {
    let lesson = workbook.lesson(lab);
    if book::page_of(workbook, &lesson).is_none() {
        // Where it cannot be made, there is none, and that is all that matters here.
        let _ = book::make(workbook);
    }
    let page = book::page_of(workbook, &lesson)
        .ok_or_else(|| format!("The book is not made yet (`{}`)", typed("book")))?;
    browser::open(&page).map_err(|_| "No browser could be opened from here".to_string())?;
    Ok(page)
}

/// What the address of a step ends with: browsers are told of it in words, since what opens them
/// often leaves it out.
fn anchor(workbook: &Workbook, lab: &Lab, exercise: &Exercise) -> Result<String, Trouble> {
    let text = files::read(&workbook.lesson(lab))?;
    let id = exercise.id.to_string();
    let step = section::heading_beginning_with(&text, &id);
    Ok(step.map_or_else(String::new, |heading| heading.anchor()))
}

fn print_whole(workbook: &Workbook, lab: &Lab) -> Result<(), Trouble> {
    let path = workbook.lesson(lab);
    say(whole(workbook, lab)?)?;
    let paged = typed(&format!("lesson {} | less", lab.number));
    let step = typed(&format!("lesson {}.1", lab.number));
    say(format_args!("\nThis was {}.", workbook.shown(&path)))?;
    say(format_args!(
        "Page by page: {paged}. One step alone: {step}."
    ))
}

fn print_step(workbook: &Workbook, lab: &Lab, exercise: &Exercise) -> Result<(), Trouble> {
    say(step(workbook, lab, exercise)?)?;
    let whole = typed(&format!("lesson {}", lab.number));
    say(format_args!("\nThe whole lesson: {whole}"))
}

/// The lesson of a lab, laid out for the terminal.
pub fn whole(workbook: &Workbook, lab: &Lab) -> Result<String, Trouble> {
    let path = workbook.lesson(lab);
    Ok(laid_out(workbook, &path, &files::read(&path)?))
}

/// The step of the lesson that is about one exercise.
pub fn step(workbook: &Workbook, lab: &Lab, exercise: &Exercise) -> Result<String, Trouble> {
    let path = workbook.lesson(lab);
    let text = files::read(&path)?;
    let step = section::beginning_with(&text, &exercise.id.to_string()).ok_or_else(|| {
        let shown = workbook.shown(&path);
        anyhow!("{shown} has no step {}", exercise.id)
    })?;
    Ok(laid_out(workbook, &path, step))
}

fn laid_out(workbook: &Workbook, path: &Path, text: &str) -> String {
    let folder = path
        .parent()
        .map_or(String::new(), |folder| workbook.shown(folder));
    page::laid_out(text, &folder).trim().to_string()
}
