//! One client, from the welcome to its end.

use std::io::{self, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crossbeam::sync::WaitGroup;
use shared::log;

use crate::closing::Closing;
use crate::lines::{LONGEST_NAME, Line, Lines};
use crate::parting::Ushers;
use crate::patience::Patient;
use crate::slots::Slot;

/// What is the same for all clients.
pub struct House {
    /// How long an answer takes.
    pub delay: Duration,
    /// How long a client may go without a complete line.
    pub idle: Option<Duration>,
    pub closing: Arc<Closing>,
    pub ushers: Ushers,
}

/// A client that is served, or waits for it.
pub struct Session {
    pub slot: Slot,
    pub stream: Arc<TcpStream>,
    pub peer: SocketAddr,
    pub house: Arc<House>,
    /// The server ends when all of these are dropped.
    pub unfinished: WaitGroup,
}

/// Who ended a conversation.
enum Ended {
    ByClient,
    ByUs,
}

/// What a client says with a line.
enum Request {
    Name(String),
    Exit,
    Empty,
    NotUtf8,
}

impl Session {
    /// Serves the client. An error on its connection is its own: it is logged, and that is all.
    pub fn serve(self) {
        if !self.house.closing.begin(&self.stream) {
            return;
        }
        log!("{}: connected", self.peer);
        let ended = self.converse();
        match &ended {
            Ok(_) => log!("{}: done", self.peer),
            Err(error) => log!("{}: {error}", self.peer),
        }
        // The slot first: who sees the end and comes back finds it free.
        drop(self.slot);
        // Who has left needs no seeing out: then the stream is closed here.
        if let Ok(Ended::ByUs) = ended {
            self.house.ushers.see_out(self.stream, self.unfinished);
        }
    }

    /// Answers line after line until one side has enough.
    fn converse(&self) -> io::Result<Ended> {
        let patient = Patient::new(Arc::clone(&self.stream), self.house.idle);
        let mut lines = Lines::new(patient, LONGEST_NAME);
        self.welcome()?;
        while !self.house.closing.is_asked() {
            lines.stream().start_waiting();
            let line = match lines.hear() {
                Ok(Line::Text(line)) => line,
                Ok(Line::End) => return Ok(Ended::ByClient),
                Ok(Line::TooLong) => return self.last_words("ERR line-too-long"),
                Err(error) if is_timeout(&error) => return self.last_words("ERR idle"),
                Err(error) => return Err(error),
            };
            match understand(&line) {
                Request::Name(name) => self.greet(&name)?,
                Request::Empty => self.say("ERR empty")?,
                Request::NotUtf8 => return self.last_words("ERR utf-8"),
                Request::Exit => break,
            }
        }
        Ok(Ended::ByUs)
    }

    /// The first words are the server's: it does not wait for the client to say something.
    // exercise 4.1: welcome the client
    fn welcome(&self) -> io::Result<()> {
        self.say("Welcome!")
    }

    /// Answers a name, after the time that an answer takes.
    // exercise 4.1: greet the client by its name, after the delay
    fn greet(&self, name: &str) -> io::Result<()> {
        // The others notice nothing of this: only this thread sleeps.
        thread::sleep(self.house.delay);
        self.say(&format!("Hello, {name}!"))
    }

    fn last_words(&self, words: &str) -> io::Result<Ended> {
        self.say(words)?;
        Ok(Ended::ByUs)
    }

    fn say(&self, line: &str) -> io::Result<()> {
        say(&self.stream, line)
    }
}

/// Sends a line in one piece: text and line end in two writes would be two packets.
pub fn say(mut stream: &TcpStream, line: &str) -> io::Result<()> {
    stream.write_all(format!("{line}\n").as_bytes())
}

/// Tells what a line means. The bytes come from outside, so they may be anything.
// exercise 4.4: tell names from lines that are none
fn understand(line: &[u8]) -> Request {
    match str::from_utf8(line) {
        Ok("") => Request::Empty,
        Ok("exit") => Request::Exit,
        Ok(name) => Request::Name(name.to_string()),
        Err(_) => Request::NotUtf8,
    }
}

/// A read that ran into its timeout says so in one of two ways, depending on the system.
fn is_timeout(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
    )
}
