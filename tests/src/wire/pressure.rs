//! How long programs on this machine have waited for a processor: what a busy machine takes from
//! a story, and what it gets on top of its time.

use std::fs;
use std::time::Duration;

/// A moment, and how long programs had waited for a processor until then, where the kernel tells
/// (Linux: <https://docs.kernel.org/accounting/psi.html>).
#[derive(Clone, Copy, Debug)]
pub struct Pressure(Option<Duration>);

impl Pressure {
    pub fn now() -> Self {
        let text = fs::read_to_string("/proc/pressure/cpu").unwrap_or_default();
        Self(total_of(&text).map(Duration::from_micros))
    }

    /// The time since then in which some program was ready to run and had no processor.
    pub fn since(self) -> Duration {
        let both = Self::now().0.zip(self.0);
        both.map_or(Duration::ZERO, |(now, then)| now.saturating_sub(then))
    }
}

/// The number in `some avg10=8.80 avg60=52.60 avg300=83.47 total=13574696306`, in microseconds.
fn total_of(text: &str) -> Option<u64> {
    let some = text.lines().find(|line| line.starts_with("some "))?;
    let (_, total) = some.rsplit_once("total=")?;
    total.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::hint::spin_loop;
    use std::thread::{available_parallelism, scope};
    use std::time::{Duration, Instant};

    use super::{Pressure, total_of};

    #[test]
    fn is_read_from_what_the_kernel_tells() {
        let told = "some avg10=8.80 avg60=52.60 avg300=83.47 total=13574696306\n\
                    full avg10=0.00 avg60=0.00 avg300=0.00 total=0\n";
        assert_eq!(total_of(told), Some(13_574_696_306));
        assert_eq!(total_of(""), None);
    }

    #[test]
    fn grows_while_programs_wait_for_a_processor() {
        let before = Pressure::now();
        if before.0.is_none() {
            eprintln!("skipped: this kernel does not tell it");
            return;
        }
        let (start, busy) = (Instant::now(), Duration::from_millis(200));
        let processors = available_parallelism().expect("the system tells").get();
        scope(|scope| {
            for _ in 0..2 * processors {
                scope.spawn(|| {
                    while start.elapsed() < busy {
                        spin_loop();
                    }
                });
            }
        });
        let (lost, took) = (before.since(), start.elapsed());
        assert!(lost * 4 > took, "{lost:?} of {took:?}");
    }
}
