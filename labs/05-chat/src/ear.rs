//! Hears the other end, on a thread of its own, so that whoever prints can also notice that we
//! have said goodbye ourselves.

use std::io;
use std::net::TcpStream;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crossbeam::channel::{self, Receiver, Sender, select_biased};

use crate::lines::{Line, Lines};

/// How long to wait for the other to end its side when we have said goodbye.
const GRACE: Duration = Duration::from_millis(500);

/// And how much longer if it goes on talking all that time.
const TALKATIVE: Duration = Duration::from_millis(500);

/// How many lines may wait to be printed.
const WAITING: usize = 16;

/// What comes from the other end.
pub enum Heard {
    /// A line, without its end.
    Line(Vec<u8>),
    /// A line that is longer than a line may be.
    TooLong,
    /// The other has ended its side.
    End,
    /// We have said goodbye, and the other has not ended its side for a while.
    NoEnd,
    Failed(io::Error),
}

pub struct Ear {
    heard: Receiver<Heard>,
    /// Says when we say goodbye.
    goodbye: Receiver<()>,
    deadline: Option<Instant>,
}

/// Whoever talks holds it, until all is said.
pub struct StillTalking(Sender<()>);

impl StillTalking {
    /// To be said before the last words go out: they may be answered at once.
    pub fn goodbye(self) {
        // Nobody may be listening any more, and then it is said to nobody.
        let _ = self.0.try_send(());
    }
}

impl Ear {
    /// Listens for lines of at most `longest` bytes.
    pub fn open(stream: &Arc<TcpStream>, longest: usize) -> (Self, StillTalking) {
        let (tell, heard) = channel::bounded(WAITING);
        let (said, goodbye) = channel::bounded(1);
        let stream = Arc::clone(stream);
        thread::spawn(move || hear_all(&stream, longest, &tell));
        let ear = Self {
            heard,
            goodbye,
            deadline: None,
        };
        (ear, StillTalking(said))
    }

    /// Waits for what comes next. After our goodbye it does not wait for ever.
    pub fn next(&mut self) -> Heard {
        loop {
            if let Some(deadline) = self.deadline {
                // `recv_deadline` looks at the clock only when there is nothing to receive.
                if Instant::now() >= deadline + TALKATIVE {
                    return Heard::NoEnd;
                }
                return self.heard.recv_deadline(deadline).unwrap_or(Heard::NoEnd);
            }
            // Our goodbye first: one who talks without end must not drown it.
            select_biased! {
                recv(self.goodbye) -> said => match said {
                    Ok(()) => self.start_waiting(),
                    // Who talked has ended without a goodbye: the connection is broken.
                    Err(_) => self.goodbye = channel::never(),
                },
                recv(self.heard) -> heard => return heard.unwrap_or(Heard::End),
            }
        }
    }

    /// Whether an end is what we have asked for.
    pub fn said_goodbye(&mut self) -> bool {
        if self.goodbye.try_recv().is_ok() {
            self.start_waiting();
        }
        self.deadline.is_some()
    }

    fn start_waiting(&mut self) {
        self.deadline = Some(Instant::now() + GRACE);
    }
}

fn hear_all(stream: &TcpStream, longest: usize, tell: &Sender<Heard>) {
    let mut lines = Lines::new(stream, longest);
    loop {
        let heard = match lines.hear() {
            Ok(Line::Text(line)) => Heard::Line(line),
            Ok(Line::TooLong(_)) => Heard::TooLong,
            // What came after the last LF is no line.
            Ok(Line::End(_)) => Heard::End,
            Err(error) => Heard::Failed(error),
        };
        let goes_on = matches!(heard, Heard::Line(_));
        if tell.send(heard).is_err() || !goes_on {
            return;
        }
    }
}
