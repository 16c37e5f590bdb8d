//! Exercise 7.1: the probe connects, or gives up in time; and what every client promises.

use super::run::{Run, spec, takes_to_start};
use crate::checks::every_program;
use crate::checks::{Check, check};
use crate::program::{Stdin, Stdout, StopSignal};
use crate::wire::ms;

pub static CHECKS: &[Check] = &[
    check(
        "7.1/ping",
        "says the line PING, and prints the line that comes back",
        |lab| {
            let (host, answer) = (lab.host("Ann")?, format!("{} {}", lab.word(), lab.word()));
            let run = Run::probe(lab, host.address(), &[])?;
            let mut ann = run.asks(&host)?;
            ann.says(format!("{answer}\n"))?;
            run.done()?.prints_line(&answer)
        },
    )
    .means(
        "`probe` connects, sends the line `PING`, and prints the one line that comes back, \
         whatever it says. A line ends with LF.",
    ),
    check(
        "7.1/pieces",
        "puts the line together, however it comes, and drops a CR at its end",
        |lab| {
            let (host, answer) = (lab.host("Ann")?, lab.word());
            let run = Run::probe(lab, host.address(), &[])?;
            let mut ann = run.asks(&host)?;
            let line = format!("{answer}\r\n");
            for letter in line.as_bytes().chunks(1) {
                ann.says_what_it_can(letter)?;
                ann.waits_until_taken();
            }
            run.done()?.prints_line(&answer)
        },
    )
    .means("One read may bring half a line. The line is whole when its LF has come."),
    check(
        "7.1/one-line",
        "prints the line, and nothing that comes behind it",
        |lab| {
            let (host, answer) = (lab.host("Ann")?, lab.word());
            let run = Run::probe(lab, host.address(), &[])?;
            let mut ann = run.asks(&host)?;
            ann.says(format!("{answer}\n{}\n{}", lab.word(), lab.word()))?;
            run.done()?.prints_line(&answer)
        },
    )
    .means("One read may bring more than the line. What is behind its LF is not the answer."),
    check(
        "7.1/timeout",
        "gives up after `--connect-ms`, and no earlier",
        |lab| {
            let start = takes_to_start(lab)?;
            let carol = lab.full_house("Carol")?;
            let limit = lab.number(120..=180);
            let run = Run::probe(lab, carol.address(), &["--connect-ms", &limit.to_string()])?;
            let ended = run.done()?;
            ended.ran_out()?;
            ended.no_sooner_than(run.since, ms(limit))?;
            ended.no_later_than(run.since, ms(limit) + start)
        },
    )
    .means(
        "Carol's kernel has no place for another connection, and does not answer. A plain \
         `connect` waits for as long as its own kernel tries, for minutes. Time that ran out is \
         exit code 4.",
    ),
    check(
        "7.1/default-time",
        "waits a second for the connection if nothing else is said",
        |lab| {
            let carol = lab.full_house("Carol")?;
            let run = Run::probe(lab, carol.address(), &["--read-ms", "100"])?;
            let ended = run.done()?;
            ended.ran_out()?;
            ended.no_sooner_than(run.since, ms(1000))
        },
    )
    .aside()
    .means("Without `--connect-ms` a try to connect has 1000 ms. `--read-ms` is not for this."),
    check(
        "7.1/refused",
        "says so when nobody listens there, and ends with 1",
        |lab| {
            let address = lab.quiet_address()?;
            let done = lab
                .starts(["probe", "--connect", &address.to_string()], Stdin::Empty)?
                .done()?;
            done.found_nobody()
        },
    )
    .means("A refusal is an answer: the system said no at once. No time ran out: exit code 1."),
    check(
        "7.1/default-address",
        "connects to 127.0.0.1:7007 if nothing else is said",
        |lab| {
            let (host, answer) = (lab.host_by_default("Ann", 7007)?, lab.word());
            let spec = lab.spec(["probe"], Stdin::Empty);
            let run = Run::start(lab, spec)?;
            let mut ann = run.asks(&host)?;
            ann.says(format!("{answer}\n"))?;
            run.done()?.prints_line(&answer)
        },
    )
    .alone(),
    check(
        "7.1/usage",
        "refuses a command line that makes no sense with exit code 2",
        |lab| {
            let lines: &[&[&str]] = &[
                &["pong"],
                &["probe", "--no-such-option"],
                &["probe", "--connect-ms", "soon"],
                &["probe", "--connect-ms", "0"],
                &[],
            ];
            every_program::refuses(lab, lines)
        },
    )
    .given()
    .means(
        "A command line that makes no sense ends with exit code 2, and nothing is sent. A time \
         of 0 makes none: nothing can be done in no time.",
    ),
    check(
        "7.1/closed-pipe",
        "ends with 1, quietly, when nobody reads what it prints",
        |lab| {
            let (host, answer) = (lab.host("Ann")?, lab.word());
            let mut spec = spec(lab, "probe", host.address(), &[]);
            spec.stdout = Stdout::ReaderGone;
            let run = Run::start(lab, spec)?;
            let mut ann = run.asks(&host)?;
            ann.says(format!("{answer}\n"))?;
            run.done()?.done.exits(&[1])?.is_quiet()
        },
    )
    .means(
        "Standard output may be a pipe whose reader has left. `println!` panics then; \
         `shared::write` returns an error that ends the program with 1.",
    ),
    check(
        "7.1/interrupt",
        "ends at once on Ctrl-C while it waits, without a backtrace",
        |lab| {
            let host = lab.host("Ann")?;
            let run = Run::probe(lab, host.address(), &["--read-ms", super::run::LONG])?;
            let _ann = run.asks(&host)?;
            run.process.running().signal(StopSignal::Interrupt)?;
            run.process.done()?.was_interrupted()
        },
    ),
];
