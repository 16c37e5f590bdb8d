//! Finds the blocks of a Markdown text that can be checked.
//!
//! What a block is, the comments directly above it say, which no reader sees:
//! `<!-- from labs/02-tcp-echo/src/server.rs: fn echo -->`, `<!-- not run: WHY -->`,
//! `<!-- needs: nc, socat -->`, `<!-- numbers differ -->`, `<!-- beside another -->`,
//! `<!-- in a copy -->`. And a line `PATH`: above a block makes it a file, for all to see.

use std::ops::Range;
use std::path::PathBuf;

use super::transcript::{self, Command};
use super::written::{self, How, Written};

/// A block that can be checked.
#[derive(Debug)]
pub enum Block {
    Included(Included),
    Console(Console),
    Written(Written),
}

/// Code that is an item of a source file, word for word.
#[derive(Debug)]
pub struct Included {
    /// The source, from the root of the workbook.
    pub path: PathBuf,
    /// Which item of it: `fn echo`.
    pub item: String,
    pub code: String,
    /// The lines of the document that hold the code, counted from 0.
    pub lines: Range<usize>,
}

/// Commands and what they print.
#[derive(Debug)]
pub struct Console {
    pub commands: Vec<Command>,
    pub run: Run,
    pub place: Place,
    pub stay: Stay,
    pub numbers: Numbers,
    /// The line of the document that opens the block, counted from 1.
    pub line: usize,
}

/// Whether a console block is run.
#[derive(Debug, PartialEq, Eq)]
pub enum Run {
    Always,
    /// Not at all, for this reason.
    Never(String),
    /// Where all of these tools are installed.
    With(Vec<String>),
}

/// Where a console block is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Here,
    /// In a copy of the workbook, with the files that the document has its reader write.
    InACopy,
}

/// How long the command of a console block runs.
#[derive(Debug, PartialEq, Eq)]
pub enum Stay {
    /// The block is over when its commands are.
    UntilDone,
    /// Its one command runs on beside the blocks that follow, instead of the one before it.
    Background,
    /// The same, beside the one before it.
    BesideAnother,
}

/// What the numbers in an output are: times and ports are not the same on any two days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbers {
    AsShown,
    Differ,
}

/// The blocks of a document, in its order.
pub fn blocks(text: &str) -> Result<Vec<Block>, String> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let Some((fence, info)) = opening(lines[at]) else {
            at += 1;
            continue;
        };
        let inside = at + 1..end_of(&lines, at + 1, fence)?;
        let notes = notes_above(&lines, at);
        if let Some(block) = block(info, &notes, &lines, inside.clone())
            .map_err(|why| format!("line {}: {why}", at + 1))?
        {
            found.push(block);
        }
        at = inside.end + 1;
    }
    Ok(found)
}

fn block(
    info: &str,
    notes: &[&str],
    lines: &[&str],
    inside: Range<usize>,
) -> Result<Option<Block>, String> {
    let line = inside.start;
    if let Some(from) = note(notes, "from ") {
        if info != "rust" {
            return Err(format!("`from {from}` stands above `{info}`, not `rust`"));
        }
        let (path, item) = from
            .split_once(": ")
            .ok_or_else(|| format!("`from {from}` names no item: `from PATH: fn NAME`"))?;
        return Ok(Some(Block::Included(Included {
            path: path.into(),
            item: item.into(),
            code: text_of(&lines[inside.clone()]),
            lines: inside,
        })));
    }
    let file = |path| Written {
        path,
        text: text_of(&lines[inside.clone()]),
        how: match info {
            "diff" => How::Changes,
            _ => How::Whole,
        },
    };
    let stay = match info {
        "console" => Stay::UntilDone,
        "console background" if notes.contains(&"beside another") => Stay::BesideAnother,
        "console background" => Stay::Background,
        _ => return Ok(written_above(lines, line - 1).map(|path| Block::Written(file(path)))),
    };
    let commands = transcript::commands(&lines[inside.clone()])?;
    if stay != Stay::UntilDone && commands.len() != 1 {
        return Err("a background block has exactly one command".into());
    }
    Ok(Some(Block::Console(Console {
        commands,
        run: when(notes),
        place: if notes.contains(&"in a copy") {
            Place::InACopy
        } else {
            Place::Here
        },
        stay,
        numbers: if notes.contains(&"numbers differ") {
            Numbers::Differ
        } else {
            Numbers::AsShown
        },
        line,
    })))
}

fn when(notes: &[&str]) -> Run {
    if let Some(why) = note(notes, "not run: ") {
        Run::Never(why.into())
    } else if let Some(tools) = note(notes, "needs: ") {
        Run::With(tools.split(',').map(|tool| tool.trim().into()).collect())
    } else {
        Run::Always
    }
}

/// The fence and the word behind it, if this line opens a block.
fn opening(line: &str) -> Option<(&str, &str)> {
    let ticks = line.len() - line.trim_start_matches('`').len();
    (ticks >= 3).then(|| (&line[..ticks], line[ticks..].trim()))
}

/// The line that closes what `fence` opened: at least as many ticks, and nothing else.
fn end_of(lines: &[&str], from: usize, fence: &str) -> Result<usize, String> {
    (from..lines.len())
        .find(|&at| {
            opening(lines[at])
                .is_some_and(|(end, info)| end.len() >= fence.len() && info.is_empty())
        })
        .ok_or_else(|| format!("line {from}: this block is never closed"))
}

/// What the comments directly above line `at` say.
fn notes_above<'a>(lines: &[&'a str], at: usize) -> Vec<&'a str> {
    lines[..at]
        .iter()
        .rev()
        .map_while(|line| line.strip_prefix("<!-- ")?.strip_suffix(" -->"))
        .collect()
}

/// The file that the last words above line `at` name.
fn written_above(lines: &[&str], at: usize) -> Option<PathBuf> {
    let above = lines[..at].iter().rev().find(|line| !line.is_empty())?;
    written::path_in(above)
}

fn note<'a>(notes: &[&'a str], start: &str) -> Option<&'a str> {
    notes.iter().find_map(|note| note.strip_prefix(start))
}

fn text_of(lines: &[&str]) -> String {
    lines.iter().flat_map(|line| [line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(text: &str) -> Block {
        let mut found = blocks(text).expect("the text is well formed");
        assert_eq!(found.len(), 1, "{found:?}");
        found.remove(0)
    }

    #[test]
    fn code_says_where_it_is_from() {
        let Block::Included(code) =
            only("<!-- from a/b.rs: fn echo -->\n```rust\nfn echo() {}\n```\n")
        else {
            panic!("not code");
        };
        assert_eq!(code.path, PathBuf::from("a/b.rs"));
        assert_eq!(
            (code.item.as_str(), code.code.as_str()),
            ("fn echo", "fn echo() {}\n")
        );
        assert_eq!(code.lines, 2..3);
    }

    #[test]
    fn a_console_block_says_when_it_runs() {
        for (note, run) in [
            ("", Run::Always),
            (
                "<!-- not run: it installs -->\n",
                Run::Never("it installs".into()),
            ),
            (
                "<!-- needs: nc, ss -->\n",
                Run::With(vec!["nc".into(), "ss".into()]),
            ),
        ] {
            let Block::Console(console) = only(&format!("{note}```console\n$ true\n```\n")) else {
                panic!("no console");
            };
            assert_eq!((console.run, console.stay), (run, Stay::UntilDone));
        }
    }

    #[test]
    fn a_file_to_be_written_says_so_to_all() {
        let block = only("Write `a/b.rs`:\n```rust\n```\n\n`a/b.rs`:\n\n```rust\nfn a() {}\n```\n");
        let Block::Written(file) = block else {
            panic!("no file");
        };
        assert_eq!(file.path, PathBuf::from("a/b.rs"));
        assert_eq!((file.text.as_str(), file.how), ("fn a() {}\n", How::Whole));
    }

    #[test]
    fn a_document_about_documents_can_show_a_block_without_having_it() {
        assert!(
            blocks("````text\n```console\n$ false\n```\n````\n")
                .unwrap()
                .is_empty()
        );
    }

    #[test]
    fn what_is_malformed_is_said_with_its_line() {
        for (text, why) in [
            ("\n```rust\nfn", "line 2"),
            ("<!-- from a.rs -->\n```rust\n```\n", "names no item"),
            ("```console background\n$ a\n$ b\n```\n", "exactly one"),
        ] {
            assert!(blocks(text).unwrap_err().contains(why), "{text}");
        }
    }
}
