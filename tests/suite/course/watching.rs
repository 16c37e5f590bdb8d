//! `watch`, as a learner uses it: save, read, mend, go on; and as they leave it.

use std::fs;

use anyhow::{Context, ensure};
use grader::workbook::Lab;
use rustix::termios::Termios;

use super::WATCHED;
use super::learner::{Learner, Look, PATIENCE, TRIES, UNCERTAIN};
use super::screens;
use crate::commands::fixture::Outcome;

/// What each screen ends with.
const KEYS: &str = "q quit";

/// A lab from its first exercise to its last, all in one sitting.
pub fn whole_lab(learner: &Learner, lab: &Lab) -> Outcome {
    let number = lab.number;
    screens::handed_out(&learner.says(&format!("just start {number}"), 0)?, lab)?;
    let before = learner.pty.modes()?;
    learner.types("just watch")?;
    let first = &lab.exercises[0];
    learner.sees(&["not started", &first.title, KEYS])?;
    fails_and_is_mended(learner, lab)?;
    for (done, exercise) in (1..).zip(&lab.exercises) {
        learner.does(lab, done)?;
        let passed = format!("{} is passed.", exercise.id);
        let Some(next) = lab.exercises.get(done) else {
            break;
        };
        let on = format!("Enter goes on to {} {}.", next.id, next.title);
        passes(learner, &[&passed, &on, KEYS])?;
        goes_on(learner, &format!("{} {}", next.id, next.title))?;
    }
    let next = format!("Enter hands out lab {:02}", number + 1);
    screens::lab_is_done(&passes(learner, &["is done", &next, KEYS])?, lab)?;
    quits(learner, "q", &before)
}

/// A mistake is explained, hints come one by one, and an error of the compiler is shown.
fn fails_and_is_mended(learner: &Learner, lab: &Lab) -> Outcome {
    let first = &lab.exercises[0];
    learner.does_wrong(lab, "2.1-listens-everywhere")?;
    learner.sees(&[&format!("✗ {}", first.id), "2.1/", KEYS])?;
    for seen in 1..=first.hints.len() {
        presses(learner, "h")?;
        // Here a key brings more, and no command.
        let further = match first.hints.len() - seen {
            0 => "The lesson tells more: l".to_string(),
            left => format!("{left} more: h again"),
        };
        learner.sees(&[&format!("  {seen}. "), &further, KEYS])?;
    }
    let main = learner.source(lab, "src/main.rs");
    let text = fs::read_to_string(&main)?;
    learner.pty.clear()?;
    fs::write(&main, text.replace("fn main()", "fn main("))?;
    learner.sees(&["error", "does not compile", KEYS])?;
    learner.pty.clear()?;
    Ok(fs::write(&main, text)?)
}

/// Waits for what is on the screen when an exercise is passed. Where a verdict is not certain, it
/// is run again, as one is told to.
fn passes(learner: &Learner, words: &[&str]) -> Outcome<String> {
    let all = |screen: &str| words.iter().all(|word| screen.contains(word));
    let unclear = |screen: &str| screen.contains(UNCERTAIN) && screen.contains(KEYS);
    for _ in 1..TRIES {
        let seen = learner.pty.waits_for("a verdict", PATIENCE, |screen| {
            all(screen) || unclear(screen)
        })?;
        if all(&seen) {
            break;
        }
        presses(learner, "r")?;
    }
    learner.sees(words)
}

fn goes_on(learner: &Learner, title: &str) -> Outcome {
    presses(learner, "\r")?;
    learner.sees(&[title, "not started", KEYS]).map(drop)
}

fn presses(learner: &Learner, keys: &str) -> Outcome {
    learner.pty.clear()?;
    learner.pty.types(keys)
}

fn quits(learner: &Learner, key: &str, before: &Termios) -> Outcome {
    presses(learner, key)?;
    learner.is_back("just watch", 0)?;
    is_as_it_was(learner, before)
}

fn is_as_it_was(learner: &Learner, before: &Termios) -> Outcome {
    let after = learner.pty.modes()?;
    ensure!(
        format!("{after:?}") == format!("{before:?}"),
        "the terminal is another: {before:?}, and now {after:?}"
    );
    // Who types sees it, and it arrives.
    let said = learner.says("echo once more", 0)?;
    screens::shows(&said, &["echo once more", "\nonce more\n"])
}

/// By q and by Ctrl-C, and in the middle of a grading too.
pub fn leaves_all_as_it_was() -> Outcome {
    let learner = Learner::new(Look::Coloured)?;
    learner.says(&format!("just start {WATCHED}"), 0)?;
    let before = learner.pty.modes()?;
    for key in ["q", "\u{3}"] {
        for ready in ["Grading", KEYS] {
            learner.types("just watch")?;
            learner.sees(&[ready])?;
            quits(&learner, key, &before)?;
        }
    }
    let lab = learner.lab(WATCHED)?;
    let first = lab.exercises.first().context("no exercise")?;
    learner.types("just watch")?;
    learner.sees(&[&first.title, KEYS])?;
    // Ctrl-Z, and back.
    presses(&learner, "\u{1a}")?;
    learner.sees(&["Stopped"])?;
    // 128 and the number of SIGTSTP.
    learner.is_back("just watch", 148)?;
    is_as_it_was(&learner, &before)?;
    learner.types("fg")?;
    learner.sees(&[&first.title, KEYS])?;
    quits(&learner, "q", &before)?;
    reads_while_it_grades(&learner, &before)
}

/// A verdict comes while a lesson is read that has more pages: it takes the place of the lesson,
/// and the keys are its own.
fn reads_while_it_grades(learner: &Learner, before: &Termios) -> Outcome {
    learner.types("just watch")?;
    learner.sees(&["not started", KEYS])?;
    // The step, and then the whole lesson.
    presses(learner, "rll")?;
    learner.sees(&["not started", KEYS])?;
    quits(learner, "q", before)
}

/// Folders that vanish and come back, and bursts of saves.
pub fn outlives_editors() -> Outcome {
    let learner = Learner::new(Look::Coloured)?;
    let lab = learner.lab(WATCHED)?;
    learner.says(&format!("just start {WATCHED}"), 0)?;
    let before = learner.pty.modes()?;
    learner.types("just watch")?;
    learner.sees(&["not started", KEYS])?;
    let main = learner.source(lab, "src/main.rs");
    let text = fs::read_to_string(&main)?;
    for burst in 0..50 {
        fs::write(&main, format!("{text}// {burst}\n"))?;
    }
    learner.does(lab, 1)?;
    passes(&learner, &["2.1 is passed.", KEYS])?;
    let folder = learner.source(lab, "");
    let away = learner.workbook.root.join("work/away");
    learner.pty.clear()?;
    fs::rename(&folder, &away)?;
    learner.sees(&["is not there any more"])?;
    learner.pty.clear()?;
    fs::rename(&away, &folder)?;
    passes(&learner, &["2.1 is passed.", KEYS])?;
    quits(&learner, "q", &before)
}

/// A look, for how it looks.
pub fn for_a_moment(learner: &Learner) -> Outcome {
    let before = learner.pty.modes()?;
    learner.types("just watch")?;
    learner.sees(&["not started", KEYS])?;
    quits(learner, "q", &before)
}
