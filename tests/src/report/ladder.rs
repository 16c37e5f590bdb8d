//! The ladder: what went between the people of a story and the program, from top to bottom.
//!
//! ```text
//!  Ann ── "hel" ─────────────────────────────▶ │ 0.3 ms
//!  Ann ◀─────────────────────────────── end ── │ 0.6 ms
//!                                       exit 0 ┤ 0.7 ms
//! ```

use crate::wire::tape::{Event, Excerpt, PROGRAM, What};
use crate::words::{bytes, escaped, time};

/// The most rungs that are drawn: the first ones and the last ones.
const RUNGS: usize = 20;

/// The width of an arrow with what is written on it.
const ARROW: usize = 46;

/// Up to this many bytes, pieces that were sent apart are drawn apart.
const SMALL: usize = 256;

/// The most letters of a payload that are written on an arrow.
const PAYLOAD: usize = 28;

/// Draws the ladder as lines of plain text, none wider than 80 columns.
pub fn draw(events: &[Event], left_out: usize) -> Vec<String> {
    let events = merged(events);
    let width = events
        .iter()
        .map(|event| label(event).chars().count())
        .max()
        .unwrap_or(0);
    let mut rungs: Vec<String> = events.iter().map(|event| rung(event, width)).collect();
    if rungs.len() > RUNGS {
        let from = RUNGS / 2 - 1;
        let many = rungs.len() - RUNGS + 1;
        rungs.splice(from..from + many, [format!(" {:width$} ⋮ {many} more", "")]);
    }
    if left_out > 0 {
        rungs.push(format!(" {:width$} ⋮ {left_out} more, not kept", ""));
    }
    rungs
}

/// Pieces that follow each other on the same way, as one.
fn merged(events: &[Event]) -> Vec<Event> {
    let mut merged: Vec<Event> = Vec::new();
    for event in events {
        if let Some(last) = merged.last_mut()
            && last.who == event.who
            && let Some(whole) = joined(&last.what, &event.what)
        {
            last.what = whole;
            continue;
        }
        merged.push(event.clone());
    }
    merged
}

fn joined(first: &What, next: &What) -> Option<What> {
    match (first, next) {
        // Two small pieces stay two: how they were cut may be what the check is about.
        (What::Sent(a), What::Sent(b)) if a.length + b.length > SMALL => {
            Some(What::Sent(a.joined(b)))
        }
        (What::Got(a), What::Got(b)) => Some(What::Got(a.joined(b))),
        (What::Stdout(a), What::Stdout(b)) => Some(What::Stdout(a.joined(b))),
        (What::Stderr(a), What::Stderr(b)) => Some(What::Stderr(a.joined(b))),
        _ => None,
    }
}

fn label(event: &Event) -> &str {
    if event.who == PROGRAM { "" } else { &event.who }
}

fn rung(event: &Event, width: usize) -> String {
    let at = time(event.at);
    let name = label(event);
    match arrow(&event.what) {
        Some(arrow) => format!(" {name:width$} {arrow} │ {at}"),
        None => {
            let mut remark = remark(&event.what);
            if remark.chars().count() > ARROW {
                remark = remark.chars().take(ARROW - 1).chain(['…']).collect();
            }
            format!(" {name:width$} {remark:>ARROW$} ┤ {at}")
        }
    }
}

/// What went one way, drawn as an arrow.
fn arrow(what: &What) -> Option<String> {
    let to = |text: String| format!("── {text} {}▶", "─".repeat(room(&text)));
    let from = |text: String| format!("◀{} {text} ──", "─".repeat(room(&text)));
    Some(match what {
        What::Connected => to("connect".into()),
        What::Refused => from("refused".into()),
        What::Sent(excerpt) => to(payload(excerpt, PAYLOAD)),
        What::Got(excerpt) => from(payload(excerpt, PAYLOAD)),
        What::SentEnd => to("end".into()),
        What::GotEnd => from("end".into()),
        What::SentReset => to("reset".into()),
        What::GotReset => from("reset".into()),
        What::Closed => to("close".into()),
        _ => return None,
    })
}

/// What the program did, or what was done to it, beside the wire.
fn remark(what: &What) -> String {
    match what {
        What::Started(words) => format!("started: {words}"),
        What::Stdout(excerpt) => format!("prints {}", payload(excerpt, PAYLOAD)),
        What::Stderr(excerpt) => format!("logs {}", payload(excerpt, PAYLOAD)),
        What::Stdin(excerpt) => format!("is given {}", bytes(excerpt.length)),
        What::Signal(name) => format!("gets {name}"),
        What::Ended(how) => how.clone(),
        What::Note(text) => text.clone(),
        _ => String::new(),
    }
}

fn room(text: &str) -> usize {
    (ARROW - 5).saturating_sub(text.chars().count())
}

/// Bytes between quotes, of at most so many letters: where they are more, how they begin, and how
/// many there are.
pub fn payload(excerpt: &Excerpt, most: usize) -> String {
    let text = escaped(&excerpt.head);
    if excerpt.tail.is_empty()
        && excerpt.length == excerpt.head.len()
        && text.chars().count() <= most
    {
        return format!("\"{text}\"");
    }
    let head: String = text.chars().take(most.saturating_sub(14)).collect();
    format!("\"{head}…\" {}", bytes(excerpt.length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Tape;

    #[test]
    fn rungs_fit_into_80_columns_and_align() {
        let tape = Tape::new();
        tape.write("Ann", What::Connected);
        tape.write("Ann", What::Sent(Excerpt::of(b"hel")));
        tape.write("Carol", What::Got(Excerpt::of(&[0xff; 5000])));
        tape.write(
            PROGRAM,
            What::Started("server --listen 127.0.0.1:0 and more and more".into()),
        );
        let rungs = draw(&tape.read().0, 0);
        assert_eq!(rungs.len(), 4);
        let bars: Vec<_> = rungs
            .iter()
            .map(|rung| rung.chars().position(|c| "│┤".contains(c)))
            .collect();
        assert!(bars.windows(2).all(|pair| pair[0] == pair[1]), "{rungs:#?}");
        assert!(
            rungs.iter().all(|rung| rung.chars().count() <= 80),
            "{rungs:#?}"
        );
    }

    #[test]
    fn long_stories_are_cut_in_the_middle() {
        let tape = Tape::new();
        for _ in 0..100 {
            tape.write("Ann", What::Sent(Excerpt::of(b"x")));
            tape.write("Ann", What::SentEnd);
        }
        let rungs = draw(&tape.read().0, 7);
        assert_eq!(rungs.len(), RUNGS + 1);
        assert!(
            rungs[RUNGS / 2 - 1].contains("181 more"),
            "{}",
            rungs[RUNGS / 2 - 1]
        );
    }
}
