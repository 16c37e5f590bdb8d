//! A peer: one end of a TCP connection to the program under test, in the hands of a story.
//!
//! Peers have people's names. Each of their verbs is one thing that a person at the other end
//! would do or see, goes on the tape, and has a deadline.

mod hearing;
mod reading;
mod talking;

use std::io::{self, ErrorKind, Read};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use socket2::{Domain, SockRef, Socket, Type};

use super::tape::{Excerpt, Tape, What};
use super::tls::Records;
use super::{Patience, kernel, wait};
use crate::finding::{Finding, Kind, Step, Stop, fail};
use crate::words::{bytes, quoted};

/// The most that a peer keeps unread by its story.
const INBOX: usize = 64 * 1024 * 1024;

/// The longest line that a peer waits for.
const LINE: usize = 128 * 1024;

pub struct Peer {
    pub(super) name: &'static str,
    pub(super) stream: TcpStream,
    here: SocketAddr,
    there: SocketAddr,
    pub(super) tape: Tape,
    pub(super) patience: Patience,
    /// What came and the story has not asked for yet.
    pub(super) inbox: Vec<u8>,
    /// How the stream ended, once it has.
    pub(super) over: Option<Over>,
    /// For a connection under TLS: the tape tells of its records in place of their bytes.
    pub(super) records: Option<Records>,
}

/// How a stream ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    End,
    Reset,
}

/// What a socket is to be like, where a story needs a special one.
#[derive(Clone, Copy, Default)]
pub struct Options {
    /// The size of the receive buffer in bytes (socket(7): `SO_RCVBUF`).
    pub receive_buffer: Option<usize>,
}

impl Peer {
    pub fn connect(
        name: &'static str,
        address: SocketAddr,
        options: Options,
        tape: &Tape,
        patience: Patience,
    ) -> Step<Self> {
        match Self::open(address, options, patience) {
            Ok(stream) => Self::adopt(name, stream, tape, patience),
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => {
                tape.write(name, What::Refused);
                let expected = format!("{name} to connect to {address}");
                let seen = "the connection was refused: nothing listens there";
                Err(Finding::new(Kind::Refused, expected, seen)
                    .means("Is the server running, and is this its address?")
                    .into())
            }
            Err(error) if is_timeout(&error) => fail(
                Kind::Silence,
                format!("{name} to connect to {address}"),
                "the connection did not come to be in time",
            ),
            Err(error) if ended_by_the_other(&error) => fail(
                Kind::Reset,
                format!("{name} to connect to {address}"),
                "a reset of the connection before it had begun",
            ),
            Err(error) => Err(trouble(error, "connect")),
        }
    }

    fn open(address: SocketAddr, options: Options, patience: Patience) -> io::Result<TcpStream> {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
        if let Some(size) = options.receive_buffer {
            socket.set_recv_buffer_size(size)?;
        }
        socket.connect_timeout(&address.into(), patience.silence())?;
        Ok(socket.into())
    }

    /// Makes a peer of a connection that exists.
    pub fn adopt(
        name: &'static str,
        stream: TcpStream,
        tape: &Tape,
        patience: Patience,
    ) -> Step<Self> {
        let prepared = stream
            .set_nonblocking(true)
            .and_then(|()| stream.set_nodelay(true))
            .and_then(|()| Ok((stream.local_addr()?, stream.peer_addr()?)));
        let (here, there) = match prepared {
            Ok(addresses) => addresses,
            Err(error) if ended_by_the_other(&error) => {
                return fail(
                    Kind::Reset,
                    format!("{name} to be connected"),
                    "a reset at once",
                );
            }
            Err(error) => return Err(trouble(error, "prepare a connection")),
        };
        tape.is_connected(name, here, there);
        tape.write(name, What::Connected);
        Ok(Self {
            name,
            stream,
            here,
            there,
            tape: tape.clone(),
            patience,
            inbox: Vec::new(),
            over: None,
            records: None,
        })
    }

    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Our own address of the connection.
    pub fn address(&self) -> SocketAddr {
        self.here
    }

    /// Waits longer than usual from now on: the program may take a rest first.
    pub fn has_time(&mut self) {
        self.patience = self.patience.longer();
    }

    /// Waits less than usual from now on: that nothing comes, or is taken, will be no finding.
    pub fn has_little_time(&mut self) {
        self.patience = self.patience.shorter();
    }

    /// Waits until the program has accepted the connection, and says whether it has. See
    /// [`kernel::until_accepted`].
    pub fn waits_until_accepted(&self) -> bool {
        kernel::until_accepted(self.here, self.there, self.patience.glance())
    }

    /// Closes the connection as it should be.
    pub fn leaves(self) {
        self.tape.write(self.name, What::Closed);
    }

    /// Resets the connection: what is under way is thrown away, at both ends (socket(7):
    /// `SO_LINGER` of 0).
    pub fn resets(self) -> Step {
        SockRef::from(&self.stream)
            .set_linger(Some(Duration::ZERO))
            .map_err(|error| trouble(error, "reset a connection"))?;
        self.tape.write(self.name, What::SentReset);
        Ok(())
    }

    /// Waits for more to come. `expected` completes "Ann to …", `came` is what there was of it
    /// already.
    fn more(&mut self, expected: impl Fn() -> String, came: &[u8]) -> Step {
        if self.over.is_none() && self.wait_until_silence(wait::For::Reading)? {
            return self.take_in();
        }
        self.tape.ask_the_witness();
        let expected = format!("{} to {}", self.name, expected());
        match self.over {
            Some(Over::End) => {
                let seen = match came {
                    [] => "the end of the stream".to_string(),
                    _ => format!("{}, then the end of the stream", quoted(came)),
                };
                fail(Kind::EarlyEnd, expected, seen)
            }
            Some(Over::Reset) => {
                let seen = match came {
                    [] => "a reset of the connection".to_string(),
                    _ => format!("{}, then a reset of the connection", quoted(came)),
                };
                fail(Kind::Reset, expected, seen)
            }
            None => {
                let seen = match came {
                    [] => "nothing came".to_string(),
                    _ => format!("{}, then nothing more", quoted(came)),
                };
                fail(
                    Kind::Silence,
                    expected,
                    format!("{seen}{}", self.what_lies_unread()),
                )
            }
        }
    }

    /// For a finding of silence: what of ours the program has not even read.
    fn what_lies_unread(&self) -> String {
        match self.unread_by_the_program() {
            Some(unread) if unread > 0 => {
                let unread = bytes(unread as usize);
                format!(
                    "; {unread} of what {} sent lie unread by the program",
                    self.name
                )
            }
            _ => String::new(),
        }
    }

    /// Reads all that is there now into the inbox.
    pub(super) fn take_in(&mut self) -> Step {
        let mut piece = vec![0; 64 * 1024];
        while self.over.is_none() {
            if self.inbox.len() >= INBOX {
                let seen = format!("more than {}", bytes(INBOX));
                return fail(
                    Kind::Unexpected,
                    format!("{} to hear an answer", self.name),
                    seen,
                );
            }
            match self.stream.read(&mut piece) {
                Ok(0) => {
                    self.over = Some(Over::End);
                    self.tape.write(self.name, What::GotEnd);
                }
                Ok(length) => {
                    match &mut self.records {
                        Some(records) => records.came(&piece[..length], self.name, &self.tape),
                        None => self
                            .tape
                            .write(self.name, What::Got(Excerpt::of(&piece[..length]))),
                    }
                    self.inbox.extend_from_slice(&piece[..length]);
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if ended_by_the_other(&error) => self.note_reset(),
                Err(error) => return Err(trouble(error, "read")),
            }
        }
        Ok(())
    }

    pub(super) fn wait_until(&self, what: wait::For, deadline: Instant) -> Step<bool> {
        wait::until_ready(&self.stream, what, deadline)
            .map_err(|error| trouble(error, "wait for a connection"))
    }

    /// Waits as long as a program may be silent.
    pub(super) fn wait_until_silence(&self, what: wait::For) -> Step<bool> {
        let mut deadline = self.patience.until_silence();
        loop {
            if self.wait_until(what, deadline)? {
                return Ok(true);
            }
            match self.tape.later_than(deadline, self.patience) {
                Some(later) => deadline = later,
                None => return Ok(false),
            }
        }
    }

    fn note_reset(&mut self) {
        self.over = Some(Over::Reset);
        self.tape.write(self.name, What::GotReset);
    }

    pub(super) fn consume(&mut self, length: usize) -> Vec<u8> {
        let rest = self.inbox.split_off(length);
        std::mem::replace(&mut self.inbox, rest)
    }
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock)
}

/// Errors that the other end causes, by a reset.
fn ended_by_the_other(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionReset
            | ErrorKind::BrokenPipe
            | ErrorKind::ConnectionAborted
            | ErrorKind::NotConnected
    )
}

fn trouble(error: io::Error, doing: &str) -> Stop {
    anyhow::Error::new(error)
        .context(format!("the grader could not {doing}"))
        .into()
}
