//! Exercise 5.8 for the client: it shows the room to a person, and the person to the room.

use std::time::Duration;

use super::guest::{BAD, CLOSING, QUESTION, TAKEN, called, list};
use super::typist::Typist;
use crate::checks::{Check, Lab, check, every_program};
use crate::finding::{Kind, Step, fail};
use crate::program::{Stdin, Stdout, StopSignal};
use crate::wire::Peer;
use crate::words::quoted;

pub static CHECKS: &[Check] = &[
    check(
        "5.8/client",
        "joins, prints what the room says, and says what is typed",
        |lab| {
            let (mut typist, mut room, name) = asked_for_its_name(lab)?;
            let (other, one, two) = (called(lab, "Bob"), lab.word(), lab.word());
            room.hears_line(&name)?;
            let there = list([&*other]);
            room.says(format!("{there}\n"))?;
            typist.reads(QUESTION)?;
            typist.reads(&there)?;
            typist.types(&format!("{one}\n"))?;
            room.hears_line(&one)?;
            let said = format!("[{other}] Zoë {two} 李");
            room.says(format!("{said}\n* {other} left\n"))?;
            typist.reads(&said)?;
            typist.reads(&format!("* {other} left"))?;
            typist.types(&format!("{two}\n/who\n"))?;
            room.hears_line(&two)?;
            room.hears_line("/who")
        },
    )
    .means(
        "The client prints each line of the room as it is, the question too; says its name; then \
         sends what is typed, while it goes on printing.",
    ),
    check(
        "5.8/client-real-room",
        "talks to another one like itself, in a room of its own kind",
        |lab| {
            let server = lab.server()?;
            let (one, two) = (called(lab, "Ann"), called(lab, "Bob"));
            let word = lab.word();
            let mut ann = in_the_room(lab, server.address(), &one, "* in the room:")?;
            let there = list([&*one]);
            let mut bob = in_the_room(lab, server.address(), &two, &there)?;
            ann.reads(&format!("* {two} joined"))?;
            ann.types(&format!("{word}\n"))?;
            bob.reads(&format!("[{one}] {word}"))?;
            bob.types("/quit\n")?;
            bob.done()?.exits(&[0])?;
            ann.reads(&format!("* {two} left"))?;
            ann.types_no_more();
            ann.done()?.exits(&[0])?;
            Ok(())
        },
    ),
    check(
        "5.8/client-pieces",
        "prints whole lines, however they come",
        |lab| {
            let (mut typist, mut room) = let_in(lab)?;
            let lines = [
                format!("[Bob] Zoë {}", lab.word()),
                format!("[Li] 李 {}", lab.word()),
            ];
            let said = format!("{}\r\n{}\n", lines[0], lines[1]);
            room.says_in_pieces(said.as_bytes().chunks(2))?;
            typist.reads(&lines[0])?;
            typist.reads(&lines[1])
        },
    ),
    check("5.8/client-quit", "leaves after `/quit`", |lab| {
        let (typist, mut room) = let_in(lab)?;
        let word = lab.word();
        typist.types(&format!("{word}\n/quit\n"))?;
        room.hears_line(&word)?;
        says_goodbye(&mut room)?;
        room.leaves();
        typist.done()?.exits(&[0])?.is_quiet()
    })
    .means(
        "`/quit` goes to the room, which closes the connection. That end is wanted: exit code 0.",
    ),
    check(
        "5.8/client-quit-in-time",
        "leaves within 2 s after `/quit`, though the room does not close",
        |lab| {
            let (typist, mut room) = let_in(lab)?;
            typist.types("/quit\n")?;
            says_goodbye(&mut room)?;
            let two_seconds = lab.patience().at_most(Duration::from_secs(2));
            typist.process.done_within(two_seconds)?.exits(&[0])?;
            Ok(())
        },
    )
    .aside()
    .means("After its own goodbye a client waits a moment for the other's end, and no longer."),
    check(
        "5.8/client-end-of-input",
        "leaves at the end of its input, and sends a last line without LF",
        |lab| {
            let (typist, mut room) = let_in(lab)?;
            let (one, two) = (lab.word(), lab.word());
            typist.types(&format!("{one}\n{two}"))?;
            typist.types_no_more();
            room.hears_line(&one)?;
            room.hears_line(&two)?;
            says_goodbye(&mut room)?;
            room.leaves();
            typist.done()?.exits(&[0])?.is_quiet()
        },
    )
    .means(
        "People pipe without a last LF: what comes after the last one is a line, and goes over \
         with an LF. Then the client leaves: `/quit`, or the end of its sending side.",
    ),
    check(
        "5.8/client-refused-name",
        "ends with 3 when the room does not take its name",
        |lab| {
            for words in [TAKEN, BAD] {
                let (typist, mut room, _) = asked_for_its_name(lab)?;
                room.hears_a_line()?;
                room.says(format!("{words}\n"))?;
                room.leaves();
                typist.done()?.exits(&[3])?.is_quiet()?;
            }
            Ok(())
        },
    )
    .means("The peer answered with an error: exit code 3."),
    check(
        "5.8/client-bad-name",
        "ends with 2 or 3 for a name that no room would take",
        |lab| {
            let server = lab.server()?;
            let (long, two) = (lab.letters(17), format!("{} x", lab.word()));
            for name in [&long, &two] {
                let client = lab.client_at(server.address(), [name], Stdin::Piped)?;
                client.done()?.exits(&[2, 3])?.is_quiet()?;
            }
            Ok(())
        },
    ),
    check(
        "5.8/client-room-gone",
        "ends with 1 when the room is gone",
        |lab| {
            let (typist, mut room) = let_in(lab)?;
            room.says(format!("{CLOSING}\n"))?;
            room.leaves();
            typist.done()?.exits(&[1])?.complains("")?;
            let (typist, room) = let_in(lab)?;
            room.resets()?;
            typist.done()?.exits(&[1])?.complains("")?;
            Ok(())
        },
    )
    .means(
        "Nobody has said goodbye, and the connection is over: exit code 1, at once. The thread \
         that waits for the keyboard must not hold that up.",
    ),
    check(
        "5.8/client-sent-away",
        "ends with 1 or 3 when it is closed for what it sent",
        |lab| {
            let server = lab.server()?;
            let (name, long) = (called(lab, "Ann"), lab.letters(1001));
            let ann = in_the_room(lab, server.address(), &name, "* in the room:")?;
            ann.types(&format!("{long}\n"))?;
            ann.done()?.exits(&[1, 3])?.is_quiet()
        },
    ),
    check(
        "5.8/client-refused",
        "says so when nobody listens, and ends with 1",
        |lab| {
            let (address, name) = (lab.quiet_address()?, called(lab, "Ann"));
            lab.client_at(address, [&name], Stdin::Empty)?
                .done()?
                .found_nobody()
        },
    )
    .given(),
    check(
        "5.8/client-unknown-host",
        "says so when nobody has the room's name, and ends with 1",
        |lab| {
            let name = called(lab, "Ann");
            every_program::finds_no_such_host(lab, &[&name])
        },
    )
    .given()
    .means("A name may be mistyped: that is an error of the system, exit code 1, and no panic."),
    check(
        "5.8/client-usage",
        "refuses a command line without a name",
        |lab| {
            lab.run(["client"])?.exits(&[2])?.prints("")?;
            Ok(())
        },
    )
    .given(),
    check(
        "5.8/client-default-address",
        "connects to 127.0.0.1:7005 if nothing else is said",
        |lab| {
            let (host, name) = (lab.host_by_default("the room", 7005)?, called(lab, "Ann"));
            let client = lab.client_by_default([&name])?;
            let mut room = client.comes_to(&host)?;
            room.says(format!("{QUESTION}\n"))?;
            room.hears_line(&name)
        },
    )
    .alone(),
    check(
        "5.8/client-closed-pipe",
        "ends with 1, quietly, when nobody reads what it prints",
        |lab| {
            let (host, name) = (lab.host("the room")?, called(lab, "Ann"));
            let mut spec = lab.client_spec(host.address(), [&name], Stdin::Piped);
            spec.stdout = Stdout::ReaderGone;
            let client = lab.starts_client(spec)?;
            let mut room = client.comes_to(&host)?;
            room.says_what_it_can(format!("{QUESTION}\n* in the room:\n").as_bytes())?;
            client.done()?.exits(&[1])?.is_quiet()
        },
    )
    .means(
        "Standard output may be a pipe whose reader has left. `println!` panics then; the screen's \
         `print` returns an error that ends the program with 1.",
    ),
    check(
        "5.8/client-interrupt",
        "ends at once on Ctrl-C or SIGTERM, without a backtrace",
        |lab| {
            for signal in [StopSignal::Interrupt, StopSignal::Terminate] {
                let (typist, _room) = let_in(lab)?;
                typist.process.running().signal(signal)?;
                typist.done()?.was_interrupted()?;
            }
            Ok(())
        },
    ),
];

/// A client has come, and was asked for its name; and the name that it was given.
fn asked_for_its_name(lab: &mut Lab) -> Step<(Typist, Peer, String)> {
    let (host, name) = (lab.host("the room")?, called(lab, "Ann"));
    let client = lab.client_at(host.address(), [&name], Stdin::Piped)?;
    let mut room = client.comes_to(&host)?;
    room.says(format!("{QUESTION}\n"))?;
    Ok((Typist::at(client.0, lab), room, name))
}

/// A client was let in by a room of ours, and has printed that.
fn let_in(lab: &mut Lab) -> Step<(Typist, Peer)> {
    let (mut typist, mut room, name) = asked_for_its_name(lab)?;
    room.hears_line(&name)?;
    room.says("* in the room:\n")?;
    typist.reads(QUESTION)?;
    typist.reads("* in the room:")?;
    Ok((typist, room))
}

/// A client that is in a room, where these were before it.
fn in_the_room(
    lab: &mut Lab,
    address: std::net::SocketAddr,
    name: &str,
    there: &str,
) -> Step<Typist> {
    let client = lab.client_at(address, [name], Stdin::Piped)?;
    let mut typist = Typist::at(client.0, lab);
    typist.reads(QUESTION)?;
    typist.reads(there)?;
    Ok(typist)
}

/// The client leaves: with `/quit`, with the end of its side, or both.
fn says_goodbye(room: &mut Peer) -> Step {
    if room.hears_anything()? {
        let rest = room.hears_so_far()?;
        if !b"/quit\n".starts_with(&rest) && !b"/quit\r\n".starts_with(&rest) {
            return fail(
                Kind::Unexpected,
                "the room to hear `/quit`, or the end of the stream",
                quoted(&rest),
            );
        }
    }
    Ok(())
}
