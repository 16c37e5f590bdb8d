//! What travels on a road, and what a fault does with it: each fault is a file of its own.

use std::fmt;
use std::time::Instant;

use crate::words::quoted;

/// What goes one way, bit by bit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Load {
    /// Bytes of a stream, or one datagram.
    Bytes(Vec<u8>),
    /// Bytes that arrive in a read of their own: they go when what went before was taken.
    Piece(Vec<u8>),
    /// The end of this direction, and of this one alone.
    End,
    /// A reset, which is the end of both.
    Reset,
    /// Both sides are closed, as by a program that has ended.
    Cut,
}

impl Load {
    /// How many bytes it has.
    pub fn length(&self) -> usize {
        match self {
            Self::Bytes(bytes) | Self::Piece(bytes) => bytes.len(),
            Self::End | Self::Reset | Self::Cut => 0,
        }
    }

    /// What it counts for where there is only so much room: even an empty datagram takes some.
    pub fn weight(&self) -> usize {
        self.length().max(1)
    }
}

/// For notes: what is in it, in little.
impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(bytes) | Self::Piece(bytes) => f.write_str(&quoted(bytes)),
            Self::End => f.write_str("the end"),
            Self::Reset => f.write_str("a reset"),
            Self::Cut => f.write_str("a close"),
        }
    }
}

/// What goes on, and what there is to tell about it.
#[derive(Default)]
pub struct Onward {
    pub loads: Vec<Load>,
    /// What befell a load, for who reads the ladder: `drops "hello"`.
    pub notes: Vec<String>,
}

impl Onward {
    pub fn pass(&mut self, load: Load) {
        self.loads.push(load);
    }

    pub fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }
}

/// Something that befalls what goes one way.
pub trait Fault: Send {
    /// Takes the next load, and passes on what may go now.
    fn takes(&mut self, load: Load, now: Instant, onward: &mut Onward);

    /// Passes on what was held back until now.
    fn passes_due(&mut self, _now: Instant, _onward: &mut Onward) {}

    /// When it wants to be asked for what is due then.
    fn due(&self) -> Option<Instant> {
        None
    }

    /// How many bytes it holds back.
    fn holds(&self) -> usize {
        0
    }
}

/// What a road carries: it decides what may be cut, and what may overtake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carries {
    Streams,
    Datagrams,
}

#[cfg(test)]
pub mod tests {
    //! What the tests of all faults need.

    use super::*;

    /// Sends loads through a fault at one instant, and returns what comes out at once.
    pub fn at_once(fault: &mut dyn Fault, loads: impl IntoIterator<Item = Load>) -> Vec<Load> {
        let (now, mut onward) = (Instant::now(), Onward::default());
        for load in loads {
            fault.takes(load, now, &mut onward);
        }
        onward.loads
    }

    /// What becomes due until then, each with when it did.
    pub fn until(fault: &mut dyn Fault, end: Instant) -> Vec<(Instant, Load)> {
        let mut came = Vec::new();
        while let Some(due) = fault.due().filter(|due| *due <= end) {
            let mut onward = Onward::default();
            fault.passes_due(due, &mut onward);
            came.extend(onward.loads.into_iter().map(|load| (due, load)));
        }
        came
    }

    pub fn bytes(text: &str) -> Load {
        Load::Bytes(text.into())
    }

    /// 26 of them, each of its own.
    pub fn letters() -> Vec<Load> {
        ('a'..='z')
            .map(|letter| bytes(&letter.to_string()))
            .collect()
    }

    pub fn piece(text: &str) -> Load {
        Load::Piece(text.into())
    }
}
