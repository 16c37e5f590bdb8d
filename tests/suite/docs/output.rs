//! What a document shows of an output, compared with the output.

use grader::docs::Numbers;
use snapbox::{Assert, Data};

/// Compares what a document says with what is; the error shows both. `[..]` in what it says
/// stands for any text in a line, and a line `...` for any lines.
pub fn compare(expected: &str, actual: &str, numbers: Numbers) -> Result<(), String> {
    let text = |text: &str| Data::text(format!("{}\n", read(text, numbers).trim_end()));
    // A backslash is what it is, and no separator of a path on another system.
    Assert::new()
        .normalize_paths(false)
        .try_eq(None, text(actual), text(expected))
        .map_err(|difference| difference.to_string())
}

/// The text as it is compared. Whether something has to be built first is the machine's matter.
fn read(text: &str, numbers: Numbers) -> String {
    let lines = text.lines().filter(|line| !is_cargo_at_work(line));
    let lines: Vec<String> = match numbers {
        Numbers::AsShown => lines.map(String::from).collect(),
        Numbers::Differ => lines.map(without_numbers).collect(),
    };
    lines.join("\n")
}

/// Cargo says what it does in a column of its own: `   Compiling tcp-echo v0.1.0`.
fn is_cargo_at_work(line: &str) -> bool {
    const COLUMN: usize = 12;
    line.split_at_checked(COLUMN).is_some_and(|(verb, rest)| {
        let verb = verb.trim_start();
        rest.starts_with(' ') && ["Blocking", "Compiling", "Finished"].contains(&verb)
    })
}

/// Numbers, their units, how wide the space is that they leave, and how far the cells of a bar are
/// filled can all differ.
fn without_numbers(line: &str) -> String {
    let mut kept = String::new();
    for c in line.chars() {
        let kind = match c {
            '0'..='9' => '0',
            '░' => '█',
            c => c,
        };
        let in_number = kept.ends_with('0') && (kind == '0' || kind == '.');
        let is_repeated = matches!(kind, ' ' | '─' | '█') && kept.ends_with(kind);
        if !in_number && !is_repeated {
            kept.push(kind);
        }
    }
    for unit in [" s", " ms", " µs"] {
        kept = kept.replace(&format!("0{unit}"), "0");
    }
    kept
}
