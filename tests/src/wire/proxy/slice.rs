//! Slice: cuts a stream into small pieces.

use std::time::Instant;

use super::load::{Fault, Load, Onward};

/// Cuts what comes into pieces of at most `size` bytes. Each is taken by the receiver before the
/// next is sent, so that it arrives in a read of its own.
///
/// ```text
/// came:   "hello" ── end         slice 2
/// goes:   "he" ── "ll" ── "o" ── end
/// ```
pub struct Slice {
    size: usize,
}

impl Slice {
    pub fn new(size: usize) -> Self {
        Self { size: size.max(1) }
    }
}

impl Fault for Slice {
    fn takes(&mut self, load: Load, _now: Instant, onward: &mut Onward) {
        match load {
            Load::Bytes(bytes) | Load::Piece(bytes) => {
                for piece in bytes.chunks(self.size) {
                    onward.pass(Load::Piece(piece.to_vec()));
                }
            }
            other => onward.pass(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::load::tests::{at_once, bytes, piece};
    use super::*;

    #[test]
    fn cuts_into_pieces_and_passes_the_end() {
        let came = at_once(&mut Slice::new(2), [bytes("hello"), Load::End]);
        assert_eq!(came, [piece("he"), piece("ll"), piece("o"), Load::End]);
    }

    #[test]
    fn what_is_small_goes_apart_too() {
        let came = at_once(&mut Slice::new(9), [bytes("a"), bytes("b")]);
        assert_eq!(came, [piece("a"), piece("b")]);
    }
}
