//! Throttle: a narrow road, on which only so many bytes a second get through.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::load::{Carries, Fault, Load, Onward};

/// Lets through at most `rate` bytes a second. A stream is cut into what fits into a twentieth of a
/// second; a datagram goes whole, and the next one waits for as long as this one takes.
///
/// ```text
/// came:   "abcdef" ── end              throttle 40
/// goes:   "ab" ···· "cd" ···· "ef" ···· end
///            50 ms     50 ms     50 ms
/// ```
pub struct Throttle {
    rate: u64,
    carries: Carries,
    waiting: VecDeque<Load>,
    /// When the road has room for the next load.
    free: Option<Instant>,
}

impl Throttle {
    /// So many times a second something goes on.
    const STEPS: u64 = 20;

    pub fn new(rate: u64, carries: Carries) -> Self {
        Self {
            rate: rate.max(1),
            carries,
            waiting: VecDeque::new(),
            free: None,
        }
    }

    /// Takes off what goes next.
    fn next(&mut self) -> Option<Load> {
        let step = usize::try_from(self.rate / Self::STEPS).unwrap_or(usize::MAX);
        match self.waiting.pop_front()? {
            Load::Bytes(mut bytes) if self.carries == Carries::Streams => {
                let rest = bytes.split_off(step.clamp(1, bytes.len().max(1)).min(bytes.len()));
                if !rest.is_empty() {
                    self.waiting.push_front(Load::Bytes(rest));
                }
                Some(Load::Bytes(bytes))
            }
            whole => Some(whole),
        }
    }

    fn lets_through(&mut self, now: Instant, onward: &mut Onward) {
        while self.free.is_none_or(|free| free <= now)
            && let Some(load) = self.next()
        {
            let length = u32::try_from(load.length()).unwrap_or(u32::MAX);
            let takes = Duration::from_secs(1)
                .mul_f64(f64::from(length))
                .div_f64(self.rate_of());
            self.free = Some(now + takes);
            onward.pass(load);
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a rate need not be exact")]
    fn rate_of(&self) -> f64 {
        self.rate as f64
    }
}

impl Fault for Throttle {
    fn takes(&mut self, load: Load, now: Instant, onward: &mut Onward) {
        self.waiting.push_back(load);
        self.lets_through(now, onward);
    }

    fn passes_due(&mut self, now: Instant, onward: &mut Onward) {
        self.lets_through(now, onward);
    }

    fn due(&self) -> Option<Instant> {
        self.free.filter(|_| !self.waiting.is_empty())
    }

    fn holds(&self) -> usize {
        self.waiting.iter().map(Load::weight).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::super::load::tests::{at_once, bytes, until};
    use super::*;

    const STEP: Duration = Duration::from_millis(50);

    #[test]
    fn a_stream_goes_in_steps() {
        let mut throttle = Throttle::new(40, Carries::Streams);
        let first = at_once(&mut throttle, [bytes("abcdef"), Load::End]);
        assert_eq!(first, [bytes("ab")]);
        assert_eq!(throttle.holds(), 5, "four bytes, and the end");
        let start = throttle.due().unwrap();
        let came = until(&mut throttle, start + STEP * 3);
        assert_eq!(
            came,
            [
                (start, bytes("cd")),
                (start + STEP, bytes("ef")),
                (start + STEP * 2, Load::End),
            ]
        );
    }

    #[test]
    fn a_datagram_goes_whole() {
        let mut throttle = Throttle::new(100, Carries::Datagrams);
        let first = at_once(&mut throttle, [bytes("0123456789"), bytes("abc")]);
        assert_eq!(first, [bytes("0123456789")]);
        let due = throttle.due().unwrap();
        assert_eq!(until(&mut throttle, due + STEP), [(due, bytes("abc"))]);
    }

    #[test]
    fn a_rate_below_a_byte_a_step_is_still_a_rate() {
        let mut throttle = Throttle::new(1, Carries::Streams);
        assert_eq!(at_once(&mut throttle, [bytes("abc")]), [bytes("a")]);
        assert_eq!(throttle.holds(), 2);
    }
}
