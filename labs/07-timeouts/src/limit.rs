//! How long a wait may take, and what it means when it is over.

use std::fmt::{self, Display, Formatter};
use std::io::{self, ErrorKind};
use std::num::NonZeroU64;
use std::time::Duration;

use shared::{Failure, log};

/// The four times that can run out. They call for different remedies: a connect that hangs
/// means a host that is gone, or has too many clients; a read, a program that is stuck; a
/// write, one that does not read; and the total, that it would come in the end, but too late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timeout {
    Connect,
    Read,
    Write,
    Total,
}

/// How long one wait may take, and which timeout it is if that is not enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    pub time: Duration,
    pub which: Timeout,
}

/// Why a try came to nothing.
pub enum Trouble {
    Timeout(Timeout),
    /// The network or the system said no.
    Network(io::Error),
    /// The peer answered, with something that is no good answer.
    Protocol(String),
}

impl Limit {
    pub fn new(which: Timeout, ms: NonZeroU64) -> Self {
        Self {
            time: Duration::from_millis(ms.get()),
            which,
        }
    }
}

/// Tells what an error means that ended a wait of this limit.
///
/// The system has two words for the same thing. A connect that took too long is `TimedOut`. A
/// read or a write that did is `WouldBlock` on Unix, which is also what a socket says that was
/// told not to wait at all; on Windows it is `TimedOut`.
// exercise 7.3: tell time that ran out from a network that said no, and say which time it was
pub fn tell_apart(error: io::Error, limit: Limit) -> Trouble {
    match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => Trouble::Timeout(limit.which),
        _ => Trouble::Network(error),
    }
}

impl Trouble {
    /// The end of a program that met this: its last words, and its exit code.
    pub fn end(self, server: &str, partial: Option<&str>) -> Failure {
        match self {
            Self::Network(error) => Failure::system(server, error),
            Self::Protocol(why) => Failure::protocol(server, why),
            Self::Timeout(which) => {
                let failure = Failure::timed_out(server, "time ran out").said();
                log!("timeout: {which}");
                if let Some(text) = partial {
                    log!("partial: {text}");
                }
                failure
            }
        }
    }
}

impl Display for Timeout {
    fn fmt(&self, out: &mut Formatter) -> fmt::Result {
        out.write_str(match self {
            Self::Connect => "connect",
            Self::Read => "read",
            Self::Write => "write",
            Self::Total => "total",
        })
    }
}
