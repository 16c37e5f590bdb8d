//! Lines out of a stream of bytes, each with a bound: the work of lab 04.

use std::io::{self, BufRead, BufReader, Read};

/// Lines, one after another, from one stream.
pub struct Lines<R> {
    reader: BufReader<R>,
    longest: usize,
}

/// What comes next in a stream.
pub enum Line {
    /// A line, without its end.
    Text(Vec<u8>),
    /// More bytes than a line may have, and no end of it: what there is so far.
    TooLong(Vec<u8>),
    /// The end of the stream, and what came after the last LF.
    End(Vec<u8>),
}

impl<R: Read> Lines<R> {
    pub fn new(stream: R, longest: usize) -> Self {
        Self {
            reader: BufReader::new(stream),
            longest,
        }
    }

    /// Waits for the next line. A CR at its end does not count.
    pub fn hear(&mut self) -> io::Result<Line> {
        let mut bytes = Vec::new();
        let most = self.longest as u64 + 2;
        (&mut self.reader)
            .take(most)
            .read_until(b'\n', &mut bytes)?;
        let ended = bytes.pop_if(|last| *last == b'\n').is_some();
        bytes.pop_if(|last| ended && *last == b'\r');
        Ok(match ended {
            _ if bytes.len() > self.longest => Line::TooLong(bytes),
            true => Line::Text(bytes),
            false => Line::End(bytes),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_may_be_as_long_as_the_bound_and_no_longer() {
        let mut lines = Lines::new(&b"four\nfour\r\nfive5\n"[..], 4);
        assert!(matches!(lines.hear(), Ok(Line::Text(text)) if text == b"four"));
        assert!(matches!(lines.hear(), Ok(Line::Text(text)) if text == b"four"));
        assert!(matches!(lines.hear(), Ok(Line::TooLong(_))));
    }

    #[test]
    fn what_comes_after_the_last_line_end_is_told_apart() {
        let mut lines = Lines::new(&b"one\ntw"[..], 4);
        assert!(matches!(lines.hear(), Ok(Line::Text(text)) if text == b"one"));
        assert!(matches!(lines.hear(), Ok(Line::End(rest)) if rest == b"tw"));
    }
}
