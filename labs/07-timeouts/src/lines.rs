//! Lines out of a stream of bytes, each with a bound.

use std::io::{self, BufRead, BufReader, Read};

/// The most bytes that a line may have, before its LF.
const LONGEST: usize = 1024;

/// Lines, one after another, from one stream.
pub struct Lines<R> {
    /// One buffer for the whole connection: a read may bring the beginning of the next line too.
    reader: BufReader<R>,
}

/// What comes next in a stream. What a line says makes no difference to this server.
pub enum Line {
    Whole,
    /// More bytes than a line may have, and no end of it.
    TooLong,
    /// The end of the stream. Bytes after the last LF are no line.
    End,
}

impl<R: Read> Lines<R> {
    pub fn new(stream: R) -> Self {
        Self {
            reader: BufReader::new(stream),
        }
    }

    /// What the lines are read from.
    pub fn stream(&mut self) -> &mut R {
        self.reader.get_mut()
    }

    /// Waits for the next line.
    pub fn hear(&mut self) -> io::Result<Line> {
        let mut bytes = Vec::new();
        // One more than the longest, for the LF.
        let mut bounded = (&mut self.reader).take(LONGEST as u64 + 1);
        bounded.read_until(b'\n', &mut bytes)?;
        Ok(match bytes.last() {
            Some(b'\n') => Line::Whole,
            Some(_) if bytes.len() > LONGEST => Line::TooLong,
            _ => Line::End,
        })
    }
}
