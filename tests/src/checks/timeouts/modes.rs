//! Exercise 7.8: the manners of the server, which try the patience of its clients.

use std::time::Instant;

use super::serve::is_answered;
use crate::checks::{Check, check};
use crate::finding::{Kind, Step, fail};
use crate::wire::{Peer, ms};
use crate::words::{bytes, time};

pub static CHECKS: &[Check] = &[
    check(
        "7.8/drip",
        "drips its answer, a byte each `--drip-ms`",
        |lab| {
            let server = lab.server_with(&["--mode", "drip", "--drip-ms", "30"])?;
            let mut ann = server.connect("Ann")?;
            for tries_left in (0..3).rev() {
                if in_single_bytes(&mut ann, 30)? {
                    break;
                }
                // On a busy machine Ann may look too late to see them come one by one.
                if tries_left == 0 {
                    let expected = "Ann to hear PONG byte by byte, 30 ms apart";
                    return fail(Kind::Slow, expected, "all of it at once, three times");
                }
            }
            Ok(())
        },
    )
    .given()
    .means(
        "In mode drip each byte of the answer takes its time, 30 ms here, and is sent by itself. \
         Buffers, or Nagle's algorithm, may hold them back until there are more.",
    ),
    check(
        "7.8/default-drip",
        "drips a byte each 100 ms if nothing else is said",
        |lab| {
            let server = lab.server_with(&["--mode", "drip"])?;
            let mut ann = server.connect("Ann")?;
            let since = Instant::now();
            is_answered(&mut ann)?;
            took_at_least(since, 4 * 100)
        },
    )
    .aside()
    .given(),
    check("7.8/silent", "reads in silence in mode silent", |lab| {
        let server = lab.server_with(&["--mode", "silent", "--line-ms", "40"])?;
        let said = lab.letters(1024 * 1024);
        let mut ann = server.connect("Ann")?;
        ann.says("PING\n")?;
        ann.says(&said)?;
        ann.is_read()?;
        let mut bob = server.connect("Bob")?;
        bob.says("PING\n")?;
        bob.is_read()?;
        bob.hears_nothing_for(ms(100))?;
        ann.stops_talking()?;
        ann.sees_the_end()
    })
    .given()
    .means(
        "Mode silent takes all that comes, and says nothing at all: no answer, and no complaint. \
         When the client ends its side, it closes.",
    ),
    check(
        "7.8/noread",
        "does not read in mode noread, and holds on",
        |lab| {
            let server = lab.server_with(&["--mode", "noread"])?;
            let said = vec![b'x'; 61024 * 1024];
            let mut ann = server.connect("Ann")?;
            let mut bob = server.connect("Bob")?;
            let taken = ann.says_without_listening(&said)?;
            if taken == said.len() {
                let expected = "the server to read nothing, so that the buffers fill up";
                return fail(
                    Kind::Unexpected,
                    expected,
                    format!("{} were taken", bytes(taken)),
                );
            }
            bob.says("PING\n")?;
            bob.stops_talking()?;
            server.connect("Carol")?.resets()?;
            bob.hears_nothing_for(ms(100))?;
            ann.hears_nothing_for(ms(10))?;
            if let Some(0) = bob.unread_by_the_program() {
                let expected = "the server to leave unread what Bob said";
                return fail(Kind::Unexpected, expected, "it has read it");
            }
            let mut dan = server.connect("Dan")?;
            dan.hears_nothing_for(ms(10))?;
            server.stops()
        },
    )
    .given()
    .means(
        "Mode noread accepts and then does nothing: it does not read, it does not answer, and it \
         does not close, also not when the client has ended its side.",
    ),
];

/// Asks, and hears PONG. Whether it came in more than one piece. It takes five drips, or four
/// if the first byte comes at once.
fn in_single_bytes(ann: &mut Peer, drip: u64) -> Step<bool> {
    let since = Instant::now();
    ann.says("PING\n")?;
    ann.hears("P")?;
    let apart = ann.hears_so_far()?;
    let rest = &b"ONG\n"[apart.len().min(4)..];
    ann.hears(rest)?;
    took_at_least(since, 4 * drip)?;
    Ok(apart.len() < 4)
}

fn took_at_least(since: Instant, least: u64) -> Step {
    let took = since.elapsed();
    // Clocks that count whole milliseconds are one off with each byte.
    if took + ms(5) >= ms(least) {
        return Ok(());
    }
    fail(
        Kind::Unexpected,
        format!(
            "an answer of five bytes to take {} at least",
            time(ms(least))
        ),
        format!("it took {}", time(took)),
    )
}
