//! Exercise 4.6: clients that say nothing, or nothing whole.

use std::thread;
use std::time::{Duration, Instant};

use super::guest::{gets_in, greeted, not_before, welcomed};
use crate::checks::{Check, check};
use crate::finding::{Kind, Means, Step, fail};
use crate::program::Running;
use crate::wire::Peer;

pub static CHECKS: &[Check] = &[
    check(
        "4.6/idle",
        "sends away a client that says nothing, in time and not before",
        |lab| {
            let server = lab.server_with(&["--idle-ms", "250", "--max-conn", "1"])?;
            let since = Instant::now();
            let mut ann = welcomed(&server, "Ann")?;
            ann.hears_line("ERR idle")?;
            not_before(since, Duration::from_millis(250), "`ERR idle`").or_means(TOO_EARLY)?;
            ann.sees_the_end()?;
            ann.leaves();
            let mut bob = gets_in(lab, &server, "Bob")?;
            greeted(lab, &mut bob)
        },
    )
    .means(
        "With `--idle-ms N` a client has N milliseconds for a line. A read waits for ever unless \
         the socket has a timeout (`set_read_timeout`). Then its place is free for another.",
    ),
    check(
        "4.6/drip",
        "sends away a client that drips bytes and never ends a line",
        |lab| {
            let server = lab.server_with(&["--idle-ms", "250"])?;
            let since = Instant::now();
            let mut ann = welcomed(&server, "Ann")?;
            if !ann.drips(b'x', Duration::from_millis(40))? {
                return fail(
                    Kind::Silence,
                    "Ann to hear \"ERR idle\", though she says a letter each 40 ms",
                    "nothing came, not even an end",
                );
            }
            ann.hears_line("ERR idle")?;
            not_before(since, Duration::from_millis(250), "`ERR idle`").or_means(TOO_EARLY)?;
            ann.sees_the_end()
        },
    )
    .means(
        "The timeout of a socket runs anew with each read, and each byte ends a read. Keep a \
         point in time by which the line must be whole, and give each read what is left until then.",
    ),
    check(
        "4.6/delay",
        "counts the idle time from the answer on, not while it takes its own time",
        |lab| {
            // The answer takes longer than a client may be idle.
            let server = lab.server_with(&["--idle-ms", "250", "--delay-ms", "300"])?;
            let mut ann = welcomed(&server, "Ann")?;
            let since = Instant::now();
            greeted(lab, &mut ann)?;
            ann.hears_line("ERR idle")?;
            not_before(since, Duration::from_millis(300 + 250), "`ERR idle`")
        },
    )
    .aside()
    .means(
        "A client cannot say the next name before it has its answer. The idle time begins with \
         the welcome, and again with each answer.",
    ),
    check(
        "4.6/empty-line",
        "counts the idle time anew from `ERR empty`, which is an answer, too",
        |lab| {
            const IDLE: Duration = Duration::from_millis(300);
            let server = lab.server_with(&["--idle-ms", "300"])?;
            let came = Instant::now();
            let mut ann = welcomed(&server, "Ann")?;
            // Half of her time goes by: what she says after it is what the story is about.
            thread::sleep(IDLE / 2);
            let since = Instant::now();
            ann.says_what_it_can(b"\n")?;
            let in_time = came.elapsed() < IDLE;
            if !in_time || ann.hears_a_line()? != "ERR empty" {
                // On a busy machine she is late herself, or the server is.
                let late = came.elapsed() > IDLE / 3 * 2;
                let kind = if late {
                    Kind::Disturbed
                } else {
                    Kind::Unexpected
                };
                let expected = "\"ERR empty\" for an empty line after half the idle time";
                return fail(kind, expected, "another answer, or the time was over");
            }
            ann.hears_line("ERR idle")?;
            not_before(since, IDLE, "`ERR idle`")
        },
    )
    .aside()
    .means(
        "The idle time runs from the welcome or the last answer, and `ERR empty` is the answer to \
         an empty line. Whoever had one has the whole time for the next.",
    ),
    check(
        "4.6/leaks",
        "is done with each client that it has sent away",
        |lab| {
            let server = lab.server_with(&["--idle-ms", "100"])?;
            is_sent_away(welcomed(&server, "Ann")?)?;
            let process = server.process()?;
            let descriptors = process.running().descriptors();
            let mut guests = Vec::new();
            for _ in 0..20 {
                guests.push(welcomed(&server, "one of twenty")?);
            }
            guests.into_iter().try_for_each(is_sent_away)?;
            process.settles("open descriptors", descriptors, 5, Running::descriptors)
        },
    )
    .aside()
    .means(
        "Each connection holds a descriptor until its last handle is closed: `shutdown` alone \
         keeps it. When `ERR idle` is said and the client has gone, close, and keep no handle.",
    ),
];

/// What it means that `ERR idle` comes before its time.
const TOO_EARLY: &str = "`--idle-ms` is the least that a client has for a line. The time is one \
    for all reads together, in milliseconds, and begins with the welcome.";

/// Hears that it was idle, then the end, and leaves.
fn is_sent_away(mut guest: Peer) -> Step {
    guest.hears_line("ERR idle")?;
    guest.sees_the_end()?;
    guest.leaves();
    Ok(())
}
