//! Exercise 7.8: a client that takes its time for a line, or has no end of it.

use std::time::{Duration, Instant};

use super::read::passes;
use super::serve::is_answered;
use crate::checks::{Check, check};
use crate::finding::{Kind, Step, fail};
use crate::wire::{Peer, ms};
use crate::words::time;

const SLOW: &str = "ERR too-slow";
const LONG: &str = "ERR line-too-long";
const LONGEST: usize = 1024;
const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

pub static CHECKS: &[Check] = &[
    check(
        "7.8/mute",
        "sends away a client that says nothing, in time and not before",
        |lab| {
            let options = ["--line-ms", "150"];
            let servers = [
                lab.server_with(&options)?,
                lab.server_with(&[&options[..], &["--mode", "drip"]].concat())?,
            ];
            let mut people = Vec::new();
            for server in &servers {
                people.push((Instant::now(), server.connect("Ann")?));
            }
            for (since, ann) in &mut people {
                ann.hears_line(SLOW)?;
                not_before(*since, ms(150))?;
                not_after(*since, lab.patience().at_most(ms(150)))?;
                ann.sees_the_end()?;
            }
            is_answered(&mut servers[0].connect("Bob")?)
        },
    )
    .given()
    .means(
        "With `--line-ms N` a client has N milliseconds for a line, from its connection on. Then \
         it is told `ERR too-slow`, and the connection ends.",
    ),
    check(
        "7.8/drips",
        "sends away a client that drips bytes and never ends a line",
        |lab| {
            for mode in ["normal", "drip"] {
                let server = lab.server_with(&["--mode", mode, "--line-ms", "150"])?;
                let since = Instant::now();
                let mut ann = server.connect("Ann")?;
                if !ann.drips(b'x', ms(30))? {
                    return fail(
                        Kind::Silence,
                        format!("Ann to hear \"{SLOW}\", though she says a letter each 30 ms"),
                        "nothing came, not even an end",
                    );
                }
                ann.hears_line(SLOW)?;
                not_before(since, ms(150))?;
                not_after(since, lab.patience().at_most(ms(150)))?;
                // Her next letter may have met a closed door.
                ann.waits_for_the_end()?;
            }
            Ok(())
        },
    )
    .means(
        "The timeout of a socket runs anew with each read, and each byte ends a read. Keep a \
         point in time by which the line must be whole, and give each read what is left until \
         then.",
    ),
    check(
        "7.8/next-line",
        "gives the time anew for each line, from the answer on",
        |lab| {
            const LIMIT: Duration = ms(200);
            let server = lab.server_with(&["--line-ms", "200"])?;
            let mut since = Instant::now();
            let mut ann = server.connect("Ann")?;
            for _ in 0..3 {
                passes(ms(80));
                let said = Instant::now();
                ann.says_what_it_can(b"PING\n")?;
                let line = ann.hears_a_line()?;
                if line != "PONG" {
                    // She is late herself, on a busy machine.
                    let late = since.elapsed() > LIMIT / 3 * 2;
                    let kind = if late {
                        Kind::Disturbed
                    } else {
                        Kind::Unexpected
                    };
                    return fail(kind, "Ann to hear PONG: no line took her 200 ms", line);
                }
                since = said;
            }
            ann.hears_line(SLOW)?;
            not_before(since, LIMIT)?;
            ann.sees_the_end()
        },
    )
    .given()
    .means(
        "A client that is answered has its time again. It begins with the end of the answer, and \
         not with the connection.",
    ),
    check(
        "7.8/own-time",
        "does not count the time that its own answer takes",
        |lab| {
            let options = ["--mode", "drip", "--drip-ms", "40", "--line-ms", "150"];
            let server = lab.server_with(&options)?;
            let mut ann = server.connect("Ann")?;
            let since = Instant::now();
            ann.says("PING\n")?;
            ann.hears_line("PONG")?;
            ann.hears_line(SLOW)?;
            not_before(since, ms(4 * 40 + 150))?;
            ann.sees_the_end()
        },
    )
    .aside()
    .given()
    .means(
        "Ann cannot know what to say next before she has her answer. Her time begins when that is \
         out, not when her line came.",
    ),
    check("7.8/for-ever", "waits for ever with `--line-ms 0`", |lab| {
        let server = lab.server_with(&["--line-ms", "0"])?;
        let mut ann = server.connect("Ann")?;
        ann.says("PI")?;
        ann.hears_nothing_for(ms(80))?;
        ann.says("NG\n")?;
        ann.hears_line("PONG")
    })
    .given()
    .means("0 is no time at all elsewhere; here it means that there is no limit."),
    check(
        "7.8/too-long",
        "takes a line of 1,024 bytes, and none of 1,025",
        |lab| {
            for mode in ["normal", "drip"] {
                let (longest, longer) = (lab.letters(LONGEST), lab.letters(LONGEST + 1));
                let server = lab.server_with(&["--mode", mode, "--drip-ms", "5"])?;
                let mut ann = server.connect("Ann")?;
                ann.says(format!("{longest}\nPING\n"))?;
                ends_not_with_the_first_line(&mut ann)?;
                let mut bob = server.connect("Bob")?;
                is_answered(&mut bob)?;
                bob.says_what_it_can(format!("{longer}\n").as_bytes())?;
                bob.hears_line(LONG)?;
                bob.sees_the_end()?;
            }
            Ok(())
        },
    )
    .given()
    .means("The limit is 1,024 bytes before the LF, and the LF comes on top of them."),
    check("7.8/endless", "ends a line that does not end", |lab| {
        let server = lab.server()?;
        let said = lab.letters(48 * KIB);
        let mut ann = server.connect("Ann")?;
        ann.says_what_it_can(said.as_bytes())?;
        ann.hears_line(LONG)?;
        ann.sees_the_end()?;
        is_answered(&mut server.connect("Bob")?)
    })
    .given()
    .means(
        "The line is too long as soon as more than 1,024 bytes have come without an LF; who waits \
         for the LF waits for ever. The last words reach the client, and then an end, not a reset.",
    ),
    check(
        "7.8/memory",
        "holds little of a line that does not end",
        |lab| {
            /// A runtime that clears up now and then may hold a part of what it has discarded.
            const SAID: usize = 96 * MIB;
            let server = lab.server()?;
            is_answered(&mut server.connect("Ann")?)?;
            let process = server.process()?;
            let before = process.running().memory_peak();
            let mut bob = server.connect("Bob")?;
            bob.says_one_letter(b'x', SAID)?;
            process.grows_less_than(SAID / 2, before)?;
            is_answered(&mut server.connect("Carol")?)
        },
    )
    .long()
    .given()
    .means("A client that never sends an LF must not decide how much memory the server needs."),
];

/// A line of the greatest length is answered, in whichever way, and the next one with PONG.
fn ends_not_with_the_first_line(ann: &mut Peer) -> Step {
    loop {
        let line = ann.hears_a_line()?;
        if line == "PONG" {
            return Ok(());
        }
        if line == LONG {
            return fail(
                Kind::Unexpected,
                "Ann to hear an answer to a line of 1,024 bytes",
                line,
            );
        }
    }
}

/// It came no sooner than this long after then.
fn not_before(since: Instant, least: Duration) -> Step {
    /// Some languages count time in whole milliseconds, and round down.
    const ROUNDING: Duration = ms(5);
    let after = since.elapsed();
    if after + ROUNDING >= least {
        return Ok(());
    }
    fail(
        Kind::Unexpected,
        format!("\"{SLOW}\" no sooner than after {}", time(least)),
        format!("it came after {}", time(after)),
    )
}

fn not_after(since: Instant, most: Duration) -> Step {
    let after = since.elapsed();
    if after <= most {
        return Ok(());
    }
    fail(
        Kind::Slow,
        format!("\"{SLOW}\" after {} at most", time(most)),
        format!("it came after {}", time(after)),
    )
}
