//! Reset: the connection breaks off in the middle.

use std::time::Instant;

use super::limit::Limit;
use super::load::{Fault, Load, Onward};

/// Resets the connection, to both sides, when `after` bytes have passed in its direction and the
/// receiver has taken them. What is under way the other way then is lost.
///
/// ```text
/// came:   "hel" ── "lo" ── end         reset after 4
/// goes:   "hel" ── "l" ── reset
/// ```
pub struct Reset {
    limit: Limit,
}

impl Reset {
    pub fn after(bytes: u64) -> Self {
        Self {
            limit: Limit::new(bytes),
        }
    }
}

impl Fault for Reset {
    fn takes(&mut self, load: Load, _now: Instant, onward: &mut Onward) {
        self.limit.ends_with(Load::Reset, load, onward);
    }
}

#[cfg(test)]
mod tests {
    use super::super::load::tests::{at_once, bytes};
    use super::*;

    #[test]
    fn resets_after_so_many_bytes() {
        let came = at_once(&mut Reset::after(4), [bytes("hel"), bytes("lo")]);
        assert_eq!(came, [bytes("hel"), bytes("l"), Load::Reset]);
    }

    #[test]
    fn fewer_bytes_are_left_alone() {
        let came = at_once(&mut Reset::after(4), [bytes("hel"), Load::End]);
        assert_eq!(came, [bytes("hel"), Load::End]);
    }
}
