//! `solution` gives no answer away, finds the learner's own, and tells what differs.

use anyhow::ensure;

use super::fixture::{Fixture, Outcome};

const PASSED: &str = "greeting/word passed 2026-11-21\n";

/// Not passed, not begun, or a whole lab: nothing is shown that nobody has asked for.
pub fn waits_to_be_asked_for(fixture: &Fixture) -> Outcome {
    let said = fixture.grader("solution 1.1")?;
    ensure!(said.stdout.is_empty(), "it shows something: {said:?}");
    said.complains(2, &["1.1 is not passed yet", "hint 1.1", "1.1 --reveal"])?;
    let said = fixture.grader("solution 1")?;
    ensure!(said.stdout.is_empty(), "it shows something: {said:?}");
    said.complains(2, &["lab 01", "solution 1 --reveal"])?;
    let said = fixture.grader("solution 1.1/word")?;
    said.complains(2, &["is a check", "give 1.1"])?;
    ensure!(!fixture.path("work").exists(), "asking made work/");

    fixture.grader("start 1")?.went_well()?;
    fixture.write("work/progress.txt", PASSED)?;
    let said = fixture.grader("solution 1")?.went_well()?.stdout;
    ensure!(
        said.contains("1.1 Say a word"),
        "not what is passed: {said}"
    );
    ensure!(!said.contains("fn mark"), "what is not passed: {said}");
    ensure!(
        said.contains("Not passed yet, and so not shown: 1.2."),
        "it does not say what is left out: {said}"
    );
    Ok(())
}

/// A function is found by its name, in whatever file it is now, and laid out in any way.
pub fn stands_beside_yours(fixture: &Fixture) -> Outcome {
    fixture.grader("start 1")?.went_well()?;
    fixture.write("work/progress.txt", PASSED)?;
    let moved = "//! Mine.\n\npub fn words() {}\n\n\
                 pub(crate) fn word()-> &'static str { \"answer\" /* } */ }\n";
    fixture.write("work/01-greeting/src/mine.rs", moved)?;
    fixture.write("work/01-greeting/src/main.rs", "mod mine;\nfn main() {}\n")?;
    let said = fixture.grader("solution 1.1")?.went_well()?.stdout;
    for words in [
        "A word that stays the same",
        "- yours  work/01-greeting/src/mine.rs:5",
        "+ ours   labs/01-greeting/src/main.rs:9",
        "    - pub(crate) fn word()-> &'static str { \"answer\" /* } */ }\n",
        "    +     \"answer\"\n",
    ] {
        ensure!(said.contains(words), "{words:?} is missing: {said}");
    }
    let same = moved.replace("pub(crate) fn", "fn");
    fixture.write("work/01-greeting/src/mine.rs", &same)?;
    let said = fixture.grader("solution 1.1")?.went_well()?.stdout;
    ensure!(
        said.contains("Yours and ours are the same here.") && !said.contains("    + "),
        "it is the same: {said}"
    );
    Ok(())
}

/// Where there is nothing of the learner's to lay beside it, the answer comes with a word.
pub fn stands_alone(fixture: &Fixture) -> Outcome {
    let shows = |why: &str| -> Outcome {
        let said = fixture.grader("solution 1 --reveal")?.went_well()?.stdout;
        ensure!(
            said.contains(why) && said.contains("          '!'\n"),
            "{why:?} is not said: {said}"
        );
        ensure!(!said.contains('\u{1b}'), "it is coloured: {said}");
        let layout = |line: &&str| !line.starts_with("      ");
        let long = said
            .lines()
            .filter(layout)
            .find(|line| line.chars().count() > 80);
        ensure!(long.is_none(), "over 80 columns: {long:?}");
        Ok(())
    };
    shows("You have not begun this lab, so ours stands alone.")?;
    fixture.grader("start 1")?.went_well()?;
    // Not even Rust.
    fixture.write("work/01-greeting/src/main.rs", "fn mark( { \"")?;
    shows("No function of yours has this name, so ours stands alone.")
}
