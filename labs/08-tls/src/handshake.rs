//! The handshake, and its deadline: one for all of it, however many reads it takes.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use rustls::ConnectionCommon;

/// How long a handshake may take in all.
const PATIENCE: Duration = Duration::from_secs(5);

/// Does the handshake, from either side. It ends in agreement, or with an error of TLS in the
/// I/O error; then our alert, which says so, has been sent.
pub fn shake_hands<Side>(tls: &mut ConnectionCommon<Side>, stream: &TcpStream) -> io::Result<()> {
    let mut hurried = Hurried {
        stream,
        deadline: Instant::now() + PATIENCE,
    };
    while tls.is_handshaking() {
        // TLS itself does no I/O: it says what it wants, and this reads and writes for it.
        tls.complete_io(&mut hurried)?;
    }
    // From here on everybody may take the time it takes.
    stream.set_read_timeout(None)?;
    stream.set_write_timeout(None)
}

/// A stream that one waits for until a deadline, in all reads and writes together.
struct Hurried<'a> {
    stream: &'a TcpStream,
    deadline: Instant,
}

impl Hurried<'_> {
    /// What is left of the time; an error when it is over. The timeout of a socket begins anew
    /// with each read: a peer that sends a byte each second would never run into one of 5 s.
    // exercise 8.6: wait no longer than until the deadline
    fn left(&self) -> io::Result<Option<Duration>> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        Ok(Some(left))
    }
}

impl Read for Hurried<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(self.left()?)?;
        self.stream.read(buffer).map_err(in_time)
    }
}

impl Write for Hurried<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(self.left()?)?;
        self.stream.write(bytes).map_err(in_time)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

/// A read or write that ran into its timeout says so in one of two ways, depending on the
/// system. This makes one of them.
fn in_time(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::WouldBlock => io::ErrorKind::TimedOut.into(),
        _ => error,
    }
}
