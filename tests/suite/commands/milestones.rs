//! The last exercise of a lab, and the last of all: what is said, once, by `grade`.

use anyhow::ensure;
use grader::workbook::{Progress, Workbook};

use super::fixture::{Fixture, Outcome};

/// All that exercise 1.1 of the first real lab asks for: its checks are those of the first lab
/// here as well.
const NAMES_ITSELF: &str = r#"use std::io::Write;
use std::process::exit;

fn main() {
    let words: Vec<_> = std::env::args().skip(1).collect();
    if words != ["self"] {
        eprintln!("error: say self");
        exit(2);
    }
    let name = std::fs::read("/proc/sys/kernel/hostname").expect("Linux tells it");
    if std::io::stdout().write_all(&name).is_err() {
        exit(1);
    }
}
"#;

const LEARNT: &str = "learnt = [\"Programs have names.\", \"So have machines.\"]\n";

pub fn are_said_once(fixture: &Fixture) -> Outcome {
    let toml = fixture.read("labs/01-greeting/lab.toml")?;
    let toml = toml.replace(
        "\n[[exercise]]\nid = \"1.1\"",
        &format!("{LEARNT}\n[[exercise]]\nid = \"1.1\""),
    );
    fixture.write("labs/01-greeting/lab.toml", &toml)?;
    fixture.grader("start 1")?.went_well()?;
    fixture.write("work/01-greeting/src/main.rs", NAMES_ITSELF)?;
    let grade = || -> Outcome<String> {
        let said = fixture.grader("grade 1.1")?;
        ensure!(said.code == Some(0), "it does not pass: {said:?}");
        Ok(said.stdout)
    };
    let said = grade()?;
    let in_the_middle = said.contains("Next: 1.2 End with a mark") && !said.contains('★');
    ensure!(in_the_middle, "the lab is not done: {said}");

    // Now it is the last one that was open.
    let forget_and_pass = |others: &[&str]| -> Outcome {
        fixture.write("work/progress.txt", "")?;
        let workbook = Workbook::at(&fixture.path(""))?;
        for id in others {
            let (lab, exercise) = workbook.find_only_exercise(id)?;
            Progress::open(&workbook)?.mark_passed(lab, &[exercise])?;
        }
        Ok(())
    };
    forget_and_pass(&["1.2"])?;
    let said = grade()?;
    let wanted = [
        "★ Lab 01 is done: A small greeting, 2 exercises.",
        "What you know now",
        "· Programs have names.",
        "· So have machines.",
        "Next: lab 02, A small farewell, `",
    ];
    for words in wanted {
        ensure!(said.contains(words), "it does not say {words:?}: {said}");
    }
    ensure!(
        !said.contains("last exercise of all"),
        "lab 02 is open: {said}"
    );
    let again = grade()?;
    let is_said_once = !again.contains('★') && again.contains("Next: lab 02");
    ensure!(is_said_once, "it was said before: {again}");

    forget_and_pass(&["1.2", "2.1", "2.2"])?;
    let said = grade()?;
    ensure!(
        said.contains("★ Lab 01 is done") && said.contains("★ That was the last exercise of all"),
        "all is done: {said}"
    );
    let long = said.lines().find(|line| line.chars().count() > 80);
    ensure!(long.is_none(), "over 80 columns: {long:?}");
    Ok(())
}
