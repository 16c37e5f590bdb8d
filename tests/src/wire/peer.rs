//! A peer: one end of a TCP connection to the program under test, in the hands of a story.
//!
//! Peers have people's names. Each of their verbs is one thing that a person at the other end
//! would do or see, goes on the tape, and has a deadline.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use socket2::{Domain, SockRef, Socket, Type};

use super::tape::{Excerpt, Tape, What};
use super::{Patience, kernel, wait};
use crate::finding::{Finding, Kind, Step, Stop, fail};
use crate::words::{bytes, quoted};

/// The most that a peer keeps unread by its story.
const INBOX: usize = 64 * 1024 * 1024;

/// The longest line that a peer waits for.
const LINE: usize = 128 * 1024;

pub struct Peer {
    name: &'static str,
    stream: TcpStream,
    here: SocketAddr,
    there: SocketAddr,
    tape: Tape,
    patience: Patience,
    /// What came and the story has not asked for yet.
    inbox: Vec<u8>,
    /// How the stream ended, once it has.
    over: Option<Over>,
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

    /// Sends all of `message`. What comes meanwhile is kept, so that a program which answers
    /// as it reads is never held up.
    pub fn says(&mut self, message: impl AsRef<[u8]>) -> Step {
        let message = message.as_ref();
        let sent = self.says_what_it_can(message)?;
        if sent == message.len() {
            return Ok(());
        }
        let expected = format!("{} to send {}", self.name, bytes(message.len()));
        match self.over {
            Some(Over::Reset) => {
                let seen = format!("a reset after {} of them", bytes(sent));
                fail(Kind::Reset, expected, seen)
            }
            _ => fail(
                Kind::Silence,
                expected,
                format!("{} were taken, then no more", bytes(sent)),
            ),
        }
    }

    /// Sends as much of `message` as gets through, and returns how much that was: the program
    /// may be right to close in the middle. It gives up when nothing moves any more.
    pub fn says_what_it_can(&mut self, message: &[u8]) -> Step<usize> {
        let mut sent = 0;
        while sent < message.len() && self.over != Some(Over::Reset) {
            match self.send_some(&message[sent..])? {
                Some(length) => sent += length,
                None => {
                    if !self.wait_until(wait::For::Either, self.patience.until_silence())? {
                        break;
                    }
                    self.take_in()?;
                }
            }
        }
        Ok(sent)
    }

    /// Sends as much of `message` as the program and the buffers take while nobody reads the
    /// answers, and returns how much that was.
    pub fn says_without_listening(&mut self, message: &[u8]) -> Step<usize> {
        let mut sent = 0;
        while sent < message.len() && self.over != Some(Over::Reset) {
            match self.send_some(&message[sent..])? {
                Some(length) => sent += length,
                None => {
                    let soon = Instant::now() + self.patience.glance();
                    if !self.wait_until(wait::For::Writing, soon)? {
                        break;
                    }
                }
            }
        }
        Ok(sent)
    }

    /// Sends a piece of an echo, however long the program takes to read it.
    fn sends_without_listening(&mut self, piece: &[u8]) -> Step {
        let mut sent = 0;
        while sent < piece.len() {
            match self.send_some(&piece[sent..])? {
                Some(length) => sent += length,
                None if self.over == Some(Over::Reset) => {
                    let expected = format!("{} to send back what came", self.name);
                    return fail(Kind::Reset, expected, "a reset of the connection");
                }
                None => {
                    if !self.wait_until(wait::For::Writing, self.patience.until_silence())? {
                        return fail(
                            Kind::Silence,
                            format!("the client to read what {} sends back", self.name),
                            "it reads no more, and still has not sent all",
                        );
                    }
                }
            }
        }
        Ok(())
    }

    /// Sends what the socket takes now; none if it takes nothing.
    fn send_some(&mut self, message: &[u8]) -> Step<Option<usize>> {
        loop {
            match self.stream.write(message) {
                Ok(length) => {
                    self.tape
                        .write(self.name, What::Sent(Excerpt::of(&message[..length])));
                    return Ok(Some(length));
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(None),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if ended_by_the_other(&error) => {
                    self.note_reset();
                    return Ok(None);
                }
                Err(error) => return Err(trouble(error, "send")),
            }
        }
    }

    /// Sends each piece when the program has taken the one before: each arrives in a read of
    /// its own.
    pub fn says_in_pieces<'a>(&mut self, pieces: impl IntoIterator<Item = &'a [u8]>) -> Step {
        /// Whoever has left so many pieces lie will not take the next ones either.
        const MOST_LEFT: u32 = 4;
        let mut left = 0;
        for piece in pieces {
            self.says(piece)?;
            if left < MOST_LEFT && !self.waits_until_taken() {
                left += 1;
            }
        }
        Ok(())
    }

    /// Waits until the program has read what was said. See [`kernel::until_taken`].
    pub fn waits_until_taken(&self) -> bool {
        kernel::until_taken(&self.stream, self.here, self.there, self.patience.glance())
    }

    /// How much of what was said lies unread in the program's receive buffer, if it can be told.
    pub fn unread_by_the_program(&self) -> Option<u32> {
        kernel::unread(self.here, self.there)
    }

    /// Ends the sending side (a half-close): the program sees the end, and may still answer.
    pub fn stops_talking(&mut self) -> Step {
        match self.stream.shutdown(Shutdown::Write) {
            Ok(()) => self.tape.write(self.name, What::SentEnd),
            Err(error) if ended_by_the_other(&error) => self.note_reset(),
            Err(error) => return Err(trouble(error, "end the sending side")),
        }
        Ok(())
    }

    /// Hears exactly these bytes next.
    pub fn hears(&mut self, expected: impl AsRef<[u8]>) -> Step {
        let expected = expected.as_ref();
        let mut came = 0;
        loop {
            let rest = &expected[came..];
            let length = self.inbox.len().min(rest.len());
            if self.inbox[..length] != rest[..length] {
                return Err(self.wrong_bytes(expected, came));
            }
            self.consume(length);
            came += length;
            if came == expected.len() {
                return Ok(());
            }
            self.more(|| format!("hear {}", quoted(expected)), &expected[..came])?;
        }
    }

    /// Sends back what comes, a piece at a time, until `length` bytes have gone both ways. It
    /// takes no more until the program has taken back what it sent: who writes all before
    /// reading gets no further.
    pub fn echoes(&mut self, length: usize) -> Step {
        let mut done = 0;
        while done < length {
            if self.inbox.is_empty() {
                self.more(|| format!("hear {}", bytes(length)), &[])?;
                continue;
            }
            let piece = self.consume(self.inbox.len().min(length - done));
            self.sends_without_listening(&piece)?;
            done += piece.len();
        }
        Ok(())
    }

    /// Hears a line, and returns it without its LF (and without a CR before that).
    pub fn hears_a_line(&mut self) -> Step<String> {
        self.hears_a_line_of_bytes()
            .map(|line| String::from_utf8_lossy(&line).into_owned())
    }

    /// Hears exactly this line next.
    pub fn hears_line(&mut self, expected: &str) -> Step {
        let line = self.line_or(|| format!("hear the line {}", quoted(expected.as_bytes())))?;
        if line == expected.as_bytes() {
            return Ok(());
        }
        let offset = line
            .iter()
            .zip(expected.as_bytes())
            .take_while(|(a, b)| a == b)
            .count();
        fail(
            Kind::WrongBytes { offset },
            format!(
                "{} to hear the line {}",
                self.name,
                quoted(expected.as_bytes())
            ),
            format!("the line {}", quoted(&line)),
        )
    }

    fn hears_a_line_of_bytes(&mut self) -> Step<Vec<u8>> {
        self.line_or(|| "hear a line".into())
    }

    fn line_or(&mut self, expected: impl Fn() -> String) -> Step<Vec<u8>> {
        loop {
            if let Some(at) = self.inbox.iter().position(|&byte| byte == b'\n') {
                let mut line = self.consume(at + 1);
                line.pop();
                if line.last() == Some(&b'\r') {
                    line.pop();
                }
                return Ok(line);
            }
            if self.inbox.len() > LINE {
                let seen = format!("{} without LF", bytes(self.inbox.len()));
                return fail(
                    Kind::Unexpected,
                    format!("{} to {}", self.name, expected()),
                    seen,
                );
            }
            let came = self.inbox.clone();
            self.more(&expected, &came)?;
        }
    }

    /// Sees the end of the stream, with nothing before it.
    pub fn sees_the_end(&mut self) -> Step {
        let rest = self.hears_the_rest()?;
        if rest.is_empty() {
            return Ok(());
        }
        fail(
            Kind::Unexpected,
            format!("{} to see the end of the stream", self.name),
            format!("{} more: {}", bytes(rest.len()), quoted(&rest)),
        )
    }

    /// Hears all that comes until the end of the stream.
    pub fn hears_the_rest(&mut self) -> Step<Vec<u8>> {
        while self.over != Some(Over::End) {
            let came = std::mem::take(&mut self.inbox);
            let more = self.more(|| "see the end of the stream".into(), &came);
            self.inbox.splice(..0, came);
            more?;
        }
        Ok(self.consume(self.inbox.len()))
    }

    /// Waits until the stream is over, in whichever way, and returns what came before and how
    /// it ended. For a program that may end it in more than one way.
    pub fn waits_for_the_end(&mut self) -> Step<(Vec<u8>, Over)> {
        loop {
            if let Some(over) = self.over {
                return Ok((self.consume(self.inbox.len()), over));
            }
            self.more(|| "see the connection end".into(), &[])?;
        }
    }

    /// Takes in what is there now, without waiting, and returns it.
    pub fn hears_so_far(&mut self) -> Step<Vec<u8>> {
        self.take_in()?;
        Ok(self.consume(self.inbox.len()))
    }

    /// Looks for a moment whether something comes. That nothing does is no finding.
    pub fn has_something_soon(&mut self) -> Step<bool> {
        let soon = Instant::now() + self.patience.glance();
        if self.inbox.is_empty()
            && self.over.is_none()
            && self.wait_until(wait::For::Reading, soon)?
        {
            self.take_in()?;
        }
        Ok(!self.inbox.is_empty())
    }

    /// Says the same byte again and again, until something comes (true) or has not come for
    /// as long as a program may be silent.
    pub fn drips(&mut self, byte: u8, every: Duration) -> Step<bool> {
        let deadline = self.patience.until_silence();
        while self.inbox.is_empty() && self.over.is_none() && Instant::now() < deadline {
            self.says_what_it_can(&[byte])?;
            if self.wait_until(wait::For::Reading, Instant::now() + every)? {
                self.take_in()?;
            }
        }
        Ok(!self.inbox.is_empty())
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
        if self.over.is_none()
            && self.wait_until(wait::For::Reading, self.patience.until_silence())?
        {
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
    fn take_in(&mut self) -> Step {
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
                    self.tape
                        .write(self.name, What::Got(Excerpt::of(&piece[..length])));
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

    fn wait_until(&self, what: wait::For, deadline: Instant) -> Step<bool> {
        wait::until_ready(&self.stream, what, deadline)
            .map_err(|error| trouble(error, "wait for a connection"))
    }

    fn note_reset(&mut self) {
        self.over = Some(Over::Reset);
        self.tape.write(self.name, What::GotReset);
    }

    fn consume(&mut self, length: usize) -> Vec<u8> {
        let rest = self.inbox.split_off(length);
        std::mem::replace(&mut self.inbox, rest)
    }

    /// What is in the inbox differs from `expected`, of which `came` bytes were right.
    fn wrong_bytes(&self, expected: &[u8], came: usize) -> Stop {
        let rest = &expected[came..];
        let same = self
            .inbox
            .iter()
            .zip(rest)
            .take_while(|(a, b)| a == b)
            .count();
        let from = same.saturating_sub(8);
        let shown = |bytes: &[u8]| quoted(&bytes[from..bytes.len().min(same + 24)]);
        let offset = came + same;
        let at = match offset {
            0..8 => String::new(),
            _ => format!(", first different at byte {offset}"),
        };
        Finding::new(
            Kind::WrongBytes { offset },
            format!("{} to hear {}", self.name, shown(rest)),
            format!("{}{at}", shown(&self.inbox)),
        )
        .into()
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
