//! Nothing a learner wrote is lost: not by any command, in any order, wherever it is interrupted.
//!
//! A learner made of random numbers writes, renames, deletes and types commands, and many of
//! those are killed on their way. After each step all that they wrote, and did not throw away
//! themselves, is where they left it, or where `reset` keeps it. `WORKBOOK_ORDERS=1000` tries as
//! many orders as one likes.

mod desk;
mod edits;
mod remains;
#[cfg_attr(not(target_os = "linux"), path = "nothing_lost/no_steps.rs")]
mod steps;
mod typed;

use std::env;
use std::fs;
use std::time::Duration;

use anyhow::{Context, anyhow, bail, ensure};
use fastrand::Rng;
use libtest_mimic::{Failed, Trial};

use crate::commands::fixture::{Fixture, Outcome};
use crate::references;
use desk::Desk;
use typed::{Fate, Line};

/// As many orders as a suite that is run all day can afford.
const USUAL: u64 = 24;
/// As many steps has each of them.
const STEPS: usize = 30;
/// More than any command has.
const MOST_STEPS: usize = 500;

pub fn trials() -> Vec<Trial> {
    let orders = env::var("WORKBOOK_ORDERS")
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(USUAL);
    let told = |outcome: Outcome| outcome.map_err(|error| Failed::from(format!("{error:#}")));
    // As many as may run side by side.
    let mut trials: Vec<_> = (0..4)
        .map(|part| {
            let name = format!("nothing-lost::in-any-order-{}", part + 1);
            Trial::test(name, move || {
                told(
                    (part..orders)
                        .step_by(4)
                        .try_for_each(|_| in_any_order(fastrand::u64(..))),
                )
            })
        })
        .collect();
    trials.extend(
        ["start 1", "reset 1", "hint 1.2", "grade 2.1"].map(|words| {
            let name = format!(
                "nothing-lost::{}-killed-at-each-step",
                words.replace(' ', "-")
            );
            Trial::test(name.clone(), move || {
                if !steps::can_be_watched() {
                    eprintln!("skipped: {name}: this machine lets nobody look at the steps");
                    return Ok(());
                }
                told(killed_at_each_step(Line::of(words)))
            })
        }),
    );
    trials
}

fn in_any_order(seed: u64) -> Outcome {
    let fixture = Fixture::new()?;
    provide_cargo(&fixture)?;
    let mut random = Rng::with_seed(seed);
    let mut desk = Desk::new(&fixture);
    let mut usual = typed::Usual::default();
    let mut story = Vec::new();
    let outcome = (0..STEPS)
        .try_for_each(|_| {
            if random.u8(..5) < 2 {
                story.push(edits::one(&mut desk, &mut random)?);
                return Ok(());
            }
            let line = Line::any(&mut random);
            let fate = usual.fate(&line, &mut random);
            story.push(format!("{line}, {fate}"));
            let took = typed::carry_out(&mut desk, &line, fate)?;
            usual.learn(&line, took);
            desk.lacks_nothing(&line)
        })
        .and_then(|()| {
            story.push("at the end".into());
            remains::nothing_is_left(&mut desk)
        });
    desk.unlock()?;
    outcome.with_context(|| format!("seed {seed}: {}", story.join("; ")))
}

/// The same command again and again, and each time it gets one step further. The workbook is
/// another each time, as after an update.
fn killed_at_each_step(line: Line) -> Outcome {
    let fixture = Fixture::new()?;
    provide_cargo(&fixture)?;
    let mut random = Rng::new();
    let mut desk = Desk::new(&fixture);
    let manifest = fixture.read("Cargo.toml")?;
    for step in 0..MOST_STEPS {
        if line.is_start() {
            fixture.write("work/mine.txt", "")?;
            desk.remove(&fixture.path("work"))?;
        } else {
            for other in ["start 1", "start 2"].map(Line::of) {
                typed::carry_out(&mut desk, &other, Fate::Ends)?;
            }
            for path in [
                "work/01-greeting/src/main.rs",
                "work/02-farewell/src/main.rs",
            ] {
                edits::save(&mut desk, path, &mut random)?;
            }
            desk.append("work/progress.txt", &format!("# {step}\n"))?;
        }
        let update = format!("[profile.update-{step}]\ninherits = \"dev\"\n");
        fixture.write("Cargo.toml", &format!("{manifest}\n\n{update}"))?;
        let ended = typed::carry_out(&mut desk, &line, Fate::AtStep(step))?;
        desk.lacks_nothing(&line)
            .with_context(|| format!("{line} killed at step {step}"))?;
        if ended.is_some() {
            ensure!(step > 0, "{line} changes nothing");
            let passed = fixture.read("work/progress.txt").unwrap_or_default();
            let notes = passed.contains("farewell/word passed");
            ensure!(notes == line.is_grade(), "what is passed: {passed}");
            remains::nothing_is_left(&mut desk)?;
            let manifest = fixture.read("work/Cargo.toml")?;
            ensure!(
                manifest.contains(&update),
                "the update is not there: {manifest}"
            );
            return Ok(());
        }
    }
    bail!("{line} still does not come to its end after {MOST_STEPS} steps")
}

/// A cargo that builds in no time: it says of each lab that it has become the reference of lab 02.
fn provide_cargo(fixture: &Fixture) -> Outcome {
    let program = references::program(2)
        .map_err(|failed| anyhow!(failed.message().unwrap_or_default().to_string()))?;
    let program = program.display();
    let script = format!(
        "#!/bin/sh\n\
         for manifest in */Cargo.toml; do\n  \
           printf '{{\"reason\":\"compiler-artifact\",\"manifest_path\":\"%s\",\
           \"target\":{{\"name\":\"x\"}},\"filenames\":[],\"executable\":\"{program}\"}}\\n' \
           \"$PWD/$manifest\"\n\
         done\n"
    );
    fixture.write("cargo", &script)?;
    Ok(fs::set_permissions(
        fixture.path("cargo"),
        std::os::unix::fs::PermissionsExt::from_mode(0o755),
    )?)
}

/// Longer than any command takes here, on a machine that has much else to do.
const PATIENCE: Duration = Duration::from_secs(60);
