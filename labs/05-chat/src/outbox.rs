//! What is to be sent to one client, and the thread that sends it when it has to wait.
//!
//! The room must never wait for a client: while it does, nobody hears anybody. So it hands each
//! line over to the client's outbox and goes on.

use std::fmt;
use std::io::{self, ErrorKind, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crossbeam::channel::{self, Receiver, Sender};
use rustix::net::{SendFlags, send};

/// A line with its LF. All who hear it share the same bytes.
pub type Line = Arc<[u8]>;

/// One client's outbox. When it is dropped, what waits in it is sent, and then the end.
pub struct Outbox {
    stream: Arc<TcpStream>,
    /// To the thread that sends what cannot be sent at once.
    queue: Sender<Waiting>,
    /// How many lines wait, the one included that is just being sent.
    waiting: Arc<AtomicUsize>,
    /// With that many waiting, the client is too slow for the room.
    most: usize,
}

/// A line of which the system had no room for the bytes from `from` on.
struct Waiting {
    line: Line,
    from: usize,
}

/// Why a client cannot be reached.
#[derive(Debug)]
pub enum Unreachable {
    /// It does not read.
    TooSlow,
    Gone(io::Error),
}

/// Ends, with its sender dropped, when everything has been sent.
pub type AllSent = Receiver<()>;

impl Outbox {
    /// An outbox for the connection, in which fewer than `most` lines may wait.
    pub fn open(stream: &Arc<TcpStream>, most: usize) -> io::Result<(Self, AllSent)> {
        // The channel needs no bound of its own: `put` counts, and stops at `most`.
        let (queue, waiting_lines) = channel::unbounded();
        let (done, all_sent) = channel::bounded(0);
        let outbox = Self {
            stream: Arc::clone(stream),
            queue,
            waiting: Arc::new(AtomicUsize::new(0)),
            most,
        };
        let (stream, waiting) = (Arc::clone(stream), Arc::clone(&outbox.waiting));
        thread::Builder::new().spawn(move || {
            send_each(&stream, &waiting_lines, &waiting);
            // The client hears the end after the last words.
            let _ = stream.shutdown(Shutdown::Write);
            drop(done);
        })?;
        Ok((outbox, all_sent))
    }

    /// Hands a line over, and does not wait: what the system has no room for goes into the
    /// queue, and a full queue is an error.
    // exercise 5.6: send what the system takes at once, queue the rest, and never wait
    pub fn put(&self, line: &Line) -> Result<(), Unreachable> {
        let mut from = 0;
        // With nothing waiting, the sending thread sleeps and this one may send. What the
        // system takes now needs no place in the queue: a client that reads is never too slow,
        // however fast the lines come. `DONTWAIT` makes this one call return when it would wait.
        if self.waiting.load(Ordering::Acquire) == 0 {
            match send(&self.stream, line, SendFlags::DONTWAIT).map_err(io::Error::from) {
                Ok(length) => from = length,
                Err(error) if must_wait(&error) => {}
                Err(error) => return Err(Unreachable::Gone(error)),
            }
        }
        if from == line.len() {
            return Ok(());
        }
        let before = self.waiting.fetch_add(1, Ordering::AcqRel);
        let line = Arc::clone(line);
        if self.queue.send(Waiting { line, from }).is_err() {
            return Err(Unreachable::Gone(ErrorKind::BrokenPipe.into()));
        }
        if before + 1 < self.most {
            Ok(())
        } else {
            Err(Unreachable::TooSlow)
        }
    }

    /// How many lines wait, and how many are too many.
    pub fn fill(&self) -> (usize, usize) {
        (self.waiting.load(Ordering::Acquire), self.most)
    }

    /// Gives the client up: nothing more is sent, and nothing more is read.
    pub fn give_up(self) {
        // This also wakes the threads that wait to send to it, or to hear from it.
        let _ = self.stream.shutdown(Shutdown::Both);
    }
}

/// Sends line after line, and waits for the client as long as it takes. It ends when the outbox
/// is dropped and empty, or the connection is broken: then nobody takes from the queue any more.
fn send_each(mut stream: &TcpStream, lines: &Receiver<Waiting>, waiting: &AtomicUsize) {
    for Waiting { line, from } in lines {
        if stream.write_all(&line[from..]).is_err() {
            return;
        }
        waiting.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Whether a send that does not wait would have had to.
fn must_wait(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooSlow => f.write_str("it does not read"),
            Self::Gone(error) => write!(f, "{error}"),
        }
    }
}
