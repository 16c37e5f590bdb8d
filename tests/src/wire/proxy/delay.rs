//! Delay: everything takes its time.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::load::{Carries, Fault, Load, Onward};

/// Lets everything arrive later by `delay`, more or less a random part of `jitter`. A stream keeps
/// its order; datagrams may overtake each other, as on a real road.
///
/// ```text
/// came:   "a" ── "b" ── end
/// goes:   ·············· "a" ── "b" ── end
///         delay ± jitter ^
/// ```
pub struct Delay {
    time: Duration,
    jitter: Duration,
    carries: Carries,
    random: fastrand::Rng,
    /// By when they go; the number keeps the order of those that go together.
    under_way: BTreeMap<(Instant, u64), Load>,
    last: Option<Instant>,
    count: u64,
}

impl Delay {
    pub fn new(delay: Duration, jitter: Duration, carries: Carries, random: fastrand::Rng) -> Self {
        Self {
            time: delay,
            jitter,
            carries,
            random,
            under_way: BTreeMap::new(),
            last: None,
            count: 0,
        }
    }

    /// How long the next load is under way.
    fn draw(&mut self) -> Duration {
        let jitter = self.jitter.mul_f64(self.random.f64() * 2.0);
        (self.time + jitter).saturating_sub(self.jitter)
    }
}

impl Fault for Delay {
    fn takes(&mut self, load: Load, now: Instant, _onward: &mut Onward) {
        let mut due = now + self.draw();
        if self.carries == Carries::Streams {
            due = self.last.map_or(due, |last| due.max(last));
            self.last = Some(due);
        }
        self.count += 1;
        self.under_way.insert((due, self.count), load);
    }

    fn passes_due(&mut self, now: Instant, onward: &mut Onward) {
        while let Some(first) = self.under_way.first_entry()
            && first.key().0 <= now
        {
            onward.pass(first.remove());
        }
    }

    fn due(&self) -> Option<Instant> {
        self.under_way.first_key_value().map(|((due, _), _)| *due)
    }

    fn holds(&self) -> usize {
        self.under_way.values().map(Load::weight).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::super::load::tests::{at_once, bytes, letters, until};
    use super::*;

    const DELAY: Duration = Duration::from_millis(50);
    const JITTER: Duration = Duration::from_millis(20);

    fn delay(jitter: Duration, carries: Carries) -> Delay {
        Delay::new(DELAY, jitter, carries, fastrand::Rng::with_seed(7))
    }

    #[test]
    fn nothing_comes_before_its_time() {
        let mut delay = delay(Duration::ZERO, Carries::Streams);
        let start = Instant::now();
        assert_eq!(at_once(&mut delay, [bytes("a"), Load::End]), []);
        assert_eq!(delay.holds(), 2, "a byte, and the end");
        assert_eq!(until(&mut delay, start + DELAY.mul_f64(0.9)), []);
        let came = until(&mut delay, start + DELAY * 2);
        assert!(came.iter().all(|(at, _)| *at >= start + DELAY));
        let came: Vec<_> = came.into_iter().map(|(_, load)| load).collect();
        assert_eq!(came, [bytes("a"), Load::End]);
    }

    #[test]
    fn jitter_is_within_its_bounds_and_keeps_the_order_of_a_stream() {
        let mut delay = delay(JITTER, Carries::Streams);
        let start = Instant::now();
        at_once(&mut delay, letters());
        assert!(delay.due().is_some_and(|due| due + JITTER >= start + DELAY));
        let came = until(&mut delay, Instant::now() + DELAY + JITTER);
        let loads: Vec<_> = came.iter().map(|(_, load)| load.clone()).collect();
        assert_eq!(loads, letters());
        let last = came[came.len() - 1].0;
        assert!(last >= start + DELAY + JITTER / 2, "none took longer");
    }

    #[test]
    fn jitter_lets_datagrams_overtake_each_other() {
        let mut delay = delay(JITTER, Carries::Datagrams);
        at_once(&mut delay, letters());
        let came = until(&mut delay, Instant::now() + DELAY + JITTER);
        let loads: Vec<_> = came.into_iter().map(|(_, load)| load).collect();
        assert_eq!(loads.len(), letters().len());
        assert_ne!(loads, letters());
    }
}
