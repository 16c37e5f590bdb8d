//! Exercise 7.8: what every server promises, and many clients at once.

use std::time::{Duration, Instant};

use crate::checks::every_program;
use crate::checks::{Check, Server, check, scarce};
use crate::finding::{Kind, Step, fail};
use crate::program::{Running, StopSignal};
use crate::wire::{Peer, ms};
use crate::words::time;

pub static CHECKS: &[Check] = &[
    check("7.8/pong", "answers each line with PONG", |lab| {
        let mut ann = lab.server()?.connect("Ann")?;
        for _ in 0..3 {
            is_answered(&mut ann)?;
        }
        Ok(())
    })
    .given()
    .means("In mode normal a line is answered by the line `PONG`, as often as one comes."),
    check("7.8/lines", "tells lines apart, however they come", |lab| {
        let mut ann = lab.server()?.connect("Ann")?;
        ann.says_in_pieces([&b"PI"[..], b"NG", b"\r\n"])?;
        ann.hears_line("PONG")?;
        ann.says("PING\nPING\nPI")?;
        ann.hears_line("PONG")?;
        ann.hears_line("PONG")?;
        ann.says("NG\n")?;
        ann.hears_line("PONG")
    })
    .given()
    .means("A line is what comes before an LF, in as many reads as it takes."),
    check(
        "7.8/end",
        "closes when the client has ended its side",
        |lab| {
            let mut ann = lab.server()?.connect("Ann")?;
            is_answered(&mut ann)?;
            ann.says("PI")?;
            ann.stops_talking()?;
            ann.sees_the_end()
        },
    )
    .given()
    .means("Bytes after the last LF are no line. Nothing more can come, so close."),
    check(
        "7.8/beside",
        "answers Bob while Ann says nothing, or half a line",
        |lab| {
            let server = lab.server()?;
            let mut ann = server.connect("Ann")?;
            let mut bob = server.connect("Bob")?;
            is_answered(&mut bob)?;
            ann.says("PI")?;
            ann.waits_until_taken();
            is_answered(&mut bob)?;
            is_answered(&mut server.connect("Carol")?)?;
            ann.says("NG\n")?;
            ann.hears_line("PONG")
        },
    )
    .given()
    .means("Who waits for Ann must not hold up Bob: serve each client beside the others."),
    check(
        "7.8/thirty",
        "serves thirty clients at the same time",
        |lab| {
            let server = lab.server()?;
            let mut people = Vec::new();
            for _ in 0..30 {
                people.push(server.connect("one of thirty")?);
            }
            people.iter_mut().rev().try_for_each(is_answered)
        },
    )
    .given(),
    check(
        "7.8/beside-drip",
        "drips to ten clients at the same time",
        |lab| {
            let server = lab.server_with(&["--mode", "drip", "--drip-ms", "30"])?;
            let mut people = Vec::new();
            for _ in 0..10 {
                people.push(server.connect("one of ten")?);
            }
            let since = Instant::now();
            for one in &mut people {
                one.says("PING\n")?;
            }
            for one in &mut people {
                one.hears_line("PONG")?;
            }
            // One after another they take ten times 120 ms at least, on any machine.
            took_less_than(since, ms(1150))
        },
    )
    .given()
    .means(
        "An answer that takes its time takes that of one client. The others do not wait for it.",
    ),
    check("7.8/reset", "goes on when clients reset", |lab| {
        let server = lab.server()?;
        let descriptors = server.descriptors();
        let mut ann = server.connect("Ann")?;
        is_answered(&mut ann)?;
        ann.resets()?;
        server.connect("Bob")?.resets()?;
        let mut carol = server.connect("Carol")?;
        carol.says("PI")?;
        carol.resets()?;
        is_answered(&mut server.connect("Dan")?)?;
        server.may_see_them_off(descriptors);
        server.still_runs()
    })
    .given()
    .means("A reset is the end of one connection, and not of the server."),
    check(
        "7.8/descriptors",
        "is done with each client that has left",
        |lab| {
            let server = lab.server()?;
            for _ in 0..5 {
                visit(&server)?;
            }
            let process = server.process()?;
            let threads = process.running().threads();
            let descriptors = process.running().descriptors();
            for _ in 0..100 {
                visit(&server)?;
            }
            process.settles("threads", threads, 5, Running::threads)?;
            process.settles("open descriptors", descriptors, 5, Running::descriptors)
        },
    )
    .given(),
    check(
        "7.8/no-descriptor",
        "goes on when it had no descriptor left for another client",
        |lab| {
            let server = scarce::server(lab, &[])?;
            scarce::crowd(lab, &server, |door| {
                let mut one = door.connect("one of many")?;
                is_answered(&mut one).map(|()| one)
            })?;
            scarce::gets_through(lab, &server, |_| is_answered(&mut server.connect("Ann")?))
        },
    )
    .aside()
    .given()
    .means(
        "`accept` fails when the process has as many descriptors as it may. They are free again \
         when clients leave: log it, wait a moment, accept again.",
    ),
    check(
        "7.8/default-address",
        "listens on 127.0.0.1:7007 if nothing else is said",
        |lab| {
            let server = lab.server_by_default(7007)?;
            is_answered(&mut server.connect("Ann")?)?;
            every_program::prints_nothing_more(lab, &server)
        },
    )
    .given()
    .alone(),
    check(
        "7.8/port-in-use",
        "says so if another program has its address, and ends with 1",
        |lab| {
            let host = lab.host("Ann")?;
            every_program::cannot_have(lab, host.address())?;
            every_program::shares_with_nobody(lab)
        },
    )
    .given(),
    check(
        "7.8/usage",
        "refuses a command line that makes no sense with exit code 2",
        |lab| {
            let lines: &[&[&str]] = &[
                &["server", "--no-such-option"],
                &["server", "--mode", "friendly"],
                &["server", "--mode", "drip", "--drip-ms", "0"],
                &["server", "--line-ms", "soon"],
            ];
            every_program::refuses(lab, lines)
        },
    )
    .given()
    .means("Exit code 2. Of all times, `--line-ms` alone may be 0: that is for ever."),
    check(
        "7.8/again",
        "can listen at once where a server has just ended",
        |lab| {
            let address = lab.quiet_address()?.to_string();
            let server = lab.server_at(&address, &[])?;
            let mut ann = server.connect("Ann")?;
            is_answered(&mut ann)?;
            server.process()?.running().signal(StopSignal::Kill)?;
            // Ann may see her end before the kernel has closed the listener.
            server.process()?.done()?;
            ann.waits_for_the_end()?;
            ann.leaves();
            let server = lab.server_at(&address, &[])?;
            is_answered(&mut server.connect("Bob")?)
        },
    )
    .given(),
    check(
        "7.8/interrupt",
        "ends on Ctrl-C when no client is there",
        every_program::stops_when_idle,
    )
    .given(),
    check(
        "7.8/stop",
        "ends on SIGTERM in every mode, whatever its clients do",
        |lab| {
            let mut people = Vec::new();
            let mut servers = Vec::new();
            for mode in ["normal", "silent", "drip", "noread"] {
                let server = lab.server_with(&["--mode", mode])?;
                people.push(server.connect("Ann")?);
                let mut bob = server.connect("Bob")?;
                bob.says("PI")?;
                people.push(bob);
                servers.push(server);
            }
            for server in &servers {
                server.stops()?;
            }
            for one in &mut people {
                one.waits_for_the_end()?;
            }
            Ok(())
        },
    )
    .given()
    .means(
        "Each thread waits for a client that may never say another word. Something must wake \
         them all, and the one that accepts.",
    ),
    check(
        "7.8/last-answer",
        "gives the answer that it was dripping when it was asked to end",
        |lab| {
            let server = lab.server_with(&["--mode", "drip", "--drip-ms", "40"])?;
            let mut ann = server.connect("Ann")?;
            ann.says("PING\n")?;
            ann.hears("P")?;
            let asked = server.process()?.is_asked_to_stop(StopSignal::Terminate)?;
            ann.hears("ONG\n")?;
            asked.and_stops()?;
            ann.sees_the_end()
        },
    )
    .given()
    .means("Ann had heard the first letter, and the others were due in a moment: finish that."),
];

/// Says PING, and hears PONG.
pub fn is_answered(one: &mut Peer) -> Step {
    one.says("PING\n")?;
    one.hears_line("PONG")
}

/// Comes, is answered, and leaves.
fn visit(server: &Server) -> Step {
    let mut one = server.connect("one of many")?;
    is_answered(&mut one)?;
    one.stops_talking()?;
    one.sees_the_end()
}

fn took_less_than(since: Instant, most: Duration) -> Step {
    let took = since.elapsed();
    if took < most {
        return Ok(());
    }
    fail(
        Kind::Slow,
        format!("ten answers side by side in less than {}", time(most)),
        format!("they took {}, as if one waited for another", time(took)),
    )
}
