//! Every known mistake is failed by the check that names it, with a finding that says so, and
//! by no check of an earlier exercise. The long ones of those are left out: waiting for them once
//! for each mistake would take longer than all the rest.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use grader::checks::{self, Check, Place, Subject};
use grader::verdict::{Job, Outcome, Pace, Status, measure_patience, run};
use grader::workbook::mistakes::Mistake;
use grader::workbook::{Scratch, Workbook};
use libtest_mimic::{Failed, Trial};

use super::references::references;

pub fn trials() -> Vec<Trial> {
    let workbook = Workbook::open().expect("the suite runs in the workbook");
    let mut trials = Vec::new();
    for lab in &workbook.labs {
        let mistakes = match workbook.mistakes(lab) {
            Ok(mistakes) => mistakes,
            Err(trouble) => {
                let name = format!("mistakes::{}", lab.folder_name());
                trials.push(Trial::test(name, move || Err(trouble.to_string().into())));
                continue;
            }
        };
        let got_wrong: BTreeSet<_> = mistakes.iter().filter_map(Mistake::exercise).collect();
        for exercise in lab.exercises.iter().map(|exercise| exercise.id) {
            let known = got_wrong.contains(&exercise);
            let name = format!("mistakes::{exercise}-has-one");
            trials.push(Trial::test(name, move || {
                if known {
                    Ok(())
                } else {
                    Err("no known mistake proves its checks".into())
                }
            }));
        }
        for mistake in mistakes {
            let name = format!("mistakes::{}", mistake.name);
            trials.push(Trial::test(name, move || is_found(&mistake)));
        }
    }
    trials
}

/// The trial to begin with: all that others are to find built, so that none of them waits for
/// cargo in vain, and those that need no cargo take place beside it.
pub fn are_built() -> Trial {
    Trial::test("mistakes::are-built", || {
        references()?;
        programs()?;
        super::walk::programs()?;
        Ok(())
    })
}

fn is_found(mistake: &Mistake) -> Result<(), Failed> {
    let program = programs()?
        .get(&mistake.name)
        .ok_or("it was not built")?
        .as_ref()
        .map_err(Failed::from)?;
    let exercise = mistake.exercise().ok_or("its check has no exercise")?;
    let named = checks::all()
        .find(|check| check.id == mistake.check)
        .ok_or_else(|| format!("there is no check {}", mistake.check))?;
    let mut job = Job {
        subject: Arc::new(Subject::binary(program)),
        checks: vec![named],
        seed: fastrand::u64(..),
        untouched: BTreeSet::new(),
        own: false,
        known_wrong: true,
    };
    let outcomes = run(&job, measure_patience(), Pace::InTurn, |_| {});
    let named = &outcomes[0];
    if named.status == Status::Skipped {
        let reason = named.reason.as_deref().unwrap_or_default();
        eprintln!("skipped: {}: {reason}", mistake.name);
        return Ok(());
    }
    let Some(account) = named
        .account
        .as_ref()
        .filter(|_| named.status == Status::Fail)
    else {
        return Err(told(named, named.status, job.seed).into());
    };
    let text = account.finding.to_string();
    says_so(&text, &mistake.says)?;
    let is_earlier =
        |check: &Check| check.exercise().lab == exercise.lab && check.exercise() < exercise;
    let is_short = |check: &Check| !matches!(check.place, Place::First | Place::Aside);
    job.checks = checks::all()
        .filter(|check| is_earlier(check) && is_short(check))
        .collect();
    job.known_wrong = false;
    passes_all(job)
}

/// The finding says one of these, and shows no panic that they do not mean: a program that was to
/// get something else wrong would be failed for any reason.
fn says_so(finding: &str, says: &str) -> Result<(), Failed> {
    if says.is_empty() {
        return Err("it has no words that the finding must say".into());
    }
    if !says.split(" | ").any(|words| holds(finding, words)) {
        return Err(format!("the finding does not say {says:?}: {finding}").into());
    }
    let shown = holds(finding, "panicked") || holds(finding, "exit 101");
    let meant = says.contains("panic") || says.contains("exit 101");
    if shown && !meant {
        return Err(format!("the finding shows a panic, and not {says:?} alone: {finding}").into());
    }
    Ok(())
}

/// Whether a text holds these words as whole ones: `exit 101` does not say `exit 1`.
fn holds(text: &str, words: &str) -> bool {
    let goes_on = |rest: &str| rest.starts_with(char::is_alphanumeric);
    let is_word = words.ends_with(char::is_alphanumeric);
    text.match_indices(words)
        .any(|(at, _)| !is_word || !goes_on(&text[at + words.len()..]))
}

/// Sees that no check fails. A pass is a pass, also beside others, so that those checks alone
/// that need it have the machine for themselves: waiting for it is most of what the suite does.
fn passes_all(mut job: Job) -> Result<(), Failed> {
    let sociable = |check: &'static Check| -> &'static Check {
        let place = match check.place {
            Place::Alone => Place::Beside,
            place => place,
        };
        Box::leak(Box::new(Check { place, ..*check }))
    };
    let checks = std::mem::take(&mut job.checks);
    job.checks = checks.iter().copied().map(sociable).collect();
    let first = run(&job, measure_patience(), Pace::Careful, |_| {});
    job.checks = checks
        .into_iter()
        .zip(&first)
        .filter(|(check, outcome)| check.place == Place::Alone && !passed(outcome))
        .map(|(check, _)| check)
        .collect();
    let again = run(&job, measure_patience(), Pace::InTurn, |_| {});
    let lone: BTreeSet<_> = job.checks.iter().map(|check| check.id).collect();
    let mut last = first
        .iter()
        .filter(|outcome| !lone.contains(outcome.check.id))
        .chain(&again);
    match last.find(|outcome| !passed(outcome)) {
        Some(outcome) => Err(told(outcome, outcome.status, job.seed).into()),
        None => Ok(()),
    }
}

/// Whether nothing speaks against a program here.
pub fn passed(outcome: &Outcome) -> bool {
    matches!(outcome.status, Status::Pass | Status::Skipped)
}

/// What came of a check, for who reads the suite's failures.
pub fn told(outcome: &Outcome, status: Status, seed: u64) -> String {
    let mut text = format!("{} came out as {status:?} (seed {seed})", outcome.check.id);
    if let Some(account) = &outcome.account {
        let ladder = grader::report::ladder::draw(&account.events, account.left_out).join("\n");
        let quote = account.quote.as_deref().unwrap_or_default();
        text += &format!("\n{}\nprogram: {quote}\n{ladder}", account.finding);
    }
    if let Some(broken) = &outcome.broken {
        text += &format!("\nthe grader itself failed: {broken}");
    }
    text
}

type Programs = BTreeMap<String, Result<PathBuf, String>>;

/// The programs with a mistake, built once, all in one go.
fn programs() -> Result<&'static Programs, Failed> {
    static BUILT: OnceLock<Result<Programs, String>> = OnceLock::new();
    BUILT
        .get_or_init(|| build().map_err(|error| error.to_string()))
        .as_ref()
        .map_err(Failed::from)
}

fn build() -> Result<Programs, Box<dyn std::error::Error>> {
    let workbook = Workbook::open()?;
    let mut scratch = Scratch::open(&workbook, "mistakes")?.for_one_run();
    let mut programs = Programs::new();
    let mut names = Vec::new();
    for lab in &workbook.labs {
        for mistake in workbook.mistakes(lab)? {
            let package = format!("mistake-{}", mistake.name.replace('.', "-"));
            match mistake.program(lab, &package) {
                Ok(program) => {
                    scratch.put(&package, &program.files)?;
                    names.push(mistake.name);
                }
                Err(trouble) => {
                    programs.insert(mistake.name, Err(trouble.to_string()));
                }
            }
        }
    }
    for (name, built) in names.into_iter().zip(scratch.build()?) {
        programs.insert(name, built.program.map_err(|errors| errors.text));
    }
    Ok(programs)
}
