//! Pictures in a document that are drawn from a real run: which command draws each, and whether a
//! new one says the same.
//!
//! `<!-- drawn by: just trace 3 --reference -->` stands directly above the line with the picture,
//! `![what is on it](03-udp-factorial.svg)`, which lies beside the document.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

/// A picture that a command draws.
#[derive(Debug, PartialEq, Eq)]
pub struct Picture {
    /// What is typed, without `just` and without the file.
    pub words: Vec<String>,
    /// The name of its file, which is in the folder of the document.
    pub file: String,
}

impl Picture {
    /// What the grader is told, so that the picture goes into this file. Options come before a
    /// `--`: what is behind it is for the program.
    pub fn drawn_into(&self, file: &Path) -> Vec<OsString> {
        let own = self.words.iter().position(|word| word == "--");
        let (options, rest) = self.words.split_at(own.unwrap_or(self.words.len()));
        let mut words: Vec<OsString> = options.iter().map(OsString::from).collect();
        words.extend(["--svg".into(), file.into()]);
        words.extend(rest.iter().map(OsString::from));
        words
    }
}

/// All pictures of a document that a command draws.
pub fn pictures(text: &str) -> Result<Vec<Picture>, String> {
    let mut found = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        let note = line.strip_prefix("<!-- drawn by: just ");
        let Some(command) = note.and_then(|rest| rest.strip_suffix(" -->")) else {
            continue;
        };
        let at = at + 1;
        let file = lines
            .next()
            .and_then(|(_, line)| {
                line.strip_prefix("![")?
                    .split_once("](")?
                    .1
                    .strip_suffix(')')
            })
            .filter(|file| file.split_once('.').is_some_and(|(_, end)| end == "svg"))
            .filter(|file| !file.contains('/'))
            .ok_or_else(|| format!("line {at}: no picture `![…](NAME.svg)` below"))?;
        found.push(Picture {
            words: shell_words::split(command).map_err(|why| format!("line {at}: {why}"))?,
            file: file.into(),
        });
    }
    Ok(found)
}

/// Whether two pictures of a conversation show the same on the wire. Times, ports and lengths are
/// never the same twice, and neither is how a stream is cut into pieces: so what is said is put
/// together again, for each two programs and each direction.
pub fn say_the_same(one: &str, other: &str) -> bool {
    said(one) == said(other)
}

/// What goes from where to where, by the places of the two programs on the picture.
fn said(svg: &str) -> BTreeMap<String, String> {
    let mut said: BTreeMap<String, String> = BTreeMap::new();
    for step in svg.split("<g class=\"").skip(1) {
        // What programs print and log is beside the wire.
        if step.starts_with("aside") {
            continue;
        }
        let words = between(step, "<title>", "</title>").unwrap_or_default();
        let words = words
            .strip_prefix("&quot;")
            .and_then(|words| words.strip_suffix("&quot;"))
            .unwrap_or(words);
        said.entry(way(step)).or_default().push_str(words);
    }
    for text in said.values_mut() {
        *text = without_numbers(text);
    }
    said
}

/// An arrow is a path from one line to another, `M100 226H731`; other steps have one place.
fn way(step: &str) -> String {
    match between(step, "class=\"shaft\" d=\"M", "\"").and_then(|path| path.split_once('H')) {
        Some((from, to)) => format!("{} to {to}", from.split(' ').next().unwrap_or_default()),
        None => between(step, "cx=\"", "\"").unwrap_or_default().into(),
    }
}

fn between<'a>(text: &'a str, before: &str, behind: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(behind).map(|(inside, _)| inside)
}

fn without_numbers(text: &str) -> String {
    let mut kept = String::new();
    for c in text.chars() {
        let kind = if c.is_ascii_digit() { '0' } else { c };
        if kind != '0' || !kept.ends_with('0') {
            kept.push(kind);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_stands_below_its_command() {
        let text = "a\n<!-- drawn by: just trace 3 --drop '5 %' -->\n![b](c.svg)\n![d](e.svg)\n";
        assert_eq!(
            pictures(text).unwrap(),
            [Picture {
                words: ["trace", "3", "--drop", "5 %"].map(String::from).into(),
                file: "c.svg".into(),
            }]
        );
        for wrong in ["", "\n![b](c.svg)", "![b](c.png)", "![b](../c.svg)", "text"] {
            assert!(pictures(&format!("<!-- drawn by: just trace 3 -->\n{wrong}")).is_err());
        }
    }

    fn arrow(from: u32, to: u32, words: &str) -> String {
        format!(
            "<g class=\"plain\"><title>{words}</title><text class=\"time\">{from} ms</text>\
             <path class=\"shaft\" d=\"M{from} 226H{to}\"/></g>"
        )
    }

    #[test]
    fn how_a_stream_is_cut_makes_no_difference() {
        let whole = arrow(100, 731, "&quot;hello on 7002&quot;");
        let aside = "<g class=\"aside\"><title>logs</title><circle cx=\"740\"/></g>";
        let pieces = [("&quot;hel&quot;"), ("&quot;lo on 80&quot;")]
            .map(|words| arrow(100, 731, words))
            .concat();
        assert!(say_the_same(&whole, &format!("{aside}{pieces}")));
        assert!(!say_the_same(
            &whole,
            &arrow(740, 109, "&quot;hello on 7002&quot;")
        ));
        assert!(!say_the_same(&whole, &arrow(100, 731, "&quot;help&quot;")));
        assert!(!say_the_same(
            &whole,
            &(whole.clone() + &arrow(100, 731, "end"))
        ));
    }
}
