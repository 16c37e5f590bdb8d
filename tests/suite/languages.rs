//! Programs in another language are graded like any other: a right one passes every check of
//! its lab, a wrong one fails the check that its first lines name.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use grader::checks::{self, Check, Subject};
use grader::verdict::{Job, Outcome, Pace, Status, measure_patience, run};
use libtest_mimic::{Failed, Trial};

use super::mistakes::{passed, told};

pub fn trials() -> Vec<Trial> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("suite/languages");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the suite has its folder of programs")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "py"))
        .collect();
    paths.sort();
    paths.into_iter().map(trial).collect()
}

fn trial(path: PathBuf) -> Trial {
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    Trial::test(format!("languages::{name}"), move || {
        if python_is_missing() {
            eprintln!("skipped: {name}: there is no python3 here");
            return Ok(());
        }
        let lab: u32 = name[..2]
            .parse()
            .map_err(|_| "its name begins with no lab")?;
        let text = fs::read_to_string(&path)?;
        match text.lines().find_map(|line| line.strip_prefix("wrong: ")) {
            Some(named) => fails(&graded(&path, |check| check.id == named), named),
            None => passes_all(&graded(&path, |check| check.exercise().lab == lab)),
        }
    })
}

fn graded(path: &Path, wanted: impl Fn(&Check) -> bool) -> Vec<Outcome> {
    let job = Job {
        subject: Arc::new(Subject::command(vec!["python3".into(), path.into()])),
        checks: checks::all().filter(|check| wanted(check)).collect(),
        seed: fastrand::u64(..),
        untouched: BTreeSet::new(),
        own: false,
        known_wrong: false,
    };
    run(&job, measure_patience(), Pace::InTurn, |_| {})
}

fn passes_all(outcomes: &[Outcome]) -> Result<(), Failed> {
    let wrong: Vec<_> = outcomes
        .iter()
        .filter(|outcome| !passed(outcome))
        .map(|outcome| told(outcome, outcome.status, 0))
        .collect();
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(wrong.join("\n\n").into())
    }
}

fn fails(outcomes: &[Outcome], check: &str) -> Result<(), Failed> {
    let outcome = outcomes
        .iter()
        .find(|outcome| outcome.check.id == check)
        .ok_or_else(|| format!("there is no check {check}"))?;
    match outcome.status {
        Status::Fail => Ok(()),
        status => Err(told(outcome, status, 0).into()),
    }
}

fn python_is_missing() -> bool {
    let mut python = Command::new("python3");
    python
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    !python.status().is_ok_and(|status| status.success())
}
