//! A conversation as it can be drawn, whatever it is drawn with: lanes, and one step after
//! another that goes from lane to lane or stands beside one.

mod of_tape;

use std::time::Duration;

use textwrap::core::display_width;

use crate::wire::kernel::Socket;
use crate::wire::tape::Excerpt;
use crate::words::{bytes, escaped};

pub use of_tape::{MOST_LANES, OTHERS, failure, name, step};

/// The name of the fact that says how to see the same again.
pub const AGAIN: &str = "Again with";

/// A conversation, with all that is known of it.
pub struct Scene {
    pub title: String,
    /// What a reader should know before: how it was started, with which seed.
    pub facts: Vec<(String, String)>,
    /// Who takes part, from left to right.
    pub lanes: Vec<String>,
    pub steps: Vec<Step>,
    pub gap: Option<Gap>,
    pub outcome: Outcome,
    /// Why the kernel has told nothing, where it has not.
    pub no_ends: String,
}

/// Steps that were not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// How many steps stand before it.
    pub after: usize,
    pub count: usize,
}

/// What came of it, if anybody asked.
pub enum Outcome {
    Told(String),
    /// What a check has found wrong: it belongs to the last step.
    Failed(Vec<(String, String)>),
}

/// One thing that happened.
pub struct Step {
    /// Since the beginning.
    pub at: Duration,
    pub place: Place,
    pub saying: Saying,
    pub tone: Tone,
    /// What the kernel said of both ends then.
    pub ends: Vec<End>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// From one lane to another.
    Between(usize, usize),
    Beside(usize),
}

/// What there is to read at a step.
pub enum Saying {
    /// Bytes that went over.
    Payload(Excerpt),
    /// Bytes in an envelope: what the envelope says, and what can be seen of it.
    Record(String, Excerpt),
    /// What a program wrote, or was given to read.
    Stream(Stream, Excerpt),
    Words(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    Input,
    Output,
    Log,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Bytes, and connections that come to be.
    Plain,
    /// An end as it should be.
    End,
    /// A reset, a refusal.
    Bad,
    /// What befell something on its way.
    Mishap,
    /// What a program did beside the wire.
    Aside,
}

impl Tone {
    /// Its class in the style sheets of the pictures.
    pub fn class(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::End => "end",
            Self::Bad => "bad",
            Self::Mishap => "mishap",
            Self::Aside => "aside",
        }
    }
}

/// One end of a connection, at one moment.
pub struct End {
    /// Counted from 1.
    pub connection: usize,
    pub lane: usize,
    /// `127.0.0.1:7002`
    pub address: String,
    /// None if the socket is gone.
    pub socket: Option<Socket>,
}

impl Saying {
    /// In at most so many letters, for an arrow.
    pub fn in_short(&self, most: usize) -> String {
        match self {
            Self::Payload(excerpt) => quoted_within(excerpt, most),
            Self::Record(words, _) | Self::Words(words) => cut(words, most),
            Self::Stream(stream, excerpt) => {
                let text = format!("{} \"{}\"", stream.verb(), escaped(&excerpt.head));
                cut(&text, most)
            }
        }
    }

    /// As much of it as is kept.
    pub fn in_full(&self) -> String {
        match self {
            Self::Payload(excerpt) => all_of(excerpt),
            Self::Record(words, _) | Self::Words(words) => words.clone(),
            Self::Stream(stream, excerpt) => format!("{} {}", stream.verb(), all_of(excerpt)),
        }
    }

    pub fn excerpt(&self) -> Option<&Excerpt> {
        match self {
            Self::Payload(excerpt) | Self::Record(_, excerpt) | Self::Stream(_, excerpt) => {
                Some(excerpt)
            }
            Self::Words(_) => None,
        }
    }
}

impl Stream {
    pub fn verb(self) -> &'static str {
        match self {
            Self::Input => "is given",
            Self::Output => "prints",
            Self::Log => "logs",
        }
    }
}

/// Bytes between quotes within so many letters: where they are more, how they begin and end, and
/// how many there are.
fn quoted_within(excerpt: &Excerpt, most: usize) -> String {
    let head = escaped(&excerpt.head);
    let is_whole = excerpt.length == excerpt.head.len();
    if is_whole && display_width(&head) + 2 <= most {
        return format!("\"{head}\"");
    }
    let amount = bytes(excerpt.length);
    // The quotes, the dots, and a blank before the amount.
    let room = most.saturating_sub(amount.len() + 4);
    let end = if is_whole {
        &excerpt.head
    } else {
        &excerpt.tail
    };
    let last = escaped(&end[end.len().saturating_sub(8)..]);
    let (head, last) = match display_width(&last) {
        width if width * 2 < room => (cut(&head, room - width + 1), last),
        _ => (cut(&head, room + 1), String::new()),
    };
    cut(&format!("\"{head}{last}\" {amount}"), most)
}

/// All that is kept of some bytes, between quotes.
fn all_of(excerpt: &Excerpt) -> String {
    let head = escaped(&excerpt.head);
    if excerpt.tail.is_empty() && excerpt.head.len() == excerpt.length {
        return format!("\"{head}\"");
    }
    let tail = escaped(&excerpt.tail);
    format!("\"{head}\" … \"{tail}\" ({})", bytes(excerpt.length))
}

/// Cuts a text at a width, with a mark where something is missing.
pub fn cut(text: &str, most: usize) -> String {
    if display_width(text) <= most {
        return text.to_string();
    }
    let mut short = String::new();
    for letter in text.chars() {
        if display_width(&short) + display_width(letter.encode_utf8(&mut [0; 4])) >= most {
            break;
        }
        short.push(letter);
    }
    short + "…"
}

impl Scene {
    /// What is left of its steps where only so many can be drawn: the first and the last ones.
    pub fn excerpt(&self, most: usize) -> (Vec<&Step>, Option<Gap>) {
        let count = self.steps.len();
        if count <= most {
            return (self.steps.iter().collect(), self.gap);
        }
        let (first, last) = (most * 2 / 3, most - most * 2 / 3);
        let missing = self.gap.map_or(0, |gap| gap.count);
        let gap = Gap {
            after: first,
            count: count - most + missing,
        };
        let steps = self.steps[..first].iter();
        (
            steps.chain(&self.steps[count - last..]).collect(),
            Some(gap),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_at_its_width() {
        assert_eq!(cut("hello", 5), "hello");
        assert_eq!(cut("hello", 4), "hel…");
        assert_eq!(cut("日本語", 5), "日本…");
    }

    #[test]
    fn long_bytes_show_how_they_begin_and_end() {
        let long = Excerpt::of(&[&[b'a'; 5000][..], b"the end."].concat());
        assert_eq!(
            quoted_within(&long, 40),
            "\"aaaaaaaaaaaaaaaaa…the end.\" 5,008 bytes"
        );
        assert_eq!(quoted_within(&Excerpt::of(b"hel"), 5), "\"hel\"");
        for bytes in [&[0xff; 900][..], "日本語".repeat(99).as_bytes(), &[0; 30]] {
            for most in 0..60 {
                let short = quoted_within(&Excerpt::of(bytes), most);
                assert!(display_width(&short) <= most.max(1), "{most}: {short}");
            }
        }
    }

    #[test]
    fn all_that_is_kept_is_shown() {
        let long = Excerpt::keeping(b"0123456789", 4, 2);
        assert_eq!(all_of(&long), "\"0123\" … \"89\" (10 bytes)");
        assert_eq!(all_of(&Excerpt::of(b"\xff")), "\"\\xff\"");
    }
}
