//! Coalesce: puts together what was sent apart.

use std::time::{Duration, Instant};

use super::load::{Fault, Load, Onward};

/// Holds back what comes until it has `size` bytes, or nothing more has come for a `lull`, or the
/// direction ends; then sends it as one.
///
/// ```text
/// came:   "he" ── "ll" ── "o" ········ "you" ── end
/// goes:                        "hello" ········ "you" ── end
///                        a lull ^
/// ```
pub struct Coalesce {
    size: usize,
    lull: Duration,
    held: Vec<u8>,
    last: Instant,
}

impl Coalesce {
    pub fn new(size: usize, lull: Duration) -> Self {
        Self {
            size,
            lull,
            held: Vec::new(),
            last: Instant::now(),
        }
    }

    fn lets_go(&mut self, onward: &mut Onward) {
        if !self.held.is_empty() {
            onward.pass(Load::Bytes(std::mem::take(&mut self.held)));
        }
    }
}

impl Fault for Coalesce {
    fn takes(&mut self, load: Load, now: Instant, onward: &mut Onward) {
        match load {
            Load::Bytes(bytes) | Load::Piece(bytes) => {
                self.held.extend_from_slice(&bytes);
                self.last = now;
                if self.held.len() >= self.size {
                    self.lets_go(onward);
                }
            }
            other => {
                self.lets_go(onward);
                onward.pass(other);
            }
        }
    }

    fn passes_due(&mut self, now: Instant, onward: &mut Onward) {
        if self.due().is_some_and(|due| due <= now) {
            self.lets_go(onward);
        }
    }

    fn due(&self) -> Option<Instant> {
        (!self.held.is_empty()).then(|| self.last + self.lull)
    }

    fn holds(&self) -> usize {
        self.held.len()
    }
}

#[cfg(test)]
mod tests {
    use super::super::load::tests::{at_once, bytes, until};
    use super::*;

    const LULL: Duration = Duration::from_millis(20);

    #[test]
    fn holds_back_until_the_end() {
        let came = at_once(
            &mut Coalesce::new(100, LULL),
            [bytes("he"), bytes("ll"), bytes("o"), Load::End],
        );
        assert_eq!(came, [bytes("hello"), Load::End]);
    }

    #[test]
    fn holds_back_until_there_is_enough() {
        let mut coalesce = Coalesce::new(4, LULL);
        assert_eq!(at_once(&mut coalesce, [bytes("he")]), []);
        assert_eq!(coalesce.holds(), 2);
        assert_eq!(at_once(&mut coalesce, [bytes("llo")]), [bytes("hello")]);
        assert_eq!(coalesce.holds(), 0);
    }

    #[test]
    fn holds_back_until_nothing_more_has_come_for_a_lull() {
        let mut coalesce = Coalesce::new(100, LULL);
        let start = Instant::now();
        let mut onward = Onward::default();
        coalesce.takes(bytes("he"), start, &mut onward);
        coalesce.takes(bytes("llo"), start + LULL / 2, &mut onward);
        coalesce.passes_due(start + LULL, &mut onward);
        assert_eq!(onward.loads, [], "the lull begins with the last byte");
        let came = until(&mut coalesce, start + LULL * 2);
        assert_eq!(came, [(start + LULL / 2 + LULL, bytes("hello"))]);
        assert_eq!(coalesce.due(), None);
    }
}
