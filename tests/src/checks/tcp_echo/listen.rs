//! Exercise 2.1: the server listens, and says so.

use crate::checks::every_program;
use crate::checks::{Check, check};
use crate::finding::Means;
use crate::program::StopSignal;

pub static CHECKS: &[Check] = &[
    check(
        "2.1/ready",
        "says where it listens, and can be connected to from then on",
        |lab| {
            let server = lab.server()?;
            server.connect("Ann").or_means(
                "The line came before the socket listened. Print it after `bind`: from then on the \
             kernel takes connections, even before the first `accept`.",
            )?;
            server.listens_nowhere_else()
        },
    )
    .given()
    .means(
        "Whoever starts your server waits for this line: `listening on IP:PORT`, on standard \
         output, with the real port, flushed.",
    ),
    check(
        "2.1/default-address",
        "listens on 127.0.0.1:7002 if nothing else is said",
        |lab| {
            let server = lab.server_by_default(7002)?;
            server.connect("Ann")?.leaves();
            Ok(())
        },
    )
    .given()
    .alone(),
    check(
        "2.1/port-in-use",
        "says which address it could not have, and ends with 1",
        |lab| {
            let host = lab.host("Ann")?;
            every_program::cannot_have(lab, host.address())?.complains_of(host.address())?;
            every_program::shares_with_nobody(lab)
        },
    )
    .means(
        "`bind` fails where another program listens. That is nothing unusual: say which address \
         it was, and end with exit code 1.",
    ),
    check(
        "2.1/usage",
        "refuses a command line that makes no sense with exit code 2",
        |lab| {
            let lines: &[&[&str]] = &[
                &["serve-me"],
                &["server", "--no-such-option"],
                &["server", "--listen"],
                &[],
            ];
            every_program::refuses(lab, lines)?;
            lab.run(["server", "--listen", "nowhere"])?
                .exits(&[1, 2])?
                .prints("")?;
            Ok(())
        },
    )
    .given(),
    check(
        "2.1/again",
        "can listen at once where a server has just ended",
        |lab| {
            let address = lab.quiet_address()?.to_string();
            let server = lab.server_at(&address, &[])?;
            let mut ann = server.connect("Ann")?;
            // One who still waits to be let in is reset, and leaves nothing behind.
            ann.waits_until_accepted();
            server.process()?.running().signal(StopSignal::Kill)?;
            // Ann may see her end before the kernel has closed the listener.
            server.process()?.done()?;
            ann.waits_for_the_end()?;
            ann.leaves();
            lab.server_at(&address, &[])?.connect("Bob")?;
            Ok(())
        },
    )
    .given()
    .means(
        "The kernel keeps a closed connection for a while (TIME_WAIT), and with it the port. \
         SO_REUSEADDR, set before `bind`, allows to listen there all the same; Rust's \
         `TcpListener::bind` sets it.",
    ),
];
