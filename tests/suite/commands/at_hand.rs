//! The exercise at hand: who names no number means it, and learns where they are in the whole.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::time::{Duration, SystemTime};

use anyhow::{Context, bail, ensure};
use grader::report::standing;
use grader::workbook::{Next, Progress, Workbook};
use serde_json::Value;

use super::fixture::{Fixture, Outcome};

/// What there is next, in a word: `1.2`, `start 2`, `done`.
fn next(fixture: &Fixture) -> Outcome<String> {
    let workbook = Workbook::at(&fixture.path(""))?;
    Ok(match workbook.next()? {
        Next::Exercise(_, exercise) => exercise.id.to_string(),
        Next::Start(lab) => format!("start {}", lab.number),
        Next::Done => "done".to_string(),
    })
}

fn expect_next(fixture: &Fixture, expected: &str) -> Outcome {
    let is = next(fixture)?;
    ensure!(is == expected, "next is {is}, not {expected}");
    Ok(())
}

fn pass(fixture: &Fixture, id: &str) -> Outcome {
    let workbook = Workbook::at(&fixture.path(""))?;
    let found = workbook.find(id)?;
    let exercise = found.exercise.context("no exercise")?;
    Ok(Progress::open(&workbook)?.mark_passed(found.lab, &[exercise])?)
}

/// Saves a file, a little later than any other was: clocks of files may be coarse.
fn save(fixture: &Fixture, path: &str) -> Outcome {
    let file = File::options().append(true).open(fixture.path(path))?;
    Ok(file.set_modified(SystemTime::now() + Duration::from_secs(1))?)
}

pub fn it_is_where_one_was_last(fixture: &Fixture) -> Outcome {
    for line in ["hint", "grade", "watch", "lesson"] {
        let said = fixture.grader(line)?;
        said.complains(2, &["nothing was started", "start 2"])?;
    }
    expect_next(fixture, "start 2")?;
    fixture.grader("start 1 --from 1.2")?.went_well()?;
    expect_next(fixture, "1.2")?;
    fixture.grader("start 2")?.went_well()?;
    expect_next(fixture, "2.1")?;
    save(fixture, "work/01-greeting/src/main.rs")?;
    expect_next(fixture, "1.2")?;
    let said = fixture.grader("hint")?.went_well()?;
    ensure!(said.stdout.starts_with("1.2 "), "not of 1.2: {said:?}");
    // What was handed out done has to be passed as well, last.
    pass(fixture, "1.2")?;
    expect_next(fixture, "1.1")?;
    pass(fixture, "1.1")?;
    expect_next(fixture, "2.1")?;
    pass(fixture, "2.1")?;
    expect_next(fixture, "2.2")?;
    pass(fixture, "2.2")?;
    expect_next(fixture, "done")?;
    let said = fixture.grader("hint")?;
    said.complains(2, &["every exercise of every lab is passed"])?;
    // A lab that is passed and was never handed out (its folder was deleted) is not to be begun.
    fs::remove_dir_all(fixture.path("work/02-farewell"))?;
    expect_next(fixture, "done")
}

pub fn all_that_was_started_is_passed(fixture: &Fixture) -> Outcome {
    fixture.grader("start 2")?.went_well()?;
    pass(fixture, "2.1")?;
    pass(fixture, "2.2")?;
    expect_next(fixture, "start 1")?;
    for line in ["hint", "watch"] {
        let said = fixture.grader(line)?;
        said.complains(2, &["all that you have started is passed", "start 1"])?;
    }
    let said = fixture.grader("watch 2")?;
    said.complains(2, &["lab 02 is passed", "watch 2.1", "grade 2"])?;
    Ok(())
}

pub fn watch_needs_a_terminal_and_a_lab(fixture: &Fixture) -> Outcome {
    let said = fixture.grader("watch 1.2")?;
    said.complains(2, &["not been started", "start 1"])?;
    fixture.grader("start 1")?.went_well()?;
    for (line, grade) in [
        ("watch", "grade 1.1"),
        ("watch 1", "grade 1.1"),
        ("watch 1.2", "grade 1.2"),
    ] {
        fixture.grader(line)?.complains(2, &["terminal", grade])?;
    }
    fixture
        .grader("watch 1.9")?
        .complains(2, &["no exercise 1.9"])?;
    Ok(())
}

/// The ids of the exercises that a `grade` line reports on.
fn graded(fixture: &Fixture, line: &str) -> Outcome<BTreeSet<String>> {
    let said = fixture.grader(&format!("{line} --json report.json"))?;
    ensure!(said.code == Some(1), "not exit 1: {said:?}");
    let report: Value = serde_json::from_str(&fixture.read("report.json")?)?;
    let labs = report["labs"].as_array().context("no labs")?;
    let checks = labs
        .iter()
        .flat_map(|lab| lab["checks"].as_array().into_iter().flatten());
    let ids = checks.map(|check| check["exercise"].as_str().unwrap_or_default().to_string());
    Ok(ids.collect())
}

/// Code that does not compile is graded at once, and everything counts as not begun.
pub fn grade_takes_it(fixture: &Fixture) -> Outcome {
    fixture.grader("start 1")?.went_well()?;
    fixture.grader("start 2 --from 2.2")?.went_well()?;
    for lab in ["01-greeting", "02-farewell"] {
        fixture.write(&format!("work/{lab}/src/main.rs"), "fn main() { 1 }\n")?;
    }
    save(fixture, "work/02-farewell/src/main.rs")?;
    let only = |id: &str| BTreeSet::from([id.to_string()]);
    let taken = graded(fixture, "grade")?;
    ensure!(taken == only("2.2"), "graded {taken:?}");
    let all = graded(fixture, "grade all")?;
    let labs: BTreeSet<_> = all.iter().map(|id| &id[..1]).collect();
    ensure!(labs == BTreeSet::from(["1", "2"]), "graded {all:?}");
    // All of these are passed: then all that was started is meant.
    for id in ["1.1", "1.2", "2.1", "2.2"] {
        pass(fixture, id)?;
    }
    let again = graded(fixture, "grade")?;
    ensure!(again == all, "graded {again:?}");
    Ok(())
}

pub fn progress_is_one_picture(fixture: &Fixture) -> Outcome {
    fixture.grader("start 1")?.went_well()?;
    pass(fixture, "1.1")?;
    let shown = fixture.grader("progress")?.went_well()?.stdout;
    let row = |number: &str| {
        let row = shown
            .lines()
            .find(|line| line.trim_start().starts_with(number));
        row.with_context(|| format!("no row {number}: {shown}"))
    };
    let (first, second) = (row("01")?, row("02")?);
    ensure!(
        first.contains("A small greeting  ") && first.contains("✓ ▸") && first.contains("1 of 2"),
        "that is not how lab 01 stands: {first}"
    );
    ensure!(
        second.contains("· ·") && second.contains("not started"),
        "that is not how lab 02 stands: {second}"
    );
    let wanted = ["1 of 4 exercises", "Next: 1.2 End with a mark", "watch`"];
    ensure!(
        wanted.iter().all(|words| shown.contains(words)),
        "it does not say {wanted:?}: {shown}"
    );
    let list = fixture.grader("progress 1")?.went_well()?.stdout;
    ensure!(
        list.contains("✓ 1.1 Say a word") && list.contains("▸ 1.2 End with a mark"),
        "that is no list of lab 01: {list}"
    );
    fixture.grader("progress 7")?.complains(2, &["no lab 07"])?;
    fits(&Workbook::open()?)
}

/// The picture of the whole workbook, and what stands below it, on the smallest usual screen.
fn fits(workbook: &Workbook) -> Outcome {
    const AROUND: usize = 6;
    let picture = standing::picture(workbook, None)?;
    let wide = picture.lines().find(|line| line.chars().count() > 80);
    if let Some(line) = wide {
        bail!("over 80 columns: {line}");
    }
    let lines = picture.lines().count() + AROUND;
    ensure!(lines <= 24, "{lines} lines: {picture}");
    Ok(())
}
