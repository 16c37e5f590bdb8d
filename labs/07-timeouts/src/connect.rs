//! From the name of a server to a connection, in bounded time.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// Connects to the first of these addresses that accepts. The limit is one for all of them
/// together.
///
/// `TcpStream::connect` leaves it to the kernel when to give up: on Linux after six or seven
/// unanswered SYN packets, which takes more than two minutes.
// exercise 7.1: connect, and wait no longer than the limit says
pub fn connect(addresses: &[SocketAddr], limit: Duration) -> io::Result<TcpStream> {
    let start = Instant::now();
    let mut outcome = Err(ErrorKind::AddrNotAvailable.into());
    for address in addresses {
        let left = limit.saturating_sub(start.elapsed());
        if left.is_zero() {
            return Err(ErrorKind::TimedOut.into());
        }
        outcome = TcpStream::connect_timeout(address, left);
        if outcome.is_ok() {
            break;
        }
    }
    outcome
}

/// The addresses of a server. The system's resolver takes no timeout, and a mute DNS server can
/// hold it for long. So it is asked on a thread of its own, and what is waited for with a limit
/// is that thread's message. If none comes, the thread is left to itself: it ends with the
/// program.
pub fn look_up(server: &str, limit: Duration) -> io::Result<Vec<SocketAddr>> {
    if let Ok(address) = server.parse() {
        return Ok(vec![address]);
    }
    let name = server.to_string();
    let (sender, found) = mpsc::channel();
    thread::Builder::new().spawn(move || {
        // Whoever asked may have given up.
        let _ = sender.send(name.to_socket_addrs());
    })?;
    match found.recv_timeout(limit) {
        Ok(addresses) => Ok(addresses?.collect()),
        Err(RecvTimeoutError::Timeout) => Err(ErrorKind::TimedOut.into()),
        Err(RecvTimeoutError::Disconnected) => Err(io::Error::other("the resolver is gone")),
    }
}
