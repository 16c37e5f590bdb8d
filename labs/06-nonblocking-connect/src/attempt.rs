//! One try to connect: how it begins, and how it went.

use std::fmt;
use std::io;
use std::net::SocketAddr;

use socket2::{Domain, Protocol, Socket, Type};

/// What can become of a try.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Connected,
    Refused,
    TimedOut,
    Error,
}

/// Begins to connect, and returns at once, with a socket whose connect is under way.
///
/// The kernel sends the first packet, SYN, and goes on by itself: it waits for the answer, and
/// sends SYN again where none comes. A blocking socket would keep us asleep all that time.
// exercise 6.1: begin to connect, and do not wait for the answer
pub fn start(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    // From here on no call on this socket waits: what cannot be done at once is an error.
    socket.set_nonblocking(true)?;
    match socket.connect(&address.into()) {
        // This "error" is the good case. All others are what they say.
        Err(error) if error.raw_os_error() == Some(libc::EINPROGRESS) => Ok(socket),
        result => result.map(|()| socket),
    }
}

/// How the connect of a socket went, once it is over.
///
/// That it is over is all that "writable" says: a socket whose connect was refused is writable,
/// too. The kernel keeps the error until somebody asks for it (`SO_ERROR`, see socket(7)).
// exercise 6.3: ask the socket for the error that its connect ended with
pub fn result_of(socket: &Socket) -> io::Result<()> {
    match socket.take_error()? {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

/// Whether a socket could not be had because there are too many already: of this process
/// (EMFILE), or of all together (ENFILE).
pub fn is_out_of_descriptors(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EMFILE | libc::ENFILE))
}

impl Verdict {
    pub fn on(result: &io::Result<()>) -> Self {
        match result.as_ref().map_err(io::Error::kind) {
            Ok(()) => Self::Connected,
            Err(io::ErrorKind::ConnectionRefused) => Self::Refused,
            // The kernel has given up before we did: after about two minutes, on Linux.
            Err(io::ErrorKind::TimedOut) => Self::TimedOut,
            Err(_) => Self::Error,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connected => "connected",
            Self::Refused => "refused",
            Self::TimedOut => "timed-out",
            Self::Error => "error",
        })
    }
}
