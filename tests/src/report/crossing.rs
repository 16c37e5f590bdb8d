//! The ladder of a road, as it goes: what crosses from a client to the road, and from the road to
//! the server, each in a column of its own.
//!
//! ```text
//!      client                        chaos                        server
//!   #1 │── "hello" ────────────────▶│                               │   0.3 ms
//!   #1 │                            │── "h" ───────────────────────▶│   0.4 ms
//! ```

use std::time::Duration;

use super::ladder::payload;
use super::style;
use crate::wire::proxy::{Passage, Side};
use crate::wire::tape::What;
use crate::words::time;

/// The width of a column, between two bars.
const COLUMN: usize = 30;

/// What an arrow needs beside what is written on it.
const SHAFT: usize = 6;

/// The names above the bars.
pub fn heading() -> String {
    format!("      client{:^50}server", "chaos")
}

/// A line for something that has passed, this long after the beginning.
pub fn rung(passage: &Passage, at: Duration) -> String {
    let number = format!("#{}", passage.connection);
    let blank = " ".repeat(COLUMN);
    let column = column(&passage.what, passage.side);
    let (left, right) = match passage.side {
        Side::Client => (column, blank),
        Side::Server => (blank, column),
    };
    let at = style::quiet(&time(at)).to_string();
    format!("{number:>5} │{left}│{right}│ {at}")
}

/// What is drawn in the column of this side.
fn column(what: &What, side: Side) -> String {
    let (outward, inward) = match side {
        Side::Client => (Points::Left, Points::Right),
        Side::Server => (Points::Right, Points::Left),
    };
    let bytes = |excerpt| payload(excerpt, COLUMN - SHAFT - 2);
    match what {
        // The client begins a connection, and the road goes on with it.
        What::Connected => arrow("connect", Points::Right),
        What::Refused => style::bad(&arrow("refused", inward)).to_string(),
        What::Sent(excerpt) => arrow(&bytes(excerpt), outward),
        What::Got(excerpt) => arrow(&bytes(excerpt), inward),
        What::SentEnd => arrow("end", outward),
        What::GotEnd => arrow("end", inward),
        What::SentReset => style::bad(&arrow("reset", outward)).to_string(),
        What::GotReset => style::bad(&arrow("reset", inward)).to_string(),
        What::Closed => style::bad(&arrow("close", outward)).to_string(),
        What::Note(text) => style::doubtful(&remark(text)).to_string(),
        _ => " ".repeat(COLUMN),
    }
}

#[derive(Clone, Copy)]
enum Points {
    Left,
    Right,
}

fn arrow(text: &str, points: Points) -> String {
    let shaft = "─".repeat((COLUMN + 1 - SHAFT).saturating_sub(text.chars().count()));
    match points {
        Points::Left => format!("◀{shaft} {text} ──"),
        Points::Right => format!("── {text} {shaft}▶"),
    }
}

/// Beside the wire: what befell something.
fn remark(text: &str) -> String {
    let text = if text.chars().count() > COLUMN - 2 {
        text.chars().take(COLUMN - 3).chain(['…']).collect()
    } else {
        text.to_string()
    };
    format!(" {text:<0$}", COLUMN - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::tape::Excerpt;

    const AT: Duration = Duration::from_millis(12_345_678);

    fn plain(side: Side, what: What) -> String {
        colored::control::set_override(false);
        rung(
            &Passage {
                connection: 1234,
                side,
                what,
            },
            AT,
        )
    }

    #[test]
    fn all_rungs_align_and_fit_into_80_columns() {
        let all = || {
            [
                What::Connected,
                What::Refused,
                What::Sent(Excerpt::of(b"hi")),
                What::Sent(Excerpt::of(&[0xff; 24])),
                What::Got(Excerpt::of(&vec![b'x'; 65_507])),
                What::GotEnd,
                What::SentEnd,
                What::GotReset,
                What::Closed,
                What::Note("drops what is much longer than a column is wide".into()),
            ]
        };
        for side in [Side::Client, Side::Server] {
            for what in all() {
                let rung = plain(side, what);
                let bars: Vec<_> = rung
                    .chars()
                    .enumerate()
                    .filter(|(_, c)| *c == '│')
                    .map(|(at, _)| at)
                    .collect();
                assert_eq!(bars, [6, 37, 68], "{rung}");
                assert!(rung.chars().count() <= 80, "{rung}");
            }
        }
    }

    #[test]
    fn arrows_point_where_things_go() {
        let hi = || Excerpt::of(b"hi");
        assert!(plain(Side::Client, What::Got(hi())).contains("│── \"hi\" ─"));
        assert!(plain(Side::Client, What::Sent(hi())).contains("─ \"hi\" ──│"));
        assert!(plain(Side::Server, What::Sent(hi())).contains("│── \"hi\" ─"));
        assert!(plain(Side::Server, What::Got(hi())).contains("─ \"hi\" ──│"));
    }
}
