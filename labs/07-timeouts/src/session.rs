//! One client of the server, from its connection to its end.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use clap::ValueEnum;
use crossbeam::sync::WaitGroup;
use shared::log;

use crate::closing::Closing;
use crate::lines::{Line, Lines};
use crate::parting::see_out;
use crate::patience::Patient;

/// How the server treats its clients.
#[derive(Clone, Copy, ValueEnum)]
pub enum Mode {
    /// Answer each line
    Normal,
    /// Read, and say nothing
    Silent,
    /// Answer, a byte at a time
    Drip,
    /// Neither read nor answer
    Noread,
}

/// What a session does with its client. Who is not read has no session.
#[derive(Clone, Copy)]
pub enum Manner {
    Answers,
    /// With this much time for each byte.
    Drips(Duration),
    Listens,
}

/// As much as is read at once of what nobody wants to know.
const PIECE: usize = 64 * 1024;

const ANSWER: &[u8] = b"PONG\n";

/// A client that is served.
pub struct Session {
    pub stream: Arc<TcpStream>,
    pub peer: SocketAddr,
    pub manner: Manner,
    /// How long the client may take for a line.
    pub line: Option<Duration>,
    pub closing: Arc<Closing>,
    /// The server ends when all of these are dropped.
    pub _unfinished: WaitGroup,
}

/// Who ended a conversation.
enum Ended {
    ByClient,
    ByUs,
}

impl Session {
    /// Serves the client. An error on its connection is its own: it is logged, and that is all.
    pub fn serve(self) {
        if !self.closing.begin(&self.stream) {
            return;
        }
        log!("{}: connected", self.peer);
        // A byte that drips goes out at once, also when the one before is not yet acknowledged
        // (Nagle's algorithm would hold it back). It fails if the client has gone.
        let _ = self.stream.set_nodelay(true);
        let ended = match self.manner {
            Manner::Listens => self.listen(),
            Manner::Answers | Manner::Drips(_) => self.converse(),
        };
        match &ended {
            Ok(_) => log!("{}: done", self.peer),
            Err(error) => log!("{}: {error}", self.peer),
        }
        if let Ok(Ended::ByUs) = ended {
            see_out(&self.stream);
        }
    }

    /// Reads to the end, and says nothing.
    fn listen(&self) -> io::Result<Ended> {
        let mut piece = vec![0; PIECE];
        while (&*self.stream).read(&mut piece)? > 0 {}
        Ok(Ended::ByClient)
    }

    /// Answers line after line until one side has enough.
    fn converse(&self) -> io::Result<Ended> {
        let mut lines = Lines::new(Patient::new(&self.stream, self.line));
        while !self.closing.is_asked() {
            lines.stream().start_waiting();
            match lines.hear() {
                Ok(Line::Whole) => self.answer()?,
                Ok(Line::End) => return Ok(Ended::ByClient),
                Ok(Line::TooLong) => return self.last_words(b"ERR line-too-long\n"),
                Err(error) if is_timeout(&error) => return self.last_words(b"ERR too-slow\n"),
                Err(error) => return Err(error),
            }
        }
        Ok(Ended::ByUs)
    }

    fn answer(&self) -> io::Result<()> {
        let Manner::Drips(pause) = self.manner else {
            return self.say(ANSWER);
        };
        for byte in ANSWER {
            // The others notice nothing of this: only this thread sleeps.
            thread::sleep(pause);
            self.say(&[*byte])?;
        }
        Ok(())
    }

    fn last_words(&self, words: &[u8]) -> io::Result<Ended> {
        log!("{}: {}", self.peer, words.trim_ascii_end().escape_ascii());
        self.say(words)?;
        Ok(Ended::ByUs)
    }

    fn say(&self, words: &[u8]) -> io::Result<()> {
        (&*self.stream).write_all(words)
    }
}

/// A read that ran into its timeout says so in one of two ways, depending on the system.
fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}
