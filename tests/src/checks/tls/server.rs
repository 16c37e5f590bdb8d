//! Exercise 8.2: lab 02's echo, over TLS.

use std::time::{Duration, Instant};

use super::{Files, KIB, server, visit, visitor, visitor_who};
use crate::checks::{Check, check};
use crate::finding::{Kind, Means, fail};
use crate::wire::Faults;
use crate::wire::Secure;
use crate::wire::tls::{Versions, certificates, settings};

const GOODBYE: &str = "The end of a TCP connection can be anybody's doing. `close_notify` comes from \
    the peer itself: without it Ann has to believe that something was cut off. \
    `send_close_notify`, and write it out, before the stream is dropped.";

pub static CHECKS: &[Check] = &[
    check(
        "8.2/echo",
        "shakes hands, and sends back what it hears, as it comes",
        |lab| {
            let files = Files::new()?;
            let mut ann = visitor(&server(lab, &files)?, "Ann")?;
            for _ in 0..3 {
                let word = lab.word();
                ann.says(&word)?;
                ann.hears(&word)?;
            }
            Ok(())
        },
    )
    .means(
        "The stream from `accept` carries records, not text: a `ServerConnection` over it \
         shakes hands and decrypts, and what is read and written goes through that.",
    ),
    check(
        "8.2/versions",
        "speaks TLS 1.2 with who knows no other, and 1.3",
        |lab| {
            let files = Files::new()?;
            let server = server(lab, &files)?;
            for versions in [Versions::Only13, Versions::Only12] {
                let word = lab.word();
                let mut ann = visitor_who(&server, "Ann", None, versions)?;
                ann.says(&word)?;
                ann.hears(&word)?;
                ann.says_goodbye()?;
                ann.hears_goodbye().or_means(GOODBYE)?;
            }
            Ok(())
        },
    )
    .means("With rustls the version 1.2 is a feature of the crate: `tls12`."),
    check(
        "8.2/goodbye",
        "says goodbye with `close_notify`, and then ends the connection",
        |lab| {
            let files = Files::new()?;
            let server = server(lab, &files)?;
            visit(lab, &server, "Ann")
        },
    )
    .means(GOODBYE),
    check(
        "8.2/half-close",
        "sends all that is left after a client's `close_notify`",
        |lab| {
            let files = Files::new()?;
            let said = lab.letters(64 * KIB);
            let server = server(lab, &files)?;
            let mut ann = visitor_who(&server, "Ann", None, Versions::Only13)?;
            ann.says(&said)?;
            ann.says_goodbye()?;
            ann.hears(&said)?;
            ann.sees_the_end()
        },
    )
    .means(
        "`close_notify` ends what Ann says, and she goes on listening: all that she said before \
         is sent back first, then comes the server's own `close_notify`.",
    ),
    check(
        "8.2/end-behind-it",
        "takes the end of the stream behind a `close_notify` for nothing bad",
        |lab| {
            let files = Files::new()?;
            let word = lab.word();
            let server = server(lab, &files)?;
            let mut ann = visitor_who(&server, "Ann", None, Versions::Only13)?;
            ann.says(&word)?;
            ann.says_goodbye()?;
            ann.ends_the_stream()?;
            ann.hears(&word)?;
            ann.sees_the_end()
        },
    ),
    check(
        "8.2/many",
        "serves thirty clients at the same time",
        |lab| {
            let files = Files::new()?;
            let server = server(lab, &files)?;
            let mut guests = Vec::new();
            for _ in 0..30 {
                guests.push(visitor(&server, "one of thirty")?);
            }
            while let Some(mut guest) = guests.pop() {
                let word = lab.word();
                guest.says(&word)?;
                guest.hears(&word)?;
            }
            Ok(())
        },
    )
    .means("Each client is served by its own thread, however many others say nothing."),
    check(
        "8.2/any-byte",
        "sends back any byte, in records of any length",
        |lab| {
            let files = Files::new()?;
            let said = lab.noise(40 * KIB);
            let mut ann = visitor(&server(lab, &files)?, "Ann")?;
            ann.says_in_pieces(said[..20].chunks(1))?;
            ann.hears(&said[..20])?;
            ann.says(&said)?;
            ann.hears(&said)
        },
    ),
    check(
        "8.2/through-slices",
        "understands a handshake and records that come in small pieces",
        |lab| {
            let files = Files::new()?;
            let (server, said) = (server(lab, &files)?, lab.noise(200));
            let road = lab.road_to(&server, Faults::slice(9).there())?;
            let authority = &certificates().authority.certificate;
            let settings = settings::of_a_visitor(authority, None, Versions::Both)?;
            let mut ann = Secure::visitor(road.connect("Ann")?, settings, "localhost")?;
            ann.shakes_hands()?;
            ann.says(&said)?;
            ann.says_goodbye()?;
            ann.hears(&said)?;
            ann.sees_the_end()
        },
    )
    .means(
        "A record is complete when all its bytes are there, in however many reads. Until then \
         there is nothing to decrypt, and that is no end.",
    ),
    check(
        "8.2/certificate",
        "shows the certificate that it was given",
        |lab| {
            let files = Files::new()?;
            let ann = visitor(&server(lab, &files)?, "Ann")?;
            let (chain, _) = certificates().host.der()?;
            if ann.was_shown().first() == chain.first() {
                return Ok(());
            }
            fail(
                Kind::Unexpected,
                "the certificate of `--cert` in the handshake",
                "another one",
            )
        },
    )
    .given(),
    check(
        "8.2/leaks",
        "closes each connection when it is done with it",
        |lab| {
            let files = Files::new()?;
            let server = server(lab, &files)?;
            for _ in 0..3 {
                visit(lab, &server, "Ann")?;
            }
            let process = server.process()?;
            let before = process.running().descriptors();
            // One that is slow to shake hands does not get to 40 of them.
            let enough = Instant::now() + Duration::from_secs(1);
            for visits in 0..40 {
                if visits >= 8 && Instant::now() > enough {
                    break;
                }
                visit(lab, &server, "Bob")?;
            }
            process.settles(
                "open descriptors",
                before,
                5,
                crate::program::Running::descriptors,
            )
        },
    ),
];
