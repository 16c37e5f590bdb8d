//! Exercise 6.1: a connect is begun and not waited for, and what came of it is told.

use std::net::{Ipv6Addr, SocketAddr};
use std::time::Instant;

use super::nowhere::nowhere;
use super::run::{PATIENT, Run, was_visited};
use crate::checks::{Check, check, every_program};
use crate::finding::{Kind, Stop, fail};
use crate::program::{Stdin, Stdout, StopSignal};
use crate::wire::{Host, ms, wait};

const CONNECTED: &str = "connected";

pub static CHECKS: &[Check] = &[
    check(
        "6.1/connected",
        "connects, says so in a line, and ends with 0",
        |lab| {
            let ann = lab.host("Ann")?;
            let run = Run::check(lab, &[], &[ann.address()])?;
            run.done()?.says(&[(ann.address(), CONNECTED)])?;
            was_visited(&ann, 1, lab.patience())
        },
    )
    .means(
        "A non-blocking `connect` that has begun well returns an error, `EINPROGRESS`: in \
         progress. That is no failure. When the socket has become writable, the connect is over.",
    ),
    check(
        "6.1/in-order",
        "has a line for each address, in the order given, repeated ones too",
        |lab| {
            let (ann, bob, carol) = (lab.host("Ann")?, lab.host("Bob")?, lab.host("Carol")?);
            let targets = [&carol, &ann, &bob, &ann].map(Host::address);
            let told = Run::check(lab, &[], &targets)?.done()?;
            told.says(&targets.map(|target| (target, CONNECTED)))?;
            was_visited(&ann, 2, lab.patience())?;
            was_visited(&bob, 1, lab.patience())?;
            was_visited(&carol, 1, lab.patience())
        },
    )
    .means(
        "The lines are in the order of the command line, whoever answers first. An address that \
         is given twice is tried twice, and has two lines.",
    ),
    check("6.1/ipv6", "connects to an IPv6 address", |lab| {
        let any = SocketAddr::from((Ipv6Addr::LOCALHOST, 0));
        let ann = Host::open_at("Ann", any, lab.tape(), lab.patience())
            .map_err(|_| Stop::Skip("this machine has no ::1".into()))?;
        let bob = lab.host("Bob")?;
        let targets = [ann.address(), bob.address()];
        let told = Run::check(lab, &[], &targets)?.done()?;
        told.says(&targets.map(|target| (target, CONNECTED)))?;
        was_visited(&ann, 1, lab.patience())
    })
    .means(
        "A socket is of one family, IPv4 or IPv6, and connects to addresses of that family: \
         `Domain::for_address` tells which. `[::1]:80` is printed as it was given.",
    ),
    check(
        "6.1/does-not-block",
        "does not stand in `connect` until the answer comes",
        |lab| {
            /// So often in a row, a thread that is seen in `connect` waits there.
            const LOOKS: usize = 5;
            let (ann, carol) = (lab.host("Ann")?, lab.full_house("Carol")?);
            let run = Run::check(lab, &PATIENT, &[ann.address(), carol.address()])?;
            run.comes_to(&ann)?;
            let (mut stands, until) = (0, Instant::now() + lab.patience().glance() / 2);
            while stands < LOOKS && Instant::now() < until {
                wait::until(ms(10), || false);
                let stands_there = run.process.running().waits_in_connect();
                stands = if stands_there { stands + 1 } else { 0 };
            }
            if stands < LOOKS {
                return Ok(());
            }
            fail(
                Kind::Unexpected,
                "the program to wait for many connects in one place",
                "it waits in the call `connect`",
            )
        },
    )
    .means(
        "A blocking socket keeps its thread in `connect` until the answer comes, two minutes if \
         it has to. Tell the socket not to block before you connect.",
    ),
    check(
        "6.1/error-at-once",
        "says `error` of an address that the system will not even try",
        |lab| {
            let nowhere = nowhere()?;
            let ann = lab.host("Ann")?;
            let targets = [nowhere, ann.address()];
            let told = Run::check(lab, &[], &targets)?.done()?;
            told.says(&[(nowhere, "error"), (ann.address(), CONNECTED)])?;
            was_visited(&ann, 1, lab.patience())
        },
    )
    .means(
        "`connect` may fail on the spot, when there is no way to that network, for example. That \
         is the verdict on this address, and no reason to leave out the others. Only \
         `EINPROGRESS` means that the answer is still to come.",
    ),
    check(
        "6.1/usage",
        "ends with 2 if an address is none, or a time is no number",
        |lab| {
            let lines: [&[&str]; 12] = [
                &["check"],
                &["check", "localhost:80"],
                &["check", "127.0.0.1"],
                &["check", "127.0.0.1:"],
                &["check", "127.0.0.1:http"],
                &["check", "127.0.0.1:65536"],
                &["check", "127.0.0.256:80"],
                &["check", ":80"],
                &["check", "::1"],
                &["check", "[::1]"],
                &["check", "--timeout-ms", "soon", "127.0.0.1:80"],
                &["check", "--no-such-option", "127.0.0.1:80"],
            ];
            every_program::refuses(lab, &lines)
        },
    )
    .given()
    .means(
        "An address is `IP:PORT` or `[IP6]:PORT`, and anything else is wrong usage: exit code 2. \
         A name is nothing that can be connected to: looking it up would block.",
    ),
    check(
        "6.1/nothing-begun",
        "begins nothing if one of the addresses is none",
        |lab| {
            let ann = lab.host("Ann")?;
            let good = ann.address().to_string();
            for words in [["check", &good, "localhost:80"], ["check", &good, "[::1]"]] {
                lab.run(words)?.exits(&[2])?.prints("")?;
            }
            match ann.visits()? {
                0 => Ok(()),
                _ => fail(
                    Kind::Unexpected,
                    "nothing to be opened or sent on wrong usage",
                    "a connection to the address that was right",
                ),
            }
        },
    )
    .given()
    .means("Exit code 2 promises that nothing was done. Read all addresses before the first try."),
    check(
        "6.1/closed-pipe",
        "ends quietly with 1 when nobody reads its output",
        |lab| {
            let ann = lab.host("Ann")?;
            let mut spec = lab.spec(["check", &ann.address().to_string()], Stdin::Empty);
            spec.stdout = Stdout::ReaderGone;
            let done = lab.start(spec)?.done()?;
            done.exits(&[1])?.is_quiet()
        },
    )
    .means("`println!` panics when the reader of a pipe has gone. `shared::line` does not."),
    check(
        "6.1/interrupt",
        "ends with another code than 0 when it is interrupted",
        |lab| {
            let (ann, carol) = (lab.host("Ann")?, lab.full_house("Carol")?);
            let run = Run::check(lab, &PATIENT, &[ann.address(), carol.address()])?;
            run.comes_to(&ann)?;
            run.process.running().signal(StopSignal::Interrupt)?;
            run.process.done()?.was_interrupted()
        },
    )
    .means(
        "Who presses Ctrl-C wants the program to end, and whoever started it from a script wants \
         to know that it did not come to its end: no exit code 0, and no backtrace.",
    ),
];
