//! The text of a paragraph: its words, what is said of them, and where its links lead.

use std::iter::Peekable;

use colored::Colorize;
use pulldown_cmark::{Event, LinkType, Parser, Tag, TagEnd};
use textwrap::{WordSeparator, WordSplitter};

/// A piece of a text, all of one kind.
pub struct Piece {
    text: String,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    Plain,
    Strong,
    Code,
}

/// Takes the text up to the end of what it is in, or to the next block.
pub fn pieces(events: &mut Peekable<Parser>, folder: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut kind = Kind::Plain;
    // Where the links that this is in lead; a link in a link is no Markdown, an image in one is.
    let mut targets: Vec<Option<String>> = Vec::new();
    while let Some(event) = events.peek() {
        let text = match event {
            Event::InlineHtml(_) => String::new(),
            Event::Text(text) => text.to_string(),
            Event::Code(code) => {
                pieces.push(Piece {
                    text: format!("`{code}`"),
                    kind: Kind::Code,
                });
                String::new()
            }
            Event::SoftBreak => " ".to_string(),
            Event::HardBreak => "\n".to_string(),
            Event::Start(Tag::Strong | Tag::Emphasis) => {
                kind = Kind::Strong;
                String::new()
            }
            Event::End(TagEnd::Strong | TagEnd::Emphasis) => {
                kind = Kind::Plain;
                String::new()
            }
            Event::Start(Tag::Link {
                link_type,
                dest_url,
                ..
            }) => {
                targets.push((*link_type != LinkType::Autolink).then(|| place(dest_url, folder)));
                String::new()
            }
            Event::Start(Tag::Image { dest_url, .. }) => {
                targets.push(Some(place(dest_url, folder)));
                "Picture: ".to_string()
            }
            Event::End(TagEnd::Link | TagEnd::Image) => match targets.pop().flatten() {
                Some(target) => format!(" ({target})"),
                None => String::new(),
            },
            _ => break,
        };
        pieces.push(Piece { text, kind });
        events.next();
    }
    pieces
}

/// A link to another page, as one would type it; any other address as it is.
fn place(target: &str, folder: &str) -> String {
    let is_address = target.contains("://") || target.starts_with('#');
    if is_address {
        return target.to_string();
    }
    match target.split_once('#') {
        Some((page, _)) => format!("{folder}/{page}"),
        None => format!("{folder}/{target}"),
    }
}

pub fn plain(pieces: &[Piece]) -> String {
    pieces.iter().map(|piece| piece.text.as_str()).collect()
}

/// The text in lines of at most this width. Words are coloured one by one, so that a colour
/// never runs on into the indent of the next line.
pub fn wrapped(pieces: &[Piece], width: usize) -> String {
    let text: String = pieces.iter().map(coloured).collect();
    let options = textwrap::Options::new(width)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .break_words(false);
    format!("{}\n", textwrap::fill(&text, options))
}

fn coloured(piece: &Piece) -> String {
    let word = |word: &str| match (word.is_empty(), piece.kind) {
        (true, _) | (_, Kind::Plain) => word.to_string(),
        (_, Kind::Strong) => word.bold().to_string(),
        (_, Kind::Code) => word.cyan().to_string(),
    };
    let words: Vec<String> = piece.text.split(' ').map(word).collect();
    words.join(" ")
}
