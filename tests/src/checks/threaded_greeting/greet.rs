//! Exercise 4.1 for the server: welcome and greet, and the rules that every program keeps.

use std::time::{Duration, Instant};

use super::guest::{greeted, not_before, visit, welcomed};
use crate::checks::every_program;
use crate::checks::{Check, check};
use crate::program::StopSignal;

pub static CHECKS: &[Check] = &[
    check(
        "4.1/welcome",
        "welcomes a client before it has said anything",
        |lab| {
            let server = lab.server()?;
            welcomed(&server, "Ann")?;
            server.listens_nowhere_else()
        },
    )
    .means(
        "The first words are the server's. If it reads before it writes, both sides wait for \
         the other to begin; and what is written into a buffer must be flushed.",
    ),
    check("4.1/greet", "greets each name that it hears", |lab| {
        let mut ann = welcomed(&lab.server()?, "Ann")?;
        for _ in 0..3 {
            greeted(lab, &mut ann)?;
        }
        Ok(())
    })
    .means(
        "A line NAME is answered by the line `Hello, NAME!`, exactly so, again and again on the \
         same connection.",
    ),
    check("4.1/exit", "closes after the line `exit`", |lab| {
        let server = lab.server()?;
        visit(lab, &server, "Ann")?;
        let mut bob = welcomed(&server, "Bob")?;
        for name in ["exits", "EXIT", " exit"] {
            bob.says(format!("{name}\n"))?;
            bob.hears_line(&format!("Hello, {name}!"))?;
        }
        Ok(())
    })
    .means(
        "The line `exit` is no name: there is no answer to it. The server leaves its loop, and \
         the stream is dropped, which closes it. What is only like it is a name: `exits`, `EXIT`.",
    ),
    check(
        "4.1/end",
        "closes when the client has ended its side",
        |lab| {
            let mut ann = welcomed(&lab.server()?, "Ann")?;
            greeted(lab, &mut ann)?;
            ann.stops_talking()?;
            ann.sees_the_end()
        },
    )
    .means("A read of 0 bytes is the end of what the client says: close, too."),
    check(
        "4.1/next",
        "serves the next client when one has left",
        |lab| {
            let server = lab.server()?;
            for name in ["Ann", "Bob", "Carol"] {
                visit(lab, &server, name)?;
            }
            Ok(())
        },
    ),
    check(
        "4.1/standard-output",
        "prints its ready line and nothing else",
        |lab| {
            let server = lab.server()?;
            visit(lab, &server, "Ann")?;
            every_program::prints_nothing_more(lab, &server)
        },
    )
    .means(
        "Standard output is for results, so that a pipe works; a server has none but its ready \
         line. What it logs goes to standard error, without colours where that is no terminal.",
    ),
    check("4.1/delay", "takes delay-ms for an answer", |lab| {
        const DELAY: Duration = Duration::from_millis(150);
        let server = lab.server_with(&["--delay-ms", "150"])?;
        let mut ann = welcomed(&server, "Ann")?;
        let since = Instant::now();
        greeted(lab, &mut ann)?;
        not_before(since, DELAY, "the answer to a name")
    })
    .means("With `--delay-ms N` the answer to a name goes out N milliseconds after the name came."),
    check(
        "4.1/default-address",
        "listens on 127.0.0.1:7004 if nothing else is said",
        |lab| {
            let server = lab.server_by_default(7004)?;
            visit(lab, &server, "Ann")
        },
    )
    .alone(),
    check(
        "4.1/port-in-use",
        "says so if another program has its address, and ends with 1",
        |lab| {
            let host = lab.host("Ann")?;
            every_program::cannot_have(lab, host.address())?;
            every_program::shares_with_nobody(lab)
        },
    )
    .given(),
    check(
        "4.1/usage",
        "refuses a command line that makes no sense with exit code 2",
        |lab| {
            let lines: &[&[&str]] = &[
                &["greet-me"],
                &["server", "--no-such-option"],
                &["server", "--max-conn", "many"],
                &["client"],
                &[],
            ];
            every_program::refuses(lab, lines)
        },
    )
    .given(),
    check(
        "4.1/again",
        "can listen at once where a server has just ended",
        |lab| {
            let address = lab.quiet_address()?.to_string();
            let server = lab.server_at(&address, &[])?;
            let mut ann = welcomed(&server, "Ann")?;
            server.process()?.running().signal(StopSignal::Kill)?;
            // Ann may see her end before the kernel has closed the listener.
            server.process()?.done()?;
            ann.waits_for_the_end()?;
            ann.leaves();
            let server = lab.server_at(&address, &[])?;
            welcomed(&server, "Bob")?;
            Ok(())
        },
    )
    .means(
        "The kernel keeps a closed connection for a while (TIME_WAIT), and with it the port. \
         SO_REUSEADDR, set before `bind`, allows to listen there all the same.",
    ),
];
