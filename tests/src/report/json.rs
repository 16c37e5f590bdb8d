//! The report as JSON, for programs: its shape is a promise, `schema` counts its changes.

use std::path::Path;

use anyhow::Context;
use serde::Serialize;

use super::{ladder, story};
use crate::verdict::{Outcome, Status};
use crate::workbook::{Lab, Trouble, files};

#[derive(Serialize)]
pub struct Report {
    schema: u32,
    seed: u64,
    pub score: u32,
    pub max_score: u32,
    labs: Vec<LabReport>,
}

#[derive(Serialize)]
struct LabReport {
    lab: u32,
    name: String,
    checks: Vec<CheckReport>,
}

#[derive(Serialize)]
struct CheckReport {
    id: &'static str,
    exercise: String,
    title: &'static str,
    status: Status,
    points: u32,
    max_points: u32,
    ms: u64,
    finding: Option<String>,
    hint: Option<String>,
    ladder: Option<String>,
}

impl Report {
    pub fn new(seed: u64) -> Self {
        Self {
            schema: 1,
            seed,
            score: 0,
            max_score: 0,
            labs: Vec::new(),
        }
    }

    /// Adds what came of a lab's checks.
    pub fn add(&mut self, lab: &Lab, outcomes: &[Outcome]) {
        let checks: Vec<_> = outcomes.iter().map(|outcome| check(lab, outcome)).collect();
        for check in checks
            .iter()
            .filter(|check| check.status != Status::Skipped)
        {
            self.score += check.points;
            self.max_score += check.max_points;
        }
        self.labs.push(LabReport {
            lab: lab.number,
            name: lab.name.clone(),
            checks,
        });
    }
}

fn check(lab: &Lab, outcome: &Outcome) -> CheckReport {
    let exercise = outcome.check.exercise();
    let max_points = lab.exercise(exercise).map_or(1, |exercise| exercise.points);
    let (mut hint, mut drawn) = (None, None);
    let finding = match &outcome.account {
        Some(account) => {
            hint = Some(format!("just hint {exercise}"));
            drawn = Some(ladder::draw(&account.events, account.left_out).join("\n"));
            let done = story::what_was_done(&account.events);
            let text = format!("{done} {}", account.finding);
            Some(match &account.quote {
                Some(quote) => format!("{} (the program: {quote})", text.trim()),
                None => text.trim().to_string(),
            })
        }
        None => outcome
            .broken
            .as_ref()
            .map(|why| format!("the grader itself failed: {why}"))
            .or_else(|| outcome.reason.clone()),
    };
    CheckReport {
        id: outcome.check.id,
        exercise: exercise.to_string(),
        title: outcome.check.title,
        status: outcome.status,
        points: if outcome.status == Status::Pass {
            max_points
        } else {
            0
        },
        max_points,
        ms: u64::try_from(outcome.took.as_millis()).unwrap_or(u64::MAX),
        finding,
        hint,
        ladder: drawn,
    }
}

/// What each report begins with.
pub const BEGINNING: &str = "{\n  \"schema\":";

/// Writes the report to a file, whole or not at all.
pub fn write(report: &Report, path: &Path) -> Result<(), Trouble> {
    let text = serde_json::to_string_pretty(report).context("cannot write the report as JSON")?;
    files::replace(path, &format!("{text}\n"))
}
