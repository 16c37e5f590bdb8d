//! Exercise 7.4: a limit for all of it, which no wait outlasts.

use std::time::Instant;

use super::run::{LONG, Run, takes_to_start};
use crate::checks::every_program;
use crate::checks::{Check, check};
use crate::finding::{Kind, fail};
use crate::wire::ms;

pub static CHECKS: &[Check] = &[
    check(
        "7.4/drip",
        "gives up in time on a server that drips bytes",
        |lab| {
            let (start, host) = (takes_to_start(lab)?, lab.host("Ann")?);
            let limit = lab.number(220..=280);
            let words = ["--read-ms", LONG, "--total-ms", &limit.to_string()];
            let run = Run::probe(lab, host.address(), &words)?;
            let mut ann = run.asks(&host)?;
            let patience = Instant::now() + lab.patience().at_most(ms(limit)) * 2;
            while run.process.running().wait(ms(40)).is_none() {
                if Instant::now() > patience {
                    let expected = format!("the program to end after {limit} ms");
                    let seen = "it waits on for a line of which a byte comes each 40 ms";
                    return fail(Kind::Slow, expected, seen);
                }
                ann.says_what_it_can(b"x")?;
            }
            let ended = run.done()?;
            ended.ran_out_of("total")?;
            ended.no_sooner_than(run.since, ms(limit))?;
            ended.no_later_than(run.since, ms(limit) + start)
        },
    )
    .means(
        "The timeout of a socket begins anew with each read, and each byte ends a read: whoever \
         drips can hold you for ever. Note when it all began; each wait may take what is left of \
         the whole, and no more.",
    ),
    check(
        "7.4/silence",
        "says `timeout: total` when that is less than the silence that is allowed",
        |lab| {
            let host = lab.host("Ann")?;
            let words = ["--read-ms", LONG, "--total-ms", "200"];
            let run = Run::probe(lab, host.address(), &words)?;
            let _ann = run.asks(&host)?;
            let ended = run.done()?;
            ended.ran_out_of("total")?;
            ended.no_sooner_than(run.since, ms(200))
        },
    )
    .means(
        "The silence was allowed to last for a minute, but all of it for 200 ms. A wait ends \
         with the smaller of its own limit and what is left of the whole, and has its name.",
    ),
    check(
        "7.4/connect",
        "says `timeout: total` when that is over before the connection is there",
        |lab| {
            let carol = lab.full_house("Carol")?;
            let words = ["--connect-ms", LONG, "--total-ms", "200"];
            let run = Run::probe(lab, carol.address(), &words)?;
            let ended = run.done()?;
            ended.ran_out_of("total")?;
            ended.no_sooner_than(run.since, ms(200))
        },
    )
    .means("Connecting is a part of the whole, too: it may take no more than what is left of it."),
    check("7.4/zero", "refuses to do it all in no time", |lab| {
        every_program::refuses(lab, &[&["probe", "--total-ms", "0"]])
    })
    .given()
    .means("A time of 0 makes no sense: exit code 2."),
];
