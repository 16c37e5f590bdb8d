//! `grade [LAB[.EXERCISE]] [TARGET]`: runs checks and tells what came of them.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;

use super::first_failure::FirstFailure;
use super::out::tell;
use super::target::{Part, Target, choose, prepare};
use crate::checks::{self, Subject};
use crate::report::terminal::{self, Detail};
use crate::report::{JSON_BEGINNING, Progress, Report, milestone, style, write_json};
use crate::verdict::{Job, Outcome, Status, measure_patience, run as run_checks};
use crate::words;
use crate::workbook::{CompileErrors, ExerciseId, Lab, Trouble, Workbook, files};

#[derive(Args)]
pub struct Options {
    /// What to grade: 2, 2.4, or all that was started; without it, the exercise at hand
    selection: Option<String>,
    #[command(flatten)]
    target: Target,
    /// Write the report as JSON to this file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Draw the first failure into this file: .svg, or .html with a slider through time
    #[arg(long, value_name = "FILE")]
    ladder: Option<PathBuf>,
    /// Decides all that is random; the same number asks the same again
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Leave out the ladder, and what comes next: `watch` shows them itself
    #[arg(long)]
    brief: bool,
}

pub fn run(workbook: &Workbook, options: &Options) -> Result<ExitCode, Trouble> {
    style::set_up();
    let place = |path: &PathBuf| files::place_of_report("--json", path, JSON_BEGINNING);
    let json = options.json.as_ref().map(place).transpose()?;
    let ladder = options.ladder.as_deref();
    let mut picture = FirstFailure::into(ladder)?;
    let chosen = choose(workbook, options.selection.as_deref(), &options.target)?;
    let programs = prepare(workbook, &options.target, &chosen)?;
    let seed = options.seed.unwrap_or_else(|| fastrand::u64(..1_000_000));
    let patience = measure_patience();
    let mut report = Report::new(seed);
    let mut all = Vec::new();
    let mut finished = Vec::new();
    let detail = if options.brief {
        Detail::Brief
    } else {
        Detail::Full
    };
    for (part, program) in chosen.iter().zip(programs) {
        let lab = part.lab;
        let job = match program {
            Ok(mut subject) => {
                subject.asks_the_kernel = options.ladder.is_some();
                job(workbook, part, subject, seed, options.target.is_own())?
            }
            Err(errors) => {
                let outcomes = not_compiled(part, &errors);
                tell(does_not_compile(lab, &errors, detail));
                if let Some(picture) = &mut picture {
                    picture.look(lab, &options.target, &outcomes, seed)?;
                }
                report.add(lab, &outcomes);
                all.extend(outcomes);
                continue;
            }
        };
        let progress = Progress::over(job.checks.len());
        let outcomes = run_checks(&job, patience, options.target.pace(), |outcome| {
            progress.one_more(outcome.check.id);
        });
        progress.end();
        let whose = options.target.whose();
        tell(terminal::lab(workbook, lab, &whose, &outcomes, detail));
        if job.own && note_progress(workbook, part, &outcomes)? == Reached::EndOfLab {
            finished.push(lab);
        }
        if let Some(picture) = &mut picture {
            picture.look(lab, &options.target, &outcomes, seed)?;
        }
        report.add(lab, &outcomes);
        all.extend(outcomes);
    }
    tell_score(&report, &all, options, seed);
    if options.target.is_own() {
        if !options.brief {
            say_what_is_next(workbook, &chosen, &all, &finished)?;
        }
        note_edited_labs(workbook, &chosen, &all);
    }
    if let Some(path) = &json {
        write_json(&report, path)?;
    }
    if let Some(picture) = picture {
        picture.tell();
    }
    exit_code(&all)
}

fn job(
    workbook: &Workbook,
    part: &Part,
    subject: Subject,
    seed: u64,
    own: bool,
) -> Result<Job, Trouble> {
    let mut untouched = BTreeSet::new();
    if own {
        let work = workbook.work()?;
        let exercises: BTreeSet<ExerciseId> =
            part.checks.iter().map(|check| check.exercise()).collect();
        untouched = exercises
            .into_iter()
            .filter(|id| work.untouched(part.lab, *id))
            .collect();
    }
    Ok(Job {
        subject: Arc::new(subject),
        checks: part.checks.clone(),
        seed,
        untouched,
        own,
        known_wrong: false,
    })
}

/// How far the learner has come by what was noted.
#[derive(PartialEq, Eq)]
enum Reached {
    /// The last exercise of the lab that was open is passed now.
    EndOfLab,
    Elsewhere,
}

/// Notes the exercises that are passed now: those of which every check was run.
fn note_progress(
    workbook: &Workbook,
    part: &Part,
    outcomes: &[Outcome],
) -> Result<Reached, Trouble> {
    let complete = |id: ExerciseId| {
        let all = checks::all().filter(|check| check.exercise() == id).count();
        let of_it: Vec<_> = outcomes
            .iter()
            .filter(|o| o.check.exercise() == id)
            .collect();
        let good = |o: &&Outcome| matches!(o.status, Status::Pass | Status::Skipped);
        of_it.len() == all
            && of_it.iter().all(good)
            && of_it.iter().any(|outcome| outcome.status == Status::Pass)
    };
    let passed: Vec<_> = part
        .lab
        .exercises
        .iter()
        .filter(|exercise| complete(exercise.id))
        .collect();
    let mut progress = crate::workbook::Progress::open(workbook)?;
    if passed.is_empty() || progress.has_passed_all(part.lab) {
        return Ok(Reached::Elsewhere);
    }
    progress.mark_passed(part.lab, &passed)?;
    Ok(if progress.has_passed_all(part.lab) {
        Reached::EndOfLab
    } else {
        Reached::Elsewhere
    })
}

/// Code that does not compile has not been graded: nothing of it failed, and nothing was begun.
fn not_compiled(part: &Part, errors: &CompileErrors) -> Vec<Outcome> {
    let first = &errors.first;
    part.checks
        .iter()
        .map(|check| Outcome::not_run(check, format!("it does not compile yet: {first}")))
        .collect()
}

fn does_not_compile(lab: &Lab, errors: &CompileErrors, detail: Detail) -> String {
    let name = style::strong(&format!("Lab {:02}  {}", lab.number, lab.title)).to_string();
    let (shown, advice) = match (detail, errors.count) {
        (Detail::Brief, count) if count > 1 => {
            let left = words::count(count - 1, "more error");
            let advice = format!(
                "It does not compile yet, so nothing was graded. After this first error come \
                 {left}, which are often its consequences."
            );
            (&errors.text[..errors.first_ends], advice)
        }
        _ => (
            errors.text.as_str(),
            "It does not compile yet, so nothing was graded. Begin with the first error: those \
             after it are often its consequences."
                .to_string(),
        ),
    };
    let shown = shown.trim_end();
    format!("\n{name}\n\n{shown}\n\n{}", style::wrapped(&advice, 2))
}

fn tell_score(report: &Report, outcomes: &[Outcome], options: &Options, seed: u64) {
    if !options.brief {
        let score = format!("{} of {} points", report.score, report.max_score);
        tell(format!("\n  {}", style::strong(&score)));
    }
    if has_failed(outcomes) && !options.brief {
        tell(style::quiet(&format!(
            "  seed {seed}: `--seed {seed}` asks the very same again"
        )));
    }
    for outcome in outcomes.iter().filter(|outcome| outcome.broken.is_some()) {
        let why = outcome.broken.as_deref().unwrap_or_default();
        tell(style::wrapped(
            &format!("{}: the grader itself failed: {why}", outcome.check.id),
            2,
        ));
    }
}

fn has_failed(outcomes: &[Outcome]) -> bool {
    outcomes.iter().any(|outcome| outcome.account.is_some())
}

/// What was reached, or what to do now, where the last run has nothing to be mended.
fn say_what_is_next(
    workbook: &Workbook,
    parts: &[Part],
    outcomes: &[Outcome],
    finished: &[&Lab],
) -> Result<(), Trouble> {
    if let Some((lab, before)) = finished.split_last() {
        for lab in before {
            tell(milestone::lab_done(lab).trim_end());
        }
        tell(milestone::reached(workbook, lab)?.trim_end());
    } else if !has_failed(outcomes)
        && let Some(part) = parts.first()
    {
        let next = milestone::what_is_next(workbook.next_after(part.lab)?);
        tell(format!("\n{next}"));
    }
    Ok(())
}

/// For who wrote all of it into the wrong folder.
fn note_edited_labs(workbook: &Workbook, parts: &[Part], outcomes: &[Outcome]) {
    if outcomes
        .iter()
        .any(|outcome| outcome.status == Status::Pass)
    {
        return;
    }
    for part in parts {
        if let Some(edited) = workbook.labs_were_edited(part.lab) {
            tell(style::wrapped(&format!("Note: {edited}"), 2));
        }
    }
}

fn exit_code(outcomes: &[Outcome]) -> Result<ExitCode, Trouble> {
    if outcomes.iter().any(|outcome| outcome.broken.is_some()) {
        return Ok(ExitCode::from(3));
    }
    let ran: Vec<_> = outcomes
        .iter()
        .filter(|o| o.status != Status::Skipped)
        .collect();
    if ran.is_empty() {
        return Err(Trouble::Broken(anyhow::anyhow!(
            "nothing could be checked here: all was skipped"
        )));
    }
    let passed = ran.iter().all(|outcome| outcome.status == Status::Pass);
    Ok(if passed {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}
