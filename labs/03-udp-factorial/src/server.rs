//! The server: one socket, one datagram in, one datagram out, whoever asks.

use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use shared::{Failure, log};

use crate::factorial::factorial;
use crate::request::{self, LONGEST, Refusal};

/// The most bytes that one UDP datagram over IPv4 carries: 65,535, less 20 for the IP header
/// and 8 for the UDP header.
pub const LARGEST_DATAGRAM: usize = 65_507;

/// The largest N whose factorial fits into a datagram: 17,229! has 65,507 digits, just so many.
const LARGEST_N: u64 = 17_229;

/// How long to wait when nothing can be received: the next try would fail as well.
const PAUSE: Duration = Duration::from_millis(100);

pub fn run(address: SocketAddr) -> Result<(), Failure> {
    // No `listen` and no `accept`: a bound UDP socket receives what anybody sends to its port.
    let socket = UdpSocket::bind(address).map_err(|error| {
        Failure::system(address, error).hint("is another server running there? `ss -ulnp` shows it")
    })?;
    let here = socket
        .local_addr()
        .map_err(|error| Failure::system(address, error))?;
    let stopping = stop_on_signal(&socket, here)?;
    shared::ready(here)?;
    serve(&socket, &stopping);
    Ok(())
}

/// Answers each datagram to the address that it came from. No error ends this: each is about one
/// datagram, and the next may be fine.
// exercise 3.1: answer whoever asks, one datagram after another
fn serve(socket: &UdpSocket, stopping: &AtomicBool) {
    // A byte more than the longest request: of a longer datagram the kernel hands over as much
    // as fits and drops the rest without a word. A full buffer is how we know.
    let mut buffer = [0; LONGEST + 1];
    while !stopping.load(Ordering::SeqCst) {
        match socket.recv_from(&mut buffer) {
            Ok((length, peer)) => {
                let request = &buffer[..length];
                log!("{peer}: {}", request.escape_ascii());
                // The kernel takes the whole answer or none of it. That the peer has left in the
                // meantime is no error here: nobody tells an unconnected socket.
                if let Err(error) = socket.send_to(answer(request).as_bytes(), peer) {
                    log!("{peer}: {error}");
                }
            }
            Err(error) => {
                log!("receive: {error}");
                thread::sleep(PAUSE);
            }
        }
    }
}

/// The answer to one datagram.
fn answer(datagram: &[u8]) -> String {
    let text = match request::text(datagram) {
        Ok(text) => text.trim_matches([' ', '\t', '\r', '\n']),
        Err(refusal) => return refusal.to_string(),
    };
    if let Some(name) = text.strip_prefix("hello ") {
        return greeting(name);
    }
    let (prefix, number) = request::split_id(text);
    match request::number(number) {
        Ok(n) => factorial_answer(prefix, n),
        Err(refusal) => format!("{prefix}{refusal}"),
    }
}

// exercise 3.1: greet NAME
fn greeting(name: &str) -> String {
    format!("Hello, {name}!")
}

/// N! behind the prefix that the request had, if one datagram can carry both.
// exercise 3.5: refuse what one datagram cannot carry, before computing it
fn factorial_answer(prefix: &str, n: u64) -> String {
    if n <= LARGEST_N {
        let answer = format!("{prefix}{}", factorial(n));
        if answer.len() <= LARGEST_DATAGRAM {
            return answer;
        }
    }
    format!("{prefix}{}", Refusal::TooLarge)
}

/// Lets Ctrl-C end the server: what has been received is answered, and then no more is.
fn stop_on_signal(socket: &UdpSocket, here: SocketAddr) -> Result<Arc<AtomicBool>, Failure> {
    let stopping = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&stopping);
    let waker = socket
        .try_clone()
        .map_err(|error| Failure::system(here, error))?;
    shared::on_stop(move || {
        asked.store(true, Ordering::SeqCst);
        // `recv_from` may be waiting for a datagram that never comes. This is one. If it is
        // dropped because the queue is full, then there is enough to receive.
        let _ = waker.send_to(b"hello me", here);
    })?;
    Ok(stopping)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_answer_fills_a_datagram() {
        assert_eq!(answer(b"17229").len(), LARGEST_DATAGRAM);
        assert_eq!(answer(b"17230"), "ERR too-large");
        assert_eq!(answer(b"#12 17228").len(), LARGEST_DATAGRAM);
        assert_eq!(answer(b"#123 17228"), "#123 ERR too-large");
    }
}
