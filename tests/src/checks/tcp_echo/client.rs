//! Exercise 2.4: the client, and how it ends its side.

use super::NONE;
use crate::checks::every_program;
use crate::checks::{Check, Lab, check};
use crate::finding::{Means, Step};
use crate::program::{Stdin, StopSignal};

pub static CHECKS: &[Check] = &[
    check(
        "2.4/half-close",
        "ends its side when all is said, and goes on reading",
        |lab| {
            let (host, word) = (lab.host("Ann")?, lab.word());
            let client = lab.client_to(&host, [&word])?;
            let mut ann = client.comes_to(&host)?;
            ann.hears(&word)?;
            ann.sees_the_end()?;
            ann.says(&word)?;
            ann.leaves();
            client.done()?.exits(&[0])?.prints(&word)?;
            Ok(())
        },
    )
    .means(
        "The server goes on until the client ends its side. Without `shutdown(Shutdown::Write)` \
         both wait for each other. Closing the whole connection is too much: the answer is \
         still to come.",
    ),
    check(
        "2.4/message",
        "sends its message and prints what comes back",
        |lab| {
            let words = [lab.word(), lab.word()];
            sends(lab, &words[0])?;
            sends(lab, &format!("  {} \t\r\n", words[1]))
                .or_means("Blanks and line ends at its ends belong to the message, too.")
        },
    )
    .means(
        "With a message on the command line, that is all there is to send: the end of the stream \
         follows, and standard input is left alone.",
    ),
    check(
        "2.4/standard-input",
        "sends its standard input if there is no message",
        |lab| {
            let (host, text) = (lab.host("Ann")?, lab.letters(500));
            let client = lab.client_at(host.address(), NONE, Stdin::Piped)?;
            client.0.running().feed(text.clone().into_bytes());
            let mut ann = client.comes_to(&host)?;
            ann.hears(&text)?;
            ann.sees_the_end()?;
            ann.says(&text)?;
            ann.leaves();
            client.done()?.exits(&[0])?.prints(&text)?;
            Ok(())
        },
    ),
    check(
        "2.4/dash",
        "takes what comes after `--` as its message",
        |lab| {
            let (host, word) = (lab.host("Ann")?, format!("-{}", lab.word()));
            let client = lab.client_to(&host, ["--", &word])?;
            let mut ann = client.comes_to(&host)?;
            ann.hears(&word)?;
            ann.sees_the_end()
        },
    ),
    check(
        "2.4/default-address",
        "connects to 127.0.0.1:7002 if nothing else is said",
        |lab| {
            let (host, word) = (lab.host_by_default("Ann", 7002)?, lab.word());
            let client = lab.client_by_default([&word])?;
            let mut ann = client.comes_to(&host)?;
            ann.hears(&word)?;
            ann.sees_the_end()
        },
    )
    .alone(),
    check("2.4/by-name", "finds the server by its name", |lab| {
        let host = lab.host("Ann")?;
        let (name, word) = (format!("{}.test", lab.word()), lab.word());
        for name in ["localhost", &name] {
            let spec =
                every_program::client_in_a_world_with(name, host.address().port(), lab, &[&word]);
            let client = lab.starts_client(spec)?;
            let mut ann = client.comes_to(&host).or_means(
                "`--connect HOST:PORT` takes a name, too. `TcpStream::connect` looks it up.",
            )?;
            ann.hears(&word)?;
            ann.sees_the_end()?;
            ann.says(&word)?;
            ann.leaves();
            client.done()?.exits(&[0])?.prints(&word)?;
        }
        Ok(())
    }),
    check(
        "2.4/unknown-host",
        "says so when nobody has the server's name",
        |lab| every_program::finds_no_such_host(lab, &["hello"]),
    )
    .given()
    .means("A name may be mistyped: that is an error of the system, exit code 1, and no panic."),
    check(
        "2.4/usage",
        "refuses an option that there is not with exit code 2",
        |lab| every_program::refuses(lab, &[&["client", "--no-such-option"]]),
    )
    .given(),
    check(
        "2.4/refused",
        "says so when nobody listens, and ends with 1",
        |lab| {
            let (address, word) = (lab.quiet_address()?, lab.word());
            lab.client_at(address, [&word], Stdin::Empty)?
                .done()?
                .found_nobody()
        },
    )
    .given(),
    check(
        "2.4/different",
        "ends with 3 when other bytes come back",
        |lab| {
            let host = lab.host("Ann")?;
            let (sent, other) = (lab.letters(20), lab.letters(20));
            let client = lab.client_to(&host, [&sent])?;
            let mut ann = client.comes_to(&host)?;
            ann.hears(&sent)?;
            ann.sees_the_end()?;
            ann.says(&other)?;
            ann.leaves();
            client.done()?.exits(&[3])?.reports_an_error()?;
            Ok(())
        },
    )
    .means(
        "An echo that is as long as what was sent need not be the same. Compare the bytes, and \
         end with exit code 3: the peer broke the protocol.",
    ),
    check("2.4/fewer", "ends with 3 when not all comes back", |lab| {
        let (host, sent) = (lab.host("Ann")?, lab.letters(20));
        let client = lab.client_to(&host, [&sent])?;
        let mut ann = client.comes_to(&host)?;
        ann.hears(&sent)?;
        ann.sees_the_end()?;
        ann.says(&sent[..11])?;
        ann.leaves();
        let done = client.done()?;
        done.exits(&[3])?.reports_an_error()?;
        done.prints(&sent[..11])
            .or_means("What came back is printed, also when it turns out not to be all.")?;
        Ok(())
    })
    .means("The end of the stream came before all was back: exit code 3."),
    check(
        "2.4/more",
        "ends with 3 when more comes back than was sent",
        |lab| {
            let (sent, more) = (lab.letters(20), lab.letters(5));
            hears_more(lab, &sent, &[&format!("{sent}{more}")])
        },
    )
    .means(
        "All came back, and then something else: that is not what was sent. Read to the end of \
         the stream before you compare.",
    ),
    check(
        "2.4/reset",
        "ends with an error when the server resets the connection",
        |lab| {
            let (host, word) = (lab.host("Ann")?, lab.word());
            let client = lab.client_to(&host, [&word])?;
            let mut ann = client.comes_to(&host)?;
            ann.hears(&word)?;
            ann.sees_the_end()?;
            ann.resets()?;
            client.done()?.exits(&[1, 3])?.reports_an_error()?;
            Ok(())
        },
    ),
    check(
        "2.4/interrupt",
        "ends on Ctrl-C or SIGTERM while it waits, without a backtrace",
        |lab| {
            for signal in [StopSignal::Interrupt, StopSignal::Terminate] {
                let (host, word) = (lab.host("Ann")?, lab.word());
                let client = lab.client_to(&host, [&word])?;
                let mut ann = client.comes_to(&host)?;
                ann.hears(&word)?;
                ann.sees_the_end()?;
                client.0.running().signal(signal)?;
                client.done()?.was_interrupted()?;
            }
            Ok(())
        },
    ),
];

/// The client sends this message, whatever lies on its standard input, and prints it when it is
/// back.
fn sends(lab: &mut Lab, message: &str) -> Step {
    let host = lab.host("Ann")?;
    // Standard input stays open.
    let client = lab.client_at(host.address(), [message], Stdin::Piped)?;
    client.0.running().writes(b"not this")?;
    let mut ann = client.comes_to(&host)?;
    ann.hears(message)?;
    ann.says(message)?;
    ann.sees_the_end()?;
    ann.leaves();
    client.done()?.exits(&[0])?.prints(message)?;
    Ok(())
}

/// More comes back to the client than it has sent, each piece when it has read the one before.
pub fn hears_more(lab: &mut Lab, sent: &str, back: &[&str]) -> Step {
    let host = lab.host("Ann")?;
    let client = lab.client_to(&host, [sent])?;
    let mut ann = client.comes_to(&host)?;
    ann.hears(sent)?;
    ann.sees_the_end()?;
    for piece in back {
        // Who has heard enough may have left already: its exit code tells.
        ann.says_what_it_can(piece.as_bytes())?;
        ann.waits_until_taken();
    }
    ann.leaves();
    client.done()?.exits(&[3])?.reports_an_error()?;
    Ok(())
}
