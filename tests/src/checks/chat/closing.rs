//! Exercise 5.8 for the server: the room closes, and all hear of it.

use super::guest::{CLOSING, Guest, asked, three, two};
use super::slow::Talk;
use crate::checks::every_program;
use crate::checks::{Check, check};
use crate::program::StopSignal;

pub static CHECKS: &[Check] = &[
    check(
        "5.8/interrupt",
        "ends on Ctrl-C when nobody is there",
        every_program::stops_when_idle,
    )
    .means(
        "Without a handler the signal ends the program, which is no exit code 0. With one, \
         something must wake the thread that waits in `accept`.",
    ),
    check(
        "5.8/goodbye",
        "tells all that the room is closing, and then closes",
        |lab| {
            let server = lab.server()?;
            let (mut ann, mut bob, mut carol) = three(lab, &server)?;
            bob.peer.says(lab.word())?;
            bob.peer.waits_until_taken();
            let asked = server.process()?.is_asked_to_stop(StopSignal::Terminate)?;
            for guest in [&mut ann, &mut bob, &mut carol] {
                guest.hears(CLOSING)?;
                guest.peer.sees_the_end()?;
            }
            drop((ann, bob, carol));
            asked.and_stops()
        },
    )
    .means(
        "All with a name hear `* the room is closing`, then the end of the stream, however silent \
         they are themselves. Nobody hears that the others leave, since the room does.",
    ),
    check(
        "5.8/unnamed",
        "closes, without a word, on those who have no name yet",
        |lab| {
            let server = lab.server()?;
            let mut ann = Guest::joins(lab, &server, "Ann", &[])?;
            let mut bob = asked(&server, "Bob")?;
            let asked = server.process()?.is_asked_to_stop(StopSignal::Interrupt)?;
            ann.hears(CLOSING)?;
            ann.peer.sees_the_end()?;
            bob.sees_the_end()?;
            drop((ann, bob));
            asked.and_stops()
        },
    ),
    check(
        "5.8/lingers",
        "ends in time though the clients do not close",
        |lab| {
            let server = lab.server()?;
            let (mut ann, mut bob) = two(lab, &server)?;
            server.stops()?;
            for guest in [&mut ann, &mut bob] {
                guest.hears(CLOSING)?;
                guest.peer.sees_the_end()?;
            }
            Ok(())
        },
    ),
    check(
        "5.8/what-was-said",
        "lets what was said before arrive",
        |lab| {
            let server = lab.server()?;
            let (mut ann, mut bob, mut carol) = three(lab, &server)?;
            let words: Vec<_> = (0..50).map(|_| lab.word()).collect();
            ann.says(&words.join("\n"))?;
            for word in &words {
                carol.hears(&format!("[{}] {word}", ann.name))?;
            }
            let asked = server.process()?.is_asked_to_stop(StopSignal::Terminate)?;
            for word in &words {
                bob.hears(&format!("[{}] {word}", ann.name))?;
            }
            bob.hears(CLOSING)?;
            bob.peer.sees_the_end()?;
            drop((ann, bob, carol));
            asked.and_stops()
        },
    )
    .means("What waits in the queues goes out before the connections are closed."),
    check(
        "5.8/one-does-not-read",
        "ends in time though one does not read, and lines wait for it",
        |lab| {
            const LINES: usize = 6000;
            let server = lab.server_with(&["--queue", "9000"])?;
            let (mut ann, mut bob) = two(lab, &server)?;
            let carol = Guest::joins_and_never_reads(lab, &server, "Carol")?;
            bob.hears_of_joining(&carol)?;
            let mut talk = Talk::new(lab);
            while talk.said < LINES {
                talk.a_batch(&mut ann, &mut bob, &mut Vec::new())?;
            }
            let asked = server.process()?.is_asked_to_stop(StopSignal::Terminate)?;
            bob.hears(CLOSING)?;
            asked.and_stops()
        },
    )
    .aside()
    .means(
        "The thread that sends to Carol waits for her. Wait for it a moment, no longer: shutting \
         the connection down wakes it.",
    ),
    check(
        "5.8/again",
        "can listen again at once on the address that it has left",
        |lab| {
            let address = lab.quiet_address()?.to_string();
            let server = lab.server_at(&address, &[])?;
            let mut ann = Guest::joins(lab, &server, "Ann", &[])?;
            let asked = server.process()?.is_asked_to_stop(StopSignal::Terminate)?;
            ann.peer.waits_for_the_end()?;
            ann.peer.leaves();
            asked.and_stops()?;
            let server = lab.server_at(&address, &[])?;
            Guest::joins(lab, &server, "Bob", &[])?;
            Ok(())
        },
    ),
];
