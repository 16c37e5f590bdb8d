//! A program that broke, in its own words, and one that is stuck, in the kernel's.

use super::spec::Exit;
use super::system::{self, Tree};

/// As many lines of a log as help.
const MOST_LINES: usize = 5;
/// As much of a line as fits where it is shown.
const LONGEST_LINE: usize = 200;

/// Its exit, or what it waits in, and its last words on standard error.
pub fn of(exit: Option<Exit>, stderr: &[u8], tree: Tree) -> String {
    let state = match exit {
        Some(exit) => format!("it ended: {exit}"),
        None => waits_in(&system::waits(tree)),
    };
    let stderr = String::from_utf8_lossy(stderr);
    let lines: Vec<&str> = stderr
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let last = &lines[lines.len().saturating_sub(MOST_LINES)..];
    if last.is_empty() {
        return state;
    }
    let last: Vec<String> = last
        .iter()
        .map(|line| {
            format!(
                "\n    {}",
                line.chars().take(LONGEST_LINE).collect::<String>()
            )
        })
        .collect();
    format!("{state}; the last of its standard error:{}", last.concat())
}

fn waits_in(waits: &[String]) -> String {
    match waits {
        [] => "it still runs".to_string(),
        [one] => format!("it {one}"),
        [first, rest @ ..] => format!("it {first}, and {}", rest.join(", and ")),
    }
}

/// The exercise of the first `todo!("exercise N.M: …")` that was reached.
pub fn todo_in(stderr: &[u8]) -> Option<String> {
    let stderr = String::from_utf8_lossy(stderr);
    let (_, rest) = stderr.split_once("not yet implemented: exercise ")?;
    let number: String = rest
        .chars()
        .take_while(|&c| c.is_ascii_digit() || c == '.')
        .collect();
    number.contains('.').then_some(number)
}

#[cfg(test)]
mod tests {
    use super::{todo_in, waits_in};

    #[test]
    fn a_todo_is_told_by_its_exercise() {
        let stderr = b"thread 'main' panicked at src/server.rs:9:5:\n\
                       not yet implemented: exercise 2.4: send the message\n";
        assert_eq!(todo_in(stderr), Some("2.4".to_string()));
        assert_eq!(todo_in(b"not yet implemented: later"), None);
    }

    #[test]
    fn waits_read_as_a_sentence() {
        let waits = ["waits in accept".to_string(), "sleeps".to_string()];
        assert_eq!(waits_in(&waits[..1]), "it waits in accept");
        assert_eq!(waits_in(&waits), "it waits in accept, and sleeps");
    }
}
