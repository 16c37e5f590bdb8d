//! How reports look in the terminal: colour only where it belongs, and lines that fit.

use std::io::{self, IsTerminal};

use colored::{ColoredString, Colorize};

/// The widest line that is written, whatever the terminal's width.
pub const WIDTH: usize = 80;

/// Decides once whether to colour: on a terminal, and not with `NO_COLOR`
/// (<https://no-color.org>).
pub fn set_up() {
    let colour = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    colored::control::set_override(colour);
}

/// Wraps a text at the width, each line behind `indent`.
pub fn wrapped(text: &str, indent: usize) -> String {
    let blank = " ".repeat(indent);
    let options = textwrap::Options::new(WIDTH)
        .initial_indent(&blank)
        .subsequent_indent(&blank)
        .break_words(false);
    textwrap::fill(text, options)
}

pub fn good(text: &str) -> ColoredString {
    text.green()
}

pub fn bad(text: &str) -> ColoredString {
    text.red().bold()
}

pub fn quiet(text: &str) -> ColoredString {
    text.dimmed()
}

pub fn strong(text: &str) -> ColoredString {
    text.bold()
}

pub fn doubtful(text: &str) -> ColoredString {
    text.yellow()
}
