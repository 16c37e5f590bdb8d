//! The client: asks, waits for the answer as long as it makes sense, and asks again.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs, UdpSocket};
use std::time::{Duration, Instant};

use shared::{Failure, log};

use crate::request;
use crate::server::LARGEST_DATAGRAM;

/// How long to wait for the answer to each try, and how many more tries there are.
pub struct Patience {
    pub timeout: Duration,
    pub retries: u32,
}

/// A request, and what its answer begins with.
pub struct Question {
    /// `#ID `; empty for a greeting, which has no ID.
    prefix: String,
    text: String,
}

impl Question {
    // exercise 3.1: ask with a greeting
    pub fn hello(name: &str) -> Self {
        Self {
            prefix: String::new(),
            text: format!("hello {name}"),
        }
    }

    pub fn factorial(number: &str) -> Result<Self, Failure> {
        match request::number(number) {
            Ok(_) => Ok(Self::with_id(number)),
            Err(_) => Err(Failure::usage(
                format_args!("{number:?}"),
                "not a number of 1 to 20 digits",
            )),
        }
    }

    /// Marks the request, so that its answer can be told from any other. The ID is random: no
    /// answer to an earlier run has it, and a stranger has to guess it.
    // exercise 3.2: ask for a factorial, with an ID
    fn with_id(number: &str) -> Self {
        let prefix = format!("#{} ", fastrand::u32(..));
        Self {
            text: format!("{prefix}{number}"),
            prefix,
        }
    }
}

pub fn run(server: &str, question: &Question, patience: &Patience) -> Result<(), Failure> {
    let addresses = server
        .to_socket_addrs()
        .map_err(|error| Failure::system(server, error))?;
    let mut outcome = Err(ErrorKind::AddrNotAvailable.into());
    for address in addresses {
        outcome = open(address).and_then(|socket| ask(&socket, address, question, patience));
        // A name such as `localhost` may have several addresses, and the server only one of
        // them: where it is refused, the next may be the right one.
        if outcome.is_ok() {
            break;
        }
    }
    match outcome {
        Ok(Some(answer)) => shared::line(check(question, &answer)?),
        Ok(None) => Err(Failure::timed_out(server, "no answer")),
        Err(error) => Err(Failure::system(server, error).hint("is the server running there?")),
    }
}

/// Opens a socket on any free port that hears the server and nobody else. No packet is sent for
/// this `connect`: it tells our own kernel whose datagrams to let through. It is also how we are
/// told that nobody receives on the server's port.
// exercise 3.7: let the kernel keep strangers out
fn open(server: SocketAddr) -> io::Result<UdpSocket> {
    let socket = match server {
        SocketAddr::V4(_) => UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?,
        SocketAddr::V6(_) => UdpSocket::bind((Ipv6Addr::UNSPECIFIED, 0))?,
    };
    socket.connect(server)?;
    Ok(socket)
}

/// Asks until there is an answer, or patience is at its end. A datagram may be lost on the way
/// there or on the way back, and all that we see of either is silence.
// exercise 3.6: ask again, as often as patience allows
fn ask(
    socket: &UdpSocket,
    server: SocketAddr,
    question: &Question,
    patience: &Patience,
) -> io::Result<Option<Vec<u8>>> {
    for _ in 0..=patience.retries {
        if let Some(answer) = try_once(socket, server, question, patience.timeout)? {
            return Ok(Some(answer));
        }
        log!("{server}: no answer in {:?}", patience.timeout);
    }
    Ok(None)
}

/// Asks once, and waits for the answer until the time is up. Other datagrams do not count, and
/// do not make the wait any longer: the deadline is set once.
// exercise 3.7: take no answer but the one to this question
fn try_once(
    socket: &UdpSocket,
    server: SocketAddr,
    question: &Question,
    timeout: Duration,
) -> io::Result<Option<Vec<u8>>> {
    socket.send(question.text.as_bytes())?;
    let deadline = Instant::now() + timeout;
    let mut buffer = vec![0; LARGEST_DATAGRAM];
    while let Some(length) = receive(socket, &mut buffer, deadline)? {
        match buffer[..length].strip_prefix(question.prefix.as_bytes()) {
            Some(answer) => return Ok(Some(answer.to_vec())),
            None => log!("{server}: ignored {length} bytes, which are no answer to this"),
        }
    }
    Ok(None)
}

/// Receives a datagram and returns its length, or `None` if none came before the deadline.
// exercise 3.6: wait until the deadline, and no longer
fn receive(socket: &UdpSocket, buffer: &mut [u8], deadline: Instant) -> io::Result<Option<usize>> {
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        // A timeout of zero would mean "for ever", and is an error in Rust.
        if left.is_zero() {
            return Ok(None);
        }
        socket.set_read_timeout(Some(left))?;
        match socket.recv(buffer) {
            Ok(length) => return Ok(Some(length)),
            // Time is up, which Unix and Windows say in different words, or a signal came in
            // between. The clock at the top decides.
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
                ) => {}
            Err(error) => return Err(error),
        }
    }
}

/// The answer as text, if it is one: the server says `ERR …` when it has none, and what is not
/// the server may say anything.
// exercise 3.3: an answer that is none ends the client with exit 3
fn check(question: &Question, answer: &[u8]) -> Result<String, Failure> {
    let text = String::from_utf8_lossy(answer);
    let is_fine = if question.prefix.is_empty() {
        text.starts_with("Hello, ")
    } else {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    if is_fine {
        Ok(text.into_owned())
    } else {
        Err(Failure::protocol(
            "the server's answer",
            text.escape_debug(),
        ))
    }
}
