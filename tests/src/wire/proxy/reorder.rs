//! Reorder: a datagram arrives after one that was sent later.

use std::time::{Duration, Instant};

use super::load::{Fault, Load, Onward};

/// Holds a datagram back with a probability, until the next one has overtaken it or, if none comes,
/// for a moment.
///
/// ```text
/// came:   "a" ── "b" ── "c" ── "d"     reorder 25%
/// goes:   "a" ───────── "c" ── "b" ── "d"
/// ```
pub struct Reorder {
    probability: f64,
    random: fastrand::Rng,
    held: Option<(Instant, Load)>,
}

impl Reorder {
    /// How long the next one is waited for.
    const MOMENT: Duration = Duration::from_millis(100);

    pub fn new(probability: f64, random: fastrand::Rng) -> Self {
        Self {
            probability,
            random,
            held: None,
        }
    }

    fn lets_go(&mut self, onward: &mut Onward) {
        if let Some((_, load)) = self.held.take() {
            onward.pass(load);
        }
    }
}

impl Fault for Reorder {
    fn takes(&mut self, load: Load, now: Instant, onward: &mut Onward) {
        let draw = self.random.f64();
        if self.held.is_none() && draw < self.probability {
            onward.note(format!("holds back {load}"));
            self.held = Some((now + Self::MOMENT, load));
            return;
        }
        onward.pass(load);
        self.lets_go(onward);
    }

    fn passes_due(&mut self, now: Instant, onward: &mut Onward) {
        if self.due().is_some_and(|due| due <= now) {
            self.lets_go(onward);
        }
    }

    fn due(&self) -> Option<Instant> {
        self.held.as_ref().map(|(due, _)| *due)
    }

    fn holds(&self) -> usize {
        self.held.as_ref().map_or(0, |(_, load)| load.weight())
    }
}

#[cfg(test)]
mod tests {
    use super::super::load::tests::{at_once, bytes, letters, until};
    use super::*;

    fn reorder(probability: f64, seed: u64) -> Reorder {
        Reorder::new(probability, fastrand::Rng::with_seed(seed))
    }

    #[test]
    fn some_are_overtaken_and_none_is_lost() {
        let mut reorder = reorder(0.5, 7);
        let mut came = at_once(&mut reorder, letters());
        came.extend(at_once(&mut reorder, [bytes("end")]));
        came.retain(|load| *load != bytes("end"));
        assert_ne!(came, letters());
        came.sort_by_key(ToString::to_string);
        assert_eq!(came, letters());
    }

    #[test]
    fn each_of_two_changes_places() {
        let came = at_once(&mut reorder(1.0, 7), letters().into_iter().take(4));
        assert_eq!(came, [bytes("b"), bytes("a"), bytes("d"), bytes("c")]);
    }

    #[test]
    fn the_last_one_is_not_held_for_ever() {
        let mut reorder = reorder(1.0, 7);
        assert_eq!(at_once(&mut reorder, [bytes("a")]), []);
        assert_eq!(reorder.holds(), 1);
        let due = reorder.due().unwrap();
        assert_eq!(until(&mut reorder, due), [(due, bytes("a"))]);
    }

    #[test]
    fn the_seed_decides_which() {
        let came = |seed| at_once(&mut reorder(0.5, seed), letters());
        assert_eq!(came(7), came(7));
        assert_ne!(came(7), came(8));
    }
}
