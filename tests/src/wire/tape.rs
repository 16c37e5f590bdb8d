//! The tape: all that was sent and seen in one check, in order, from every side.
//!
//! It is what the ladder is drawn from. Long payloads are kept as head, tail and length.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::Patience;
use super::kernel::{self, Answer};
use super::proxy::Link;

/// As many events as a ladder can still show; what comes after is counted.
const MOST_EVENTS: usize = 2_000;

/// The program under test, as an actor of the story.
pub const PROGRAM: &str = "program";

/// Everybody who takes part writes to the same tape; a clone is another handle on it.
#[derive(Clone)]
pub struct Tape(Arc<Mutex<Recording>>);

struct Recording {
    start: Instant,
    events: Vec<Event>,
    left_out: usize,
    passage: Option<Instant>,
    connections: Option<Connections>,
    witness: Option<Witness>,
    testimony: Option<Vec<String>>,
    listener: Option<Listener>,
}

/// Somebody who hears of each event as it is written, and for whom it need not be kept.
pub type Listener = Box<dyn FnMut(Event) + Send>;

/// Somebody who can say what the programs of the story are doing now.
pub type Witness = Box<dyn Fn() -> Vec<String> + Send>;

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Event {
    /// Time since the check began.
    pub at: Duration,
    /// Who did or saw it: a peer's name, or [`PROGRAM`].
    pub who: String,
    pub what: What,
    /// The connection that it happened on, if the kernel was asked.
    pub ends: Option<Ends>,
}

/// Both ends of a connection, as the kernel has them at one moment: ours, and the program's.
#[derive(Clone, Debug)]
pub struct Ends {
    /// Counted from 1, as they come to be.
    pub connection: usize,
    pub ours: (SocketAddr, Option<kernel::Socket>),
    pub programs: (SocketAddr, Option<kernel::Socket>),
}

/// The connections of a story, for whoever wants to see what the kernel says of them.
#[derive(Default)]
struct Connections {
    count: usize,
    /// The last one of each: its number, our address, and the program's.
    of: BTreeMap<String, (usize, SocketAddr, SocketAddr)>,
    /// The people do not reach the program themselves.
    by_road: bool,
}

impl Connections {
    fn add(&mut self, who: &str, ours: SocketAddr, programs: SocketAddr) {
        self.count += 1;
        self.of.insert(who.into(), (self.count, ours, programs));
    }

    fn ends(&self, who: &str) -> Option<Ends> {
        let &(connection, ours, programs) = self.of.get(who)?;
        let end = |here, there| match kernel::socket(there, here) {
            Answer::Is(socket) => Some((here, Some(socket))),
            Answer::NoSuchSocket => Some((here, None)),
            Answer::CannotTell => None,
        };
        Some(Ends {
            connection,
            ours: end(ours, programs)?,
            programs: end(programs, ours)?,
        })
    }
}

/// What can happen. Peers write what they did and saw; the runner of the program the rest.
#[derive(Clone, Debug)]
pub enum What {
    /// A connection came to be, either way round.
    Connected,
    /// A try to connect was refused.
    Refused,
    /// The peer sent this.
    Sent(Excerpt),
    /// The peer got this.
    Got(Excerpt),
    /// The peer ended its sending side.
    SentEnd,
    /// The peer saw the end of the stream.
    GotEnd,
    /// The peer reset the connection.
    SentReset,
    /// The peer saw a reset.
    GotReset,
    /// The peer closed its socket.
    Closed,
    /// The program was started with these arguments.
    Started(String),
    /// The program wrote to standard output.
    Stdout(Excerpt),
    /// The program wrote to standard error.
    Stderr(Excerpt),
    /// The program got this on standard input.
    Stdin(Excerpt),
    /// The program got a signal, by name.
    Signal(&'static str),
    /// The program ended: `exit 0`, `killed by SIGKILL`.
    Ended(String),
    /// Anything else that a reader should know.
    Note(String),
}

/// Bytes, in little.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// How many there were.
    pub length: usize,
    pub head: Vec<u8>,
    /// The last bytes, empty if `head` holds all.
    pub tail: Vec<u8>,
}

impl Excerpt {
    const HEAD: usize = 256;
    const TAIL: usize = 32;

    pub fn of(bytes: &[u8]) -> Self {
        Self::keeping(bytes, Self::HEAD, Self::TAIL)
    }

    /// The same with more or less of them kept.
    pub fn keeping(bytes: &[u8], head: usize, tail: usize) -> Self {
        let length = bytes.len();
        if length <= head + tail {
            Self {
                length,
                head: bytes.to_vec(),
                tail: Vec::new(),
            }
        } else {
            let (head, tail) = (&bytes[..head], &bytes[length - tail..]);
            Self {
                length,
                head: head.to_vec(),
                tail: tail.to_vec(),
            }
        }
    }

    /// This and what followed it, in little.
    #[must_use]
    pub fn joined(&self, next: &Self) -> Self {
        let length = self.length + next.length;
        if length <= Self::HEAD + Self::TAIL {
            return Self {
                length,
                head: [&self.head[..], &next.head].concat(),
                tail: Vec::new(),
            };
        }
        let mut head = self.head.clone();
        if self.tail.is_empty() {
            head.extend_from_slice(&next.head);
            head.truncate(Self::HEAD);
        }
        let end = if next.tail.is_empty() {
            &next.head
        } else {
            &next.tail
        };
        let tail = end[end.len().saturating_sub(Self::TAIL)..].to_vec();
        Self { length, head, tail }
    }
}

impl Tape {
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new(Recording {
            start: Instant::now(),
            events: Vec::new(),
            left_out: 0,
            passage: None,
            connections: None,
            witness: None,
            testimony: None,
            listener: None,
        })))
    }

    /// A tape on which nothing is kept, because somebody listens.
    pub fn heard_by(listener: Listener) -> Self {
        let tape = Self::new();
        tape.lock().listener = Some(listener);
        tape
    }

    pub fn write(&self, who: &str, what: What) {
        let mut tape = self.lock();
        let event = Event {
            at: tape.start.elapsed(),
            who: who.to_string(),
            what,
            ends: tape.connections.as_ref().and_then(|all| all.ends(who)),
        };
        if let Some(listener) = &mut tape.listener {
            listener(event);
        } else if tape.events.len() == MOST_EVENTS {
            tape.left_out += 1;
        } else {
            tape.events.push(event);
        }
    }

    /// From now on the kernel is asked, with each event, for both ends of the connection.
    pub fn ask_the_kernel(&self) {
        self.lock().connections = Some(Connections::default());
    }

    /// Somebody is connected to the program, or to a road that leads there.
    pub fn is_connected(&self, who: &str, ours: SocketAddr, theirs: SocketAddr) {
        if let Some(all) = &mut self.lock().connections
            && !all.by_road
        {
            all.add(who, ours, theirs);
        }
    }

    /// There is a road to the program: whoever is connected to that is not connected to the program.
    pub fn has_a_road(&self) {
        if let Some(all) = &mut self.lock().connections {
            all.by_road = true;
        }
    }

    /// A road is connected to the program.
    pub fn road_is_connected(&self, road: &str, link: Link) {
        if let Some(all) = &mut self.lock().connections {
            all.add(road, link.road, link.program);
        }
    }

    /// Something moved just now on a road between the program and the story's people.
    pub fn note_passage(&self) {
        self.lock().passage = Some(Instant::now());
    }

    /// A later deadline for whoever has waited until this one, if something was still on its way
    /// over a road meanwhile: that may be a slow one, and is no silence of the program.
    pub fn later_than(&self, deadline: Instant, patience: Patience) -> Option<Instant> {
        let later = patience.until_silence_since(self.lock().passage?);
        (later > deadline).then_some(later)
    }

    pub fn note(&self, text: impl Into<String>) {
        self.write(PROGRAM, What::Note(text.into()));
    }

    /// Names who can tell what the programs are doing.
    pub fn set_witness(&self, witness: Witness) {
        self.lock().witness = Some(witness);
    }

    /// Something failed just now: asks the witness before the story's people let go of their
    /// connections, which would change what there is to be seen.
    pub fn ask_the_witness(&self) {
        let Some(witness) = self.lock().witness.take() else {
            return;
        };
        let testimony = witness();
        let mut tape = self.lock();
        tape.witness = Some(witness);
        tape.testimony = Some(testimony);
    }

    /// What the witness said when something failed.
    pub fn testimony(&self) -> Option<Vec<String>> {
        self.lock().testimony.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Recording> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All events so far, and how many more there were.
    pub fn read(&self) -> (Vec<Event>, usize) {
        let tape = self.lock();
        (tape.events.clone(), tape.left_out)
    }
}

impl Default for Tape {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_begins_when_a_road_has_brought_all() {
        let (tape, patience) = (Tape::new(), Patience::default());
        let deadline = patience.until_silence();
        assert_eq!(tape.later_than(deadline, patience), None);
        tape.note_passage();
        let later = tape.later_than(deadline, patience).unwrap();
        assert_eq!(tape.later_than(later, patience), None);
    }
}
