//! Exercise 8.5: a connection that is cut, in place of an end.

use std::time::{Duration, Instant};

use super::{Files, client, refuses_as, server, visit, visitor, welcomed};
use crate::checks::{Check, Lab, Server, check};
use crate::finding::{Kind, Step, fail};
use crate::wire::tls::flights;
use crate::wire::wait;

const CUT: &str = "The end of the TCP stream says that somebody closed it, and not who. Only \
    `close_notify` comes from the server: without it, the answer may have been longer. With \
    rustls a read returns `UnexpectedEof` then.";

pub static CHECKS: &[Check] = &[
    check(
        "8.5/cut-answer",
        "says `truncated` when the connection ends in the middle of the answer",
        |lab| meets_a_cut(lab, 9),
    )
    .means(CUT),
    check(
        "8.5/cut-after-all",
        "says `truncated` when all is back, and the connection ends without `close_notify`",
        |lab| meets_a_cut(lab, 20),
    )
    .means(CUT),
    check(
        "8.5/cut-at-once",
        "says `truncated` when the connection ends before the first byte of the answer",
        |lab| meets_a_cut(lab, 0),
    )
    .means(CUT),
    check(
        "8.5/reset-answer",
        "says `truncated` when a reset ends the answer",
        |lab| {
            let files = Files::new()?;
            let (host, said) = (lab.host("Ann")?, lab.letters(20));
            let client = client(lab, &files, &host, [&said])?;
            let mut ann = welcomed(&client, &host)?;
            ann.hears(&said)?;
            ann.hears_goodbye()?;
            ann.says(&said[..9])?;
            ann.resets()?;
            refuses_as(&client.done()?, &["truncated"])
        },
    )
    .means("A reset without `close_notify` is a cut like any other: `truncated`, exit code 3."),
    check(
        "8.5/cut-handshake",
        "says `truncated` when the connection ends in the handshake",
        |lab| {
            for share in [0, 60] {
                let files = Files::new()?;
                let (host, said) = (lab.host("Ann")?, lab.letters(20));
                let client = client(lab, &files, &host, [&said])?;
                let mut ann = client.comes_to(&host)?;
                ann.hears_anything()?;
                let answer = flights::answer_to(&flights::client_hello()?)?;
                ann.says(&answer[..share])?;
                ann.stops_talking()?;
                let done = client.done()?;
                refuses_as(&done, &["truncated"])?;
            }
            Ok(())
        },
    )
    .given(),
    check(
        "8.5/reset-handshake",
        "says `truncated` when a reset ends the handshake",
        |lab| {
            let files = Files::new()?;
            let (host, said) = (lab.host("Ann")?, lab.letters(20));
            let client = client(lab, &files, &host, [&said])?;
            let mut ann = client.comes_to(&host)?;
            ann.hears_anything()?;
            ann.resets()?;
            refuses_as(&client.done()?, &["truncated"])
        },
    )
    .given(),
    check(
        "8.5/server-cut",
        "logs a client that is cut off, closes, and serves the next",
        |lab| {
            let files = Files::new()?;
            let server = server(lab, &files)?;
            let word = lab.word();
            let mut ann = visitor(&server, "Ann")?;
            ann.says(&word)?;
            ann.hears(&word)?;
            let before = log_so_far(lab, &server)?;
            ann.ends_the_stream()?;
            ann.wire().waits_for_the_end()?;
            logs_more_than(lab, &server, before)?;
            visit(lab, &server, "Bob")
        },
    )
    .means(
        "Ann's connection ended without `close_notify`: perhaps she meant to say more. That is \
         worth a line in the log, and the end of her connection, not of the server.",
    ),
    check(
        "8.5/server-reset",
        "goes on when a client resets the connection, or ends it within a record",
        |lab| {
            let files = Files::new()?;
            let server = server(lab, &files)?;
            visitor(&server, "Ann")?.resets()?;
            let mut bob = visitor(&server, "Bob")?;
            bob.says_in_the_open([23, 3, 3, 1, 0, 1, 2, 3])?;
            bob.ends_the_stream()?;
            bob.wire().waits_for_the_end()?;
            visit(lab, &server, "Carol")?;
            server.still_runs()
        },
    )
    .given(),
];

/// The answer of 20 bytes ends after so many, and the connection with it.
fn meets_a_cut(lab: &mut Lab, after: usize) -> Step {
    let files = Files::new()?;
    let (host, said) = (lab.host("Ann")?, lab.letters(20));
    let client = client(lab, &files, &host, [&said])?;
    let mut ann = welcomed(&client, &host)?;
    ann.hears(&said)?;
    ann.hears_goodbye()?;
    if after > 0 {
        ann.says(&said[..after])?;
    }
    ann.ends_the_stream()?;
    refuses_as(&client.done()?, &["truncated"])
}

/// How long its log is, when all that it has logged so far has come.
fn log_so_far(lab: &Lab, server: &Server) -> Step<usize> {
    /// What was logged before an answer does not come this long after it.
    const QUIET: Duration = Duration::from_millis(100);
    let process = server.process()?;
    let (mut length, mut since) = (0, Instant::now());
    wait::until(lab.patience().silence(), || {
        let now = process.running().stderr().len();
        if now != length {
            (length, since) = (now, Instant::now());
        }
        since.elapsed() >= QUIET
    });
    Ok(length)
}

/// Its log has got longer, soon.
fn logs_more_than(lab: &Lab, server: &Server, before: usize) -> Step {
    let process = server.process()?;
    let longer = || process.running().stderr().len() > before;
    if wait::until(lab.patience().silence(), longer) {
        return Ok(());
    }
    fail(
        Kind::Silence,
        "a line in the server's log, on standard error",
        "it logs nothing",
    )
}
