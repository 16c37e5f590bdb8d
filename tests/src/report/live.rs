//! The ladder in the terminal while a conversation goes on: people on the left, the server on the
//! right, and between them the road, if something happens on it.
//!
//! ```text
//!                                                                  server
//!  client  │── "hello" ───────────────────────────────────────────────▶│ 0.4 ms
//!  client  │◀─────────────────────────────────────────────── "hello" ──│ 0.5 ms
//!  client  ├ prints "hello"                                            │ 0.6 ms
//! ```

use textwrap::core::display_width;

use super::scene::{Place, Step, Tone, cut};
use super::style;
use crate::words::time;

/// From the first bar to the last one, both included.
const WIDTH: usize = 61;

/// The longest name beside the first bar.
const NAME: usize = 7;

/// Where the lanes of a trace are.
pub struct Columns {
    /// People have the lanes before this one: the road, if there is one, or the server.
    people: usize,
    server: usize,
}

impl Columns {
    /// The people, then perhaps a road, then the server.
    pub fn new(people: usize, server: usize) -> Self {
        Self { people, server }
    }

    fn road(&self) -> Option<usize> {
        (self.people < self.server).then_some(self.people)
    }

    /// The names above the bars.
    pub fn heading(&self, server: &str) -> String {
        let road = if self.road().is_some() { "road" } else { "" };
        let server = cut(server, WIDTH / 2 - 4);
        let middle = WIDTH - server.chars().count() + 1;
        format!(" {:NAME$} {road:^middle$}{server}", "")
    }

    /// A line for a step of somebody of this name.
    pub fn rung(&self, step: &Step, name: &str) -> String {
        let drawn = match step.place {
            Place::Between(from, to) => self.arrow(step, from, to),
            Place::Beside(lane) => self.remark(step, lane),
        };
        let at = time(step.at);
        let name = cut(name, NAME);
        let blank = NAME - display_width(&name);
        format!(" {name}{:blank$} {drawn} {}", "", style::quiet(&at))
    }

    /// How many columns there are between the bars.
    fn count(&self) -> usize {
        if self.road().is_some() { 2 } else { 1 }
    }

    /// How wide each of them is.
    fn room(&self) -> usize {
        (WIDTH - 1) / self.count() - 1
    }

    /// A lane's bar, counted from the left.
    fn bar(&self, lane: usize) -> usize {
        match lane {
            _ if lane < self.people => 0,
            _ if lane == self.server => self.count(),
            _ => 1,
        }
    }

    fn arrow(&self, step: &Step, from: usize, to: usize) -> String {
        let (from, to) = (self.bar(from), self.bar(to));
        let said = step.saying.in_short(self.room() - 6);
        let shaft = "─".repeat(self.room() - 5 - display_width(&said));
        let arrow = if from < to {
            format!("── {said} {shaft}▶")
        } else {
            format!("◀{shaft} {said} ──")
        };
        self.row(from.min(to), &coloured(step.tone, &arrow), ["│", "│"])
    }

    /// Beside a bar: right of it, but left of the last one.
    fn remark(&self, step: &Step, lane: usize) -> String {
        let said = step.saying.in_short(self.room() - 2);
        let blank = " ".repeat(self.room() - 2 - display_width(&said));
        let said = coloured(step.tone, &said);
        let bar = self.bar(lane);
        if bar == self.count() {
            self.row(bar - 1, &format!("{blank} {said} "), ["│", "┤"])
        } else {
            self.row(bar, &format!(" {said} {blank}"), ["├", "│"])
        }
    }

    /// All bars, and one column filled, between these two.
    fn row(&self, column: usize, drawn: &str, [left, right]: [&str; 2]) -> String {
        let mut row = String::new();
        for bar in 0..=self.count() {
            row += match bar {
                _ if bar == column => left,
                _ if bar == column + 1 => right,
                _ => "│",
            };
            if bar == column {
                row += drawn;
            } else if bar < self.count() {
                row += &" ".repeat(self.room());
            }
        }
        row
    }
}

fn coloured(tone: Tone, text: &str) -> String {
    match tone {
        Tone::Plain | Tone::End => text.to_string(),
        Tone::Bad => style::bad(text).to_string(),
        Tone::Mishap => style::doubtful(text).to_string(),
        Tone::Aside => style::quiet(text).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::scene::{Saying, Stream};
    use crate::wire::tape::Excerpt;
    use std::time::Duration;

    #[test]
    fn all_rungs_align_and_fit_into_80_columns() {
        colored::control::set_override(false);
        let long = || Excerpt::of(&[0xff; 5000]);
        let sayings = || {
            [
                Saying::Payload(long()),
                Saying::Words("日本 ".repeat(50)),
                Saying::Stream(Stream::Log, long()),
                Saying::Words("end".into()),
            ]
        };
        for (columns, places) in [
            (
                Columns::new(2, 2),
                vec![
                    Place::Between(0, 2),
                    Place::Between(2, 1),
                    Place::Beside(0),
                    Place::Beside(2),
                ],
            ),
            (
                Columns::new(1, 2),
                vec![
                    Place::Between(0, 1),
                    Place::Between(1, 2),
                    Place::Between(2, 1),
                    Place::Between(1, 0),
                    Place::Beside(0),
                    Place::Beside(1),
                    Place::Beside(2),
                ],
            ),
        ] {
            for place in places {
                for saying in sayings() {
                    let step = Step {
                        at: Duration::from_millis(3_599_990),
                        place,
                        saying,
                        tone: Tone::Plain,
                        ends: Vec::new(),
                    };
                    let rung = columns.rung(&step, "Bartholomew");
                    let width = display_width;
                    assert!(width(&rung) <= 80, "{rung}");
                    let (first, last) = (rung.find(['│', '├']), rung.rfind(['│', '┤']));
                    let (Some(first), Some(last)) = (first, last) else {
                        panic!("{rung}")
                    };
                    assert_eq!(width(&rung[..first]), NAME + 2, "{rung}");
                    assert_eq!(width(&rung[..last]), NAME + 1 + WIDTH, "{rung}");
                }
            }
        }
    }
}
