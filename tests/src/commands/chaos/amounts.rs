//! Amounts as they are typed: `50ms`, `10%`.

use std::time::Duration;

/// More than anybody waits.
const LONGEST: Duration = Duration::from_secs(3600);

/// A time with its unit: `50ms`, `1.5s`.
pub fn time(text: &str) -> Result<Duration, String> {
    let split = text.find(|c: char| !c.is_ascii_digit() && c != '.');
    let (number, unit) = text.split_at(split.unwrap_or(text.len()));
    let seconds = match unit {
        "us" | "µs" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        _ => return Err("a time is a number and its unit, as in 50ms or 1.5s".into()),
    };
    let number: f64 = number
        .parse()
        .map_err(|_| format!("{number:?} is not a number; a time is written 50ms or 1.5s"))?;
    Duration::try_from_secs_f64(number * seconds)
        .ok()
        .filter(|time| *time <= LONGEST)
        .ok_or_else(|| "that is longer than an hour".into())
}

/// A probability: `10%`.
pub fn percent(text: &str) -> Result<f64, String> {
    let number: f64 = text
        .strip_suffix('%')
        .and_then(|number| number.parse().ok())
        .ok_or("a probability is written 10% or 2.5%")?;
    if (0.0..=100.0).contains(&number) {
        Ok(number / 100.0)
    } else {
        Err("a probability is between 0% and 100%".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_a_unit() {
        assert_eq!(time("50ms"), Ok(Duration::from_millis(50)));
        assert_eq!(time("1.5s"), Ok(Duration::from_millis(1500)));
        assert_eq!(time("20us"), Ok(Duration::from_micros(20)));
        assert_eq!(time("0ms"), Ok(Duration::ZERO));
        for wrong in ["50", "ms", "", "-1s", "1.2.3s", "5m", "1e9s", "99999s"] {
            assert!(time(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_probability_has_a_sign() {
        assert_eq!(percent("10%"), Ok(0.1));
        assert_eq!(percent("100%"), Ok(1.0));
        for wrong in ["10", "%", "101%", "-1%", "NaN%", "ten%"] {
            assert!(percent(wrong).is_err(), "{wrong}");
        }
    }
}
