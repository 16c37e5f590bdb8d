//! The times of a try as bars, for the log: how much of each limit is used up.

use std::time::Duration;

use crate::limit::Limit;

/// What a try has spent, and on what.
#[derive(Default)]
pub struct Gauge {
    /// On the connection, from the look-up of the name on.
    pub connect: Duration,
    /// On the last wait for bytes. Each byte that comes ends one, and the next begins at zero.
    pub silence: Duration,
}

/// A time and its limit, drawn with so many cells. One is filled when all of its time is over:
/// a full bar is a time that has run out.
pub fn bar(spent: Duration, limit: Limit, cells: usize) -> String {
    let part = spent.as_secs_f64() / limit.time.as_secs_f64();
    let is_over = |cell: &usize| {
        let end = u32::try_from(*cell + 1).map_or(1.0, f64::from);
        part * u32::try_from(cells).map_or(1.0, f64::from) >= end
    };
    let drawn: String = (0..cells)
        .map(|cell| if is_over(&cell) { '█' } else { '░' })
        .collect();
    format!("{} ▕{drawn}▏", limit.which)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limit::Timeout;

    #[test]
    fn a_bar_is_full_when_the_time_is_over_and_not_before() {
        let limit = Limit {
            time: Duration::from_millis(100),
            which: Timeout::Read,
        };
        assert_eq!(bar(Duration::from_millis(99), limit, 4), "read ▕███░▏");
        assert_eq!(bar(Duration::from_millis(170), limit, 4), "read ▕████▏");
    }
}
