//! What `start`, `reset`, `hint` and `progress` make of the learner's folder.

use std::fs;

use anyhow::{Context, bail, ensure};
use grader::workbook::{Progress, Workbook};

use super::fixture::{Fixture, Outcome};

pub fn start_hands_out(fixture: &Fixture) -> Outcome {
    let said = fixture.grader("start greeting")?.went_well()?;
    let line = "work/01-greeting/src/main.rs:12\n";
    if !said.stdout.contains(line) || !said.stdout.contains("grade 1.1\n") {
        bail!("does not say what to do next: {}", said.stdout);
    }
    let source = fixture.read("work/01-greeting/src/main.rs")?;
    let wanted = ["todo!(\"exercise 1.1: say the word\")", "'?'"];
    if source.contains("answer") || !wanted.iter().all(|part| source.contains(part)) {
        bail!("that is no starter: {source}");
    }
    let before = fixture.tree("work/01-greeting")?;
    fixture.grader("start 02")?.went_well()?;
    if before != fixture.tree("work/01-greeting")? {
        bail!("starting lab 02 changed lab 01");
    }
    fixture.read("work/02-farewell/Cargo.toml")?;
    Ok(())
}

pub fn start_from_an_exercise(fixture: &Fixture) -> Outcome {
    let said = fixture.grader("start 1 --from 1.2")?.went_well()?;
    let source = fixture.read("work/01-greeting/src/main.rs")?;
    if !said.stdout.contains("grade 1.2\n") || !source.contains("\"answer\"") {
        bail!("1.1 is not filled in: {source}");
    }
    let workbook = Workbook::at(&fixture.path(""))?;
    let work = workbook.work()?;
    let lab = &workbook.labs[0];
    let state = || {
        lab.exercises
            .iter()
            .map(|exercise| work.untouched(lab, exercise.id))
    };
    if state().collect::<Vec<_>>() != [false, true] || work.any_change(lab) {
        bail!("what is filled in counts as to be done, or what is not does not");
    }
    let changed = source.replace("'?'", "'.'");
    fixture.write("work/01-greeting/src/main.rs", &changed)?;
    if state().any(|untouched| untouched) || !work.any_change(lab) {
        bail!("a change is not seen");
    }
    let laid_out = source.replace("    '?'\n", "\n   /* hm */  '?' // hm\n");
    fixture.write("work/01-greeting/src/main.rs", &laid_out)?;
    let same = state().collect::<Vec<_>>() == [false, true];
    ensure!(same, "another layout counts as done");
    Ok(())
}

pub fn start_touches_no_work(fixture: &Fixture) -> Outcome {
    fixture.grader("start 1")?.went_well()?;
    fixture.write("work/01-greeting/src/main.rs", "mine")?;
    fixture.write(
        "work/Cargo.toml",
        "[workspace]\nmembers = [\"01-greeting\"]\n# mine\n",
    )?;
    let before = fixture.tree("work")?;
    fixture
        .grader("start 1")?
        .complains(2, &["nothing was changed", "reset 1"])?;
    fixture
        .grader("start 1 --from 1.2")?
        .complains(2, &["nothing was changed"])?;
    if before != fixture.tree("work")? {
        bail!("something was changed");
    }
    fixture.grader("start 2")?.went_well()?;
    ensure!(
        fixture.read("work/Cargo.toml")?.contains("# mine"),
        "the learner's manifest was overwritten"
    );
    Ok(())
}

/// Also several times in a second, and whatever the folder holds.
pub fn reset_keeps_all(fixture: &Fixture) -> Outcome {
    fixture.grader("start 1")?.went_well()?;
    let texts = ["first", "second", "third"];
    for text in texts {
        fixture.write("work/01-greeting/notes/mine.txt", text)?;
        let said = fixture.grader("reset 1")?.went_well()?;
        if !said.stdout.contains("work/.kept/01-greeting-20") {
            bail!("does not say where it is: {}", said.stdout);
        }
    }
    if fixture.path("work/01-greeting/notes").exists() {
        bail!("it was not handed out afresh");
    }
    let kept = fixture.tree("work/.kept")?;
    ensure!(
        texts
            .iter()
            .all(|text| kept.values().any(|kept| kept == text)),
        "not all was kept: {kept:?}"
    );
    Ok(())
}

pub fn hints_come_one_by_one(fixture: &Fixture) -> Outcome {
    let count = |stdout: &str| {
        stdout
            .lines()
            .filter(|line| line.get(..2) == Some("  ") && line.get(3..5) == Some(". "))
            .count()
    };
    // Without work/ there is nowhere to note it.
    for _ in 0..2 {
        if count(&fixture.grader("hint 1.1")?.went_well()?.stdout) != 1 {
            bail!("the first time shows not one hint");
        }
    }
    fixture.grader("start 1")?.went_well()?;
    for expected in [1, 2, 3, 3] {
        let said = fixture.grader("hint 1.1")?.went_well()?;
        if count(&said.stdout) != expected {
            bail!("{expected} hints were expected: {}", said.stdout);
        }
        if let Some(line) = said.stdout.lines().find(|line| line.chars().count() > 80) {
            bail!("over 80 columns: {line}");
        }
        let further = match expected {
            3 => "lesson 1.1`".to_string(),
            seen => format!("{} more: `", 3 - seen),
        };
        ensure!(
            said.stdout.contains(&further),
            "it does not say how one gets {further:?}: {}",
            said.stdout
        );
    }
    let all = fixture.grader("hint 1.2 --all")?.went_well()?;
    ensure!(
        count(&all.stdout) == 3,
        "--all shows not all: {}",
        all.stdout
    );
    Ok(())
}

pub fn progress_outlives_names(fixture: &Fixture) -> Outcome {
    fixture.grader("start 1")?.went_well()?;
    fixture.write(
        "work/progress.txt",
        "what is this\nelsewhere/x passed 2020-01-01\n",
    )?;
    let root = fixture.path("");
    let workbook = Workbook::at(&root)?;
    let lab = &workbook.labs[0];
    let first = &lab.exercises[0];
    Progress::open(&workbook)?.mark_passed(lab, &[first])?;
    Progress::open(&workbook)?.mark_passed(lab, &[first])?;
    let text = fixture.read("work/progress.txt")?;
    let lines: Vec<_> = text.lines().collect();
    if lines.len() != 3
        || lines[0] != "what is this"
        || !lines[2].starts_with("greeting/word passed 20")
    {
        bail!("that is not what was noted: {text}");
    }
    // The lab is renamed, and moves behind the other one.
    fs::rename(
        fixture.path("labs/01-greeting"),
        fixture.path("labs/03-welcome"),
    )?;
    let toml = fixture.read("labs/03-welcome/lab.toml")?;
    let toml = toml
        .replace(
            "name = \"greeting\"",
            "name = \"welcome\"\nformerly = [\"greeting\"]",
        )
        .replace("id = \"1.", "id = \"3.");
    fixture.write("labs/03-welcome/lab.toml", &toml)?;
    let workbook = Workbook::at(&root)?;
    let lab = workbook.lab(3).context("there is no lab 3")?;
    if !Progress::open(&workbook)?.has_passed(lab, &lab.exercises[0]) {
        bail!("what was passed is forgotten");
    }
    fixture
        .grader("start 3")?
        .complains(2, &["work/01-greeting exists"])?;
    let shown = fixture.grader("progress")?.went_well()?.stdout;
    if !shown.contains("1 of 2") || shown.contains('\u{1b}') {
        bail!("progress does not show it: {shown}");
    }
    let long = shown.lines().find(|line| line.chars().count() > 80);
    ensure!(long.is_none(), "over 80 columns: {long:?}");
    Ok(())
}
