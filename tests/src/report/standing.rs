//! Where one is in the whole: all labs and their exercises as one picture, and the points.

use super::style;
use crate::checks;
use crate::workbook::{Exercise, ExerciseId, Lab, Next, Progress, Trouble, Workbook};

/// The widest title that is shown whole.
const TITLE: usize = 24;

/// Marks with a blank between them take this many columns at most; more stand side by side.
const MARKS: usize = 20;

/// The columns of the bar below the labs.
const BAR: usize = 30;

/// How much is passed, of a lab or of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    pub passed: usize,
    pub exercises: usize,
    pub points: u32,
    pub max_points: u32,
}

/// How much of a lab is passed. An exercise brings its points once all its checks pass.
pub fn of_lab(lab: &Lab, progress: &Progress) -> Sum {
    let mut sum = Sum::default();
    for exercise in &lab.exercises {
        let points = points(exercise);
        sum.exercises += 1;
        sum.max_points += points;
        if progress.has_passed(lab, exercise) {
            sum.passed += 1;
            sum.points += points;
        }
    }
    sum
}

/// How much of the workbook is passed.
pub fn of_all(workbook: &Workbook, progress: &Progress) -> Sum {
    let labs = workbook.labs.iter().map(|lab| of_lab(lab, progress));
    labs.fold(Sum::default(), |all, lab| Sum {
        passed: all.passed + lab.passed,
        exercises: all.exercises + lab.exercises,
        points: all.points + lab.points,
        max_points: all.max_points + lab.max_points,
    })
}

fn points(exercise: &Exercise) -> u32 {
    let checks = checks::all().filter(|check| check.exercise() == exercise.id);
    checks.map(|_| exercise.points).sum()
}

/// `24 of 60 exercises, 130 of 380 points`.
pub fn in_words(sum: Sum) -> String {
    let Sum {
        passed,
        exercises,
        points,
        max_points,
    } = sum;
    format!("{passed} of {exercises} exercises, {points} of {max_points} points")
}

/// All labs, a line each, and a bar over all of them.
pub fn picture(workbook: &Workbook, at_hand: Option<ExerciseId>) -> Result<String, Trouble> {
    let work = workbook.work()?;
    let progress = Progress::open(workbook)?;
    let most = workbook.labs.iter().map(|lab| lab.exercises.len()).max();
    let between = if most.unwrap_or(0) * 2 <= MARKS {
        " "
    } else {
        ""
    };
    let width = most.unwrap_or(0) * (1 + between.len());
    let mut text = String::new();
    for lab in &workbook.labs {
        let sum = of_lab(lab, &progress);
        let state = if sum.passed > 0 || work.is_started(lab) {
            format!("{} of {}", sum.passed, sum.exercises)
        } else {
            "not started".to_string()
        };
        let marks = marks(lab, &progress, at_hand);
        let blank = width.saturating_sub(marks.len() * (1 + between.len()));
        let marks: Vec<_> = marks.into_iter().map(Mark::coloured).collect();
        text += &format!(
            "  {:02}  {}  {}{}  {state:<12} {:>3} of {} points\n",
            lab.number,
            style::strong(&style::fitted(&lab.title, TITLE)),
            marks.join(between),
            " ".repeat(blank),
            sum.points,
            sum.max_points,
        );
    }
    let all = of_all(workbook, &progress);
    text += &format!("\n      {}  {}\n", bar(all), in_words(all));
    Ok(text)
}

/// The exercises of one lab, a line each.
pub fn list(
    lab: &Lab,
    workbook: &Workbook,
    at_hand: Option<ExerciseId>,
) -> Result<String, Trouble> {
    let progress = Progress::open(workbook)?;
    let name = format!("Lab {:02}  {}", lab.number, lab.title);
    let mut text = format!("  {}\n", style::strong(&name));
    for (exercise, mark) in lab.exercises.iter().zip(marks(lab, &progress, at_hand)) {
        let Exercise { id, title, .. } = exercise;
        text += &format!("  {} {id} {title}\n", mark.coloured());
    }
    Ok(text)
}

/// The marks of a lab's exercises side by side, where no line is wanted for each.
pub fn row(lab: &Lab, progress: &Progress, at_hand: Option<ExerciseId>) -> String {
    let marks = marks(lab, progress, at_hand);
    marks.into_iter().map(Mark::coloured).collect()
}

/// What the marks mean.
pub fn legend() -> String {
    let [passed, at_hand, open] = [Mark::Passed, Mark::AtHand, Mark::Open].map(Mark::coloured);
    format!("  {passed} passed   {at_hand} at hand   {open} open")
}

/// How an exercise stands. Each can be told without its colour.
#[derive(Clone, Copy)]
enum Mark {
    Passed,
    AtHand,
    Open,
}

impl Mark {
    fn coloured(self) -> String {
        match self {
            Self::Passed => style::good("✓"),
            Self::AtHand => style::doubtful("▸"),
            Self::Open => style::quiet("·"),
        }
        .to_string()
    }
}

fn marks(lab: &Lab, progress: &Progress, at_hand: Option<ExerciseId>) -> Vec<Mark> {
    let mark = |exercise: &Exercise| match progress.has_passed(lab, exercise) {
        true => Mark::Passed,
        false if at_hand == Some(exercise.id) => Mark::AtHand,
        false => Mark::Open,
    };
    lab.exercises.iter().map(mark).collect()
}

/// Full as far as exercises are passed: full only when all are, and begun with the first.
fn bar(sum: Sum) -> String {
    let share = sum.passed * BAR / sum.exercises.max(1);
    let full = if sum.passed > 0 { share.max(1) } else { 0 };
    let (full, rest) = ("█".repeat(full), "░".repeat(BAR - full));
    format!("{}{}", style::good(&full), style::quiet(&rest))
}

/// The exercise at hand, if what is next is one.
pub fn exercise_of(next: Next<'_>) -> Option<ExerciseId> {
    match next {
        Next::Exercise(_, exercise) => Some(exercise.id),
        Next::Start(_) | Next::Done => None,
    }
}
