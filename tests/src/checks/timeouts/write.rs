//! Exercise 7.6: a sender whose bytes nobody may want.

use std::time::{Duration, Instant};

use super::read::passes;
use super::run::{LONG, Run};
use crate::checks::every_program;
use crate::checks::{Check, check};
use crate::finding::{Kind, Step, fail};
use crate::wire::ms;
use crate::words::{bytes, time};

const MIB: usize = 1024 * 1024;

/// More than the buffers of two systems hold.
const MUCH: &str = "67108864";

pub static CHECKS: &[Check] = &[
    check(
        "7.6/all",
        "sends as many bytes as it was told, and not one LF",
        |lab| {
            let count = MIB + usize::try_from(lab.number(1..=99_999)).unwrap_or(1);
            let host = lab.host("Ann")?;
            let run = Run::send(lab, host.address(), &["--bytes", &count.to_string()])?;
            let mut ann = run.comes_to(&host)?;
            let heard = ann.hears_the_rest()?;
            run.done()?.done.exits(&[0])?.prints("")?;
            are(count, &heard)
        },
    )
    .means(
        "`send --bytes N` sends N bytes of any kind but LF, and ends. `write` may take fewer \
         bytes than it is offered: it returns how many.",
    ),
    check(
        "7.6/handed-over",
        "ends when the system has taken all, read or not",
        |lab| {
            let count = usize::try_from(lab.number(1..=5_000)).unwrap_or(1);
            let host = lab.host("Ann")?;
            let words = ["--bytes", &count.to_string(), "--write-ms", LONG];
            let run = Run::send(lab, host.address(), &words)?;
            let mut ann = run.comes_to(&host)?;
            run.done()?.done.exits(&[0])?.prints("")?;
            are(count, &ann.hears_the_rest()?)
        },
    )
    .means(
        "What the system has taken is on its way, and the program's work is done: it waits for \
         no answer.",
    ),
    check(
        "7.6/discards",
        "reads what comes back, so that the other end can go on",
        |lab| {
            const ECHOED: usize = 8 * MIB;
            /// More than the buffers hold: it cannot end before Ann has heard what she echoes.
            const COUNT: usize = 32 * MIB;
            let host = lab.host("Ann")?;
            let words = ["--bytes", &COUNT.to_string(), "--write-ms", LONG];
            let run = Run::send(lab, host.address(), &words)?;
            let mut ann = run.comes_to(&host)?;
            ann.echoes_in_step(ECHOED)?;
            ann.takes(COUNT - ECHOED)?;
            run.done()?.done.exits(&[0])?.prints("")?;
            Ok(())
        },
    )
    .means(
        "Ann sends back all that she hears. If nobody reads it, her buffers fill up, and she \
         stops reading: then both wait for each other. Read and discard while you write.",
    ),
    check(
        "7.6/stall",
        "gives up after `--write-ms` when nothing more is taken",
        |lab| {
            let (host, limit) = (lab.host("Ann")?, lab.number(300..=360));
            let words = ["--bytes", MUCH, "--write-ms", &limit.to_string()];
            let run = Run::send(lab, host.address(), &words)?;
            let mut ann = run.comes_to(&host)?;
            let moved = Instant::now();
            ann.takes(MIB)?;
            // Ann talks, and does not read: nothing moves in the direction that counts.
            let patience = Instant::now() + lab.patience().at_most(ms(limit)) * 2;
            while run.process.running().wait(ms(40)).is_none() && Instant::now() < patience {
                ann.says_without_listening(b"x")?;
            }
            let ended = run.done()?;
            ended.ran_out_of("write")?;
            ended.no_sooner_than(run.since, ms(limit))?;
            ended.hardly_sooner_than(moved, ms(limit))?;
            ended.no_later_than(moved, ms(limit) + ms(150))
        },
    )
    .means(
        "Ann does not read. When the buffers of both systems are full, a write waits, without a \
         timeout for ever. `set_write_timeout` ends it with an error: `timeout: write`, exit \
         code 4.",
    ),
    check(
        "7.6/slow-reader",
        "goes on as long as no single stall is too long",
        |lab| {
            const COUNT: usize = 20 * MIB;
            const PAUSE: Duration = ms(125);
            const PIECE: usize = 2 * MIB;
            /// A system that has lost something sends it again after 200 ms: that is no stall of
            /// Ann's, and not too long either.
            const LIMIT: Duration = ms(500);
            let host = lab.host("Ann")?;
            let words = ["--bytes", &COUNT.to_string(), "--write-ms", "500"];
            let run = Run::send(lab, host.address(), &words)?;
            let (mut ann, mut since) = run.comes_after(&host)?;
            let (mut taken, mut longest) = (0, Duration::ZERO);
            while taken < COUNT && run.process.end().is_none() {
                passes(PAUSE);
                let is_all_there = ann.takes(PIECE).is_ok();
                longest = longest.max(since.elapsed());
                since = Instant::now();
                if !is_all_there {
                    break;
                }
                taken += PIECE;
            }
            let ended = run.done()?;
            if ended.done.exits(&[4]).is_ok() && longest * 2 > LIMIT {
                let seen = format!("it took {} until she had them", time(longest));
                return fail(Kind::Disturbed, "Ann to read 2 MiB each 125 ms", seen);
            }
            ended.done.exits(&[0])?.prints("")?;
            Ok(())
        },
    )
    .long()
    .means(
        "Ann reads slowly, but she reads: no stall was as long as `--write-ms`. The limit begins \
         anew whenever something is taken.",
    ),
    check(
        "7.6/reset",
        "ends with 1 when the other end resets",
        |lab| {
            let host = lab.host("Ann")?;
            let run = Run::send(lab, host.address(), &["--bytes", MUCH, "--write-ms", LONG])?;
            let mut ann = run.comes_to(&host)?;
            ann.takes(MIB)?;
            ann.resets()?;
            let ended = run.done()?;
            ended.done.exits(&[1])?.prints("")?.reports_an_error()?;
            ended.blames_no_time()
        },
    )
    .means("A reset before all was handed over is an error of the network: exit code 1."),
    check(
        "7.6/refused",
        "says so when nobody listens there, and ends with 1",
        |lab| {
            let address = lab.quiet_address()?;
            let ended = Run::send(lab, address, &["--bytes", "10"])?.done()?;
            ended.done.exits(&[1])?.prints("")?.reports_an_error()?;
            Ok(())
        },
    )
    .given(),
    check(
        "7.6/usage",
        "wants to know how many bytes, and no time of 0",
        |lab| {
            let lines: &[&[&str]] = &[
                &["send"],
                &["send", "--bytes", "many"],
                &["send", "--bytes", "1", "--write-ms", "0"],
            ];
            every_program::refuses(lab, lines)
        },
    )
    .given()
    .means("A command line that makes no sense ends with exit code 2, and nothing is sent."),
];

/// So many bytes came, and no LF among them.
fn are(count: usize, heard: &[u8]) -> Step {
    if heard.len() != count {
        let expected = format!("Ann to hear {}", bytes(count));
        return fail(Kind::Unexpected, expected, bytes(heard.len()));
    }
    if let Some(at) = heard.iter().position(|&byte| byte == b'\n') {
        let seen = format!("one at byte {at}");
        return fail(
            Kind::WrongBytes { offset: at },
            "no LF among the bytes",
            seen,
        );
    }
    Ok(())
}
