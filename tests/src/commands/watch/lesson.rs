//! The lesson in `watch`: a screenful at a time, with the keys that are there anyway.

use super::page::{self, Size};
use crate::commands::out::tell;
use crate::report::style;

/// A lesson, and how far it was read.
pub struct Lesson {
    lines: Vec<String>,
    at: usize,
}

impl Lesson {
    pub fn of(text: &str) -> Self {
        Self {
            lines: text.lines().map(String::from).collect(),
            at: 0,
        }
    }

    /// Shows the next screenful; below the last one come so many lines. Whether there is more of
    /// it.
    pub fn turn(&mut self, below: usize) -> bool {
        let next = self.at + self.screenful(Size::now(), below);
        page::fresh();
        for line in &self.lines[self.at..next] {
            if line.is_empty() {
                tell("");
            } else {
                page::tell(line);
            }
        }
        self.at = next;
        let more = self.at < self.lines.len();
        if more {
            let percent = self.at * 100 / self.lines.len();
            let keys = format!("  {percent} % read: Space for more, q to go back");
            page::tell(&style::strong(&keys).to_string());
        }
        more
    }

    /// How many lines of the text the next screenful has.
    fn screenful(&self, Size { columns, rows }: Size, below: usize) -> usize {
        let left = &self.lines[self.at..];
        // One line is for what is said below it, and one for the cursor.
        let count = fitting(left, columns, rows.saturating_sub(2));
        if count < left.len() {
            return count;
        }
        // It would be the last one: then there is more below it, or its end comes on another.
        fitting(left, columns, rows.saturating_sub(below + 1))
    }
}

/// How many of these lines have room. One always has: what is higher than the screen has it to
/// itself.
fn fitting(lines: &[String], columns: usize, room: usize) -> usize {
    let mut taken = 0;
    let fits = |line: &&String| {
        taken += page::height_in(line, columns).max(1);
        taken <= room
    };
    let count = lines.iter().take_while(fits).count();
    count.max(1).min(lines.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An empty line, where one is, and the keys.
    const BELOW: usize = 3;
    const SCREEN: Size = Size {
        columns: 80,
        rows: 24,
    };

    /// How many lines each page has.
    fn pages(text: &str) -> Vec<usize> {
        let mut lesson = Lesson::of(text);
        let mut pages = Vec::new();
        while lesson.at < lesson.lines.len() {
            let count = lesson.screenful(SCREEN, BELOW);
            lesson.at += count;
            pages.push(count);
        }
        pages
    }

    #[test]
    fn a_last_page_has_room_for_what_is_below_it() {
        assert_eq!(pages(&"line\n".repeat(20)), [20]);
        assert_eq!(pages(&"line\n".repeat(21)), [20, 1]);
        assert_eq!(pages(&"line\n".repeat(22)), [20, 2]);
        assert_eq!(pages(&"line\n".repeat(23)), [22, 1]);
        assert_eq!(pages(&"line\n".repeat(44)), [22, 20, 2]);
    }

    #[test]
    fn a_line_may_be_higher_than_others() {
        let long = "word ".repeat(40);
        assert_eq!(pages(&format!("{}{long}", "\n".repeat(19))), [19, 1]);
        let higher_than_all = "word ".repeat(400);
        assert_eq!(pages(&format!("one\n{higher_than_all}\nlast")), [1, 1, 1]);
    }
}
