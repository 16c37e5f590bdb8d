//! Exercise 2.5: bytes that are no text, in any pieces.

use super::client::hears_more;
use super::{KIB, NONE};
use crate::checks::{Check, check};
use crate::finding::Means;
use crate::program::{Stdin, Stdout};

/// No text, and line ends of all sorts.
const ODD: &[u8] = b"\xff\x00\xc3\r\n\n\r\r\n\n\n";

/// 0, Ctrl-C, Ctrl-D, LF, CR, Ctrl-Z, Escape, a dot.
const ENDS_ELSEWHERE: &[u8] = b"\x00\x03\x04\n\r\x1a\x1b.\n";

pub static CHECKS: &[Check] = &[
    check(
        "2.5/server-bytes",
        "sends back any byte, text or not",
        |lab| {
            let all: Vec<u8> = (0..=255).chain(ODD.iter().copied()).collect();
            let mut ann = lab.server()?.connect("Ann")?;
            ann.says(&all)?;
            ann.hears(&all)
        },
    )
    .means(
        "Bytes are not text: 0xFF is in no UTF-8, 0xC3 is half a letter, and 0 ends nothing. \
         CR and LF are two bytes like others, and come back as they went. Keep them in a \
         `Vec<u8>` or a `[u8]`, never in a `String`.",
    ),
    check(
        "2.5/server-pieces",
        "sends back single bytes, and what was cut in any way",
        |lab| {
            let said = lab.letters(21);
            let mut ann = lab.server()?.connect("Ann")?;
            ann.says_in_pieces(said.as_bytes().chunks(1))?;
            ann.hears(&said)?;
            let pieces = ENDS_ELSEWHERE.chunks(1);
            let said_in_pieces = ann.says_in_pieces(pieces);
            said_in_pieces
                .and_then(|()| ann.hears(ENDS_ELSEWHERE))
                .or_means(
                    "Each of these bytes ends something elsewhere: a text, a line, what is typed. In \
                     a stream they end nothing, also when a read brings one of them alone.",
                )?;
            ann.says_in_pieces(said.as_bytes().chunks(7))?;
            ann.hears(&said)
        },
    )
    .means(
        "TCP is a stream: how it is cut when it is sent says nothing about how it comes. A read \
         may bring one byte, or a hundred messages.",
    ),
    check(
        "2.5/client-bytes",
        "sends and prints any byte as it is",
        |lab| {
            // No more than a pipe takes at once: an input in pieces is for the next exercise.
            let mut said = lab.noise(4 * KIB - ODD.len());
            said.extend(ODD);
            let host = lab.host("Ann")?;
            let client = lab.client_at(host.address(), NONE, Stdin::Piped)?;
            client.0.running().feed(said.clone());
            let mut ann = client.comes_to(&host)?;
            ann.hears(&said)?;
            ann.sees_the_end()?;
            ann.says(&said)?;
            ann.leaves();
            client.done()?.exits(&[0])?.prints(&said)?;
            Ok(())
        },
    )
    .means(
        "What comes back are bytes, and they need not be text. Read into a `Vec<u8>` and write \
         them out as they are; a `String` holds UTF-8 alone.",
    ),
    check(
        "2.5/client-pieces",
        "prints an answer whole that comes byte by byte",
        |lab| {
            let (host, word) = (lab.host("Ann")?, lab.letters(30));
            let client = lab.client_to(&host, [&word])?;
            let mut ann = client.comes_to(&host)?;
            ann.hears(&word)?;
            ann.sees_the_end()?;
            ann.says_in_pieces(word.as_bytes().chunks(1))?;
            ann.leaves();
            client.done()?.exits(&[0])?.prints(&word)?;
            let more = lab.letters(5);
            hears_more(lab, &word, &[&word, &more]).or_means(
                "As much came back as was sent, and a moment later more. Only the end of the stream \
                 says that this was all: read on until it comes, and compare then.",
            )
        },
    )
    .means("One read is not the whole answer: read until the end of the stream."),
    check(
        "2.5/closed-pipe",
        "ends with 1, quietly, when nobody reads what it prints",
        |lab| {
            let (host, word) = (lab.host("Ann")?, lab.word());
            let mut spec = lab.client_spec(host.address(), [&word], Stdin::Empty);
            spec.stdout = Stdout::ReaderGone;
            let client = lab.starts_client(spec)?;
            let mut ann = client.comes_to(&host)?;
            ann.hears(&word)?;
            ann.sees_the_end()?;
            ann.says(&word)?;
            ann.leaves();
            client.done()?.ended_quietly()
        },
    )
    .means(
        "Standard output may be a pipe whose reader has left, as in `client | head -c 3`. \
         `println!` panics then; `shared::write` returns an error that ends the program with 1.",
    ),
];
