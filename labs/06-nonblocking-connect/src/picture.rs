//! The log of a run, drawn: a line for each try, from the SYN to the verdict, side by side.

use std::iter;
use std::time::{Duration, Instant};

use shared::log;

use crate::attempt::Verdict;
use crate::tries::Try;

/// How many columns the whole run takes, and how little of it one column is at least.
const COLUMNS: u32 = 20;
const FINEST: Duration = Duration::from_millis(10);

/// Draws all tries that have begun. It goes to standard error, as every log does.
pub fn draw(tries: &[Try]) {
    let begun: Vec<_> = tries
        .iter()
        .filter_map(|one| Some((one, one.begun()?)))
        .collect();
    let Some(start) = begun.iter().map(|(_, begun)| *begun).min() else {
        return;
    };
    let late = |begun: Instant| begun.duration_since(start);
    let ends = begun.iter().map(|(one, begun)| late(*begun) + one.took());
    let column = (ends.max().unwrap_or_default() / COLUMNS).max(FINEST);
    let names = begun.iter().map(|(one, _)| one.target.to_string().len());
    let widest = names.max().unwrap_or(0);
    for (one, begun) in begun {
        log!("{:widest$}  {}", one.target, bar(one, late(begun), column));
    }
}

/// `   ├────┤ 1000 ms: SYN sent, no answer: timed-out`
fn bar(one: &Try, late: Duration, column: Duration) -> String {
    let took = one.took();
    let (mark, end) = match &one.over {
        None => ('╳', "closed, another was first".to_string()),
        Some(over) => {
            let mark = match over.verdict {
                Verdict::Connected => '▶',
                Verdict::Refused | Verdict::Error => '✗',
                Verdict::TimedOut => '┤',
            };
            (mark, format!("{}: {}", over.why, over.verdict))
        }
    };
    let indent = columns(late, column, ' ');
    let line = columns(took, column, '─');
    format!("{indent}├{line}{mark} {} ms: {end}", took.as_millis())
}

/// As many columns as there are in this time, whole ones or nearly so.
fn columns(time: Duration, column: Duration, of: char) -> String {
    let count = (time + column / 10).as_nanos() / column.as_nanos().max(1);
    iter::repeat_n(of, usize::try_from(count).unwrap_or(0)).collect()
}
