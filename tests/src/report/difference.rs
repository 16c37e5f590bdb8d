//! Two texts as one: `-` before what only the first has, `+` before what only the second has.

use diffy::{DiffOptions, Line};

use super::style;

/// Code is shown as long as it is, behind this.
const INDENT: &str = "    ";

/// How much of the same stands around a difference.
#[derive(Clone, Copy)]
pub enum Around {
    /// Three lines.
    Some,
    /// All of it.
    All,
}

/// The differences, line by line.
pub fn draw(first: &str, second: &str, around: Around) -> Vec<String> {
    let (first, second) = (with_end(first), with_end(second));
    let mut options = DiffOptions::new();
    options.set_context_len(match around {
        Around::Some => 3,
        Around::All => first.len() + second.len(),
    });
    let patch = options.create_patch(&first, &second);
    let mut drawn = Vec::new();
    for (number, hunk) in patch.hunks().iter().enumerate() {
        if number > 0 {
            drawn.push(format!("{INDENT}  ⋮"));
        }
        drawn.extend(hunk.lines().iter().map(|line| {
            let line = match line {
                Line::Context(text) => return marked(' ', text),
                Line::Delete(text) => style::bad(&marked('-', text)),
                Line::Insert(text) => style::good(&marked('+', text)),
            };
            line.to_string()
        }));
    }
    while drawn.last().is_some_and(String::is_empty) {
        drawn.pop();
    }
    drawn
}

/// The lines of a text, as they stand in a difference that is none.
pub fn plain(text: &str) -> Vec<String> {
    text.lines().map(|line| marked(' ', line)).collect()
}

fn marked(mark: char, text: &str) -> String {
    let line = format!("{INDENT}{mark} {}", text.trim_end());
    line.trim_end().to_string()
}

fn with_end(text: &str) -> String {
    format!("{}\n", text.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_line_is_there_twice() {
        colored::control::set_override(false);
        let drawn = draw("a\n\nb\nc", "a\n\nx\nc\n", Around::All);
        assert_eq!(drawn, ["      a", "", "    - b", "    + x", "      c"]);
    }

    #[test]
    fn far_apart_is_drawn_apart() {
        colored::control::set_override(false);
        let many = |middle: &str| format!("a{middle}\n{}b{middle}\n", "x\n".repeat(20));
        let drawn = draw(&many("1"), &many("2"), Around::Some);
        assert!(drawn.contains(&"      ⋮".to_string()), "{drawn:?}");
        assert_eq!(drawn.len(), 2 * (2 + 3) + 1);
    }
}
