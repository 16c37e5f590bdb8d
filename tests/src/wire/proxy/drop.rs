//! Drop: a datagram is lost on the way, and nobody is told.

use std::time::Instant;

use super::load::{Fault, Load, Onward};

/// Loses each datagram with a probability.
///
/// ```text
/// came:   "a" ── "b" ── "c" ── "d"     drop 25%
/// goes:   "a" ───────── "c" ── "d"
/// ```
pub struct Drop {
    probability: f64,
    random: fastrand::Rng,
}

impl Drop {
    pub fn new(probability: f64, random: fastrand::Rng) -> Self {
        Self {
            probability,
            random,
        }
    }
}

impl Fault for Drop {
    fn takes(&mut self, load: Load, _now: Instant, onward: &mut Onward) {
        if self.random.f64() < self.probability {
            onward.note(format!("drops {load}"));
        } else {
            onward.pass(load);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::load::tests::{at_once, letters};
    use super::*;

    fn survivors(probability: f64, seed: u64) -> Vec<Load> {
        let mut drop = Drop::new(probability, fastrand::Rng::with_seed(seed));
        at_once(&mut drop, letters())
    }

    #[test]
    fn some_are_lost_and_the_others_keep_their_order() {
        let came = survivors(0.5, 7);
        assert!((4..23).contains(&came.len()), "{} of 26", came.len());
        let mut kept = letters();
        kept.retain(|letter| came.contains(letter));
        assert_eq!(came, kept);
    }

    #[test]
    fn the_seed_decides_which() {
        assert_eq!(survivors(0.5, 7), survivors(0.5, 7));
        assert_ne!(survivors(0.5, 7), survivors(0.5, 8));
    }

    #[test]
    fn none_or_all() {
        assert_eq!(survivors(0.0, 7), letters());
        assert_eq!(survivors(1.0, 7), []);
    }
}
