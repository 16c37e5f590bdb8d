//! How long something took, measured several times.

use std::time::{Duration, Instant};

use crate::words;

#[derive(Default)]
pub struct Sample(Vec<Duration>);

impl Sample {
    pub fn add(&mut self, took: Duration) {
        self.0.push(took);
        self.0.sort();
    }

    /// Measures something so many times.
    pub fn of<E>(rounds: usize, mut what: impl FnMut() -> Result<(), E>) -> Result<Self, E> {
        let mut sample = Self::default();
        for _ in 0..rounds {
            let start = Instant::now();
            what()?;
            sample.add(start.elapsed());
        }
        Ok(sample)
    }

    pub fn median(&self) -> Duration {
        self.0.get(self.0.len() / 2).copied().unwrap_or_default()
    }

    /// How many times the median of the other it is: `1.7 ×`.
    fn beside(&self, other: &Self) -> String {
        let ratio = self.median().as_secs_f64() / other.median().as_secs_f64();
        if ratio < 10.0 {
            format!("{ratio:.1} ×")
        } else {
            format!("{ratio:.0} ×")
        }
    }

    /// `0.41 s (0.38 s to 0.52 s)`: the median, the least, and the most.
    pub fn told(&self) -> String {
        let edge = |at: Option<&Duration>| time(at.copied().unwrap_or_default());
        let apart = format!("({} to {})", edge(self.0.first()), edge(self.0.last()));
        format!("{:>8} {apart:<22}", time(self.median()))
    }
}

/// A line of the table: what was measured, how long it took, and how that is beside the other.
pub fn row(what: &str, sample: &Sample, beside: Option<&Sample>) -> String {
    let ratio = beside.map(|other| sample.beside(other)).unwrap_or_default();
    let line = format!("    {what:<36} {} {ratio:>7}", sample.told());
    line.trim_end().to_string()
}

fn time(time: Duration) -> String {
    if time < Duration::from_millis(1) {
        format!("{} µs", time.as_micros())
    } else {
        words::time(time)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Sample, row};

    fn sample(millis: &[u64]) -> Sample {
        let mut sample = Sample::default();
        for time in millis {
            sample.add(Duration::from_millis(*time));
        }
        sample
    }

    #[test]
    fn the_median_stands_beside_that_of_the_other() {
        let (slow, quick) = (sample(&[900, 30, 60]), sample(&[20, 40, 35]));
        assert_eq!(slow.median(), Duration::from_millis(60));
        assert_eq!(slow.beside(&quick), "1.7 ×");
        assert_eq!(sample(&[1000]).beside(&sample(&[2])), "500 ×");
        let line = row("slow", &slow, Some(&quick));
        assert!(line.contains("60 ms (30 ms to 900 ms)"), "{line}");
        assert!(line.chars().count() <= 80, "{line}");
    }
}
