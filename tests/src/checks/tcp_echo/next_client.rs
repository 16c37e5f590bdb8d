//! Exercise 2.3: the next client, whatever became of the one before.

use std::time::{Duration, Instant};

use super::{MIB, visit};
use crate::checks::{Check, Lab, Server, check};
use crate::finding::{Means, Step, Stop};
use crate::program::Running;
use crate::wire::wait;

pub static CHECKS: &[Check] = &[
    check(
        "2.3/next-client",
        "serves the next client when one has left",
        |lab| {
            let server = lab.server()?;
            for name in ["Ann", "Bob", "Carol"] {
                visit(lab, &server, name)?;
            }
            Ok(())
        },
    )
    .means("Accept in a loop: a server serves one client after another, as long as it lives."),
    check(
        "2.3/reset",
        "goes on when a client resets the connection",
        |lab| {
            let server = lab.server()?;
            let descriptors = server.descriptors();
            let word = lab.word();
            let mut ann = server.connect("Ann")?;
            ann.says(&word)?;
            ann.hears(&word)?;
            ann.resets()?;
            server.connect("Bob")?.resets()?;
            visit(lab, &server, "Carol")?;
            server.may_see_them_off(descriptors);
            server.still_runs()
        },
    )
    .means(
        "Ann's connection was reset, so that reading from it fails. That is the end of Ann's \
         connection, not of the server: log the error and accept the next client.",
    ),
    check(
        "2.3/never-reads",
        "goes on when a client leaves that has not read its echo",
        |lab| {
            let server = lab.server()?;
            let said = lab.noise(MIB);
            let mut ann = server.connect("Ann")?;
            ann.says_without_listening(&said)?;
            ann.resets()?;
            visit(lab, &server, "Bob")
        },
    )
    .means(
        "Writing to a client that has gone fails. That is the end of this client's connection, \
         not of the server.",
    ),
    check(
        "2.3/descriptors",
        "closes each connection when it is done with it",
        |lab| {
            let server = lab.server()?;
            visit(lab, &server, "Ann")?;
            let before = server.process()?.running().descriptors();
            // One that looks for clients now and then, as it may, does not get to 200 of them.
            let enough = Instant::now() + Duration::from_secs(1);
            for visits in 0..200 {
                if visits >= 8 && Instant::now() > enough {
                    break;
                }
                visit(lab, &server, "Bob")?;
            }
            server
                .process()?
                .settles("open descriptors", before, 3, Running::descriptors)
        },
    )
    .means(
        "A connection that is kept somewhere stays open, and one day the process has no \
         descriptor left. In Rust, dropping the last handle closes it: is there a clone?",
    ),
    check(
        "2.3/no-descriptor",
        "goes on when it had no descriptor for the next client",
        |lab| {
            let server = lab.server()?;
            visit(lab, &server, "Ann")?;
            let process = server.process()?;
            if !process.running().allow_descriptors(0) {
                return cannot_limit(lab, &server);
            }
            // An `accept` that waits already has its descriptor, and Bob may take it.
            let mut bob = server.connect("Bob")?;
            bob.says(lab.word())?;
            bob.stops_talking()?;
            process.survives("an `accept` that fails")?;
            bob.leaves();
            process.running().allow_descriptors(100);
            let word = lab.word();
            let mut carol = server.connect("Carol")?;
            carol.has_time();
            carol.says(&word)?;
            carol.hears(&word)
        },
    )
    .means(
        "`accept` fails while the process has as many descriptors open as it may. That passes: \
         log it, wait a moment, and go on accepting.",
    ),
];

/// Its descriptors could not be limited: because it has ended, or because this system lets nobody.
fn cannot_limit(lab: &Lab, server: &Server) -> Step {
    wait::until(lab.patience().glance(), || server.still_runs().is_err());
    server.still_runs().or_means(
        "Ann had been served, and left. That is not the end of the server: accept in a loop, \
         client after client.",
    )?;
    Err(Stop::Skip(
        "this system does not let us limit its descriptors".into(),
    ))
}
