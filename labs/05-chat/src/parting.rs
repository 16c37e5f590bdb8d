//! The end of a connection, so that the last words arrive: the work of lab 04.

use std::io::{self, Read};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use crate::outbox::AllSent;

/// How long a client has for the rest of what is sent to it, and to end its own side.
const GRACE: Duration = Duration::from_millis(500);

/// How much of what it still sends is discarded, and how much at once.
const MOST: usize = 16 * 1024 * 1024;
const PIECE: usize = 64 * 1024;

/// Takes leave of a client: what is in its outbox, which nobody fills any more, is sent; then
/// the connection is closed.
pub fn part(stream: &TcpStream, all_sent: &AllSent) {
    let deadline = Instant::now() + GRACE;
    // A socket closed with unread input resets the connection, and the reset can destroy the
    // last words. An error means that the client has gone.
    let _ = drain(stream, deadline);
    let _ = all_sent.recv_deadline(deadline);
    let _ = stream.shutdown(Shutdown::Both);
}

/// Discards what the client still sends, until it ends its side.
fn drain(mut stream: &TcpStream, deadline: Instant) -> io::Result<()> {
    let mut piece = vec![0; PIECE];
    let mut discarded = 0;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        // Never zero, which is no timeout.
        stream.set_read_timeout(Some(left.max(Duration::from_millis(1))))?;
        let length = stream.read(&mut piece)?;
        discarded += length;
        if length == 0 || discarded > MOST || left.is_zero() {
            return Ok(());
        }
    }
}
