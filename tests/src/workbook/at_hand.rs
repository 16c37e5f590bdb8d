//! The exercise at hand: what a learner means who names none, and what comes after it.

use std::cmp::Reverse;
use std::path::PathBuf;
use std::time::SystemTime;

use super::front_door::typed;
use super::{Exercise, ExerciseId, Lab, Progress, Trouble, Work, Workbook, files, stamps};

/// The lab that is the best one to begin with.
const FIRST: u32 = 2;

/// What there is to do next.
#[derive(Clone, Copy, Debug)]
pub enum Next<'a> {
    /// An exercise of a lab that was handed out.
    Exercise(&'a Lab, &'a Exercise),
    /// All that was handed out is passed, if anything was; this lab has something open.
    Start(&'a Lab),
    /// All of the workbook is passed.
    Done,
}

impl Workbook {
    /// Of the labs that were handed out and have something open, the one worked on last, and its
    /// first open exercise.
    pub fn next(&self) -> Result<Next<'_>, Trouble> {
        let work = self.work()?;
        let progress = Progress::open(self)?;
        let started = self.labs.iter().filter(|lab| work.is_started(lab));
        let last = started.max_by_key(|lab| (work.worked_on(lab), Reverse(lab.number)));
        let open = self
            .labs
            .iter()
            .filter(|lab| work.is_started(lab) && !progress.has_passed_all(lab));
        let at_hand = open.max_by_key(|lab| (work.worked_on(lab), Reverse(lab.number)));
        if let Some(lab) = at_hand
            && let Some(exercise) = work.first_open(lab, &progress)
        {
            return Ok(Next::Exercise(lab, exercise));
        }
        let before = last.map_or(FIRST.saturating_sub(1), |lab| lab.number);
        Ok(self
            .lab_after(before, &progress)
            .map_or(Next::Done, Next::Start))
    }

    /// What there is to do in this lab, else elsewhere.
    pub fn next_after(&self, lab: &Lab) -> Result<Next<'_>, Trouble> {
        let work = self.work()?;
        let progress = Progress::open(self)?;
        let here = self.lab(lab.number);
        if let Some(lab) = here.filter(|lab| work.is_started(lab))
            && let Some(exercise) = work.first_open(lab, &progress)
        {
            return Ok(Next::Exercise(lab, exercise));
        }
        let Some(lab) = self.lab_after(lab.number, &progress) else {
            return Ok(Next::Done);
        };
        let exercise = work.first_open(lab, &progress);
        Ok(match exercise.filter(|_| work.is_started(lab)) {
            Some(exercise) => Next::Exercise(lab, exercise),
            None => Next::Start(lab),
        })
    }

    /// The exercise at hand, for a command that makes no sense without one.
    pub fn at_hand(&self) -> Result<(&Lab, &Exercise), Trouble> {
        match self.next()? {
            Next::Exercise(lab, exercise) => Ok((lab, exercise)),
            Next::Start(lab) => {
                let start = typed(&format!("start {}", lab.number));
                let title = &lab.title;
                let number = lab.number;
                Err(Trouble::usage(if self.has_work()? {
                    format!(
                        "all that you have started is passed: `{start}` hands out lab \
                         {number:02}, {title}"
                    )
                } else {
                    format!("nothing was started yet: `{start}` hands out lab {number:02}, {title}")
                }))
            }
            Next::Done => Err(Trouble::usage(
                "every exercise of every lab is passed: give the number of one, as in 2.4",
            )),
        }
    }

    /// Whether any lab was handed out.
    pub fn has_work(&self) -> Result<bool, Trouble> {
        let work = self.work()?;
        Ok(self.labs.iter().any(|lab| work.is_started(lab)))
    }

    /// The first lab behind this number that has something open, else the first of all.
    fn lab_after(&self, number: u32, progress: &Progress) -> Option<&Lab> {
        let behind = self.labs.iter().filter(|lab| lab.number > number);
        let before = self.labs.iter().filter(|lab| lab.number <= number);
        behind
            .chain(before)
            .find(|lab| !progress.has_passed_all(lab))
    }
}

impl Work<'_> {
    /// The first exercise that is not passed. What was handed out done has to be passed as well,
    /// but it is not what its owner wants to do next.
    pub fn first_open<'lab>(&self, lab: &'lab Lab, progress: &Progress) -> Option<&'lab Exercise> {
        let open = |exercise: &&Exercise| !progress.has_passed(lab, exercise);
        let to_do = |exercise: &&Exercise| !self.was_done_at_start(lab, exercise.id);
        let mut exercises = lab.exercises.iter().filter(open);
        exercises.clone().find(to_do).or_else(|| exercises.next())
    }

    /// Where an exercise begins in the learner's sources, as far as its marker is still there: the
    /// file, and the line of the function.
    pub fn place_of(&self, lab: &Lab, exercise: ExerciseId) -> Option<(PathBuf, usize)> {
        let folder = self.folder_of(lab)?;
        let marker = format!("// exercise {exercise}");
        let begins = |line: &str| {
            let rest = line.trim_start().strip_prefix(&marker);
            rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
        };
        stamps::sources(&folder).into_iter().find_map(|path| {
            let path = folder.join(path);
            let text = files::read(&path).ok()?;
            let at = text.lines().position(begins)?;
            Some((path, at + 2))
        })
    }

    /// When the learner last saved something of this lab.
    fn worked_on(&self, lab: &Lab) -> Option<SystemTime> {
        let folder = self.folder_of(lab)?;
        let sources = stamps::sources(&folder);
        let saved = sources
            .iter()
            .filter_map(|path| folder.join(path).metadata().ok()?.modified().ok());
        saved.max()
    }
}
