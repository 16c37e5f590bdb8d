//! What a command that runs checks is about: whose program, and which checks.

use std::ffi::OsString;
use std::net::SocketAddr;

use clap::Args;

use crate::checks::{self, Check, Subject};
use crate::verdict::Pace;
use crate::workbook::front_door::typed;
use crate::workbook::{Built, CompileErrors, Lab, Next, Selection, Trouble, Workbook};

/// What is graded; without any of these, the learner's own work.
#[derive(Args, Clone)]
#[group(multiple = false)]
pub struct Target {
    /// Grade the reference program
    #[arg(long)]
    pub reference: bool,
    /// Grade any program, run as COMMAND ROLE …
    #[arg(long, value_name = "COMMAND")]
    pub program: Option<String>,
    /// Grade a server that runs already
    #[arg(long, value_name = "IP:PORT")]
    pub at: Option<SocketAddr>,
}

impl Target {
    pub fn is_own(&self) -> bool {
        !self.reference && self.program.is_none() && self.at.is_none()
    }

    /// How many of its checks run at the same time.
    pub fn pace(&self) -> Pace {
        if self.program.is_some() || self.at.is_some() {
            Pace::Careful
        } else {
            Pace::Brisk
        }
    }

    /// Whose program it is, for the heading.
    pub fn whose(&self) -> String {
        match (&self.program, self.at) {
            (Some(command), _) => command.clone(),
            (None, Some(address)) => format!("the server at {address}"),
            (None, None) if self.reference => "the reference".into(),
            (None, None) => "your program".into(),
        }
    }
}

/// A lab, and which of its checks to run.
pub struct Part<'a> {
    pub lab: &'a Lab,
    pub checks: Vec<&'static Check>,
}

/// The word for all that was started.
const ALL: &str = "all";

/// The parts that are meant, in the order of the labs. Who names none means the exercise at hand;
/// where none is open, all that was started. Of the references, all are meant.
pub fn choose<'a>(
    workbook: &'a Workbook,
    selection: Option<&str>,
    target: &Target,
) -> Result<Vec<Part<'a>>, Trouble> {
    if let Some(text) = selection.filter(|text| *text != ALL) {
        return Ok(vec![part(workbook.find(text)?)?]);
    }
    if target.program.is_some() || target.at.is_some() {
        let why = "say which lab the program is of, as in";
        return Err(Trouble::usage(format!(
            "{why} `{}`",
            typed("grade 2 --program …")
        )));
    }
    if target.is_own()
        && selection.is_none()
        && let Next::Exercise(lab, exercise) = workbook.next()?
    {
        return Ok(vec![part(Selection {
            lab,
            exercise: Some(exercise),
            check: None,
        })?]);
    }
    let work = workbook.work()?;
    let labs = workbook
        .labs
        .iter()
        .filter(|lab| target.reference || work.is_started(lab));
    let parts: Vec<_> = labs.map(whole).collect();
    if parts.is_empty() {
        // It says what to type.
        workbook.at_hand()?;
    }
    Ok(parts)
}

/// A lab with all its checks.
pub fn whole(lab: &Lab) -> Part<'_> {
    let checks = checks::all()
        .filter(|check| check.exercise().lab == lab.number)
        .collect();
    Part { lab, checks }
}

fn part(selection: Selection<'_>) -> Result<Part<'_>, Trouble> {
    let mut part = whole(selection.lab);
    if let Some(exercise) = selection.exercise {
        part.checks.retain(|check| check.exercise() == exercise.id);
    }
    if let Some(id) = selection.check {
        let names: Vec<_> = part.checks.iter().map(|check| check.id).collect();
        part.checks.retain(|check| check.id == id);
        if part.checks.is_empty() {
            return Err(Trouble::usage(format!(
                "no check {id}: there are {}",
                names.join(", ")
            )));
        }
    }
    Ok(part)
}

/// Builds what has to be built, all in one go, and says how each part's program is run.
pub fn prepare(
    workbook: &Workbook,
    target: &Target,
    parts: &[Part],
) -> Result<Vec<Result<Subject, CompileErrors>>, Trouble> {
    if let Some(command) = &target.program {
        let words = shell_words::split(command)
            .map_err(|error| Trouble::usage(format!("--program {command}: {error}")))?;
        if words.is_empty() {
            return Err(Trouble::usage(
                "--program is empty: give the command that runs it",
            ));
        }
        return Ok(vec![Ok(Subject::command(
            words.into_iter().map(OsString::from).collect(),
        ))]);
    }
    if let Some(address) = target.at {
        return Ok(vec![Ok(Subject::at(address))]);
    }
    let labs: Vec<_> = parts.iter().map(|part| part.lab).collect();
    let built = if target.reference {
        workbook.build_references(&labs)?
    } else {
        workbook.work()?.build(&labs)?
    };
    Ok(built
        .into_iter()
        .map(|Built { program, .. }| program.map(|path| Subject::binary(&path)))
        .collect())
}
