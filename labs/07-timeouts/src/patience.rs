//! A stream that is read with patience, but not for ever: the time that a client has for a line.

use std::io::{self, Read};
use std::mem;
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// The reading side of a connection, with a time by which the next line must be whole.
pub struct Patient<'a> {
    stream: &'a TcpStream,
    /// How long a client may take for a line; `None` is for ever.
    limit: Option<Duration>,
    deadline: Option<Instant>,
    /// There was a read after the deadline.
    late: bool,
}

impl<'a> Patient<'a> {
    pub fn new(stream: &'a TcpStream, limit: Option<Duration>) -> Self {
        Self {
            stream,
            limit,
            deadline: None,
            late: false,
        }
    }

    /// Begins the time for a line: called when it is the client's turn.
    // exercise 7.8: set the time by which the next line must be whole
    pub fn start_waiting(&mut self) {
        // A deadline that the clock cannot express is none.
        self.deadline = self
            .limit
            .and_then(|limit| Instant::now().checked_add(limit));
        self.late = false;
    }
}

impl Read for Patient<'_> {
    /// Waits for bytes, no longer than until the deadline. Too late is `TimedOut`, or `WouldBlock`
    /// from a read that waited on Unix.
    // exercise 7.8: give each read no more than what is left until the deadline
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(deadline) = self.deadline {
            let left = deadline.saturating_duration_since(Instant::now());
            // What came in time is taken, even if we are late. But once: who drips fast enough
            // would always have something there.
            if left.is_zero() && mem::replace(&mut self.late, true) {
                return Err(io::ErrorKind::TimedOut.into());
            }
            // Never zero, which is no timeout.
            let least = Duration::from_millis(1);
            self.stream.set_read_timeout(Some(left.max(least)))?;
        }
        self.stream.read(buffer)
    }
}
