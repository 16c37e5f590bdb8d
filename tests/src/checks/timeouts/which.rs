//! Exercise 7.3: which timeout it was, or that it was none.

use super::run::{LONG, Run};
use crate::checks::{Check, check};

pub static CHECKS: &[Check] = &[
    check(
        "7.3/connect",
        "says `timeout: connect` when no connection came to be",
        |lab| {
            let carol = lab.full_house("Carol")?;
            let words = ["--connect-ms", "150", "--read-ms", LONG, "--total-ms", LONG];
            let run = Run::probe(lab, carol.address(), &words)?;
            run.done()?.ran_out_of("connect")
        },
    )
    .means(
        "Nobody let the probe in, so it cannot have been the server's answer that took too long. \
         Who waits for a connection that hangs looks for another cause than who waits for an \
         answer.",
    ),
    check(
        "7.3/read",
        "says `timeout: read` when the server was silent",
        |lab| {
            let host = lab.host("Ann")?;
            let words = ["--connect-ms", LONG, "--read-ms", "150", "--total-ms", LONG];
            let run = Run::probe(lab, host.address(), &words)?;
            let _ann = run.asks(&host)?;
            run.done()?.ran_out_of("read")
        },
    )
    .given()
    .means(
        "The connection was there, and the answer was not. A read that took too long is an error \
         of kind `WouldBlock` on Unix.",
    ),
    check(
        "7.3/refused",
        "blames no time when the connection was refused",
        |lab| {
            let address = lab.quiet_address()?;
            let ended = Run::probe(lab, address, &[])?.done()?;
            ended.done.exits(&[1])?.prints("")?;
            ended.blames_no_time()
        },
    )
    .given()
    .means("A refusal comes at once. It is exit code 1, and no time has run out."),
    check(
        "7.3/reset",
        "blames no time when the connection was reset",
        |lab| {
            let host = lab.host("Ann")?;
            let run = Run::probe(lab, host.address(), &["--read-ms", LONG])?;
            run.asks(&host)?.resets()?;
            let ended = run.done()?;
            ended.done.exits(&[1])?.prints("")?;
            ended.blames_no_time()
        },
    )
    .given()
    .means("A reset is an error of the network: exit code 1, and no time has run out."),
];
