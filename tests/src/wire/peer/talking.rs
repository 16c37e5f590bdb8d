//! What a peer says, in how many pieces, and how much of it gets through.

use std::io::{ErrorKind, Write};
use std::net::Shutdown;
use std::time::{Duration, Instant};

use socket2::SockRef;

use super::{Over, Peer, ended_by_the_other, trouble};
use crate::finding::{Kind, Step, fail};
use crate::wire::tape::{Excerpt, What};
use crate::wire::{kernel, wait};
use crate::words::bytes;

impl Peer {
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
                    // An end stays to be read: who waited for that, too, would never wait.
                    let what = match self.over {
                        None => wait::For::Either,
                        Some(_) => wait::For::Writing,
                    };
                    if !self.wait_until_silence(what)? {
                        break;
                    }
                    self.take_in()?;
                }
            }
        }
        Ok(sent)
    }

    /// Sends the same letter so many times, as far as it gets through: less memory than one message
    /// of them all.
    pub fn says_one_letter(&mut self, letter: u8, times: usize) -> Step {
        let piece = vec![letter; times.min(64 * 1024)];
        let mut left = times;
        while left > 0 {
            let next = &piece[..left.min(piece.len())];
            if self.says_what_it_can(next)? < next.len() {
                return Ok(());
            }
            left -= next.len();
        }
        Ok(())
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
    pub(super) fn sends_without_listening(&mut self, piece: &[u8]) -> Step {
        let mut sent = 0;
        while sent < piece.len() {
            match self.send_some(&piece[sent..])? {
                Some(length) => sent += length,
                None if self.over == Some(Over::Reset) => {
                    let expected = format!("{} to send back what came", self.name);
                    return fail(Kind::Reset, expected, "a reset of the connection");
                }
                None => {
                    if !self.wait_until_silence(wait::For::Writing)? {
                        return self.is_left_alone();
                    }
                }
            }
        }
        Ok(())
    }

    /// Sees that the program takes back an echo before any more of what it sends is taken.
    pub(super) fn is_heard(&self) -> Step {
        if self.is_read_on() {
            return Ok(());
        }
        self.is_left_alone()
    }

    /// Waits until the program has read what was said, however long that takes it, as long as it
    /// goes on. Whether it has.
    fn is_read_on(&self) -> bool {
        let (mut least, mut deadline) = (u64::MAX, self.patience.until_silence());
        while !self.waits_until_taken() {
            let left = kernel::under_way(&self.stream, self.here, self.there);
            if left < least {
                (least, deadline) = (left, self.patience.until_silence());
            } else if Instant::now() >= deadline {
                return false;
            }
        }
        true
    }

    fn is_left_alone(&self) -> Step {
        fail(
            Kind::Silence,
            format!("the client to read what {} sends back", self.name),
            "it reads no more, and still has not sent all",
        )
    }

    /// Sends what the socket takes now; none if it takes nothing.
    pub(in crate::wire) fn send_some(&mut self, message: &[u8]) -> Step<Option<usize>> {
        loop {
            match self.stream.write(message) {
                Ok(length) => {
                    match &mut self.records {
                        Some(records) => records.went(&message[..length], self.name, &self.tape),
                        None => self
                            .tape
                            .write(self.name, What::Sent(Excerpt::of(&message[..length]))),
                    }
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

    /// Sees that the program reads what was said, for a story that needs it to have done so.
    pub fn is_read(&self) -> Step {
        if self.is_read_on() {
            return Ok(());
        }
        let unread = self.unread_by_the_program().unwrap_or(0) as usize;
        fail(
            Kind::Silence,
            format!("the program to read what {} said", self.name),
            format!("{} of it lie unread", bytes(unread)),
        )
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

    /// Sends back what comes, a piece at a time, until `length` bytes have gone both ways. It
    /// takes no more until the program has taken back what it sent: who writes all before
    /// reading gets no further, however much the buffers hold.
    pub fn echoes(&mut self, length: usize) -> Step {
        /// As much goes back before the program is seen to have read it.
        const AHEAD: usize = 1024 * 1024;
        self.keeps_little()?;
        let (mut done, mut read) = (0, 0);
        while done < length {
            if done - read >= AHEAD {
                self.is_heard()?;
                read = done;
            }
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

    /// Has no more room than this for what it has not read. A system that may choose can keep
    /// tens of MiB of it, and then nobody would ever have to wait.
    fn keeps_little(&self) -> Step {
        const ROOM: usize = 256 * 1024;
        SockRef::from(&self.stream)
            .set_recv_buffer_size(ROOM)
            .map_err(|error| trouble(error, "set a receive buffer"))
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
}
