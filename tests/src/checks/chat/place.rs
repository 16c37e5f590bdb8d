//! Exercise 5.1: where the two meet, and the rules that every program keeps.

use super::typist::Typist;
use crate::checks::every_program;
use crate::checks::{Check, Lab, check};
use crate::finding::{Kind, Step, fail};
use crate::program::{Stdin, Stdout, StopSignal};
use crate::wire::Peer;
use crate::wire::peer::Options;
use crate::words::quoted;

pub static CHECKS: &[Check] = &[
    check(
        "5.1/usage",
        "refuses a command line that makes no sense with exit code 2",
        |lab| {
            let both = ["duo", "--listen", "127.0.0.1:0", "--connect", "127.0.0.1:1"];
            let lines: &[&[&str]] = &[
                &["duo"],
                &both,
                &["duo", "--no-such-option"],
                &["tell"],
                &[],
            ];
            every_program::refuses(lab, lines)
        },
    )
    .given()
    .means("One of `--listen` and `--connect` must be there, and not both: exit code 2."),
    check(
        "5.1/refused",
        "says so when nobody waits there, and ends with 1",
        |lab| {
            let address = lab.quiet_address()?.to_string();
            lab.starts(["duo", "--connect", &address], Stdin::Piped)?
                .done()?
                .found_nobody()
        },
    )
    .given(),
    check(
        "5.1/port-in-use",
        "says so if another program has its address, and ends with 1",
        |lab| {
            let host = lab.host("Ann")?;
            let taken = host.address();
            lab.starts(["duo", "--listen", &taken.to_string()], Stdin::Piped)?
                .done()?
                .exits(&[1])?
                .prints("")?
                .complains("")?;
            Ok(())
        },
    )
    .given(),
    check(
        "5.1/closed-pipe",
        "ends with 1, quietly, when nobody reads what it prints",
        |lab| {
            let host = lab.host("Ann")?;
            let words = ["duo", "--connect", &host.address().to_string()];
            let mut spec = lab.spec(words, Stdin::Piped);
            spec.stdout = Stdout::ReaderGone;
            let process = lab.start(spec)?;
            let mut ann = host.accepts(|| process.end())?;
            ann.says(format!("{}\n", lab.word()))?;
            process.done()?.exits(&[1])?.is_quiet()
        },
    )
    .means(
        "Standard output may be a pipe whose reader has left. `println!` panics then; the screen's \
         `print` returns an error that ends the program with 1.",
    ),
    check(
        "5.1/interrupt",
        "ends on Ctrl-C, while it talks and while it waits for the other",
        |lab| {
            let (typist, _ann) = come_to(lab)?;
            typist.process.running().signal(StopSignal::Interrupt)?;
            typist.done()?.is_quiet()?;
            let process = lab.starts(["duo", "--listen", "127.0.0.1:0"], Stdin::Piped)?;
            process.running().ready(lab.patience().start())?;
            process.running().signal(StopSignal::Terminate)?;
            process.done()?.is_quiet()
        },
    )
    .given(),
];

/// A duo that waits, and Ann, who has come to it.
pub fn waits(lab: &mut Lab) -> Step<(Typist, Peer)> {
    let process = lab.starts(["duo", "--listen", "127.0.0.1:0"], Stdin::Piped)?;
    let address = process.running().ready(lab.patience().start())?;
    let mut typist = Typist::at(process, lab);
    typist.reads(&format!("listening on {address}"))?;
    let options = Options::default();
    let ann = Peer::connect("Ann", address, options, lab.tape(), lab.patience())?;
    Ok((typist, ann))
}

/// A duo that has come to Ann.
pub fn come_to(lab: &mut Lab) -> Step<(Typist, Peer)> {
    let host = lab.host("Ann")?;
    let words = ["duo", "--connect", &host.address().to_string()];
    let process = lab.starts(words, Stdin::Piped)?;
    let ann = host.accepts(|| process.end())?;
    Ok((Typist::at(process, lab), ann))
}

/// Sees the program end its side. It may say `esc` before that.
pub fn ends_it(ann: &mut Peer) -> Step {
    let rest = ann.hears_the_rest()?;
    if matches!(&*rest, b"" | b"esc\n" | b"esc\r\n") {
        return Ok(());
    }
    fail(
        Kind::Unexpected,
        "Ann to see the end of the stream, perhaps after the line `esc`",
        quoted(&rest),
    )
}
