//! Finds functions by their names in Rust that somebody wrote: laid out in any way, with other
//! functions around, and perhaps not even complete.

use super::code::{bare, essence, is_in_name};

/// A function as it stands in a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// Where it begins, from 1.
    pub line: usize,
    /// From `pub` or `fn` to the closing brace, moved to the left margin.
    pub text: String,
    /// What stands before the body, without its layout.
    pub signature: String,
}

/// All functions of this name that have a body.
pub fn named(source: &str, name: &str) -> Vec<Function> {
    let bare = bare(source);
    let heads = bare.match_indices("fn").map(|(at, _)| at);
    heads
        .filter(|&at| is_head(&bare, at, name))
        .filter_map(|at| function(source, &bare, at))
        .collect()
}

/// Whether `fn` at this place is the word, and the name follows it.
fn is_head(bare: &str, at: usize, name: &str) -> bool {
    let own_word = !bare[..at].ends_with(is_in_name);
    let after = &bare[at + 2..];
    let named = after.trim_start();
    own_word
        && named.len() < after.len()
        && named
            .strip_prefix(name)
            .is_some_and(|rest| !rest.starts_with(is_in_name))
}

fn function(source: &str, bare: &str, at: usize) -> Option<Function> {
    let open = at + body(&bare[at..])?;
    let close = open + end(&bare[open..])?;
    let line = bare[..at].rfind('\n').map_or(0, |at| at + 1);
    // Something else may stand before it on its line.
    let start = bare[line..at]
        .rfind(['{', '}', ';'])
        .map_or(line, |before| line + before + 1);
    let text = &source[start..close];
    let indent = text.len() - text.trim_start().len();
    Some(Function {
        line: 1 + source[..at].matches('\n').count(),
        text: moved_left(&text[indent..], start + indent - line),
        signature: essence(source[start..open].trim_start_matches("pub ")),
    })
}

/// Where the `{` of the body is; None where a `;` ends it, as in a trait.
fn body(bare: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in bare.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            '{' if depth == 0 => return Some(at),
            ';' if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

/// Behind the brace that closes the first one; None if none does.
fn end(bare: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in bare.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => continue,
        }
        if depth == 0 {
            return Some(at + 1);
        }
    }
    None
}

/// Takes up to that many blanks from each line after the first.
pub fn moved_left(text: &str, indent: usize) -> String {
    let lines = text.lines().enumerate().map(|(number, line)| {
        let blanks = line.len() - line.trim_start_matches(' ').len();
        let taken = if number == 0 { 0 } else { blanks.min(indent) };
        line[taken..].trim_end()
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = r#"
trait Told { fn tell(&self) -> [u8; 4]; }

// fn tell() { not this }
impl Told for One {
    /// Says it.
    pub(crate) fn tell(
        &self,
    ) -> [u8; 4] {
        if '}' == self.last { "}" } else { b"{" }
    }
}
impl Told for Two { fn tell (&self) -> [u8; 4] { x } }
fn tell_all() {}
fn unfinished() { {
"#;

    #[test]
    fn each_function_of_a_name_is_found_whole() {
        let found = named(SOURCE, "tell");
        assert_eq!(found.len(), 2, "{found:#?}");
        assert_eq!(found[0].line, 7);
        assert!(found[0].text.starts_with("pub(crate) fn tell(\n    &self,"));
        assert!(found[0].text.ends_with("b\"{\" }\n}"), "{}", found[0].text);
        assert_eq!(found[1].text, "fn tell (&self) -> [u8; 4] { x }");
    }

    #[test]
    fn what_is_not_there_or_not_whole_is_not_found() {
        for name in ["missing", "unfinished", "al", ""] {
            assert_eq!(named(SOURCE, name), [], "{name}");
        }
    }
}
