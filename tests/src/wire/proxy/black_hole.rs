//! Black hole: everything goes in, and nothing comes out.

use std::time::Instant;

use super::load::{Fault, Load, Onward};

/// Swallows all that comes, ends and resets too. The sender is told nothing.
///
/// ```text
/// came:   "hel" ── "lo" ── end         black hole
/// goes:
/// ```
pub struct BlackHole;

impl Fault for BlackHole {
    fn takes(&mut self, load: Load, _now: Instant, onward: &mut Onward) {
        onward.note(format!("swallows {load}"));
    }
}

#[cfg(test)]
mod tests {
    use super::super::load::tests::{at_once, bytes};
    use super::*;

    #[test]
    fn nothing_comes_out() {
        let came = at_once(&mut BlackHole, [bytes("hel"), Load::End, Load::Reset]);
        assert_eq!(came, []);
    }
}
