//! A count of the bytes that have passed, for the faults that end a connection after so many.

use super::load::{Load, Onward};

/// Passes on a number of bytes, and no more.
pub struct Limit {
    left: u64,
}

impl Limit {
    pub fn new(bytes: u64) -> Self {
        Self { left: bytes }
    }

    /// Passes on what is below the limit, and then this end of it all.
    pub fn ends_with(&mut self, end: Load, load: Load, onward: &mut Onward) {
        match load {
            Load::End | Load::Reset | Load::Cut => onward.pass(load),
            Load::Bytes(_) | Load::Piece(_) => {
                self.passes(load, onward);
                if self.is_reached() {
                    onward.pass(end);
                }
            }
        }
    }

    pub fn is_reached(&self) -> bool {
        self.left == 0
    }

    /// Passes on as much of these bytes as is below the limit. The rest is swallowed.
    pub fn passes(&mut self, load: Load, onward: &mut Onward) {
        let below = usize::try_from(self.left)
            .unwrap_or(usize::MAX)
            .min(load.length());
        self.left -= below as u64;
        if below == 0 {
            return;
        }
        onward.pass(match load {
            Load::Bytes(mut bytes) => {
                bytes.truncate(below);
                Load::Bytes(bytes)
            }
            Load::Piece(mut bytes) => {
                bytes.truncate(below);
                Load::Piece(bytes)
            }
            other => other,
        });
    }
}
