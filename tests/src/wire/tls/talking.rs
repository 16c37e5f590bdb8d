//! What a peer says under TLS, how it says goodbye, and how much of it gets through.

use std::io::Write;
use std::time::Instant;

use anyhow::Context;

use super::{Over, Secure};
use crate::finding::Step;
use crate::wire::tape::{Excerpt, What};
use crate::wire::wait;
use crate::words::bytes;

/// A record holds this much at the most, and more is not encrypted ahead.
const PIECE: usize = 16 * 1024;

impl Secure {
    /// Says all of this. What comes meanwhile is kept.
    pub fn says(&mut self, message: impl AsRef<[u8]>) -> Step {
        let message = message.as_ref();
        for piece in message.chunks(PIECE) {
            self.seals(piece)?;
            while !self.flush()? {
                let before = self.outbox.len();
                let moved = self.wire.over != Some(Over::Reset)
                    && self.fault.is_none()
                    && self.goes_on()?;
                if !moved || (self.wire.over.is_some() && self.outbox.len() == before) {
                    let expected = format!("send {}", bytes(message.len()));
                    return self.is_disappointed(&expected, &[]);
                }
            }
        }
        Ok(())
    }

    /// Says each piece in a record of its own, when the program has taken the one before.
    pub fn says_in_pieces<'a>(&mut self, pieces: impl IntoIterator<Item = &'a [u8]>) -> Step {
        for piece in pieces {
            self.says(piece)?;
            self.wire.waits_until_taken();
        }
        Ok(())
    }

    /// Says as much of this as the program and the buffers take while nobody listens. How much
    /// that was; what was encrypted and not taken is still to go.
    pub fn says_without_listening(&mut self, message: &[u8]) -> Step<usize> {
        let mut sent = 0;
        for piece in message.chunks(PIECE) {
            self.seals(piece)?;
            sent += piece.len();
            while !self.flush()? {
                let soon = Instant::now() + self.wire.patience.glance();
                let writing = wait::For::Writing;
                if self.wire.over.is_some() || !self.wire.wait_until(writing, soon)? {
                    return Ok(sent);
                }
            }
        }
        Ok(sent)
    }

    /// Encrypts a piece into the outbox.
    fn seals(&mut self, piece: &[u8]) -> Step {
        let context = "the grader's side of TLS";
        self.session.writer().write_all(piece).context(context)?;
        self.wire
            .tape
            .write(self.wire.name, What::Sent(Excerpt::of(piece)));
        Ok(())
    }

    /// Says `close_notify`: it says no more, and still listens.
    pub fn says_goodbye(&mut self) -> Step {
        self.session.send_close_notify();
        self.note("says `close_notify`");
        self.flush()?;
        Ok(())
    }

    /// Ends its side of the connection, past the session.
    pub fn ends_the_stream(&mut self) -> Step {
        self.flush()?;
        self.wire.stops_talking()
    }

    /// Says this past the session, in the open.
    pub fn says_in_the_open(&mut self, message: impl AsRef<[u8]>) -> Step {
        self.flush()?;
        self.wire.says(message)
    }

    /// Sends back what comes, until `length` bytes have gone both ways. Nothing more is taken in
    /// until that has gone: who writes all before reading gets no further.
    pub fn echoes(&mut self, length: usize) -> Step {
        let mut done = 0;
        while done < length {
            if self.inbox.is_empty() {
                self.more(&format!("hear {}", bytes(length)), &[])?;
                continue;
            }
            let piece = self.consume(self.inbox.len().min(length - done));
            for piece in piece.chunks(PIECE) {
                self.seals(piece)?;
                while !self.flush()? {
                    let writing = wait::For::Writing;
                    if self.wire.over.is_some() || !self.wire.wait_until_silence(writing)? {
                        return self.is_disappointed("have its echo read", &[]);
                    }
                }
            }
            done += piece.len();
        }
        Ok(())
    }

    /// What it has sent so far has been read by the program, as far as the kernel tells.
    pub fn is_read(&mut self) -> Step {
        self.flush()?;
        self.wire.is_read()
    }

    pub(super) fn note(&self, text: &str) {
        self.wire
            .tape
            .write(self.wire.name, What::Note(text.into()));
    }
}
