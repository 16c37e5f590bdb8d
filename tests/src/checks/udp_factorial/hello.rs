//! Exercise 3.1: who asks is answered, whoever it is; and what every server and client owes.

use std::net::{Ipv4Addr, UdpSocket};

use super::asker::Asker;
use super::oracle::prints_line;
use crate::checks::every_program;
use crate::checks::{Check, check};
use crate::finding::{Means, Stop};
use crate::program::StopSignal;

pub static CHECKS: &[Check] = &[
    check("3.1/hello", "greets each who says hello, by name", |lab| {
        let server = lab.server()?;
        let ann = Asker::new("Ann", lab, &server)?;
        for length in [20, 4, 11] {
            let name = lab.letters(length);
            ann.is_told(format!("hello {name}"), format!("Hello, {name}!"))?;
        }
        server.listens_nowhere_else()
    })
    .means(
        "A datagram in, a datagram out, again and again: `recv_from` in a loop. It fills a part \
         of the buffer and returns how much; the rest is left from before.",
    ),
    check(
        "3.1/each-their-own",
        "answers each to the address that asked",
        |lab| {
            let server = lab.server()?;
            let ann = Asker::new("Ann", lab, &server)?;
            let bob = Asker::new("Bob", lab, &server)?;
            for _ in 0..3 {
                let (one, other) = (lab.word(), lab.word());
                ann.asks(format!("hello {one}"))?;
                bob.asks(format!("hello {other}"))?;
                bob.hears(format!("Hello, {other}!"))?;
                ann.hears(format!("Hello, {one}!"))?;
            }
            Ok(())
        },
    )
    .means(
        "A UDP socket has no peer of its own: each datagram comes from somebody, and `recv_from` \
         says who it was. The answer goes there, and not to who asked first or last.",
    ),
    check(
        "3.1/gone",
        "goes on when somebody has left before the answer came",
        |lab| {
            let server = lab.server()?;
            for _ in 0..10 {
                let carol = lab.correspondent_who_leaves("Carol")?;
                carol.sends(server.address(), format!("hello {}", lab.word()))?;
            }
            let (ann, name) = (Asker::new("Ann", lab, &server)?, lab.word());
            ann.is_told(format!("hello {name}"), format!("Hello, {name}!"))
        },
    )
    .means(
        "Nobody receives at Carol's port any more, and the system may say so (\"connection \
         refused\") when the server sends or receives next. That is no reason to end.",
    ),
    check(
        "3.1/no-options",
        "works with no option at all, server and client, on port 7003",
        |lab| {
            let port = (Ipv4Addr::LOCALHOST, 7003);
            if UdpSocket::bind(port).is_err() {
                return Err(Stop::Skip("UDP port 7003 is in use on this machine".into()));
            }
            let (_server, name) = (lab.server_by_default(7003)?, lab.word());
            let done = lab.client_by_default(["--hello", &name])?.done()?;
            prints_line(done.exits(&[0])?, &format!("Hello, {name}!"))
        },
    )
    .alone()
    .means("Both have the same default, 127.0.0.1:7003: then they find each other."),
    check(
        "3.1/port-in-use",
        "says so if another program has its address, and ends with 1",
        |lab| {
            let ann = lab.correspondent("Ann")?;
            every_program::cannot_have(lab, ann.address())?;
            every_program::shares_with_nobody(lab)
        },
    )
    .given()
    .means(
        "`bind` fails where another socket has the port. That is nothing unusual: say which \
         address it was, and end with exit code 1.",
    ),
    check(
        "3.1/usage",
        "refuses a command line that makes no sense with exit code 2",
        |lab| {
            every_program::refuses(
                lab,
                &[
                    &["serve-me"],
                    &["server", "--no-such-option"],
                    &["client"],
                    &[],
                ],
            )?;
            lab.run(["server", "--listen", "nowhere"])?
                .exits(&[1, 2])?
                .prints("")?;
            Ok(())
        },
    )
    .given(),
    check(
        "3.1/again",
        "can listen at once where a server has just ended",
        |lab| {
            let address = lab.quiet_address()?.to_string();
            for name in ["Ann", "Bob"] {
                let server = lab.server_at(&address, &[])?;
                let (asker, word) = (Asker::new(name, lab, &server)?, lab.word());
                asker.is_told(format!("hello {word}"), format!("Hello, {word}!"))?;
                server.process()?.running().signal(StopSignal::Kill)?;
                server.process()?.done()?;
            }
            Ok(())
        },
    )
    .means("UDP keeps nothing of a socket that is closed: its port is free at once."),
    check(
        "3.1/interrupt",
        "ends on Ctrl-C while nobody asks anything",
        every_program::stops_when_idle,
    )
    .means(
        "Without a handler the signal ends the program, which is no exit code 0. With one, \
         something must wake the thread that waits in `recv_from`.",
    ),
    check(
        "3.1/terminate",
        "ends on SIGTERM, having printed its ready line and no more",
        |lab| {
            let server = lab.server()?;
            let (ann, name) = (Asker::new("Ann", lab, &server)?, lab.word());
            ann.is_told(format!("hello {name}"), format!("Hello, {name}!"))?;
            server.stops().or_means(
                "Without a handler the signal ends the program, which is no exit code 0. With \
                 one, something must wake the thread that waits in `recv_from`.",
            )?;
            let done = server.process()?.done()?;
            prints_line(&done, &format!("listening on {}", server.address()))
        },
    )
    .means(
        "Standard output is for results: the one line that says where the server listens. What \
         it tells about requests is a log, and goes to standard error.",
    ),
];
