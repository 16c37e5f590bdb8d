//! Exercise 8.2, the rest: what every server promises, and its PEM files.

use super::{Files, KIB, server, visit, visitor};
use crate::checks::every_program;
use crate::checks::{Check, Lab, check, scarce};
use crate::finding::Step;
use crate::program::StopSignal;
use crate::wire::tls::certificates;

pub static CHECKS: &[Check] = &[
    check(
        "8.2/usage",
        "refuses a server's command line that makes no sense with exit code 2",
        |lab| {
            let files = Files::new()?;
            let [cert, cert_file, key, key_file] = &files.identity(&certificates().host)?;
            every_program::refuses(
                lab,
                &[
                    &["server", "--no-such-option"],
                    &["server", "--listen", "127.0.0.1:0"],
                    &["server", "--listen", "127.0.0.1:0", cert, cert_file],
                    &["server", "--listen", "127.0.0.1:0", key, key_file],
                ],
            )
        },
    )
    .given(),
    check(
        "8.2/missing-files",
        "ends with 1 when a PEM file is missing, broken, or does not fit",
        |lab| {
            let files = Files::new()?;
            let all = certificates();
            let [_, cert, _, key] = &files.identity(&all.host)?;
            let missing = &files.path("no-such-file.pem");
            let broken = &files.with("broken.pem", "this is no PEM\n")?;
            let holed = &files.with("holed.pem", &with_a_hole(&all.host.certificate))?;
            let other = &files.with("other.pem", &all.foreign.key)?;
            for (cert, key) in [
                (missing, key),
                (cert, missing),
                (broken, key),
                (cert, broken),
                (holed, key),
                (cert, other),
            ] {
                let words = ["--listen", "127.0.0.1:0", "--cert", cert, "--key", key];
                lab.run([&["server"], &words[..]].concat())?
                    .exits(&[1])?
                    .prints("")?
                    .complains("")?;
            }
            Ok(())
        },
    )
    .means(
        "A server that cannot prove who it is has nothing to offer: it says which file is at \
         fault, and ends with 1 before it listens. That a key is no match to its certificate, \
         rustls finds when the two are put together.",
    ),
    check(
        "8.2/port-in-use",
        "says so if another program has its address, and ends with 1",
        |lab| {
            let files = Files::new()?;
            let host = lab.host("Ann")?;
            let identity = files.identity(&certificates().host)?;
            let taken = host.address().to_string();
            let mut words = vec!["server", "--listen", &taken];
            words.extend(identity.iter().map(String::as_str));
            lab.run(words)?.exits(&[1])?.prints("")?.complains("")?;
            Ok(())
        },
    )
    .given(),
    check(
        "8.2/default-address",
        "listens on 127.0.0.1:7008 if nothing else is said",
        |lab| {
            let files = Files::new()?;
            let identity = files.identity(&certificates().host)?;
            let options: Vec<&str> = identity.iter().map(String::as_str).collect();
            lab.server_by_default_with(7008, &options)?;
            Ok(())
        },
    )
    .given()
    .alone(),
    check(
        "8.2/standard-output",
        "prints its ready line and nothing else",
        |lab| {
            let files = Files::new()?;
            let server = server(lab, &files)?;
            visit(lab, &server, "Ann")?;
            server.listens_nowhere_else()?;
            every_program::prints_nothing_more(lab, &server)
        },
    )
    .means("What a server logs goes to standard error, without colours where that is no terminal."),
    check(
        "8.2/stop",
        "ends on Ctrl-C, and on SIGTERM, while a client says nothing",
        |lab| {
            for signal in [StopSignal::Interrupt, StopSignal::Terminate] {
                let files = Files::new()?;
                let server = server(lab, &files)?;
                let _ann = visitor(&server, "Ann")?;
                visit(lab, &server, "Bob")?;
                server.process()?.stops_on(signal)?;
            }
            Ok(())
        },
    )
    .means(
        "Ann says nothing: the thread that serves her waits in `read`, and something must end \
         that wait.",
    ),
    check(
        "8.2/last-words",
        "sends back what it had read when it was asked to end",
        last_words,
    ),
    check(
        "8.2/again",
        "can listen at once where a server has just ended",
        |lab| {
            let files = Files::new()?;
            let identity = files.identity(&certificates().host)?;
            let options: Vec<&str> = identity.iter().map(String::as_str).collect();
            let address = lab.quiet_address()?.to_string();
            let server = lab.server_at(&address, &options)?;
            let mut ann = server.connect("Ann")?;
            // One who still waits to be let in is reset, and leaves nothing behind.
            ann.waits_until_accepted();
            server.process()?.running().signal(StopSignal::Kill)?;
            server.process()?.done()?;
            ann.waits_for_the_end()?;
            ann.leaves();
            lab.server_at(&address, &options)?.connect("Bob")?;
            Ok(())
        },
    )
    .given(),
    check(
        "8.2/descriptors",
        "goes on when it had no descriptor left for another client",
        |lab| {
            let files = Files::new()?;
            let identity = files.identity(&certificates().host)?;
            let options: Vec<&str> = identity.iter().map(String::as_str).collect();
            let server = scarce::server(lab, &options)?;
            scarce::crowd(lab, &server, |door| door.connect("one of many"))?;
            scarce::gets_through(lab, &server, |lab| visit(lab, &server, "Dan"))
        },
    )
    .means(
        "`accept` fails while the process has as many descriptors as it may. That passes: log \
         it, wait a moment, accept again.",
    ),
];

fn last_words(lab: &mut Lab) -> Step {
    let files = Files::new()?;
    let said = lab.noise(8 * KIB);
    let server = server(lab, &files)?;
    let mut ann = visitor(&server, "Ann")?;
    ann.says(&said)?;
    ann.is_read()?;
    let asked = server.process()?.is_asked_to_stop(StopSignal::Terminate)?;
    ann.hears(&said)?;
    asked.and_stops()
}

/// PEM whose content is none: some of its letters are missing.
fn with_a_hole(pem: &str) -> String {
    let mut lines: Vec<&str> = pem.lines().collect();
    lines.drain(2..5);
    lines.join("\n") + "\n"
}
