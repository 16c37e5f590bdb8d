//! The role `query`: sends a DNS question in a datagram, and waits for the one that answers it.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use shared::Failure;

use crate::{answer, family, question};

/// As much as a datagram can hold. What does not fit is cut off by the kernel, unnoticed.
const LARGEST_DATAGRAM: usize = 65_535;

pub fn run(name: &str, server: SocketAddr, timeout: Duration) -> Result<(), Failure> {
    let asked = question::write(question::random_id()?, name)?;
    let socket = send(&asked, server).map_err(|error| Failure::system(server, error))?;
    let response = wait_for_answer(&socket, &asked, server, timeout)?;
    let addresses = answer::read(&response).map_err(|why| match why {
        answer::Trouble::Malformed(why) => Failure::protocol(server, why),
        answer::Trouble::Refused(why) => Failure::system(name, why),
    })?;
    for address in addresses {
        shared::line(format_args!("{name}\t{address}"))?;
    }
    Ok(())
}

/// Sends the question, and returns the socket to which the answer will come.
// exercise 1.7: send the question from a socket that hears nobody but the server
fn send(asked: &[u8], server: SocketAddr) -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind(family::chosen_by_kernel(server.ip()))?;
    // A connected UDP socket is given datagrams from that peer alone; the kernel drops the rest.
    // And it is told when the peer's machine says that nobody listens there.
    socket.connect(server)?;
    socket.send(asked)?;
    Ok(socket)
}

/// Waits for the answer, whatever else comes. The end of the wait is fixed before it begins: a
/// timeout that starts anew with each datagram would let anybody keep us waiting for ever.
fn wait_for_answer(
    socket: &UdpSocket,
    asked: &[u8],
    server: SocketAddr,
    timeout: Duration,
) -> Result<Vec<u8>, Failure> {
    let deadline = Instant::now() + timeout;
    let mut datagram = vec![0; LARGEST_DATAGRAM];
    loop {
        let length = receive(socket, &mut datagram, deadline)
            .map_err(|error| Failure::system(server, error))?
            .ok_or_else(|| Failure::timed_out(server, "no answer in time"))?;
        // Anything else is a stranger's, or a late answer to a question from before.
        if answer::belongs_to(asked, &datagram[..length]) {
            datagram.truncate(length);
            return Ok(datagram);
        }
    }
}

/// Receives one datagram and returns its length, or `None` if none came before the deadline.
// exercise 1.8: receive a datagram, or give up at the deadline
fn receive(
    socket: &UdpSocket,
    datagram: &mut [u8],
    deadline: Instant,
) -> io::Result<Option<usize>> {
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        // A timeout of zero would mean none at all, and the standard library refuses it.
        if left.is_zero() {
            return Ok(None);
        }
        socket.set_read_timeout(Some(left))?;
        match socket.recv(datagram) {
            Ok(length) => return Ok(Some(length)),
            Err(error) if is_wait_over(error.kind()) => {}
            Err(error) => return Err(error),
        }
    }
}

/// Whether a wait ended without a datagram: because the time was up, which each system calls by
/// one of two names, or because the process had been stopped for a while (Ctrl-Z).
fn is_wait_over(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
    )
}
