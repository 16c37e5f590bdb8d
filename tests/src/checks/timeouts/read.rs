//! Exercise 7.2: how long a server may be silent, and what its answer may be.

use std::thread;
use std::time::{Duration, Instant};

use super::run::{LONG, Run};
use crate::checks::every_program;
use crate::checks::{Check, check};
use crate::finding::{Kind, Step, fail};
use crate::wire::{Peer, ms};
use crate::words::time;

pub static CHECKS: &[Check] = &[
    check(
        "7.2/silence",
        "gives up after `--read-ms` of silence, and no earlier",
        |lab| {
            let (host, limit) = (lab.host("Ann")?, lab.number(120..=180));
            let run = Run::probe(lab, host.address(), &["--read-ms", &limit.to_string()])?;
            let _ann = run.asks(&host)?;
            let asked = Instant::now();
            let ended = run.done()?;
            ended.ran_out()?;
            ended.no_sooner_than(run.since, ms(limit))?;
            ended.no_later_than(asked, ms(limit))
        },
    )
    .means(
        "Ann has taken the question, and says nothing. Without a timeout a read waits for ever; \
         `set_read_timeout` ends it with an error, which is no reason to panic. Exit code 4.",
    ),
    check(
        "7.2/each-silence",
        "begins to wait anew with each byte that comes",
        |lab| {
            let (host, limit) = (lab.host("Ann")?, lab.number(180..=220));
            let run = Run::probe(lab, host.address(), &["--read-ms", &limit.to_string()])?;
            let mut ann = run.asks(&host)?;
            passes(ms(60));
            let said = Instant::now();
            ann.says_what_it_can(lab.word().as_bytes())?;
            let ended = run.done()?;
            ended.ran_out()?;
            ended.hardly_sooner_than(said, ms(limit))?;
            ended.no_later_than(said, ms(limit))
        },
    )
    .means("`--read-ms` bounds each silence: the time from one byte to the next."),
    check(
        "7.2/slow-line",
        "waits for a line that takes long, if no silence in it does",
        |lab| {
            /// Longer than any silence below, and shorter than all of them.
            const LIMIT: Duration = ms(300);
            let host = lab.host("Ann")?;
            let answer = lab.letters(5);
            let run = Run::probe(lab, host.address(), &["--read-ms", "300"])?;
            let mut ann = run.asks(&host)?;
            let longest = says_slowly(&mut ann, &format!("{answer}\n"), ms(60))?;
            let ended = run.done()?;
            if ended.done.exits(&[4]).is_ok() && longest * 3 > LIMIT * 2 {
                let seen = format!("Ann was silent for {} herself", time(longest));
                return fail(Kind::Disturbed, "Ann to say a letter each 60 ms", seen);
            }
            ended.prints_line(&answer)
        },
    )
    .given()
    .means(
        "A letter each 60 ms is slow, but never silent for 300 ms. `--read-ms` bounds each \
         silence, and not the whole line.",
    ),
    check(
        "7.2/default-time",
        "waits through a second of silence if nothing else is said",
        |lab| {
            let host = lab.host("Ann")?;
            let run = Run::probe(lab, host.address(), &["--connect-ms", "400"])?;
            let _ann = run.asks(&host)?;
            let ended = run.done()?;
            ended.ran_out()?;
            ended.no_sooner_than(run.since, ms(1000))
        },
    )
    .aside()
    .means("Without `--read-ms` a silence may last 1000 ms. `--connect-ms` is not for this."),
    check(
        "7.2/end",
        "ends with 3 when the server ends before its line does",
        |lab| {
            let word = lab.word();
            for said in ["", &word] {
                let host = lab.host("Ann")?;
                let run = Run::probe(lab, host.address(), &["--read-ms", LONG])?;
                let mut ann = run.asks(&host)?;
                ann.says(said)?;
                ann.leaves();
                run.done()?.done.exits(&[3])?;
            }
            Ok(())
        },
    )
    .given()
    .means(
        "A read of 0 bytes is the end. Without an LF there is no line, and no answer: the server \
         broke the protocol, exit code 3.",
    ),
    check(
        "7.2/error",
        "ends with 3 when the answer is an error",
        |lab| {
            let host = lab.host("Ann")?;
            let run = Run::probe(lab, host.address(), &["--read-ms", LONG])?;
            let mut ann = run.asks(&host)?;
            ann.says(format!("ERR {}\n", lab.word()))?;
            run.done()?.done.exits(&[3])?;
            Ok(())
        },
    )
    .given()
    .means("A line `ERR …` is an answer, but no good one: exit code 3."),
    check(
        "7.2/reset",
        "ends with 1 when the connection is reset",
        |lab| {
            let host = lab.host("Ann")?;
            let run = Run::probe(lab, host.address(), &["--read-ms", LONG])?;
            run.asks(&host)?.resets()?;
            run.done()?
                .done
                .exits(&[1])?
                .prints("")?
                .reports_an_error()?;
            Ok(())
        },
    )
    .given()
    .means("A reset is an error of the network, and no timeout: exit code 1."),
    check(
        "7.2/endless",
        "holds little of a line that does not end",
        |lab| {
            const SAID: usize = 128 * 1024 * 1024;
            let host = lab.host("Ann")?;
            let run = Run::probe(lab, host.address(), &["--total-ms", "2500"])?;
            let mut ann = run.asks(&host)?;
            let before = run.process.running().memory_peak();
            ann.says_one_letter(b'x', SAID)?;
            run.done_within(lab.patience().at_most(ms(2500)))?
                .done
                .exits(&[3, 4])?
                .prints("")?;
            run.process.grows_less_than(SAID / 2, before)
        },
    )
    .long()
    .given()
    .means(
        "A server that never sends an LF must not decide how much memory the probe needs. Beyond \
         some length it is no line.",
    ),
    check("7.2/zero", "refuses to wait for no time at all", |lab| {
        every_program::refuses(lab, &[&["probe", "--read-ms", "0"]])
    })
    .given()
    .means("A time of 0 makes no sense: exit code 2. To a socket it would mean: for ever."),
];

/// Time passes: what happens meanwhile is what the story is about.
pub fn passes(span: Duration) {
    thread::sleep(span);
}

/// Says a line, letter by letter with a pause before each. How long the longest pause was.
fn says_slowly(ann: &mut Peer, line: &str, pause: Duration) -> Step<Duration> {
    let mut longest = Duration::ZERO;
    for letter in line.as_bytes().chunks(1) {
        let since = Instant::now();
        passes(pause);
        ann.says_what_it_can(letter)?;
        longest = longest.max(since.elapsed());
    }
    Ok(longest)
}
