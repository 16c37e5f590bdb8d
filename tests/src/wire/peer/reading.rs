//! What a peer does that reads slowly, or not at all, and watches whether the stream goes on.

use std::io::{ErrorKind, Read};
use std::time::{Duration, Instant};

use super::{Over, Peer, ended_by_the_other, trouble};
use crate::finding::{Kind, Step, fail};
use crate::wire::kernel::{self, Answer};
use crate::wire::tape::{Excerpt, What};
use crate::wire::wait;
use crate::words::{bytes, quoted, time};

impl Peer {
    /// Takes this many bytes out of the stream and not one more: the rest stays with the system,
    /// and what finds no room there with the program. Returns what they were.
    pub fn takes(&mut self, length: usize) -> Step<Vec<u8>> {
        let mut taken = self.consume(self.inbox.len().min(length));
        let mut piece = vec![0; 64 * 1024];
        while taken.len() < length {
            let most = piece.len().min(length - taken.len());
            match self.stream.read(&mut piece[..most]) {
                Ok(0) => {
                    self.over = Some(Over::End);
                    self.tape.write(self.name, What::GotEnd);
                    let seen = format!("the end of the stream after {}", bytes(taken.len()));
                    return fail(Kind::EarlyEnd, self.takes_more(length), seen);
                }
                Ok(count) => {
                    let excerpt = Excerpt::of(&piece[..count]);
                    self.tape.write(self.name, What::Got(excerpt));
                    taken.extend_from_slice(&piece[..count]);
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    if !self.wait_until_silence(wait::For::Reading)? {
                        self.tape.ask_the_witness();
                        let seen = format!("{}, then nothing more", bytes(taken.len()));
                        return fail(Kind::Silence, self.takes_more(length), seen);
                    }
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if ended_by_the_other(&error) => {
                    self.note_reset();
                    let seen = format!("a reset after {}", bytes(taken.len()));
                    return fail(Kind::Reset, self.takes_more(length), seen);
                }
                Err(error) => return Err(trouble(error, "read")),
            }
        }
        Ok(taken)
    }

    /// Sends back what comes, and takes no more before the program has read that.
    pub fn echoes_in_step(&mut self, length: usize) -> Step {
        const STEP: usize = 512 * 1024;
        let mut done = 0;
        while done < length {
            let piece = self.takes(STEP.min(length - done))?;
            self.sends_without_listening(&piece)?;
            self.is_heard()?;
            done += piece.len();
        }
        Ok(())
    }

    fn takes_more(&self, length: usize) -> String {
        format!("{} to hear {}", self.name, bytes(length))
    }

    /// How many bytes the program has written to this peer that nobody has read: what the system
    /// holds of them, at both ends. If the kernel tells, and the program has not closed.
    pub fn held_by_the_system(&self) -> Option<u64> {
        // Asked in this order, what moves on meanwhile is not counted twice.
        let came = kernel::unread(self.there, self.here)?;
        match kernel::socket(self.here, self.there) {
            Answer::Is(socket) if !socket.is_closed() => {
                Some(u64::from(came) + u64::from(socket.unacknowledged))
            }
            _ => None,
        }
    }

    /// Whether the program has closed the connection, if the kernel tells.
    pub fn is_let_go(&self) -> bool {
        match kernel::socket(self.here, self.there) {
            Answer::Is(socket) => socket.is_closed(),
            Answer::NoSuchSocket => true,
            Answer::CannotTell => false,
        }
    }

    /// Hears nothing for this long, and sees no end either.
    pub fn hears_nothing_for(&mut self, span: Duration) -> Step {
        let deadline = Instant::now() + span;
        if self.inbox.is_empty()
            && self.over.is_none()
            && self.wait_until(wait::For::Reading, deadline)?
        {
            self.take_in()?;
        }
        let (kind, seen) = match self.over {
            _ if !self.inbox.is_empty() => (Kind::Unexpected, quoted(&self.inbox)),
            Some(Over::End) => (Kind::EarlyEnd, "the end of the stream".into()),
            Some(Over::Reset) => (Kind::Reset, "a reset of the connection".into()),
            None => return Ok(()),
        };
        let expected = format!(
            "{} to hear nothing for {}, and to stay connected",
            self.name,
            time(span)
        );
        fail(kind, expected, seen)
    }
}
