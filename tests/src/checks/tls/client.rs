//! Exercise 8.3: the client, and to whom it talks.

use super::{Files, KIB, NONE, client, client_with, received, welcomed};
use crate::checks::{Check, check};
use crate::finding::{Kind, fail};
use crate::program::Stdin;
use crate::wire::tls::certificates;
use crate::wire::tls::certificates::NAMES;

pub static CHECKS: &[Check] = &[
    check(
        "8.3/echo",
        "sends its message to a server that it can trust, and prints what comes back",
        |lab| {
            let files = Files::new()?;
            let (host, word) = (lab.host("Ann")?, lab.word());
            // Something lies on its standard input, which is open: no matter, there is a message.
            let client = client_with(lab, &files, &host, [&word], Stdin::Piped)?;
            client.0.running().writes(b"not this")?;
            let mut ann = welcomed(&client, &host)?;
            ann.hears(&word)?;
            ann.says(&word)?;
            ann.hears_goodbye()?;
            ann.says_goodbye()?;
            ann.leaves()?;
            client.done()?.exits(&[0])?.prints(&word)?;
            Ok(())
        },
    )
    .means(
        "A `ClientConnection` over the TCP stream shakes hands first: what is written goes out \
         when that is done, and what is read is what the server said.",
    ),
    check(
        "8.3/half-close",
        "says `close_notify` when all is said, and goes on listening",
        |lab| {
            let files = Files::new()?;
            let (host, said) = (lab.host("Ann")?, lab.letters(40 * KIB));
            let client = client_with(lab, &files, &host, NONE, Stdin::Piped)?;
            client.0.running().feed(said.clone().into_bytes());
            let mut ann = welcomed(&client, &host)?;
            ann.hears(&said)?;
            ann.hears_goodbye()?;
            ann.says(&said)?;
            ann.says_goodbye()?;
            ann.leaves()?;
            client.done()?.exits(&[0])?.prints(&said)?;
            Ok(())
        },
    )
    .means(
        "The server goes on until the client says that this was all. The end of the TCP stream \
         says nothing of the kind: anybody could have caused it. `send_close_notify` does, and \
         it leaves the other direction open.",
    ),
    check(
        "8.3/server-name",
        "asks for the name that it was told, and accepts only that",
        |lab| {
            let files = Files::new()?;
            let (host, word) = (lab.host("Ann")?, lab.word());
            let words = ["--server-name", NAMES[0], &word];
            let client = client(lab, &files, &host, words)?;
            let mut ann = welcomed(&client, &host)?;
            ann.hears(&word)?;
            if ann.was_asked_for() == Some(NAMES[0]) {
                return Ok(());
            }
            fail(
                Kind::Unexpected,
                format!("the client to ask for {}", NAMES[0]),
                match ann.was_asked_for() {
                    Some(name) => format!("it asked for {name}"),
                    None => "it asked for no name".into(),
                },
            )
        },
    )
    .means(
        "One address can be home to many names. The client says in its first message which one \
         it wants (SNI), so that the server can show the right certificate.",
    ),
    check(
        "8.3/any-byte",
        "sends and prints any byte as it is, in records of any length",
        |lab| {
            let files = Files::new()?;
            let (host, said) = (lab.host("Ann")?, lab.noise(4 * KIB));
            let client = client_with(lab, &files, &host, NONE, Stdin::Piped)?;
            client.0.running().feed(said.clone());
            let mut ann = welcomed(&client, &host)?;
            ann.hears(&said)?;
            ann.hears_goodbye()?;
            ann.says_in_pieces(said[..20].chunks(1))?;
            ann.says(&said[20..])?;
            ann.says_goodbye()?;
            ann.leaves()?;
            client.done()?.exits(&[0])?.prints(&said)?;
            Ok(())
        },
    ),
    check(
        "8.3/through-slices",
        "understands a handshake and records that come in small pieces",
        |lab| {
            let files = Files::new()?;
            let (host, word) = (lab.host("Ann")?, lab.letters(60));
            let road = lab.road_to(&host, crate::wire::Faults::slice(9).back())?;
            let words = super::all_words(&files, [&word])?;
            let client = lab.client_at(road.address(), words, Stdin::Empty)?;
            let mut ann = received(&client, &host, &certificates().host)?;
            ann.shakes_hands()?;
            ann.hears(&word)?;
            ann.hears_goodbye()?;
            ann.says(&word)?;
            ann.says_goodbye()?;
            ann.leaves()?;
            client.done()?.exits(&[0])?.prints(&word)?;
            Ok(())
        },
    ),
    check(
        "8.3/dash",
        "takes what comes after `--` as its message",
        |lab| {
            let files = Files::new()?;
            let (host, word) = (lab.host("Ann")?, format!("-{}", lab.word()));
            let client = client(lab, &files, &host, ["--", &word])?;
            let mut ann = welcomed(&client, &host)?;
            ann.hears(&word)?;
            ann.hears_goodbye()
        },
    ),
    check(
        "8.3/default-address",
        "connects to 127.0.0.1:7008 if nothing else is said",
        |lab| {
            let files = Files::new()?;
            let (host, word) = (lab.host_by_default("Ann", 7008)?, lab.word());
            let words = super::all_words(&files, [&word])?;
            let client = lab.client_by_default(words)?;
            let mut ann = welcomed(&client, &host)?;
            ann.hears(&word)?;
            ann.hears_goodbye()
        },
    )
    .alone(),
];
