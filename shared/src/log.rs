//! The log: lines on stderr, coloured only where a person looks at them.

use std::fmt::Arguments;
use std::io::{self, IsTerminal, Write};

use colored::{ColoredString, Colorize};

/// Writes a line to the log: `shared::log!("{peer}: connected")`.
#[macro_export]
macro_rules! log {
    ($($text:tt)*) => { $crate::write_log(format_args!($($text)*)) };
}

/// Writes one line to stderr. A log that cannot be written stops no program.
pub fn write(text: Arguments) {
    let line = format!("{}\n", paint(&text.to_string(), |text| text.dimmed()));
    let _ = io::stderr().lock().write_all(line.as_bytes());
}

pub(crate) fn red(text: &str) -> String {
    paint(text, |text| text.red().bold())
}

pub(crate) fn cyan(text: &str) -> String {
    paint(text, |text| text.cyan())
}

/// Colours `text` if stderr is a terminal and the user did not say `NO_COLOR`
/// (<https://no-color.org>).
fn paint(text: &str, colour: fn(&str) -> ColoredString) -> String {
    if io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none() {
        colored::control::set_override(true);
        colour(text).to_string()
    } else {
        text.to_string()
    }
}
