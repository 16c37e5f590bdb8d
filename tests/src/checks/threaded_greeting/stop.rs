//! Exercise 4.7: an end that leaves nobody without an answer, and waits for nobody.

use std::thread;
use std::time::Duration;

use super::guest::{WELCOME, asks_and_asks, greeted, name, welcomed, with_little_room};
use crate::checks::every_program;
use crate::checks::{Check, Server, check};
use crate::finding::{Kind, Step, Stop, fail};
use crate::program::StopSignal;
use crate::wire::Peer;

pub static CHECKS: &[Check] = &[
    check(
        "4.7/interrupt",
        "ends on Ctrl-C when no client is there",
        every_program::stops_when_idle,
    )
    .means(
        "Without a handler the signal ends the program, which is no exit code 0. With one, \
         something must wake the thread that waits in `accept`.",
    ),
    check(
        "4.7/silent-clients",
        "ends on SIGTERM while clients say nothing, or half a line",
        |lab| {
            let server = lab.server()?;
            let mut ann = welcomed(&server, "Ann")?;
            let mut bob = welcomed(&server, "Bob")?;
            let mut carol = welcomed(&server, "Carol")?;
            greeted(lab, &mut bob)?;
            carol.says(name(lab))?;
            carol.waits_until_taken();
            let asked = server.process()?.is_asked_to_stop(StopSignal::Terminate)?;
            // When they hear the end within the 2 s is the program's affair.
            asked.and_stops()?;
            for guest in [&mut ann, &mut bob, &mut carol] {
                guest.sees_the_end()?;
            }
            Ok(())
        },
    )
    .means(
        "A thread for each client waits in `read`, and does not look at any flag. Ending the \
         reading side of each connection (`shutdown(Shutdown::Read)`) wakes them all.",
    ),
    check(
        "4.7/last-answer",
        "gives the answer that it was preparing when it was asked to end",
        |lab| {
            let server = lab.server_with(&["--delay-ms", "250"])?;
            let name = name(lab);
            let mut ann = welcomed(&server, "Ann")?;
            let _bob = welcomed(&server, "Bob")?;
            ann.says(format!("{name}\n"))?;
            was_read(&ann)?;
            let asked = server.process()?.is_asked_to_stop(StopSignal::Terminate)?;
            ann.hears_line(&format!("Hello, {name}!"))?;
            asked.and_stops()?;
            ann.sees_the_end()
        },
    )
    .means(
        "Ann's name had been read when the signal came, and her answer was due in a moment. Let \
         those who are at work finish, and wait for them before `main` returns.",
    ),
    check(
        "4.7/closed-door",
        "lets nobody in any more once it was asked to end",
        |lab| {
            /// Time enough to notice a signal.
            const LATER: Duration = Duration::from_millis(100);
            let server = lab.server_with(&["--delay-ms", "400"])?;
            let name = name(lab);
            let mut ann = welcomed(&server, "Ann")?;
            ann.says(format!("{name}\n"))?;
            was_read(&ann)?;
            let asked = server.process()?.is_asked_to_stop(StopSignal::Terminate)?;
            // Nothing tells that a signal was noticed, and who comes before is let in rightly.
            thread::sleep(LATER);
            // A loop that looks at a flag between two clients may have let in one more.
            if is_let_in(&server, "Bob")? && is_let_in(&server, "Carol")? {
                return fail(
                    Kind::Slow,
                    "nobody to be let in after the signal",
                    "Bob and then Carol were welcomed",
                );
            }
            ann.hears_line(&format!("Hello, {name}!"))?;
            asked.and_stops()
        },
    )
    .aside()
    .means(
        "While the last answers are on their way, nobody new is let in. Leave the loop around \
         `accept` when you are asked to end, and wake it if it waits.",
    ),
    check(
        "4.7/in-time",
        "ends in time though one client reads nothing, and another's answer is far off",
        |lab| {
            let server = lab.server()?;
            let mut ann = with_little_room(&server, "Ann")?;
            ann.has_little_time();
            asks_and_asks(lab, &mut ann, 32 * 1024)?;
            let slow = lab.server_with(&["--delay-ms", "10000"])?;
            let mut bob = welcomed(&slow, "Bob")?;
            bob.says(format!("{}\n", name(lab)))?;
            was_read(&bob)?;
            let unread = server.process()?.is_asked_to_stop(StopSignal::Terminate)?;
            let far_off = slow.process()?.is_asked_to_stop(StopSignal::Terminate)?;
            unread.and_stops()?;
            far_off.and_stops()
        },
    )
    .aside()
    .means(
        "A thread that writes to somebody who does not read may wait for ever, and one that \
         sleeps wakes up too late. The end comes within 2 s all the same: set a time for it when \
         the signal comes, and end then, whoever is still at work.",
    ),
    check(
        "4.7/again",
        "can listen again at once on the address that it has left",
        |lab| {
            let address = lab.quiet_address()?.to_string();
            let server = lab.server_at(&address, &[])?;
            let mut ann = welcomed(&server, "Ann")?;
            greeted(lab, &mut ann)?;
            server.stops()?;
            ann.waits_for_the_end()?;
            ann.leaves();
            let server = lab.server_at(&address, &[])?;
            welcomed(&server, "Bob")?;
            Ok(())
        },
    ),
];

/// The program has read all that Ann has said, as far as the kernel tells.
pub fn was_read(ann: &Peer) -> Step {
    ann.waits_until_taken();
    match ann.unread_by_the_program() {
        Some(unread) if unread > 0 => fail(
            Kind::Silence,
            format!("the program to read what {} says", ann.name()),
            "it has not read it",
        ),
        _ => Ok(()),
    }
}

/// Whether a client is welcomed. However a server keeps people out, it is right: refused,
/// reset, ended, or left waiting.
fn is_let_in(server: &Server, name: &'static str) -> Step<bool> {
    let mut late = match server.connect(name) {
        Ok(late) => late,
        Err(Stop::Fail(_)) => return Ok(false),
        Err(other) => return Err(other),
    };
    Ok(late.has_something_soon()? && late.hears_so_far()?.starts_with(WELCOME.as_bytes()))
}
