//! Answer and starter are one source: every starter compiles without a warning, in every stage,
//! and with all exercises filled in it is the reference.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use grader::workbook::regions::{Region, regions};
use grader::workbook::starter::{self, Starter};
use grader::workbook::{Built, ExerciseId, Lab, Scratch, Workbook};
use libtest_mimic::{Failed, Trial};

/// What each starter promises.
type Promise = fn(&Lab) -> Result<(), Failed>;

pub fn trials() -> Vec<Trial> {
    let workbook = Workbook::open().expect("the suite runs in the workbook");
    let promises: [(&str, Promise); 6] = [
        ("marks-each-exercise", marks_each_exercise),
        ("gives-what-is-used", gives_what_is_used),
        ("with-all-done-is-the-reference", all_done_is_the_reference),
        ("gives-no-answer-away", gives_no_answer_away),
        ("is-laid-out-by-rustfmt", is_laid_out_by_rustfmt),
        ("compiles-in-every-stage", compiles_in_every_stage),
    ];
    let mut trials = Vec::new();
    for lab in workbook.labs {
        for (promise, test) in promises {
            let lab = lab.clone();
            let name = format!("starters::{}-{promise}", lab.folder_name());
            trials.push(Trial::test(name, move || test(&lab)));
        }
    }
    trials
}

/// Each exercise has a region, no function is marked twice, and each can hold a `todo!`.
fn marks_each_exercise(lab: &Lab) -> Result<(), Failed> {
    let regions = starter::lab_regions(lab)?;
    let mut names = BTreeSet::new();
    for (path, region) in &regions {
        let name = &region.function;
        if lab.exercise(region.exercise).is_none() {
            return Err(format!("fn {name} is marked for {}: no such", region.exercise).into());
        }
        if region.task.is_empty() {
            return Err(format!("the marker of fn {name} says no task").into());
        }
        if !names.insert(name.clone()) {
            return Err(format!("two regions are called {name}").into());
        }
        let source = fs::read_to_string(lab.folder.join(path))?;
        if signature(&source, region).contains("->impl") {
            return Err(format!("fn {name} returns impl: `todo!` has no type there").into());
        }
    }
    for exercise in &lab.exercises {
        if !regions
            .iter()
            .any(|(_, region)| region.exercise == exercise.id)
        {
            return Err(format!("{} has no region", exercise.id).into());
        }
        if exercise.hints.len() != 3 {
            return Err(format!("{} has {} hints", exercise.id, exercise.hints.len()).into());
        }
    }
    Ok(())
}

/// Each body in `starter.rs` stands for a region of the same exercise and signature.
fn gives_what_is_used(lab: &Lab) -> Result<(), Failed> {
    starter::givens(lab)?;
    let text = match fs::read_to_string(lab.folder.join("starter.rs")) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        text => text?,
    };
    let in_sources = starter::lab_regions(lab)?;
    for given in regions(&text)? {
        let name = &given.function;
        let (path, region) = in_sources
            .iter()
            .find(|(_, region)| region.function == *name)
            .ok_or_else(|| format!("fn {name} is no region of the sources"))?;
        if region.exercise != given.exercise {
            let (one, other) = (given.exercise, region.exercise);
            return Err(format!("fn {name} is given for {one}, and belongs to {other}").into());
        }
        let source = fs::read_to_string(lab.folder.join(path))?;
        let (expected, seen) = (signature(&source, region), signature(&text, &given));
        if expected != seen {
            return Err(format!("fn {name} is {expected} in the source, given as {seen}").into());
        }
    }
    Ok(())
}

/// From `fn` to `{`, without blanks, and without what may differ: the underscores of what a given
/// does not use, and whether a parameter is changed.
fn signature(text: &str, region: &Region) -> String {
    let lines: Vec<_> = text.lines().collect();
    let text = lines[region.marker + 1..=region.open].join(" ");
    let at = text.find("fn ").unwrap_or(0);
    let text = text[at..].replace("(mut ", "(").replace(" mut ", " ");
    let text = text.replace("(_", "(").replace(" _", " ");
    let text: String = text.split_whitespace().collect();
    text.replace(",)", ")")
}

/// Nothing is lost and nothing added but what every starter has.
fn all_done_is_the_reference(lab: &Lab) -> Result<(), Failed> {
    let all = lab.exercises.iter().map(|exercise| exercise.id).collect();
    let starter = Starter::of(lab, &all)?;
    for (path, source) in starter::sources(lab)? {
        let expected = without_markers(&starter::without_tests(&source));
        let text = starter.files.get(&path).ok_or("a file is missing")?;
        let allowed = |line: &&str| !line.starts_with("#![allow(") && !line.starts_with("// While");
        let seen = text.lines().filter(allowed).collect::<Vec<_>>();
        if seen != expected.lines().collect::<Vec<_>>() {
            return Err(format!("{} differs from the reference", path.display()).into());
        }
    }
    Ok(())
}

fn without_markers(source: &str) -> String {
    let lines = source
        .lines()
        .filter(|line| !line.trim_start().starts_with("// exercise "));
    lines.collect::<Vec<_>>().join("\n")
}

/// No body of a region is in the untouched starter, and no unit test that tells the answer.
fn gives_no_answer_away(lab: &Lab) -> Result<(), Failed> {
    let starter = Starter::of(lab, &BTreeSet::new())?;
    for (path, region) in starter::lab_regions(lab)? {
        let answer = fs::read_to_string(lab.folder.join(&path))?;
        let handed_out = &starter.files[&path];
        if handed_out.contains(&region.whole(&answer)) {
            return Err(format!("fn {} is handed out done", region.function).into());
        }
        if handed_out.contains("#[test]") {
            return Err(format!("{} is handed out with its tests", path.display()).into());
        }
    }
    Ok(())
}

/// An editor that formats on saving changes nothing but what the learner wrote.
fn is_laid_out_by_rustfmt(lab: &Lab) -> Result<(), Failed> {
    let starter = Starter::of(lab, &BTreeSet::new())?;
    let folder = tempfile::tempdir()?;
    starter.write(folder.path())?;
    let formatted = Command::new("rustfmt")
        .args(["--check", "--edition", "2024"])
        .arg(folder.path().join("src/main.rs"))
        .output();
    match formatted {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            eprintln!("skipped: there is no rustfmt here");
            Ok(())
        }
        Err(error) => Err(error.into()),
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(String::from_utf8_lossy(&output.stdout).into_owned().into()),
    }
}

/// None done, each alone, all but each, all: none of them has an error or a warning.
fn compiles_in_every_stage(lab: &Lab) -> Result<(), Failed> {
    let mut wrong = Vec::new();
    for (stage, built) in stages()?.iter().filter(|(stage, _)| stage.0 == lab.number) {
        let said = match &built.program {
            Ok(_) if built.warnings.is_empty() => continue,
            Ok(_) => built.warnings.join("\n"),
            Err(errors) => errors.text.clone(),
        };
        wrong.push(format!("{}: {said}", stage.1));
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(wrong.join("\n").into())
    }
}

/// Each lab in each stage, compiled in one go: its number and what is done, and what came of it.
type Stages = BTreeMap<(u32, String), Built>;

fn stages() -> Result<&'static Stages, Failed> {
    static COMPILED: OnceLock<Result<Stages, String>> = OnceLock::new();
    COMPILED
        .get_or_init(|| compile().map_err(|error| error.to_string()))
        .as_ref()
        .map_err(Failed::from)
}

fn compile() -> Result<Stages, Box<dyn std::error::Error>> {
    let workbook = Workbook::open()?;
    let mut scratch = Scratch::open(&workbook, "starters")?;
    let mut names = Vec::new();
    for lab in &workbook.labs {
        for (stage, done) in stages_of(lab) {
            let package = format!("starter-{:02}-{stage}", lab.number);
            let files: BTreeMap<PathBuf, String> = Starter::named(&package, lab, &done)?.files;
            scratch.put(&package, &files)?;
            names.push((lab.number, stage));
        }
    }
    Ok(names.into_iter().zip(scratch.check()?).collect())
}

fn stages_of(lab: &Lab) -> Vec<(String, BTreeSet<ExerciseId>)> {
    let all: BTreeSet<_> = lab.exercises.iter().map(|exercise| exercise.id).collect();
    let mut stages = vec![
        ("none".to_string(), BTreeSet::new()),
        ("all".to_string(), all.clone()),
    ];
    for id in &all {
        let number = id.number;
        stages.push((format!("only-{number}"), BTreeSet::from([*id])));
        let others = all.iter().copied().filter(|other| other != id);
        stages.push((format!("all-but-{number}"), others.collect()));
    }
    stages
}
