//! Exercise 3.3: what strangers send, and what a server may answer.

use super::asker::Asker;
use super::oracle::{LONG, Oracle, ended_without_a_result};
use crate::checks::{Check, Lab, check};
use crate::finding::Step;

pub static CHECKS: &[Check] = &[
    check(
        "3.3/not-a-number",
        "answers `ERR not-a-number` to what is none",
        |lab| {
            let server = lab.server()?;
            let (ann, word) = (Asker::new("Ann", lab, &server)?, lab.word());
            for request in [
                &word, "5 6", "+5", "5.0", "5,0", "1_000", "1e3", "0x10", "5!", "-", "5-", "-x",
                "#", "# 5", "##1 5", "5\0",
            ] {
                ann.is_told(request, "ERR not-a-number")?;
            }
            ann.is_told(format!("#12 {word}"), "#12 ERR not-a-number")?;
            ann.is_told("#12 +5", "#12 ERR not-a-number")?;
            // Whether there is an ID to repeat here is a matter of taste.
            for (request, id) in [("#12345678901 5", "#12345678901"), ("#1a 5", "#1a")] {
                let with_id = format!("{id} ERR not-a-number");
                ann.is_told_one_of(request, &[b"ERR not-a-number", with_id.as_bytes()])?;
            }
            ann.is_told("5", "120")
        },
    )
    .means(
        "A number is digits and nothing else. What libraries take for one is another matter: \
         `\"+5\".parse::<u64>()` is 5 in Rust, and Python reads `1_000`. Look at each byte.",
    ),
    check(
        "3.3/negative",
        "answers `ERR negative` to a minus sign before digits",
        |lab| {
            let server = lab.server()?;
            let ann = Asker::new("Ann", lab, &server)?;
            let n = lab.number(1..=9_999_999);
            for request in [&format!("-{n}"), "-0", "-1", "-99999999999999999999"] {
                ann.is_told(request, "ERR negative")?;
            }
            ann.is_told(format!("#34 -{n}"), "#34 ERR negative")?;
            ann.is_told(" -7\n", "ERR negative")
        },
    )
    .means(
        "A minus sign and up to 20 digits, `-0` and numbers that no machine word holds too: look \
         at the text before it is read as a number.",
    ),
    check(
        "3.3/empty",
        "answers a datagram with nothing in it",
        |lab| {
            let server = lab.server()?;
            let ann = Asker::new("Ann", lab, &server)?;
            for request in ["", " ", "\r\n", ""] {
                ann.is_told(request, "ERR not-a-number")?;
            }
            ann.is_told("5", "120")
        },
    )
    .means(
        "A datagram may be empty, and that is no end of anything: 0 bytes came, from somebody who \
         waits for an answer.",
    ),
    check(
        "3.3/length",
        "takes a request of 64 bytes, and refuses a longer one",
        |lab| {
            let server = lab.server()?;
            let ann = Asker::new("Ann", lab, &server)?;
            let padded = |length| format!("{:<length$}", "5");
            ann.is_told(padded(64), "120")?;
            for length in [65, 66, 1_024, 65_507] {
                ann.is_told(padded(length), "ERR not-a-number")?;
            }
            let long = format!("{:<80}", "#12 5");
            ann.is_told_one_of(long, &[b"ERR not-a-number", b"#12 ERR not-a-number"])?;
            ann.is_told(padded(64), "120")
        },
    )
    .means(
        "Of a datagram that is longer than the buffer, the system hands over the beginning and \
         drops the rest without a word: a cut request looks like a good one. A buffer of one \
         byte more than the longest request shows it. 64 bytes are a request still, and blanks \
         count.",
    ),
    check(
        "3.3/not-ascii",
        "answers what is no text, or no ASCII",
        |lab| {
            let server = lab.server()?;
            let ann = Asker::new("Ann", lab, &server)?;
            let mut noise = lab.noise(20);
            noise[0] |= 0x80;
            ann.is_told(&noise, "ERR not-a-number")?;
            // A 5 as they write it in Japan, and one from Egypt; and an accent.
            for request in ["\u{ff15}", "\u{665}", "5\u{301}", "hello Zo\u{eb}"] {
                ann.is_told(request, "ERR not-a-number")?;
            }
            ann.is_told(b"\xff5", "ERR not-a-number")?;
            ann.is_told("5", "120")
        },
    )
    .means(
        "Any bytes can come. `str::from_utf8` returns an error for some, which must not end the \
         server, and there are digits beyond ASCII: `is_ascii_digit` is what you want.",
    ),
    check(
        "3.3/a-thousand",
        "answers each of a thousand pieces of garbage",
        |lab| {
            let server = lab.server()?;
            let ann = Asker::new("Ann", lab, &server)?;
            // So few at once that all of them fit into the server's queue.
            for _ in 0..50 {
                for length in 0..20 {
                    ann.asks(lab.noise(length * 5))?;
                }
                for _ in 0..20 {
                    ann.hears_something()?;
                }
            }
            ann.is_told("5", "120")
        },
    )
    .means("Each datagram gets an answer, and none of them ends the server."),
    check(
        "3.3/client-error",
        "ends with 3 when the server answers with an error",
        |lab| {
            for answer in ["ERR too-large", "ERR not-a-number"] {
                let mut ann = Oracle::new("Ann", lab)?;
                let client = ann.client(lab, &[LONG[0], LONG[1], "12"])?;
                let question = ann.is_asked(&client, "12")?;
                ann.answers(&question, answer)?;
                ended_without_a_result(&client.done()?, &[3])?;
            }
            Ok(())
        },
    )
    .means(
        "`ERR …` is the answer to this question, and no result: it belongs on standard error, \
         after `error: `, and the exit code is 3.",
    ),
    check(
        "3.3/client-nonsense",
        "ends with 3 when the answer is no number",
        |lab| {
            let word = lab.word();
            for answer in [&word, "12a", "1.5", ""] {
                let mut ann = Oracle::new("Ann", lab)?;
                let client = ann.client(lab, &[LONG[0], LONG[1], "12"])?;
                let question = ann.is_asked(&client, "12")?;
                ann.answers(&question, answer)?;
                ended_without_a_result(&client.done()?, &[3])?;
            }
            Ok(())
        },
    )
    .means(
        "A factorial is digits, one at least. What is something else, or nothing, must not reach \
         standard output.",
    ),
    check(
        "3.3/client-usage",
        "refuses to ask for what is no number",
        |lab| {
            for words in [&["five"][..], &["--", "-5"], &["--", "+5"]] {
                refuses(lab, words)?;
            }
            Ok(())
        },
    )
    .means(
        "Exit code 2 says that nothing was sent; if the server is asked, and answers with an \
         error, it is 3.",
    ),
];

/// The client does not ask, and ends with 2; or it asks, is told that this is no number, and
/// ends with 3.
fn refuses(lab: &mut Lab, words: &[&str]) -> Step {
    let mut ann = Oracle::new("Ann", lab)?;
    let client = ann.client(lab, &[&LONG[..], words].concat())?;
    let mut asked = false;
    while let Some(letter) = ann.next(&client)? {
        asked = true;
        let id = letter
            .text
            .split(|byte| *byte == b' ')
            .next()
            .unwrap_or_default();
        ann.says(letter.from, [id, b" ERR not-a-number"].concat())?;
    }
    let allowed = if asked { 3 } else { 2 };
    client.done()?.exits(&[allowed])?.prints("")?;
    Ok(())
}
