//! Exercise 7.5: what came before time ran out is kept.

use std::time::{Duration, Instant};

use super::run::{Ended, LONG, Run};
use crate::checks::{Check, check};
use crate::finding::{Kind, Step, fail};
use crate::wire::ms;
use crate::words::quoted;

pub static CHECKS: &[Check] = &[
    check(
        "7.5/read",
        "says which part of a line came before the silence",
        |lab| {
            let said = format!("{} {}", lab.word(), lab.letters(500));
            let (head, tail) = said.split_at(3);
            let (host, limit) = (lab.host("Ann")?, ms(180));
            let run = Run::probe(lab, host.address(), &["--read-ms", "180"])?;
            let mut ann = run.asks(&host)?;
            ann.says_what_it_can(head.as_bytes())?;
            ann.waits_until_taken();
            let told = Instant::now();
            ann.says_what_it_can(tail.as_bytes())?;
            let ended = run.done()?;
            ended.ran_out_of("read")?;
            keeps(&ended, &said, told, limit)
        },
    )
    .means(
        "Half an answer can be all that one needs to know. A `String` of the function that reads \
         is gone when that is left with `?`: keep the bytes where the one who reports can see \
         them, and say `partial: TEXT` after the timeout.",
    ),
    check(
        "7.5/total",
        "says which part of a line came before it all took too long",
        |lab| {
            let (said, limit) = (lab.word(), ms(250));
            let host = lab.host("Ann")?;
            let words = ["--read-ms", LONG, "--total-ms", "250"];
            let run = Run::probe(lab, host.address(), &words)?;
            let mut ann = run.asks(&host)?;
            ann.says_what_it_can(said.as_bytes())?;
            ann.waits_until_taken();
            let in_time = run.since.elapsed() < limit;
            let ended = run.done()?;
            ended.ran_out_of("total")?;
            let kind = if in_time { Kind::Output } else { Kind::Slow };
            says_partial(&ended, &said, kind)
        },
    )
    .means("Whichever time it was that ran out: what came before is worth telling."),
    check("7.5/bytes", "survives a part that is no text", |lab| {
        let host = lab.host("Ann")?;
        let run = Run::probe(lab, host.address(), &["--read-ms", "150"])?;
        let mut ann = run.asks(&host)?;
        let noise = lab.noise(8);
        let bytes = [lab.word().as_bytes(), b"\xff\xc3\x1b", &without_lf(&noise)].concat();
        let told = Instant::now();
        ann.says_what_it_can(&bytes)?;
        let ended = run.done()?;
        ended.ran_out_of("read")?;
        if ended.partial().is_some() {
            return Ok(());
        }
        fail(
            waited_again(&ended, told, ms(150)),
            "a line `partial: …` after the timeout",
            "none",
        )
    })
    .means(
        "A part of a line may be any bytes, and may end in the middle of a letter. \
         `String::from_utf8_lossy` makes text of them, whatever they are.",
    ),
    check(
        "7.5/nothing",
        "says nothing of a part when nothing came",
        |lab| {
            let host = lab.host("Ann")?;
            let run = Run::probe(lab, host.address(), &["--read-ms", "100"])?;
            let _ann = run.asks(&host)?;
            let ended = run.done()?;
            ended.ran_out_of("read")?;
            has_no_part(&ended)
        },
    )
    .given()
    .means("`partial: TEXT` is for a part of a line. There was none."),
];

/// What was said until `told` is what it says of it.
fn keeps(ended: &Ended, said: &str, told: Instant, limit: Duration) -> Step {
    says_partial(ended, said, waited_again(ended, told, limit))
}

/// If it waited on after the last byte, that has reached it in time. Else we may have been late.
fn waited_again(ended: &Ended, told: Instant, limit: Duration) -> Kind {
    if ended.at.saturating_duration_since(told) + ms(20) >= limit {
        Kind::Output
    } else {
        Kind::Slow
    }
}

fn says_partial(ended: &Ended, said: &str, kind: Kind) -> Step {
    let expected = format!("the line `partial: {said}` after the timeout");
    match ended.partial() {
        Some(partial) if partial.trim_end() == said => Ok(()),
        Some(partial) => fail(kind, expected, quoted(partial.as_bytes())),
        None => fail(kind, expected, "no line `partial: …`"),
    }
}

/// Nothing of a line came in the last try.
pub fn has_no_part(ended: &Ended) -> Step {
    match ended.partial() {
        None => Ok(()),
        Some(partial) => fail(
            Kind::Output,
            "no line `partial: …`: nothing came in the last try",
            quoted(partial.as_bytes()),
        ),
    }
}

fn without_lf(bytes: &[u8]) -> Vec<u8> {
    bytes
        .iter()
        .copied()
        .filter(|&byte| byte != b'\n')
        .collect()
}
