//! Duplicate: a datagram arrives twice, as when a network has sent it again.

use std::time::Instant;

use super::load::{Fault, Load, Onward};

/// Lets each datagram arrive twice with a probability.
///
/// ```text
/// came:   "a" ── "b" ── "c"            duplicate 33%
/// goes:   "a" ── "b" ── "b" ── "c"
/// ```
pub struct Duplicate {
    probability: f64,
    random: fastrand::Rng,
}

impl Duplicate {
    pub fn new(probability: f64, random: fastrand::Rng) -> Self {
        Self {
            probability,
            random,
        }
    }
}

impl Fault for Duplicate {
    fn takes(&mut self, load: Load, _now: Instant, onward: &mut Onward) {
        if self.random.f64() < self.probability {
            onward.note(format!("sends {load} twice"));
            onward.pass(load.clone());
        }
        onward.pass(load);
    }
}

#[cfg(test)]
mod tests {
    use super::super::load::tests::{at_once, letters};
    use super::*;

    fn sent(probability: f64, seed: u64) -> Vec<Load> {
        let mut duplicate = Duplicate::new(probability, fastrand::Rng::with_seed(seed));
        at_once(&mut duplicate, letters())
    }

    #[test]
    fn some_arrive_twice_one_behind_the_other() {
        let came = sent(0.5, 7);
        assert!((30..49).contains(&came.len()), "{} of 26", came.len());
        let mut once = came.clone();
        once.dedup();
        assert_eq!(once, letters());
    }

    #[test]
    fn the_seed_decides_which() {
        assert_eq!(sent(0.5, 7), sent(0.5, 7));
        assert_ne!(sent(0.5, 7), sent(0.5, 8));
    }

    #[test]
    fn none_or_all() {
        assert_eq!(sent(0.0, 7), letters());
        assert_eq!(sent(1.0, 7).len(), 2 * letters().len());
    }
}
