//! What is said when the last exercise of a lab is passed, and the last of all.

use super::standing::{self, Sum};
use super::style;
use crate::words::count;
use crate::workbook::front_door::typed;
use crate::workbook::{Exercise, Lab, Next, Progress, Trouble, Workbook};

/// The indentation of all of it.
const INDENT: usize = 2;

/// A lab is passed: what was learnt, and what comes next; or all of the workbook is.
pub fn reached(workbook: &Workbook, lab: &Lab) -> Result<String, Trouble> {
    let mut text = lab_done(lab);
    let solution = typed(&format!("solution {}", lab.number));
    text += &format!("\n  Ours beside yours, and why: `{solution}`\n");
    let next = workbook.next_after(lab)?;
    if matches!(next, Next::Done) {
        let progress = Progress::open(workbook)?;
        text += &all_done(workbook, standing::of_all(workbook, &progress));
    } else {
        text += &format!("\n{}\n", what_is_next(next));
    }
    Ok(text)
}

/// A lab is passed: what was learnt.
pub fn lab_done(lab: &Lab) -> String {
    let done = format!("Lab {:02} is done: {}", lab.number, lab.title);
    let all = count(lab.exercises.len(), "exercise");
    let mut text = format!(
        "\n  {} {}, {}.\n",
        style::good("★"),
        style::strong(&done),
        all
    );
    if !lab.learnt.is_empty() {
        text += &format!("\n  {}\n", style::strong("What you know now"));
    }
    for sentence in &lab.learnt {
        text += &format!("{}\n", style::marked("    · ", sentence));
    }
    text
}

/// The next exercise or lab, and what to type for it.
pub fn what_is_next(next: Next<'_>) -> String {
    let line = match next {
        Next::Exercise(_, Exercise { id, title, .. }) => {
            let grade = typed(&format!("grade {id}"));
            format!("Next: {id} {title}, `{grade}`, or `{}`", typed("watch"))
        }
        Next::Start(lab) => {
            let start = typed(&format!("start {}", lab.number));
            format!("Next: lab {:02}, {}, `{start}`", lab.number, lab.title)
        }
        Next::Done => "All done: there is no exercise left.".to_string(),
    };
    style::wrapped(&line, INDENT)
}

/// The last ladder of the workbook has the learner at one side.
fn all_done(workbook: &Workbook, sum: Sum) -> String {
    let exercises = count(sum.exercises, "exercise");
    let labs = count(workbook.labs.len(), "lab");
    let points = count(sum.points as usize, "point");
    let said = [
        ("─▶", "connect".to_string()),
        ("─▶", format!("{labs}, {exercises}, {points}")),
        ("◀─", "\"I have nothing left to ask\"".to_string()),
        ("─▶", "end".to_string()),
        ("◀─", "end".to_string()),
    ];
    let mut text = "\n    You                                          the grader\n".to_string();
    for (direction, words) in said {
        text += &format!("     {}\n", rung(direction, &words));
    }
    let last = "All labs are done, and the connection ended cleanly, on both sides. What you have \
                written are real network programs: they survive resets, silence, garbage and \
                hostile peers. There are sockets everywhere. Go and build something of your own.";
    text += &format!(
        "\n  {} {}\n\n{}\n",
        style::good("★"),
        style::strong("That was the last exercise of all. Congratulations!"),
        style::wrapped(last, INDENT)
    );
    text
}

/// `│── connect ─────────────▶│`
fn rung(direction: &str, words: &str) -> String {
    const WIDTH: usize = 46;
    let line = "─".repeat(WIDTH.saturating_sub(words.chars().count() + 6));
    let drawn = match direction {
        "─▶" => format!("── {words} {line}─▶"),
        _ => format!("◀─{line} {words} ──"),
    };
    format!("│{}│", style::quiet(&drawn))
}
