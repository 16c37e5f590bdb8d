//! The clock that runs over everything: tries, waits and pauses.

use std::thread;
use std::time::{Duration, Instant};

use crate::limit::{Limit, Timeout, Trouble};

/// `Instant` never goes back, whatever the user or the network does to the time of day. It is
/// the only clock for measuring how long something took.
pub struct Clock {
    start: Instant,
    total: Limit,
}

impl Clock {
    pub fn start(total: Limit) -> Self {
        Self {
            start: Instant::now(),
            total,
        }
    }

    pub fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    /// The limit of the next wait: its own, or what is left of the whole, if that is less. Then
    /// it is the whole that ends it.
    // exercise 7.4: let no wait outlast the whole
    pub fn bound(&self, own: Limit) -> Result<Limit, Trouble> {
        let left = self.total.time.saturating_sub(self.elapsed());
        // Nothing is left. A socket would not take this for a timeout either: zero is its
        // word for "for ever", and an error in Rust.
        if left.is_zero() {
            return Err(Trouble::Timeout(Timeout::Total));
        }
        if left < own.time {
            return Ok(Limit {
                time: left,
                which: Timeout::Total,
            });
        }
        Ok(own)
    }

    /// Sleeps, unless that would outlast the whole: nothing could be done after it.
    pub fn pause(&self, time: Duration) -> Result<(), Trouble> {
        let which = Timeout::Total;
        if self.bound(Limit { time, which })?.time < time {
            return Err(Trouble::Timeout(which));
        }
        thread::sleep(time);
        Ok(())
    }
}
