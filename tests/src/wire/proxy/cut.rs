//! Cut: the connection ends in the middle, as if the program at the other end had.

use std::time::Instant;

use super::limit::Limit;
use super::load::{Fault, Load, Onward};

/// Closes both sides when `after` bytes have passed in its direction and the receiver has taken
/// them. Both see the end of the stream, and whoever goes on writing a reset. What is under way
/// the other way then is lost.
///
/// ```text
/// came:   "hel" ── "lo" ── end         cut after 4
/// goes:   "hel" ── "l" ── close
/// ```
pub struct Cut {
    limit: Limit,
}

impl Cut {
    pub fn after(bytes: u64) -> Self {
        Self {
            limit: Limit::new(bytes),
        }
    }
}

impl Fault for Cut {
    fn takes(&mut self, load: Load, _now: Instant, onward: &mut Onward) {
        self.limit.ends_with(Load::Cut, load, onward);
    }
}

#[cfg(test)]
mod tests {
    use super::super::load::tests::{at_once, bytes};
    use super::*;

    #[test]
    fn closes_after_so_many_bytes() {
        let came = at_once(&mut Cut::after(4), [bytes("hel"), bytes("lo")]);
        assert_eq!(came, [bytes("hel"), bytes("l"), Load::Cut]);
    }

    #[test]
    fn fewer_bytes_are_left_alone() {
        let came = at_once(&mut Cut::after(4), [bytes("hel"), Load::End]);
        assert_eq!(came, [bytes("hel"), Load::End]);
    }
}
