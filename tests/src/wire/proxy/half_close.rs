//! Half-close: one direction ends too early, and the other goes on.

use std::time::Instant;

use super::limit::Limit;
use super::load::{Fault, Load, Onward};

/// Ends its direction when `after` bytes have passed. What comes after them is swallowed; the other
/// direction goes on.
///
/// ```text
/// came:   "hel" ── "lo" ── end         half-close after 4
/// goes:   "hel" ── "l" ── end
/// ```
pub struct HalfClose {
    limit: Limit,
    has_ended: bool,
}

impl HalfClose {
    pub fn after(bytes: u64) -> Self {
        Self {
            limit: Limit::new(bytes),
            has_ended: false,
        }
    }
}

impl Fault for HalfClose {
    fn takes(&mut self, load: Load, _now: Instant, onward: &mut Onward) {
        match load {
            Load::Reset | Load::Cut => onward.pass(load),
            _ if self.has_ended => {}
            Load::End => {
                self.has_ended = true;
                onward.pass(Load::End);
            }
            Load::Bytes(_) | Load::Piece(_) => {
                self.limit.passes(load, onward);
                if self.limit.is_reached() {
                    self.has_ended = true;
                    onward.pass(Load::End);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::load::tests::{at_once, bytes};
    use super::*;

    #[test]
    fn ends_after_so_many_bytes_and_swallows_the_rest() {
        let came = at_once(
            &mut HalfClose::after(4),
            [bytes("hel"), bytes("lo"), bytes("!"), Load::End],
        );
        assert_eq!(came, [bytes("hel"), bytes("l"), Load::End]);
    }

    #[test]
    fn ends_once_and_still_passes_a_reset() {
        let came = at_once(
            &mut HalfClose::after(4),
            [bytes("hi"), Load::End, Load::Reset],
        );
        assert_eq!(came, [bytes("hi"), Load::End, Load::Reset]);
    }
}
