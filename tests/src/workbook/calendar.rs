//! The date and the time of day (UTC), for names and notes that people read.

use std::time::{SystemTime, UNIX_EPOCH};

/// `2026-11-21`.
pub fn today() -> String {
    date(seconds())
}

/// `2026-11-21-043015`.
pub fn now() -> String {
    let seconds = seconds();
    let of_day = seconds % 86_400;
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    format!("{}-{hour:02}{minute:02}{second:02}", date(seconds))
}

fn seconds() -> u64 {
    // A clock before 1970 is not set at all.
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |time| time.as_secs())
}

/// The Gregorian calendar repeats every 400 years, which have 146,097 days. Counting years from
/// March puts the leap day at their end (Hinnant, "chrono-compatible low-level date algorithms").
fn date(seconds: u64) -> String {
    let days = seconds / 86_400 + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn leap_days_are_where_they_belong() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(951_782_400), "2000-02-29");
        assert_eq!(date(1_772_236_800), "2026-02-28");
        assert_eq!(date(1_772_323_200), "2026-03-01");
    }
}
