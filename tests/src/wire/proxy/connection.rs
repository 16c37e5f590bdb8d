//! A connection over a road: two ends, and a lane each way between them.
//!
//! Half-close stays half-close, and a reset is passed on as a reset. Nothing here waits: the
//! road asks again when a socket is ready or something is due.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use rustix::event::PollFlags;
use socket2::SockRef;

use super::lane::{Lane, Next};
use super::load::Load;
use super::{Link, Passage, Side, Sight, Sink};
use crate::wire::kernel;
use crate::wire::tape::{Excerpt, What};

/// The most that is read in one go.
const PIECE: usize = 64 * 1024;

/// How often both ways are looked at before other connections have their turn, and how much is sent
/// each time: a stream may have been cut into very many pieces.
const ROUNDS: usize = 16;
const BATCH: usize = 16;

pub struct Connection {
    number: usize,
    /// The client's end, and the server's.
    ends: [End; 2],
    /// From the client to the server, and back: a lane has the number of the end it comes from.
    lanes: [Lane; 2],
    /// How long a receiver is waited for to take a piece.
    patience: Duration,
    /// There was more to do than fits into one turn.
    unfinished: Option<Instant>,
    over: bool,
}

/// A socket of ours, and what is known of the program at its other end.
pub struct End {
    stream: TcpStream,
    here: SocketAddr,
    there: SocketAddr,
    /// Nothing more comes from it.
    read_all: bool,
    outward: Outward,
    /// Poll would report the same again and again.
    hung_up: bool,
}

/// What can still be sent to an end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outward {
    Open,
    /// It was told that nothing more comes.
    Ended,
    /// It has reset the connection. What it sent before may still lie here.
    Reset,
}

impl End {
    pub fn new(stream: TcpStream) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        stream.set_nodelay(true)?;
        Ok(Self {
            here: stream.local_addr()?,
            there: stream.peer_addr()?,
            stream,
            read_all: false,
            outward: Outward::Open,
            hung_up: false,
        })
    }

    fn has_reset(&self) -> bool {
        self.outward == Outward::Reset
    }

    /// The addresses of this side.
    pub fn link(&self) -> Link {
        Link {
            road: self.here,
            program: self.there,
        }
    }

    /// When it is dropped, it does not end as it should, but with a reset.
    pub fn will_reset(&self) -> bool {
        let linger = Some(Duration::ZERO);
        SockRef::from(&self.stream).set_linger(linger).is_ok()
    }
}

impl Connection {
    /// Between a client and a server that are connected.
    pub fn new(number: usize, ends: [End; 2], lanes: [Lane; 2], patience: Duration) -> Self {
        Self {
            number,
            ends,
            lanes,
            patience,
            unfinished: None,
            over: false,
        }
    }

    pub fn is_over(&self) -> bool {
        let has_passed_all = |at: usize| self.ends[at].read_all && self.lanes[at].is_empty();
        self.over || (has_passed_all(0) && has_passed_all(1))
    }

    /// What its sockets are to be polled for, now.
    pub fn polls(&self) -> impl Iterator<Item = (usize, BorrowedFd<'_>, PollFlags)> {
        (0..2).filter_map(|at| {
            let end = &self.ends[at];
            if end.hung_up || (end.read_all && end.outward != Outward::Open) {
                return None;
            }
            let mut flags = PollFlags::empty();
            flags.set(PollFlags::IN, !end.read_all && self.lanes[at].has_room());
            let waiting = &self.lanes[1 - at];
            flags.set(
                PollFlags::OUT,
                !waiting.front().is_empty() && !waiting.waits(),
            );
            Some((at, end.stream.as_fd(), flags))
        })
    }

    pub fn due(&self) -> Option<Instant> {
        let lanes = self.lanes.iter().filter_map(Lane::due);
        lanes.chain(self.unfinished).min()
    }

    /// Poll says that this end hangs up, or that there is an error.
    pub fn hangs_up(&mut self, at: usize, now: Instant, sink: &mut Sink) {
        self.ends[at].hung_up = true;
        if matches!(self.ends[at].stream.take_error(), Ok(Some(_)) | Err(_)) {
            self.has_reset(at, now, sink);
        }
    }

    /// Does all that can be done now.
    pub fn goes_on(&mut self, now: Instant, sink: &mut Sink) {
        for at in 0..2 {
            let notes = self.lanes[at].passes_due(now);
            self.tell(1 - at, notes, sink);
        }
        self.unfinished = None;
        for _ in 0..ROUNDS {
            let mut moved = false;
            for at in 0..2 {
                moved |= self.send_from(at, now, sink);
            }
            for at in 0..2 {
                moved |= self.read_from(at, now, sink);
            }
            if !moved || self.over {
                return;
            }
        }
        self.unfinished = Some(now);
    }

    /// Reads once from an end, if its lane has room. Returns whether anything came.
    fn read_from(&mut self, at: usize, now: Instant, sink: &mut Sink) -> bool {
        if self.over || self.ends[at].read_all || !self.lanes[at].has_room() {
            return false;
        }
        let mut piece = vec![0; PIECE];
        match self.ends[at].stream.read(&mut piece) {
            Ok(0) if self.ends[at].has_reset() => self.passes_reset(at, now, sink),
            Ok(0) => {
                self.ends[at].read_all = true;
                self.write_down(at, What::GotEnd, sink);
                self.comes(at, Load::End, now, sink);
            }
            Ok(length) => {
                piece.truncate(length);
                self.write_bytes_down(at, What::Got, &piece, sink);
                self.comes(at, Load::Bytes(piece), now, sink);
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => return false,
            Err(_) => {
                self.has_reset(at, now, sink);
                self.passes_reset(at, now, sink);
            }
        }
        true
    }

    /// Something has come from this end.
    fn comes(&mut self, at: usize, load: Load, now: Instant, sink: &mut Sink) {
        let notes = self.lanes[at].takes(load, now);
        self.tell(1 - at, notes, sink);
    }

    /// This end is gone: nothing can be brought to it any more.
    fn has_reset(&mut self, at: usize, now: Instant, sink: &mut Sink) {
        if self.ends[at].has_reset() {
            return;
        }
        self.ends[at].outward = Outward::Reset;
        self.lanes[1 - at].close();
        if self.ends[at].read_all {
            self.passes_reset(at, now, sink);
        }
    }

    fn passes_reset(&mut self, at: usize, now: Instant, sink: &mut Sink) {
        self.ends[at].read_all = true;
        self.write_down(at, What::GotReset, sink);
        self.comes(at, Load::Reset, now, sink);
    }

    /// Sends what a lane has ready. Returns whether anything went.
    fn send_from(&mut self, at: usize, now: Instant, sink: &mut Sink) -> bool {
        let mut moved = false;
        for _ in 0..BATCH {
            if self.over {
                break;
            }
            let to = &self.ends[1 - at];
            let is_taken = || kernel::is_taken(&to.stream, to.here, to.there);
            match self.lanes[at].next(now, self.patience, is_taken) {
                Next::Nothing | Next::Wait => return moved,
                Next::Send => match self.send_once(at, now, sink) {
                    Sent::Some => {}
                    Sent::Nothing => return moved,
                },
                Next::End => self.pass_the_end(at, now, sink),
                Next::Reset => self.reset(sink),
                Next::Cut => self.cut(sink),
            }
            moved = true;
        }
        moved
    }

    fn send_once(&mut self, at: usize, now: Instant, sink: &mut Sink) -> Sent {
        let to = 1 - at;
        match self.ends[to].stream.write(self.lanes[at].front()) {
            Ok(length) => {
                let sent = &self.lanes[at].front()[..length];
                self.write_bytes_down(to, What::Sent, sent, sink);
                self.lanes[at].sent(length);
                Sent::Some
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => Sent::Some,
            Err(error) if error.kind() == ErrorKind::WouldBlock => Sent::Nothing,
            Err(_) => {
                self.has_reset(to, now, sink);
                Sent::Nothing
            }
        }
    }

    fn pass_the_end(&mut self, at: usize, now: Instant, sink: &mut Sink) {
        let to = 1 - at;
        self.lanes[at].ended();
        match self.ends[to].stream.shutdown(Shutdown::Write) {
            Ok(()) => {
                self.ends[to].outward = Outward::Ended;
                self.write_down(to, What::SentEnd, sink);
            }
            Err(_) => self.has_reset(to, now, sink),
        }
    }

    /// Resets the connection with whoever has not done so already.
    fn reset(&mut self, sink: &mut Sink) {
        for at in 0..2 {
            if self.ends[at].will_reset() && !self.ends[at].has_reset() {
                self.write_down(at, What::SentReset, sink);
            }
        }
        self.over = true;
    }

    /// Closes both sides. What lies unread here must be read first: else it would be a reset.
    fn cut(&mut self, sink: &mut Sink) {
        let mut unread = vec![0; PIECE];
        for at in 0..2 {
            let mut rounds = 0;
            while rounds < ROUNDS && matches!(self.ends[at].stream.read(&mut unread), Ok(1..)) {
                rounds += 1;
            }
            if !self.ends[at].has_reset() {
                self.write_down(at, What::Closed, sink);
            }
        }
        self.over = true;
    }

    fn tell(&self, at: usize, notes: Vec<String>, sink: &mut Sink) {
        for note in notes {
            self.write_down(at, What::Note(note), sink);
        }
    }

    fn write_down(&self, at: usize, what: What, sink: &mut Sink) {
        self.show(at, what, &[], sink);
    }

    fn write_bytes_down(
        &self,
        at: usize,
        what: fn(Excerpt) -> What,
        bytes: &[u8],
        sink: &mut Sink,
    ) {
        self.show(at, what(Excerpt::of(bytes)), bytes, sink);
    }

    fn show(&self, at: usize, what: What, whole: &[u8], sink: &mut Sink) {
        let link = Some(self.ends[at].link());
        let passage = Passage {
            connection: self.number,
            side: [Side::Client, Side::Server][at],
            what,
        };
        sink(&passage, Sight { whole, link });
    }
}

/// What came of an attempt to send.
enum Sent {
    Some,
    Nothing,
}
