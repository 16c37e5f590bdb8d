//! `mistakes N.M [NAME]`: how an exercise goes wrong. Each known mistake as a difference from the
//! reference, and what its check sees of it, live.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use anyhow::anyhow;
use clap::Args;

use super::out::{say, say_wrapped, tell};
use crate::checks::{self, Subject};
use crate::report::difference::{self, Around};
use crate::report::terminal::{self, Detail};
use crate::report::{Waiting, style};
use crate::verdict::{Job, Outcome, Pace, Status, measure_patience, run as run_checks};
use crate::wire::Patience;
use crate::words::count;
use crate::workbook::front_door::typed;
use crate::workbook::mistakes::Mistake;
use crate::workbook::{Built, Exercise, Lab, Progress, Scratch, Starter, Trouble, Workbook};

/// The same questions each time: a gallery is no test.
const SEED: u64 = 2;

/// Where the clock has a word, as in pauses drawn at random, a busy machine can make a mistake look
/// like the right thing. But hardly so often.
const TELLINGS: u32 = 3;

#[derive(Args)]
pub struct Options {
    /// The exercise: 2.4
    exercise: String,
    /// One of its mistakes, by its name
    name: Option<String>,
    /// Only tell what they are
    #[arg(long)]
    list: bool,
    /// Show them also where the exercise is not passed yet
    #[arg(long)]
    reveal: bool,
}

pub fn run(workbook: &Workbook, options: &Options) -> Result<(), Trouble> {
    style::set_up();
    let (lab, exercise) = workbook.find_only_exercise(&options.exercise)?;
    let mut all = workbook.mistakes(lab)?;
    all.retain(|mistake| mistake.exercise() == Some(exercise.id));
    let chosen = choose(exercise, &all, options.name.as_deref())?;
    if options.list {
        return list(exercise, &all, &chosen);
    }
    if !options.reveal && !Progress::open(workbook)?.has_passed(lab, exercise) {
        return Err(not_passed(exercise));
    }
    heading(exercise, &all)?;
    let gallery = Gallery::of(workbook, lab, exercise, &all)?;
    let programs = gallery.build(&chosen)?;
    let patience = measure_patience();
    for (&number, built) in chosen.iter().zip(programs) {
        let mistake = &all[number];
        let title = format!("{} of {}  {}", number + 1, all.len(), short_name(mistake));
        say(format_args!("\n\n{}\n", style::strong(&title)))?;
        say_wrapped("  ", &mistake.about)?;
        gallery.show_difference(number)?;
        match built.program {
            Ok(program) => tell_failure(mistake, &program, patience)?,
            Err(errors) => return Err(Trouble::Broken(anyhow!("{}", errors.text))),
        }
    }
    Ok(())
}

/// The places of what is meant among the mistakes of the exercise.
fn choose(exercise: &Exercise, all: &[Mistake], name: Option<&str>) -> Result<Vec<usize>, Trouble> {
    let Some(name) = name else {
        return Ok((0..all.len()).collect());
    };
    let is_meant = |mistake: &Mistake| [&mistake.name, short_name(mistake)].contains(&name);
    match all.iter().position(is_meant) {
        Some(number) => Ok(vec![number]),
        None => {
            let names: Vec<_> = all.iter().map(short_name).collect();
            let id = exercise.id;
            Err(Trouble::usage(format!(
                "no known mistake of {id} is called {name}: there are {}",
                names.join(", ")
            )))
        }
    }
}

/// `never-ends-its-side`, without the exercise before it.
fn short_name(mistake: &Mistake) -> &str {
    let name = mistake.name.split_once('-');
    name.map_or(mistake.name.as_str(), |(_, name)| name)
}

fn heading(exercise: &Exercise, all: &[Mistake]) -> Result<(), Trouble> {
    let title = format!("{} {}", exercise.id, exercise.title);
    let many = count(all.len(), "known mistake");
    say(format_args!("\n{}: {many}", style::strong(&title)))
}

fn list(exercise: &Exercise, all: &[Mistake], chosen: &[usize]) -> Result<(), Trouble> {
    heading(exercise, all)?;
    for &number in chosen {
        let mistake = &all[number];
        say(format_args!("\n  {}", style::strong(short_name(mistake))))?;
        say_wrapped("    ", &mistake.about)?;
    }
    let id = exercise.id;
    let (each, one) = (
        typed(&format!("mistakes {id}")),
        typed(&format!("mistakes {id} NAME")),
    );
    say("")?;
    let how = format!("`{each}` shows how each goes wrong, and `{one}` one of them.");
    say_wrapped("  ", &how)
}

fn not_passed(exercise: &Exercise) -> Trouble {
    let id = exercise.id;
    Trouble::usage(format!(
        "{id} is not passed yet, and a mistake shows what is right as well: `{}` tells them in \
         words alone, and `{}` shows them all the same",
        typed(&format!("mistakes {id} --list")),
        typed(&format!("mistakes {id} --reveal"))
    ))
}

/// The programs with the mistakes of one exercise, in a scratch workspace of their own.
struct Gallery<'a> {
    workbook: &'a Workbook,
    lab: &'a Lab,
    scratch: Scratch<'a>,
    right: Starter,
    wrong: Vec<Starter>,
    packages: Vec<String>,
}

impl<'a> Gallery<'a> {
    fn of(
        workbook: &'a Workbook,
        lab: &'a Lab,
        exercise: &Exercise,
        all: &[Mistake],
    ) -> Result<Self, Trouble> {
        let mut scratch = Scratch::open(workbook, &format!("mistakes-of-{}", exercise.id))?;
        let (mut wrong, mut packages) = (Vec::new(), Vec::new());
        for (number, mistake) in (1..).zip(all) {
            // Short: it is the name of the program, and is told with all that the program does.
            let package = format!("mistaken-{}-{}-{number}", lab.number, exercise.id.number);
            let program = mistake.program(lab, &package)?;
            scratch.put(&package, &program.files)?;
            wrong.push(program);
            packages.push(package);
        }
        Ok(Self {
            workbook,
            lab,
            scratch,
            right: Starter::reference(&lab.name, lab)?,
            wrong,
            packages,
        })
    }

    fn build(&self, chosen: &[usize]) -> Result<Vec<Built>, Trouble> {
        let names: BTreeSet<_> = chosen
            .iter()
            .map(|&number| self.packages[number].as_str())
            .collect();
        self.scratch.build_only(&names)
    }

    /// From the mistake to the reference: what stands behind a `+` would be right.
    fn show_difference(&self, number: usize) -> Result<(), Trouble> {
        let wrong = self.wrong[number].files.iter();
        for (path, wrong) in wrong.filter(|(path, _)| path.starts_with("src")) {
            let right = self.right.files.get(path).map_or("", String::as_str);
            if wrong == right {
                continue;
            }
            let same = |(wrong, right): &(&str, &str)| wrong == right;
            let line = 1 + wrong.lines().zip(right.lines()).take_while(same).count();
            let path = self.workbook.shown(&self.lab.folder.join(path));
            say("")?;
            say(style::bad("    - the mistake"))?;
            say(style::good(&format!("    + ours         {path}:{line}")))?;
            say("")?;
            for line in difference::draw(wrong, right, Around::Some) {
                say(line)?;
            }
        }
        Ok(())
    }
}

/// Runs the check that finds the mistake, and tells how.
fn tell_failure(mistake: &Mistake, program: &Path, patience: Patience) -> Result<(), Trouble> {
    let named = checks::all().find(|check| check.id == mistake.check);
    let check = named.ok_or_else(|| {
        let Mistake { name, check, .. } = mistake;
        Trouble::Broken(anyhow!("{name} names a check that is not there: {check}"))
    })?;
    let job = Job {
        subject: Arc::new(Subject::binary(program)),
        checks: vec![check],
        seed: SEED,
        untouched: BTreeSet::new(),
        own: false,
        known_wrong: true,
    };
    let waiting = Waiting::on(check.id);
    let mut tellings = (0..TELLINGS).flat_map(|_| told_once(&job, patience));
    let last = tellings.find(|outcome| outcome.status != Status::Pass);
    waiting.end();
    say("")?;
    match last {
        Some(outcome) if outcome.account.is_some() => {
            tell(terminal::failure(&outcome, Detail::Full).trim_end());
            Ok(())
        }
        Some(outcome) => {
            let why = outcome.reason.or(outcome.broken).unwrap_or_default();
            say_wrapped("  - ", &format!("{} cannot be run here: {why}", check.id))
        }
        None => {
            let words = "did not find it this time. It goes by the clock, and this machine has \
                         much to do: try again when less is going on.";
            say_wrapped("  ? ", &format!("{} {words}", check.id))
        }
    }
}

fn told_once(job: &Job, patience: Patience) -> Vec<Outcome> {
    run_checks(job, patience, Pace::InTurn, |_| {})
}
