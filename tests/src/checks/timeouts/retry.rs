//! Exercise 7.7: another try, and what a try must not be repeated for.

use std::time::Instant;

use super::partial::has_no_part;
use super::run::{LONG, Run};
use crate::checks::every_program;
use crate::checks::{Check, check};
use crate::finding::{Kind, Step, fail};
use crate::program::Exit;
use crate::wire::{Host, ms};
use crate::words::count;

pub static CHECKS: &[Check] = &[
    check(
        "7.7/after-reset",
        "tries again on a new connection when one was reset",
        |lab| {
            let (host, answer) = (lab.host("Ann")?, lab.word());
            let words = ["--retries", "3", "--backoff-ms", "10", "--read-ms", LONG];
            let run = Run::probe(lab, host.address(), &words)?;
            run.asks(&host)?.resets()?;
            run.asks(&host)?.resets()?;
            let mut ann = run.asks(&host)?;
            ann.says(format!("{answer}\n"))?;
            let ended = run.done()?;
            ended.prints_line(&answer)?;
            nobody_else_came(&host)
        },
    )
    .means(
        "A reset is an error of the network, and may be over at the next try. Each try is a new \
         connection, and asks anew.",
    ),
    check(
        "7.7/after-silence",
        "tries again when the server was silent, and forgets what came before",
        |lab| {
            let (host, answer) = (lab.host("Ann")?, lab.word());
            let words = ["--retries", "30", "--backoff-ms", "10", "--read-ms", "100"];
            let run = Run::probe(lab, host.address(), &words)?;
            let mut lost = run.asks(&host)?;
            lost.says_what_it_can(lab.word().as_bytes())?;
            // On a busy machine the answer may be late. Then it is asked for again.
            loop {
                let mut ann = run.asks(&host)?;
                ann.says_what_it_can(format!("{answer}\n").as_bytes())?;
                if let Some(Exit::Code(_)) = run.process.running().wait(ms(400)) {
                    break;
                }
            }
            run.done()?.prints_line(&answer)
        },
    )
    .means(
        "A silence may be over at the next try. That is a new conversation: what is left of the \
         last one does not belong in front of its answer.",
    ),
    check(
        "7.7/last-part",
        "tells of no part of a line that came in an earlier try",
        |lab| {
            let host = lab.host("Ann")?;
            let words = ["--retries", "1", "--backoff-ms", "10", "--read-ms", "100"];
            let run = Run::probe(lab, host.address(), &words)?;
            let mut first = run.asks(&host)?;
            first.says_what_it_can(lab.word().as_bytes())?;
            let _second = run.asks(&host)?;
            let ended = run.done()?;
            ended.ran_out_of("read")?;
            has_no_part(&ended)
        },
    )
    .means("`partial:` is for what came in the last try. In that one nothing came."),
    check(
        "7.7/connect",
        "tries again when no connection came to be in time",
        |lab| {
            let carol = lab.full_house("Carol")?;
            let words = ["--connect-ms", "60", "--retries", "2", "--backoff-ms", "40"];
            let run = Run::probe(lab, carol.address(), &words)?;
            let ended = run.done()?;
            ended.ran_out_of("connect")?;
            ended.no_sooner_than(run.since, ms(3 * 60 + 20 + 40))
        },
    )
    .means(
        "Three tries of 60 ms each, with a pause of at least 20 ms after the first, and of at \
         least 40 ms after the second.",
    ),
    check(
        "7.7/refused",
        "tries again when it was refused, and ends with 1 if it always is",
        |lab| {
            let address = lab.quiet_address()?;
            let words = ["--retries", "2", "--backoff-ms", "60"];
            let run = Run::probe(lab, address, &words)?;
            let ended = run.done()?;
            ended.done.exits(&[1])?.prints("")?.reports_an_error()?;
            ended.blames_no_time()?;
            ended.no_sooner_than(run.since, ms(30 + 60))?;
            // A server that starts anew is away for a moment.
            let (host, answer) = (lab.host_that_goes("Ann")?, lab.word());
            let words = ["--retries", "10", "--backoff-ms", "20", "--read-ms", LONG];
            let words = [&words[..], &["--total-ms", LONG]].concat();
            let run = Run::probe(lab, host.address(), &words)?;
            let ann = run.asks(&host)?;
            let address = host.goes();
            ann.resets()?;
            // Meanwhile a try or two find nobody there.
            run.process.running().wait(lab.patience().glance());
            let host = lab.host_at("Ann", address)?;
            let mut ann = run.asks(&host)?;
            ann.says(format!("{answer}\n"))?;
            run.done()?.prints_line(&answer)
        },
    )
    .aside()
    .means(
        "The server may just be starting: a refusal is tried again like other errors of the \
         network. Three tries, with pauses of at least 30 ms and 60 ms between them. And a \
         server that starts anew is there again after some of them.",
    ),
    check("7.7/count", "tries 1 + `--retries` times", |lab| {
        let (host, retries) = (lab.host("Ann")?, lab.number(1..=4));
        let retries = retries.to_string();
        let words = [
            "--retries",
            &retries,
            "--backoff-ms",
            "1",
            "--read-ms",
            LONG,
        ];
        let run = Run::probe(lab, host.address(), &words)?;
        for _ in 0..=retries.parse().unwrap_or(1) {
            run.asks(&host)?.resets()?;
        }
        run.done()?.done.exits(&[1])?.prints("")?;
        nobody_else_came(&host)
    })
    .means("One try, and as many more as `--retries` says."),
    check("7.7/once", "tries once if nothing else is said", |lab| {
        let host = lab.host("Ann")?;
        let run = Run::probe(lab, host.address(), &["--read-ms", LONG])?;
        run.asks(&host)?.resets()?;
        run.done()?.done.exits(&[1])?.prints("")?;
        nobody_else_came(&host)
    })
    .given()
    .means("Without `--retries` there is one try."),
    check(
        "7.7/answered",
        "does not try again when the server has given an answer that is none",
        |lab| {
            let error = format!("ERR {}\n", lab.word());
            for said in [error, lab.word()] {
                let host = lab.host("Ann")?;
                let words = ["--retries", "3", "--backoff-ms", "1", "--read-ms", LONG];
                let run = Run::probe(lab, host.address(), &words)?;
                let mut ann = run.asks(&host)?;
                ann.says(said)?;
                ann.leaves();
                run.done()?.done.exits(&[3])?;
                nobody_else_came(&host)?;
            }
            Ok(())
        },
    )
    .given()
    .means(
        "A line `ERR …`, or an end before the LF: the server has answered, and would do so \
         again. Exit code 3, at once.",
    ),
    check(
        "7.7/no-last-pause",
        "does not pause when no try is left",
        |lab| {
            let host = lab.host("Ann")?;
            let words = [
                "--backoff-ms",
                LONG,
                "--total-ms",
                "600000",
                "--read-ms",
                LONG,
            ];
            let run = Run::probe(lab, host.address(), &words)?;
            run.asks(&host)?.resets()?;
            run.done()?.done.exits(&[1])?;
            Ok(())
        },
    )
    .given()
    .means("Pause between two tries. After the last one there is nothing to pause for."),
    check(
        "7.7/long-pause",
        "does not sleep longer than it all may take",
        |lab| {
            let host = lab.host("Ann")?;
            let words = ["--retries", "3", "--backoff-ms", LONG, "--total-ms", "300"];
            let run = Run::probe(lab, host.address(), &words)?;
            run.asks(&host)?.resets()?;
            run.done()?.ran_out_of("total")?;
            nobody_else_came(&host)
        },
    )
    .means(
        "The pause would last for half a minute or more, and it all may take 300 ms. Pauses are a \
         part of the whole: `timeout: total`.",
    ),
    check("7.7/total", "counts tries and pauses together", |lab| {
        let host = lab.host("Ann")?;
        let words = ["--retries", "100", "--backoff-ms", "1", "--read-ms", "320"];
        let words = [&words[..], &["--total-ms", "500"]].concat();
        let run = Run::probe(lab, host.address(), &words)?;
        let _first = run.asks(&host)?;
        // Its clock runs already, however long it took to start.
        let since = Instant::now();
        let ended = run.done()?;
        ended.ran_out_of("total")?;
        ended.no_later_than(since, ms(500))?;
        if host.visits()? > 0 {
            return Ok(());
        }
        fail(Kind::Slow, "more than one try in 500 ms", "one")
    })
    .aside()
    .means(
        "`--total-ms` is the time for all of it, from the start of the program. It does not \
         begin anew with a try.",
    ),
    check("7.7/zero", "refuses to pause for no time", |lab| {
        every_program::refuses(lab, &[&["probe", "--backoff-ms", "0"]])
    })
    .given()
    .means("A time of 0 makes no sense: exit code 2."),
];

/// Nobody has connected but those who were let in.
fn nobody_else_came(host: &Host) -> Step {
    match host.visits()? {
        0 => Ok(()),
        visits => fail(
            Kind::Unexpected,
            "no try after the last",
            format!("{} more", count(visits, "connection")),
        ),
    }
}
