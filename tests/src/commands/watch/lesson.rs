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

    /// Shows the next screenful. Whether there is more of it.
    pub fn turn(&mut self) -> bool {
        let Size { rows, .. } = Size::now();
        // One line is for what is said below it, and one for the cursor.
        let mut room = rows.saturating_sub(2).max(1);
        page::fresh();
        while let Some(line) = self.lines.get(self.at) {
            let height = page::height(line).max(1);
            // A line that is higher than the screen has one to itself.
            if height > room && room < rows.saturating_sub(2) {
                break;
            }
            if line.is_empty() {
                tell("");
            } else {
                page::tell(line);
            }
            self.at += 1;
            room = room.saturating_sub(height);
            if room == 0 {
                break;
            }
        }
        let more = self.at < self.lines.len();
        if more {
            let percent = self.at * 100 / self.lines.len();
            let keys = format!("  {percent} % read: Space for more, q to go back");
            page::tell(&style::strong(&keys).to_string());
        }
        more
    }
}
