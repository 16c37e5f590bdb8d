//! A stream that is read with patience, but not for ever: the idle time of a client.

use std::io::{self, Read};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The reading side of a connection, with a time by which the next line must be complete.
pub struct Patient {
    stream: Arc<TcpStream>,
    /// How long a client may go without a complete line; `None` is for ever.
    idle: Option<Duration>,
    deadline: Option<Instant>,
}

impl Patient {
    pub fn new(stream: Arc<TcpStream>, idle: Option<Duration>) -> Self {
        Self {
            stream,
            idle,
            deadline: None,
        }
    }

    /// Starts the idle time: called when it is the client's turn.
    // exercise 4.6: set the time by which the next line must be there
    pub fn start_waiting(&mut self) {
        // A deadline that the clock cannot express is none.
        self.deadline = self.idle.and_then(|idle| Instant::now().checked_add(idle));
    }
}

impl Read for Patient {
    /// Waits for bytes until the deadline. The kernel's timeout runs anew with each read, so
    /// a client that drips a byte now and then would never meet it: each read gets only what
    /// is left of the time. Too late is `WouldBlock` on Unix, `TimedOut` elsewhere and here.
    // exercise 4.6: give each read no more than what is left of the time
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(deadline) = self.deadline {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(io::ErrorKind::TimedOut.into());
            }
            self.stream.set_read_timeout(Some(left))?;
        }
        (&*self.stream).read(buffer)
    }
}
