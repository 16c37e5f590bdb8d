//! The report in the terminal: exercise by exercise, the first failure in full, the others in
//! a line.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{ladder, story, style};
use crate::finding::Kind;
use crate::verdict::{Account, Outcome, Status};
use crate::words::count;
use crate::workbook::front_door::typed;
use crate::workbook::{Exercise, Lab, Workbook};

/// The indentation of the words of an explanation.
const INDENT: usize = 4;

/// How much is told of a failure.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// All that helps.
    Full,
    /// Without the ladder, and without the commands that help further.
    Brief,
}

/// What came of the checks of one lab, as text that fits into 80 columns.
pub fn lab(
    workbook: &Workbook,
    lab: &Lab,
    whose: &str,
    outcomes: &[Outcome],
    detail: Detail,
) -> String {
    let mut text = String::new();
    let name = format!("Lab {:02}  {}", lab.number, lab.title);
    let _ = writeln!(
        text,
        "\n{}  {}\n",
        style::strong(&name),
        style::quiet(whose)
    );
    for exercise in &lab.exercises {
        let outcomes: Vec<_> = of(exercise, outcomes).collect();
        if !outcomes.is_empty() {
            let _ = writeln!(text, "{}", exercise_line(exercise, &outcomes));
        }
    }
    let mut failed = outcomes.iter().filter(|outcome| outcome.account.is_some());
    if let Some(first) = failed.next() {
        let _ = write!(text, "\n{}", explained(workbook, lab, first, detail));
    }
    text += &match detail {
        Detail::Full => also(failed.collect()),
        Detail::Brief => also_in_brief(failed.collect(), outcomes),
    };
    text += &skipped(outcomes);
    text
}

/// The names of the other failures; of one exercise, without its number.
fn also_in_brief(others: Vec<&Outcome>, all: &[Outcome]) -> String {
    let exercises: BTreeSet<_> = all.iter().map(|outcome| outcome.check.exercise()).collect();
    let name = |id: &'static str| match id.split_once('/') {
        Some((_, name)) if exercises.len() == 1 => name,
        _ => id,
    };
    let names: Vec<_> = others.iter().map(|other| name(other.check.id)).collect();
    if names.is_empty() {
        return String::new();
    }
    format!("\n{}", labelled("Also", &names.join(", ")))
}

/// The other failures, a line each. Where the program could not even be talked to, they all
/// have the reason of the first, and are counted.
fn also(others: Vec<&Outcome>) -> String {
    let same = |outcome: &&&Outcome| {
        outcome.account.as_ref().is_some_and(|account| {
            matches!(
                account.finding.kind,
                Kind::NotStarted | Kind::NotReady | Kind::Refused
            )
        })
    };
    let alike = others.iter().filter(same).count();
    if others.is_empty() {
        return String::new();
    }
    let mut text = format!("\n  {}\n", style::strong("Also"));
    for outcome in others.iter().filter(|outcome| !same(outcome)) {
        text += &in_a_line(outcome);
    }
    if alike > 0 {
        let line = format!(
            "{} could not be carried out for such a reason",
            count(alike, "check")
        );
        text += &format!("{}\n", style::wrapped(&line, INDENT));
    }
    text
}

/// What was skipped, reason by reason.
fn skipped(outcomes: &[Outcome]) -> String {
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for outcome in outcomes
        .iter()
        .filter(|outcome| outcome.status == Status::Skipped)
    {
        let reason = outcome.reason.as_deref().unwrap_or_default();
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, ids)) => ids.push(outcome.check.id),
            None => reasons.push((reason, vec![outcome.check.id])),
        }
    }
    let mut text = String::new();
    for (reason, ids) in reasons {
        let line = format!("Skipped: {reason}. That is {}.", ids.join(", "));
        text += &format!("\n{}\n", style::quiet(&style::wrapped(&line, 2)));
    }
    text
}

fn of<'a>(exercise: &Exercise, outcomes: &'a [Outcome]) -> impl Iterator<Item = &'a Outcome> {
    let id = exercise.id;
    outcomes
        .iter()
        .filter(move |outcome| outcome.check.exercise() == id)
}

/// `✓ 2.1 Listen and announce            5 checks`
fn exercise_line(exercise: &Exercise, outcomes: &[&Outcome]) -> String {
    let with = |status: Status| outcomes.iter().filter(|o| o.status == status).count();
    let (all, passed) = (outcomes.len(), with(Status::Pass));
    let skipped = with(Status::Skipped);
    let (mark, remark) = if passed + skipped == all && passed > 0 {
        let skipped = if skipped > 0 {
            format!(", {skipped} skipped")
        } else {
            String::new()
        };
        (
            style::good("✓"),
            format!("{}{skipped}", count(passed, "check")),
        )
    } else if with(Status::Fail) > 0 {
        (
            style::bad("✗"),
            format!("{passed} of {}", count(all, "check")),
        )
    } else if with(Status::Inconclusive) > 0 {
        (
            style::doubtful("?"),
            format!("{passed} of {}, not certain", count(all, "check")),
        )
    } else if skipped == all {
        (style::quiet("-"), "skipped".to_string())
    } else {
        (style::quiet("·"), not_started(outcomes))
    };
    let title = format!("{} {}", exercise.id, exercise.title);
    format!("  {mark} {title:<44} {}", style::quiet(&remark))
}

fn not_started(outcomes: &[&Outcome]) -> String {
    let first_do = outcomes
        .iter()
        .filter_map(|outcome| outcome.reason.as_deref())
        .find(|reason| reason.starts_with("first do"));
    match first_do {
        Some(reason) => format!("not started: {reason}"),
        None => "not started".into(),
    }
}

/// One failure, with all that helps to understand it, and where there is more help.
fn explained(workbook: &Workbook, lab: &Lab, outcome: &Outcome, detail: Detail) -> String {
    let mut text = failure(outcome, detail);
    if detail == Detail::Brief {
        return text;
    }
    let exercise = outcome.check.exercise();
    let lesson = workbook.shown(&workbook.lesson(lab));
    let _ = writeln!(
        text,
        "\n    {:<9} {}",
        style::strong("Hint"),
        typed(&format!("hint {exercise}"))
    );
    let read = typed(&format!("lesson {exercise}"));
    let _ = writeln!(text, "    {:<9} {read}, or {lesson}", style::strong("Read"));
    text
}

/// One failure, with all that helps to understand it.
pub fn failure(outcome: &Outcome, detail: Detail) -> String {
    let Some(account) = &outcome.account else {
        return String::new();
    };
    let check = outcome.check;
    let mut text = String::new();
    let mark = match outcome.status {
        Status::Inconclusive => style::doubtful("?"),
        _ => style::bad("✗"),
    };
    let _ = writeln!(text, "  {mark} {}\n", style::strong(check.id));
    text += &labelled("Asked", &format!("it {}", check.title));
    text += &told(account, detail);
    if outcome.status == Status::Inconclusive {
        let again = "A second try, alone on the machine, went well. So this may be the machine \
                     and not your program: grade again when less is going on.";
        let _ = writeln!(text, "\n{}", style::wrapped(again, INDENT));
    }
    text
}

/// What was done, expected and seen, the ladder, and what it usually means.
fn told(account: &Account, detail: Detail) -> String {
    let finding = &account.finding;
    let mut text = String::new();
    let done = story::what_was_done(&account.events);
    for (label, words) in [
        ("Done", done.as_str()),
        ("Expected", finding.expected.as_str()),
        ("Seen", finding.seen.as_str()),
        ("Program", account.quote.as_deref().unwrap_or_default()),
    ] {
        text += &labelled(label, words);
    }
    let rungs = ladder::draw(&account.events, account.left_out);
    if detail == Detail::Full && !rungs.is_empty() {
        text.push('\n');
        for rung in rungs {
            let _ = writeln!(text, "{}", style::quiet(&rung));
        }
    }
    if !finding.means.is_empty() {
        let _ = writeln!(text, "\n    {}", style::strong("What it usually means"));
        let _ = writeln!(text, "{}", style::wrapped(&finding.means, INDENT));
    }
    text
}

/// `    Expected  …`, wrapped, the words in a column of their own.
fn labelled(label: &str, words: &str) -> String {
    const COLUMN: usize = INDENT + 10;
    let mut text = String::new();
    for (at, line) in words
        .lines()
        .filter(|line| !line.trim().is_empty())
        .enumerate()
    {
        let wrapped = style::wrapped(line, COLUMN);
        let label = if at == 0 { label } else { "" };
        let _ = writeln!(
            text,
            "    {:<9} {}",
            style::strong(label),
            wrapped.trim_start()
        );
    }
    text
}

fn in_a_line(outcome: &Outcome) -> String {
    let Some(account) = &outcome.account else {
        return String::new();
    };
    let sure = if outcome.status == Status::Inconclusive {
        " (not certain)"
    } else {
        ""
    };
    let line = format!(
        "{}{sure}: expected {}; seen: {}",
        outcome.check.id, account.finding.expected, account.finding.seen
    );
    format!("{}\n", style::wrapped(&line, INDENT))
}
