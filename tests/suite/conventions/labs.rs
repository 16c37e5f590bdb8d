//! Rules for labs.

use std::collections::BTreeSet;

use grader::checks;
use grader::workbook::{Lab, Workbook};
use libtest_mimic::Failed;

use super::{Rule, files};

pub static RULES: &[(&str, Rule)] = &[
    ("an-exercise-has-three-hints", has_three_hints),
    ("an-exercise-says-why-its-answer-is-so", says_why),
    ("a-lab-says-what-was-learnt", says_what_was_learnt),
    ("an-exercise-has-a-check", has_a_check),
    (
        "a-check-has-an-exercise-and-a-name-of-its-own",
        has_an_exercise,
    ),
    (
        "a-lab-takes-its-versions-from-the-workspace",
        takes_its_versions_from_the_workspace,
    ),
    ("a-lab-is-safe-rust", is_safe_rust),
];

fn has_three_hints(workbook: &Workbook) -> Result<Vec<String>, Failed> {
    let mut broken = Vec::new();
    for exercise in workbook.labs.iter().flat_map(|lab| &lab.exercises) {
        let said: BTreeSet<_> = exercise
            .hints
            .iter()
            .filter(|hint| !hint.is_empty())
            .collect();
        if said.len() != 3 || exercise.hints.len() != 3 {
            broken.push(format!("{} has {} hints", exercise.id, said.len()));
        }
    }
    Ok(broken)
}

/// What `solution` says beside the answer.
fn says_why(workbook: &Workbook) -> Result<Vec<String>, Failed> {
    let exercises = workbook.labs.iter().flat_map(|lab| &lab.exercises);
    Ok(exercises
        .filter(|exercise| !exercise.why.ends_with('.') || exercise.why.lines().count() != 1)
        .map(|exercise| format!("{}: `why` is a sentence or two, in one line", exercise.id))
        .collect())
}

fn says_what_was_learnt(workbook: &Workbook) -> Result<Vec<String>, Failed> {
    let is_sentence = |text: &String| text.ends_with('.') && text.len() < 150;
    Ok(workbook
        .labs
        .iter()
        .filter(|lab| lab.learnt.len() != 3 || !lab.learnt.iter().all(is_sentence))
        .map(|lab| {
            format!(
                "lab {:02}: `learnt` is not three short sentences",
                lab.number
            )
        })
        .collect())
}

fn has_a_check(workbook: &Workbook) -> Result<Vec<String>, Failed> {
    let checked: BTreeSet<_> = checks::all().map(checks::Check::exercise).collect();
    Ok(workbook
        .labs
        .iter()
        .flat_map(|lab| &lab.exercises)
        .filter(|exercise| !checked.contains(&exercise.id))
        .map(|exercise| format!("{} has no check", exercise.id))
        .collect())
}

fn has_an_exercise(workbook: &Workbook) -> Result<Vec<String>, Failed> {
    let exercises: BTreeSet<_> = workbook
        .labs
        .iter()
        .flat_map(|lab| lab.exercises.iter().map(|exercise| exercise.id))
        .collect();
    let mut names = BTreeSet::new();
    Ok(checks::all()
        .filter(|check| !exercises.contains(&check.exercise()) || !names.insert(check.id))
        .map(|check| format!("{} is of no exercise, or there twice", check.id))
        .collect())
}

fn takes_its_versions_from_the_workspace(workbook: &Workbook) -> Result<Vec<String>, Failed> {
    let mut broken = Vec::new();
    for manifest in files(workbook, &["labs", "shared", "tests"], "Cargo.toml")? {
        let parsed: toml::Table = manifest.text.parse()?;
        for kind in ["dependencies", "dev-dependencies"] {
            let Some(dependencies) = parsed.get(kind).and_then(toml::Value::as_table) else {
                continue;
            };
            for (name, dependency) in dependencies {
                if dependency.get("workspace").and_then(toml::Value::as_bool) != Some(true) {
                    broken.push(format!("{}: {name}", manifest.path));
                }
            }
        }
    }
    Ok(broken)
}

fn is_safe_rust(workbook: &Workbook) -> Result<Vec<String>, Failed> {
    let forbids = |lab: &Lab| -> Result<bool, Failed> {
        let main = std::fs::read_to_string(lab.folder.join("src/main.rs"))?;
        Ok(main.contains("#![forbid(unsafe_code)]"))
    };
    let mut broken = Vec::new();
    for lab in &workbook.labs {
        if !forbids(lab)? {
            broken.push(format!("lab {:02} does not forbid unsafe code", lab.number));
        }
    }
    Ok(broken)
}
