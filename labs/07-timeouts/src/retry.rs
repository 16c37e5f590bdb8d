//! Whether to try again, and when.

use std::num::NonZeroU64;
use std::time::Duration;

use crate::limit::{Timeout, Trouble};

/// Whether another try may help. It does not where the server has answered: it would say the
/// same again. And when the time for everything is up, nothing does.
// exercise 7.7: tell what may have passed at the next try
pub fn may_help(trouble: &Trouble) -> bool {
    match trouble {
        Trouble::Timeout(which) => *which != Timeout::Total,
        Trouble::Network(_) => true,
        Trouble::Protocol(_) => false,
    }
}

/// How long to pause when so many tries have failed.
///
/// Twice as long each time: a server that has too much to do gets rest. And never the same for
/// two clients: those who were cut off together would otherwise all come back together, again
/// and again. So each pause is drawn anew, between half and one and a half of that time.
// exercise 7.7: pause twice as long each time, give or take up to a half at random
pub fn pause_after(failed: u32, backoff: NonZeroU64) -> Duration {
    let doubled = 2_u64.saturating_pow(failed.saturating_sub(1));
    let micros = backoff.get().saturating_mul(1000).saturating_mul(doubled);
    Duration::from_micros((micros / 2).saturating_add(fastrand::u64(0..=micros)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_keep_their_bounds_however_often_it_failed() {
        let backoff = NonZeroU64::MIN.saturating_add(99);
        for _ in 0..1000 {
            let pause = pause_after(3, backoff);
            assert!(pause >= Duration::from_millis(200));
            assert!(pause <= Duration::from_millis(600));
        }
        assert!(pause_after(u32::MAX, NonZeroU64::MAX) > Duration::from_secs(1 << 40));
    }
}
