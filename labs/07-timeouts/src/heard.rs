//! What a server has said so far.

use std::io::{self, ErrorKind, Read};
use std::net::TcpStream;
use std::time::Duration;

/// The longest line that is waited for. Without a bound, a server decides how much memory this
/// program needs.
const LONGEST: usize = 64 * 1024;

/// The bytes of a line, as they come. They are kept here, and not in a variable of the function
/// that reads: it is left with `?` when time runs out, and all that it had collected with it.
#[derive(Default)]
pub struct Heard {
    bytes: Vec<u8>,
}

impl Heard {
    /// Forgets what an earlier try has heard. A new connection is a new conversation: the end
    /// of its line does not belong to the beginning of another one.
    // exercise 7.5: begin each try with nothing heard
    pub fn begin(&mut self) {
        self.bytes.clear();
    }

    /// Adds what one read has brought, and returns the line once it is whole.
    pub fn add(&mut self, piece: &[u8]) -> Option<Vec<u8>> {
        self.bytes.extend_from_slice(piece);
        let end = self.bytes.iter().position(|&byte| byte == b'\n')?;
        let line = &self.bytes[..end];
        Some(line.strip_suffix(b"\r").unwrap_or(line).to_vec())
    }

    pub fn is_too_long(&self) -> bool {
        self.bytes.len() > LONGEST
    }

    /// The part of a line that came, if any did. It is a stranger's: what would move the cursor
    /// or change the colours of a terminal is left out.
    // exercise 7.5: hand out what came before time ran out
    pub fn partial(&self) -> Option<String> {
        if self.bytes.is_empty() {
            return None;
        }
        let text = String::from_utf8_lossy(&self.bytes);
        Some(text.replace(char::is_control, ""))
    }
}

/// Waits for bytes, no longer than the limit says, and returns how many came; 0 is the end.
// exercise 7.2: wait for bytes no longer than the limit says
pub fn wait_for_bytes(
    mut stream: &TcpStream,
    piece: &mut [u8],
    limit: Duration,
) -> io::Result<usize> {
    // The kernel keeps this for the socket, and each read begins it anew (socket(7),
    // SO_RCVTIMEO).
    stream.set_read_timeout(Some(limit))?;
    loop {
        match stream.read(piece) {
            // A signal came in between. It is nobody's fault, and no time is up.
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_may_come_in_pieces_and_with_more_behind_it() {
        let mut heard = Heard::default();
        assert_eq!(heard.add(b"PO"), None);
        assert_eq!(heard.partial().as_deref(), Some("PO"));
        assert_eq!(heard.add(b"NG\r\nmore"), Some(b"PONG".to_vec()));
    }
}
