//! The sender: hands bytes to the system, for somebody who may never read them.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use shared::Failure;

use crate::limit::{Limit, tell_apart};

/// The most that is handed over, or read, at once.
const PIECE: usize = 16 * 1024;

pub fn run(server: &str, bytes: u64, limit: Limit) -> Result<(), Failure> {
    let refused = |error| Failure::system(server, error);
    let stream = TcpStream::connect(server).map_err(refused)?;
    discard_answers(&stream).map_err(refused)?;
    send_all(&stream, bytes, limit.time).map_err(|error| tell_apart(error, limit).end(server, None))
}

/// Reads what comes back, and throws it away, on a thread of its own. Else a server that answers
/// while we send would be stuck one day, and stop reading: both would wait for each other.
fn discard_answers(stream: &TcpStream) -> io::Result<()> {
    let mut answers = stream.try_clone()?;
    thread::Builder::new().spawn(move || {
        let mut piece = vec![0; PIECE];
        // An end or an error ends this. What it means for the sending shows there.
        while answers.read(&mut piece).is_ok_and(|length| length > 0) {}
    })?;
    Ok(())
}

/// Hands over that many bytes. Writing waits when the send buffer is full: the server's receive
/// buffer is then full as well, because its program does not read.
// exercise 7.6: send that many bytes, and wait for room no longer than the limit says
fn send_all(mut stream: &TcpStream, bytes: u64, limit: Duration) -> io::Result<()> {
    // Like that for reading, it begins anew with each write: it bounds a stall, not the whole.
    stream.set_write_timeout(Some(limit))?;
    let piece = vec![b'x'; PIECE];
    let mut left = bytes;
    while left > 0 {
        let length = usize::try_from(left).map_or(PIECE, |left| left.min(PIECE));
        let since = Instant::now();
        // Not `write_all`: it would not tell how much was taken before the time was up.
        match stream.write(&piece[..length]) {
            Ok(taken) => {
                left -= taken as u64;
                // If a part of the piece was taken, time that ran out before the rest is no
                // error yet. The next write would wait for as long once more to say so.
                if taken < length && since.elapsed() >= limit {
                    return Err(ErrorKind::TimedOut.into());
                }
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
