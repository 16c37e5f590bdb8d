//! Exercise 4.6: clients that say nothing, or nothing whole.

use std::time::{Duration, Instant};

use super::guest::{gets_in, greeted, not_before, welcomed};
use crate::checks::{Check, check};
use crate::finding::{Kind, fail};

pub static CHECKS: &[Check] = &[
    check(
        "4.6/idle",
        "sends away a client that says nothing, in time and not before",
        |lab| {
            let server = lab.server_with(&["--idle-ms", "250", "--max-conn", "1"])?;
            let since = Instant::now();
            let mut ann = welcomed(&server, "Ann")?;
            ann.hears_line("ERR idle")?;
            not_before(since, Duration::from_millis(250), "`ERR idle`")?;
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
            not_before(since, Duration::from_millis(250), "`ERR idle`")?;
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
];
