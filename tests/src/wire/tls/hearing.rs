//! What a peer hears under TLS, and how it sees the end.

use super::{Over, Secure, wrong};
use crate::finding::{Kind, Step};
use crate::words::{bytes, quoted};

/// How a session came to its end.
#[derive(Debug)]
pub struct Ended {
    /// What was said inside until then.
    pub said: Vec<u8>,
    pub how: How,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// With `close_notify`.
    Goodbye,
    /// With an alert.
    Alert,
    /// With something that cannot be accepted.
    Fault,
    /// The connection ended, and that was all.
    Cut,
    Reset,
}

impl Secure {
    /// Hears exactly these bytes next.
    pub fn hears(&mut self, expected: impl AsRef<[u8]>) -> Step {
        let expected = expected.as_ref();
        let mut came = 0;
        loop {
            let rest = &expected[came..];
            let length = self.inbox.len().min(rest.len());
            if self.inbox[..length] != rest[..length] {
                let same = self.inbox.iter().zip(rest);
                let same = same.take_while(|(a, b)| a == b).count();
                return Err(wrong(
                    self.name(),
                    Kind::WrongBytes {
                        offset: came + same,
                    },
                    &format!("hear {}", quoted(&rest[same..])),
                    format!("{} at byte {}", quoted(&self.inbox[same..]), came + same),
                ));
            }
            self.consume(length);
            came += length;
            if came == expected.len() {
                return Ok(());
            }
            let wanted = format!("hear {}", quoted(expected));
            self.more(&wanted, &expected[..came])?;
        }
    }

    /// Hears `close_notify`, and nothing before it.
    pub fn hears_goodbye(&mut self) -> Step {
        while !self.goodbye {
            self.has_heard_all()?;
            self.more("hear `close_notify`", &[])?;
        }
        self.has_heard_all()
    }

    fn has_heard_all(&self) -> Step {
        if self.inbox.is_empty() {
            return Ok(());
        }
        let (length, more) = (bytes(self.inbox.len()), quoted(&self.inbox));
        Err(wrong(
            self.name(),
            Kind::Unexpected,
            "hear `close_notify`",
            format!("{length} more: {more}"),
        ))
    }

    /// Hears `close_notify`, and then sees the end of the connection: no reset.
    pub fn sees_the_end(&mut self) -> Step {
        self.hears_goodbye()?;
        while self.wire.over.is_none() {
            if !self.goes_on()? {
                return self.is_disappointed("see the connection end", &[]);
            }
        }
        match self.wire.over {
            Some(Over::Reset) => Err(wrong(
                self.name(),
                Kind::Reset,
                "see the connection end",
                "a reset of it".into(),
            )),
            _ => Ok(()),
        }
    }

    /// Waits until the session is over, in whichever way, and says in which.
    pub fn waits_for_the_end(&mut self) -> Step<Ended> {
        while !self.is_over() {
            self.more("see the session end", &[])?;
        }
        let how = match (&self.fault, self.goodbye, self.wire.over) {
            (Some(rustls::Error::AlertReceived(_)), ..) => How::Alert,
            (Some(_), ..) => How::Fault,
            (_, true, _) => How::Goodbye,
            (_, _, Some(Over::Reset)) => How::Reset,
            _ => How::Cut,
        };
        Ok(Ended {
            said: self.consume(self.inbox.len()),
            how,
        })
    }

    /// Hears nothing inside until the session is over: nobody may tell anything to a host whom it
    /// has no reason to trust.
    pub fn hears_not_a_byte(&mut self) -> Step<How> {
        loop {
            if !self.inbox.is_empty() {
                return Err(wrong(
                    self.name(),
                    Kind::Unexpected,
                    "hear not a byte, being nobody whom one can trust",
                    quoted(&self.inbox),
                ));
            }
            if self.is_over() {
                return Ok(self.waits_for_the_end()?.how);
            }
            self.more("see the session end", &[])?;
        }
    }

    pub(super) fn consume(&mut self, length: usize) -> Vec<u8> {
        let rest = self.inbox.split_off(length);
        std::mem::replace(&mut self.inbox, rest)
    }
}
