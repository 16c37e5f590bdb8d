//! Exercise 8.3, the rest: how the client ends.

use super::{Files, NONE, all_words, client, client_with, welcomed};
use crate::checks::{Check, Lab, check};
use crate::finding::Step;
use crate::program::{Stdin, Stdout, StopSignal};

pub static CHECKS: &[Check] = &[
    check(
        "8.3/different",
        "ends with 3 when other bytes come back",
        |lab| {
            let (sent, other) = (lab.letters(20), lab.letters(20));
            is_not_satisfied(lab, &sent, &other)
        },
    )
    .means("Compare what comes back: the peer broke the protocol, exit code 3."),
    check(
        "8.3/fewer",
        "ends with 3 when the server says goodbye before all is back",
        |lab| {
            let sent = lab.letters(20);
            is_not_satisfied(lab, &sent, &sent[..11])
        },
    ),
    check(
        "8.3/more",
        "ends with 3 when more comes back than was sent",
        |lab| {
            let sent = lab.letters(20);
            let more = sent.clone() + &lab.letters(5);
            is_not_satisfied(lab, &sent, &more)
        },
    ),
    check(
        "8.3/refused-connection",
        "says so when nobody listens, and ends with 1",
        |lab| {
            let files = Files::new()?;
            let (address, word) = (lab.quiet_address()?, lab.word());
            lab.client_at(address, all_words(&files, [&word])?, Stdin::Empty)?
                .done()?
                .found_nobody()
        },
    )
    .given(),
    check(
        "8.3/usage",
        "refuses a client's command line that makes no sense with exit code 2",
        |lab| {
            lab.run(["client", "--no-such-option"])?
                .exits(&[2])?
                .prints("")?;
            lab.run(["client", "--connect", "127.0.0.1:1", "hello"])?
                .exits(&[2])?
                .prints("")?;
            Ok(())
        },
    )
    .given(),
    check(
        "8.3/authority-file",
        "ends with 1 when the file of its authority is missing or broken",
        |lab| {
            let files = Files::new()?;
            let host = lab.host("Ann")?;
            let address = host.address().to_string();
            let broken = files.with("broken.pem", "this is no PEM\n")?;
            for file in [files.path("no-such-file.pem"), broken] {
                lab.run(["client", "--connect", &address, "--ca", &file, "hello"])?
                    .exits(&[1])?
                    .prints("")?
                    .complains("")?;
            }
            Ok(())
        },
    )
    .given()
    .means(
        "Without its authority it could trust nobody, so there is no use in connecting: it says \
         which file it is, and ends with 1. A file without any certificate in it is broken too.",
    ),
    check(
        "8.3/interrupt",
        "ends on Ctrl-C or SIGTERM while it waits, without a backtrace",
        |lab| {
            for signal in [StopSignal::Interrupt, StopSignal::Terminate] {
                let files = Files::new()?;
                let (host, word) = (lab.host("Ann")?, lab.word());
                let client = client(lab, &files, &host, [&word])?;
                let mut ann = welcomed(&client, &host)?;
                ann.hears(&word)?;
                ann.hears_goodbye()?;
                client.0.running().signal(signal)?;
                client.done()?.was_interrupted()?;
            }
            Ok(())
        },
    ),
    check(
        "8.3/closed-pipe",
        "ends with 1, quietly, when nobody reads what it prints",
        |lab| {
            let files = Files::new()?;
            let (host, word) = (lab.host("Ann")?, lab.word());
            let words = all_words(&files, [&word])?;
            let mut spec = lab.client_spec(host.address(), words, Stdin::Empty);
            spec.stdout = Stdout::ReaderGone;
            let client = lab.starts_client(spec)?;
            let mut ann = welcomed(&client, &host)?;
            ann.hears(&word)?;
            ann.hears_goodbye()?;
            ann.says(&word)?;
            ann.says_goodbye()?;
            ann.leaves()?;
            client.done()?.ended_quietly()
        },
    ),
    check(
        "8.3/nothing",
        "says goodbye at once when there is nothing to say",
        |lab| {
            let files = Files::new()?;
            let host = lab.host("Ann")?;
            let client = client_with(lab, &files, &host, NONE, Stdin::Empty)?;
            let mut ann = welcomed(&client, &host)?;
            ann.hears_goodbye()?;
            ann.says_goodbye()?;
            ann.leaves()?;
            client.done()?.exits(&[0])?.prints("")?;
            Ok(())
        },
    ),
];

/// The client sends one thing and gets another back, with a proper end.
fn is_not_satisfied(lab: &mut Lab, sent: &str, back: &str) -> Step {
    let files = Files::new()?;
    let host = lab.host("Ann")?;
    let client = client(lab, &files, &host, [sent])?;
    let mut ann = welcomed(&client, &host)?;
    ann.hears(sent)?;
    ann.hears_goodbye()?;
    ann.says(back)?;
    ann.says_goodbye()?;
    ann.leaves()?;
    client.done()?.exits(&[3])?.reports_an_error()?;
    Ok(())
}
