//! Exercise 2.7: the end by a signal.

use std::time::{Duration, Instant};

use super::{KIB, MIB};
use crate::checks::every_program;
use crate::checks::{Check, check};
use crate::finding::{Kind, Means, fail};
use crate::program::StopSignal;
use crate::wire::ms;
use crate::words::bytes;

/// An answer that is due longer than this after the signal may be dropped.
const DUE: Duration = Duration::from_secs(1);

/// What a runtime may have read, and its program not yet asked for.
const READ_AHEAD: usize = 64 * KIB;

pub static CHECKS: &[Check] = &[
    check(
        "2.7/idle",
        "ends on Ctrl-C, and on SIGTERM, when no client is there",
        |lab| {
            let (one, other) = (lab.server()?, lab.server()?);
            every_program::settles_in(lab);
            one.process()?.stops_on(StopSignal::Interrupt)?;
            other.process()?.stops_on(StopSignal::Terminate)
        },
    )
    .means(
        "Without a handler the signal ends the program, which is no exit code 0. With one, \
         something must wake the thread that waits in `accept`.",
    ),
    check(
        "2.7/silent-client",
        "ends on SIGTERM while a client says nothing",
        |lab| {
            let server = lab.server()?;
            let word = lab.word();
            let mut ann = server.connect("Ann")?;
            ann.says(&word)?;
            ann.hears(&word)?;
            server.stops()
        },
    )
    .means("The thread that serves Ann waits in `read`. Something must end that wait."),
    check(
        "2.7/last-words",
        "sends back what it had read when it was asked to end",
        |lab| {
            let said = lab.noise(8 * KIB);
            let server = lab.server()?;
            let mut ann = server.connect("Ann")?;
            ann.says(&said)?;
            ann.is_read()?;
            let asked = server.process()?.is_asked_to_stop(StopSignal::Terminate)?;
            ann.hears(&said)?;
            // When Ann sees her end within the 2 s is the program's affair.
            asked.and_stops()?;
            ann.sees_the_end()
        },
    )
    .means(
        "The server had read Ann's bytes when the signal came: they are answered before it \
         ends, and then Ann sees an orderly end.",
    ),
    check(
        "2.7/reads-late",
        "sends what it had read also to one who begins to read only then",
        |lab| {
            let piece = lab.noise(32 * KIB);
            let server = lab.server()?;
            let mut ann = server.connect("Ann")?;
            let read = ann.says_until_it_is_left(&piece, 8 * MIB)?;
            let said = piece.repeat(8 * MIB / piece.len());
            let since = Instant::now();
            let asked = server.process()?.is_asked_to_stop(StopSignal::Terminate)?;
            // One that ends without regard to Ann does so now.
            server.process()?.running().wait(ms(150));
            let owed = read.saturating_sub(READ_AHEAD);
            match ann.hears(&said[..owed]) {
                Err(_) if since.elapsed() > DUE => {
                    let seen = "after over a second what is left may be dropped";
                    return fail(Kind::Disturbed, "Ann to hear the echo at once", seen);
                }
                heard => heard?,
            }
            asked.and_stops()?;
            // What it had not read yet may be answered, or not.
            let rest = ann.hears_the_rest().or_means(
                "All that it had read came back, and then a reset: some of what Ann had sent lay \
                 unread when the connection was closed. A reset can destroy what is still under \
                 way. End the sending side first, and read what is there, before you close.",
            )?;
            if said[owed..].starts_with(&rest) {
                return Ok(());
            }
            let expected = "nothing but the rest of what Ann said, or a part of it";
            let seen = format!("{} of something else", bytes(rest.len()));
            fail(Kind::Unexpected, expected, seen)
        },
    )
    .aside()
    .means(
        "Ann had not read her echo, and so the server waited in `write` when the signal came. What \
         it had read by then it still owes her: the writing goes on while she reads, up to the 2 s.",
    ),
    check(
        "2.7/never-reads",
        "ends though a client reads nothing of what it is sent",
        |lab| {
            let server = lab.server()?;
            let said = lab.noise(MIB).repeat(32);
            let mut ann = server.connect("Ann")?;
            ann.has_little_time();
            ann.says_without_listening(&said)?;
            server.stops()
        },
    )
    .aside()
    .means(
        "The thread that serves Ann waits in `write`, and may wait there for ever. The end comes \
         within 2 s all the same: what Ann does not take by then is lost.",
    ),
];
