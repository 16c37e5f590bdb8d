//! What a peer hears, and how it sees the end.

use std::time::Instant;

use super::{LINE, Over, Peer};
use crate::finding::{Finding, Kind, Step, Stop, fail};
use crate::wire::wait;
use crate::words::{bytes, quoted};

impl Peer {
    /// Hears exactly these bytes next.
    pub fn hears(&mut self, expected: impl AsRef<[u8]>) -> Step {
        let expected = expected.as_ref();
        let mut came = 0;
        loop {
            let rest = &expected[came..];
            let length = self.inbox.len().min(rest.len());
            if self.inbox[..length] != rest[..length] {
                return Err(self.wrong_bytes(expected, came));
            }
            self.consume(length);
            came += length;
            if came == expected.len() {
                return Ok(());
            }
            self.more(|| format!("hear {}", quoted(expected)), &expected[..came])?;
        }
    }

    /// Hears a line, and returns it without its LF (and without a CR before that).
    pub fn hears_a_line(&mut self) -> Step<String> {
        self.hears_a_line_of_bytes()
            .map(|line| String::from_utf8_lossy(&line).into_owned())
    }

    /// Hears exactly this line next.
    pub fn hears_line(&mut self, expected: &str) -> Step {
        let line = self.line_or(|| format!("hear the line {}", quoted(expected.as_bytes())))?;
        if line == expected.as_bytes() {
            return Ok(());
        }
        let offset = line
            .iter()
            .zip(expected.as_bytes())
            .take_while(|(a, b)| a == b)
            .count();
        fail(
            Kind::WrongBytes { offset },
            format!(
                "{} to hear the line {}",
                self.name,
                quoted(expected.as_bytes())
            ),
            format!("the line {}", quoted(&line)),
        )
    }

    fn hears_a_line_of_bytes(&mut self) -> Step<Vec<u8>> {
        self.line_or(|| "hear a line".into())
    }

    fn line_or(&mut self, expected: impl Fn() -> String) -> Step<Vec<u8>> {
        loop {
            if let Some(at) = self.inbox.iter().position(|&byte| byte == b'\n') {
                let mut line = self.consume(at + 1);
                line.pop();
                if line.last() == Some(&b'\r') {
                    line.pop();
                }
                return Ok(line);
            }
            if self.inbox.len() > LINE {
                let seen = format!("{} without LF", bytes(self.inbox.len()));
                return fail(
                    Kind::Unexpected,
                    format!("{} to {}", self.name, expected()),
                    seen,
                );
            }
            let came = self.inbox.clone();
            self.more(&expected, &came)?;
        }
    }

    /// Sees the end of the stream, with nothing before it.
    pub fn sees_the_end(&mut self) -> Step {
        let rest = self.hears_the_rest()?;
        if rest.is_empty() {
            return Ok(());
        }
        fail(
            Kind::Unexpected,
            format!("{} to see the end of the stream", self.name),
            format!("{} more: {}", bytes(rest.len()), quoted(&rest)),
        )
    }

    /// Hears all that comes until the end of the stream.
    pub fn hears_the_rest(&mut self) -> Step<Vec<u8>> {
        while self.over != Some(Over::End) {
            let came = std::mem::take(&mut self.inbox);
            let more = self.more(|| "see the end of the stream".into(), &came);
            self.inbox.splice(..0, came);
            more?;
        }
        Ok(self.consume(self.inbox.len()))
    }

    /// Waits until the stream is over, in whichever way, and returns what came before and how
    /// it ended. For a program that may end it in more than one way.
    pub fn waits_for_the_end(&mut self) -> Step<(Vec<u8>, Over)> {
        loop {
            if let Some(over) = self.over {
                return Ok((self.consume(self.inbox.len()), over));
            }
            self.more(|| "see the connection end".into(), &[])?;
        }
    }

    /// Waits for the first bytes, and leaves them to be heard: true. False if the connection ends
    /// without any.
    pub fn hears_anything(&mut self) -> Step<bool> {
        while self.inbox.is_empty() && self.over.is_none() {
            self.more(|| "hear anything".into(), &[])?;
        }
        Ok(!self.inbox.is_empty())
    }

    /// Whether the stream was seen to be over, in whichever way.
    pub fn is_over(&self) -> bool {
        self.over.is_some()
    }

    /// Takes in what is there now, without waiting, and returns it.
    pub fn hears_so_far(&mut self) -> Step<Vec<u8>> {
        self.take_in()?;
        Ok(self.consume(self.inbox.len()))
    }

    /// Looks for a moment whether something comes. That nothing does is no finding.
    pub fn has_something_soon(&mut self) -> Step<bool> {
        let soon = Instant::now() + self.patience.glance();
        if self.inbox.is_empty()
            && self.over.is_none()
            && self.wait_until(wait::For::Reading, soon)?
        {
            self.take_in()?;
        }
        Ok(!self.inbox.is_empty())
    }

    /// What is in the inbox differs from `expected`, of which `came` bytes were right.
    fn wrong_bytes(&self, expected: &[u8], came: usize) -> Stop {
        let rest = &expected[came..];
        let same = self
            .inbox
            .iter()
            .zip(rest)
            .take_while(|(a, b)| a == b)
            .count();
        let from = same.saturating_sub(8);
        let shown = |bytes: &[u8]| quoted(&bytes[from..bytes.len().min(same + 24)]);
        let offset = came + same;
        let at = match offset {
            0..8 => String::new(),
            _ => format!(", first different at byte {offset}"),
        };
        Finding::new(
            Kind::WrongBytes { offset },
            format!("{} to hear {}", self.name, shown(rest)),
            format!("{}{at}", shown(&self.inbox)),
        )
        .into()
    }
}
