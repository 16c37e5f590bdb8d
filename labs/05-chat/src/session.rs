//! One client of the room, as its own thread sees it: a name, then line after line.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use crossbeam::channel::{self, Sender};
use crossbeam::sync::WaitGroup;
use shared::log;

use crate::closing::Closing;
use crate::lines::{Line, Lines};
use crate::outbox::Outbox;
use crate::parting;
use crate::room::{self, Event, Id};
use crate::words::{self, LONGEST, Request};

pub struct Session {
    pub stream: Arc<TcpStream>,
    pub peer: SocketAddr,
    /// How many lines may wait for it.
    pub queue: usize,
    pub room: Sender<Event>,
    pub closing: Arc<Closing>,
    /// The server ends when all of these are dropped.
    pub unfinished: WaitGroup,
}

/// How a conversation ended.
enum End {
    /// The client ended it: with `/quit`, or by ending its side.
    Left,
    /// We do, with these last words.
    SentAway(&'static str),
    /// The server closes. The room says the last words, to all.
    Closing,
}

impl Session {
    /// Serves the client. An error on its connection is its own: it is logged, and that is all.
    pub fn serve(self) {
        if !self.closing.begin(&self.stream) {
            return;
        }
        log!("{}: connected", self.peer);
        let (outbox, all_sent) = match Outbox::open(&self.stream, self.queue) {
            Ok(opened) => opened,
            Err(error) => return log!("{}: no thread for it: {error}", self.peer),
        };
        match self.visit(outbox) {
            Ok(()) => log!("{}: done", self.peer),
            Err(error) => log!("{}: {error}", self.peer),
        }
        // The room ends when nobody is left who could tell it something.
        drop(self.room);
        parting::part(&self.stream, &all_sent);
        drop(self.unfinished);
    }

    /// From the question to the end.
    fn visit(&self, outbox: Outbox) -> io::Result<()> {
        let mut lines = Lines::new(&*self.stream, LONGEST);
        ask_name(&outbox);
        let Some(id) = self.join(&mut lines, outbox)? else {
            return Ok(());
        };
        let end = self.talk(id, &mut lines);
        self.leave(id, &end);
        end.map(drop)
    }

    /// Waits for a name, and for the room to let it in. From then on the outbox is the room's.
    fn join(&self, lines: &mut Lines<&TcpStream>, outbox: Outbox) -> io::Result<Option<Id>> {
        let name = match lines.hear()? {
            Line::End(_) => return Ok(None),
            Line::Text(name) if words::is_name(&name) => name,
            Line::Text(_) | Line::TooLong(_) => {
                let _ = outbox.put(&room::line("* bad name"));
                return Ok(None);
            }
        };
        let (answer, admitted) = channel::bounded(1);
        self.tell(Event::Came {
            name: String::from_utf8_lossy(&name).into_owned(),
            outbox,
            answer,
        });
        // No answer, and a sender that is dropped, is a no.
        Ok(admitted.recv().ok())
    }

    /// Passes on to the room what the client says, line after line, until one side has enough.
    fn talk(&self, id: Id, lines: &mut Lines<&TcpStream>) -> io::Result<End> {
        while !self.closing.is_asked() {
            let line = match lines.hear()? {
                Line::Text(line) => line,
                Line::TooLong(_) => return Ok(End::SentAway("* line too long")),
                Line::End(_) if self.closing.is_asked() => break,
                Line::End(_) => return Ok(End::Left),
            };
            let Ok(line) = String::from_utf8(line) else {
                return Ok(End::SentAway("* not utf-8"));
            };
            if line.is_empty() {
                continue;
            }
            match words::understand(&line) {
                Request::Quit => return Ok(End::Left),
                request => self.tell(Event::Asked(id, request)),
            }
        }
        Ok(End::Closing)
    }

    /// Tells the room, however it ended: a ghost would be in the room for ever, and keep its
    /// name. Only when the server closes they all stay, to hear that.
    // exercise 5.5: leave the room on every way out
    fn leave(&self, id: Id, end: &io::Result<End>) {
        match end {
            Ok(End::Closing) => {}
            Ok(End::SentAway(words)) => self.tell(Event::Left(id, Some(words))),
            Ok(End::Left) | Err(_) => self.tell(Event::Left(id, None)),
        }
    }

    fn tell(&self, event: Event) {
        // The room listens as long as any session has something to say.
        let _ = self.room.send(event);
    }
}

/// The first words are the server's.
// exercise 5.2: ask for the name
fn ask_name(outbox: &Outbox) {
    // It fails if the client has gone; then reading tells.
    let _ = outbox.put(&room::line("Welcome! What is your name?"));
}
