//! Lines out of a stream of bytes, each with a bound. Server and client both read with this.

use std::io::{self, BufRead, BufReader, Read, Take};

/// The most bytes that a name may have, before its line end.
pub const LONGEST_NAME: usize = 1024;

/// Lines, one after another, from one stream.
pub struct Lines<R> {
    /// One buffer for the whole connection: a read may bring the beginning of the next line
    /// too, and a buffer made anew for each line would throw that away.
    reader: BufReader<R>,
    longest: usize,
}

/// What comes next in a stream.
pub enum Line {
    /// A line, without its end.
    Text(Vec<u8>),
    /// More bytes than a line may have, and no end of it.
    TooLong,
    /// The end of the stream. Bytes after the last LF are no line: nobody can know whether
    /// they were all of it.
    End,
}

impl<R: Read> Lines<R> {
    pub fn new(stream: R, longest: usize) -> Self {
        Self {
            reader: BufReader::new(stream),
            longest,
        }
    }

    /// What the lines are read from.
    pub fn stream(&mut self) -> &mut R {
        self.reader.get_mut()
    }

    /// Waits for the next line.
    pub fn hear(&mut self) -> io::Result<Line> {
        let bytes = read_line(&mut bounded(&mut self.reader, self.longest))?;
        Ok(match without_end(&bytes) {
            Some(text) => Line::Text(text.to_vec()),
            None if bytes.len() > self.longest => Line::TooLong,
            None => Line::End,
        })
    }
}

/// Reads up to an LF, that one included: as many reads as it takes, and not a byte further.
/// Without an LF, all there is.
// exercise 4.3: read one whole line, however its bytes come
fn read_line(reader: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.read_until(b'\n', &mut bytes)?;
    Ok(bytes)
}

/// A line without its end, which is LF or CR LF; nothing if it has none.
// exercise 4.3: drop the LF that ends a line, and a CR before it
fn without_end(bytes: &[u8]) -> Option<&[u8]> {
    let line = bytes.strip_suffix(b"\n")?;
    Some(line.strip_suffix(b"\r").unwrap_or(line))
}

/// As much of the reader as one line may take. Without a bound, a peer that never sends an LF
/// decides how much memory this program needs.
// exercise 4.4: stop reading a line that is too long
fn bounded<R: BufRead>(reader: R, longest: usize) -> Take<R> {
    // One more, for the LF.
    reader.take(longest as u64 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_may_be_as_long_as_the_bound_and_no_longer() {
        let mut lines = Lines::new(&b"four\nfive5\n"[..], 4);
        assert!(matches!(lines.hear(), Ok(Line::Text(text)) if text == b"four"));
        assert!(matches!(lines.hear(), Ok(Line::TooLong)));
    }
}
