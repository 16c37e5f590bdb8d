//! How reports look in the terminal: colour only where it belongs, and lines that fit.

use colored::{ColoredString, Colorize};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::workbook::colour;

/// The widest line that is written, whatever the terminal's width.
pub const WIDTH: usize = 80;

/// Decides once whether to colour.
pub fn set_up() {
    colored::control::set_override(colour::is_wanted());
}

/// Wraps a text at the width, each line behind `indent`.
pub fn wrapped(text: &str, indent: usize) -> String {
    let blank = " ".repeat(indent);
    let options = lines(WIDTH)
        .initial_indent(&blank)
        .subsequent_indent(&blank)
        .break_words(false);
    textwrap::fill(text, options)
}

/// Lines of this width, which end between words alone: who copies a path or a command gets all
/// of it.
pub fn lines<'a>(width: usize) -> textwrap::Options<'a> {
    textwrap::Options::new(width)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
}

/// Wraps a text at the width, its first line behind `mark`, the others below it.
pub fn marked(mark: &str, text: &str) -> String {
    let below = " ".repeat(mark.width());
    let options = lines(WIDTH)
        .initial_indent(mark)
        .subsequent_indent(&below)
        .break_words(false);
    textwrap::fill(text, options)
}

/// The text in exactly this many columns: filled with blanks, or cut.
pub fn fitted(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return format!("{text}{}", " ".repeat(columns - text.width()));
    }
    let mut kept = String::new();
    for letter in text.chars() {
        if kept.width() + letter.width().unwrap_or(0) >= columns {
            break;
        }
        kept.push(letter);
    }
    let blank = columns.saturating_sub(kept.width() + 1);
    format!("{kept}…{}", " ".repeat(blank))
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
