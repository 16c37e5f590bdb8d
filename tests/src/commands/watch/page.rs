//! What is written on the screen: pages that fit its width, each below the one before, which can
//! be scrolled back to.

use std::env;
use std::io::{self, Write};

use rustix::termios::tcgetwinsize;

use crate::commands::out;
use crate::report::style;

/// What a terminal has that does not tell.
const USUAL: Size = Size {
    columns: 80,
    rows: 24,
};

#[derive(Clone, Copy)]
pub struct Size {
    pub columns: usize,
    pub rows: usize,
}

impl Size {
    /// What the terminal has now: its user may change it at any time.
    pub fn now() -> Self {
        match tcgetwinsize(io::stdout()) {
            Ok(size) if size.ws_col > 0 && size.ws_row > 0 => Self {
                columns: size.ws_col.into(),
                rows: size.ws_row.into(),
            },
            _ => USUAL,
        }
    }
}

/// Begins a new screen. What was there can be scrolled back to; a terminal that only prints
/// gets a line between the two.
pub fn fresh() {
    let Size { columns, rows } = Size::now();
    if env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb") {
        out::tell(format!("\n{}", "-".repeat(columns.min(style::WIDTH))));
        return;
    }
    // As many lines as move all that is written out at the top, then to the top (ECMA-48,
    // CUP), and whatever is below it away (ED).
    let away = "\n".repeat(rows.saturating_sub(1));
    // A terminal that has gone is noticed by its signal.
    let _ = write!(io::stdout(), "{away}\u{1b}[H\u{1b}[J");
}

/// Tells lines, each no wider than the screen; what is indented stays so.
pub fn tell(text: &str) {
    let columns = Size::now().columns;
    for line in text.lines() {
        out::tell(folded(line, columns));
    }
}

/// How many lines of the screen the text takes.
pub fn height(text: &str) -> usize {
    height_in(text, Size::now().columns)
}

/// How many lines it takes where a line has so many columns.
pub fn height_in(text: &str, columns: usize) -> usize {
    text.lines()
        .map(|line| folded(line, columns).lines().count().max(1))
        .sum()
}

/// A line in lines of at most so many columns, those after the first indented like it.
fn folded(line: &str, columns: usize) -> String {
    if textwrap::core::display_width(line) <= columns {
        return line.to_string();
    }
    let blanks = line.len() - line.trim_start().len();
    let indent = " ".repeat(blanks.min(columns / 4));
    let options = style::lines(columns)
        .initial_indent(&indent)
        .subsequent_indent(&indent);
    textwrap::fill(line.trim_start(), options)
}
