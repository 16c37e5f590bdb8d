//! Exercise 2.7: the end by a signal.

use super::{KIB, MIB};
use crate::checks::every_program;
use crate::checks::{Check, check};
use crate::program::StopSignal;

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
