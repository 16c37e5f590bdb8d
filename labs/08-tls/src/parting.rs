//! The end of a connection, so that the last words arrive: an alert, or `close_notify`.
//!
//! A socket that is closed while bytes of the peer lie unread in it resets the connection, and
//! the reset may destroy what was sent just before (lab 04). In TLS this happens all the time: a
//! client may send its first message before the server has looked at its certificate.

use std::io::{self, Read};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

/// How long a client has to end its side after we ended ours.
const GRACE: Duration = Duration::from_millis(500);

/// How much of what it still sends is discarded, and how much at once.
const MOST: usize = 16 * 1024 * 1024;
const PIECE: usize = 16 * 1024;

/// Ends our side, and lets what was said arrive.
pub fn see_out(stream: &TcpStream) {
    // Each of these fails if the connection is gone, and then there is nothing to wait for.
    let _ = stream.shutdown(Shutdown::Write);
    let _ = drain(stream, Instant::now() + GRACE);
}

/// Discards what the client still sends, until it ends its side. Neither one that sends for
/// ever nor one that never ends may hold us: bytes and time are bounded.
fn drain(mut stream: &TcpStream, deadline: Instant) -> io::Result<()> {
    let mut piece = vec![0; PIECE];
    let mut discarded = 0;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() || discarded > MOST {
            return Ok(());
        }
        stream.set_read_timeout(Some(left))?;
        let length = stream.read(&mut piece)?;
        if length == 0 {
            return Ok(());
        }
        discarded += length;
    }
}
