//! `watch [LAB[.EXERCISE]]`: grades the exercise at hand when a file is saved, and asks before it
//! moves on.

mod events;
mod grading;
mod lesson;
mod page;
mod screen;
mod session;
mod showing;

use std::io::{self, IsTerminal};

use clap::Args;

use self::events::Events;
use self::screen::Screen;
use self::session::{Go, Session};
use crate::report::style;
use crate::workbook::front_door::typed;
use crate::workbook::{Exercise, Lab, Progress, Trouble, Workbook};

#[derive(Args)]
pub struct Options {
    /// What to begin with: 2 or 2.4; without it, the exercise at hand
    selection: Option<String>,
}

pub fn run(workbook: &Workbook, options: &Options) -> Result<(), Trouble> {
    let (lab, exercise) = choose(workbook, options.selection.as_deref())?;
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        let grade = typed(&format!("grade {}", exercise.id));
        return Err(Trouble::usage(format!(
            "watch listens to keys, and needs a terminal: `{grade}` grades once, anywhere"
        )));
    }
    style::set_up();
    // Dropped last: what is typed at a shell must find nobody here who still listens.
    let screen = Screen::open()?;
    let events = Events::listen(&workbook.work()?.folder)?;
    let mut session = Session::new(workbook, (lab, exercise), &screen, events.sender())?;
    session.begin()?;
    // It ends by a key, by a signal, or with the terminal.
    while let Some(event) = events.next() {
        if session.hear(event, &events)? == Go::Away {
            break;
        }
    }
    Ok(())
}

/// The exercise that is meant. Whether it was handed out is asked here too: there is nothing to
/// watch otherwise.
fn choose<'a>(
    workbook: &'a Workbook,
    text: Option<&str>,
) -> Result<(&'a Lab, &'a Exercise), Trouble> {
    let Some(text) = text else {
        return workbook.at_hand();
    };
    let found = workbook.find(text)?;
    let work = workbook.work()?;
    work.package(found.lab)?;
    if let Some(exercise) = found.exercise {
        return Ok((found.lab, exercise));
    }
    let open = work.first_open(found.lab, &Progress::open(workbook)?);
    open.map(|exercise| (found.lab, exercise)).ok_or_else(|| {
        let number = found.lab.number;
        let (one, all) = (
            typed(&format!("watch {number}.1")),
            typed(&format!("grade {number}")),
        );
        Trouble::usage(format!(
            "lab {number:02} is passed, all of it: `{one}` watches one exercise, and `{all}` \
             grades them all once more"
        ))
    })
}
