//! Exercises 3.6 and 3.7: what the client does when nothing comes, or something else than the
//! answer.

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use super::oracle::{LONG, Oracle, Question, ended_without_a_result, prints_line};
use super::trio::{Strangers, shortest_wait};
use crate::checks::{Check, Client, Lab, check};
use crate::finding::{Kind, Means, Step, fail};
use crate::program::{Exit, Stdin};
use crate::wire::ms;
use crate::words::time;

pub static CHECKS: &[Check] = &[
    check(
        "3.6/again",
        "asks again when the first question is lost",
        |lab| {
            let mut ann = Oracle::new("Ann", lab)?;
            let client = ann.client(lab, &["--timeout-ms", "150", "--retries", "20", "6"])?;
            let lost = ann.is_asked(&client, "6")?;
            let mut question = ann.is_asked_again(&client, "6", &lost, ms(150))?;
            // On a busy machine the answer may be late. The client asks on then.
            loop {
                ann.answers(&question, "720")?;
                match ann.next(&client)? {
                    Some(letter) => question = letter.reads("6")?,
                    None => return prints_line(client.done()?.exits(&[0])?, "720"),
                }
            }
        },
    )
    .means(
        "A datagram can be lost, and nobody is told. When the time for an answer is up, the \
         client sends its question again, and waits again.",
    ),
    check(
        "3.6/silence",
        "asks four times in all, waits each time, and ends with 4",
        |lab| {
            let mut ann = Oracle::new("Ann", lab)?;
            let client = ann.client(lab, &["--timeout-ms", "100", "7"])?;
            asks_in_vain(&mut ann, &client, "7", 4, ms(100), lab)
        },
    )
    .aside()
    .means(
        "One try, and three more unless `--retries` says otherwise, each with the whole \
         `--timeout-ms` to be answered in; then exit code 4.",
    ),
    check("3.6/retries", "asks as often as `--retries` says", |lab| {
        let retries = u32::try_from(lab.number(0..=2)).unwrap_or(2);
        let n = lab.number(2..=20).to_string();
        let mut ann = Oracle::new("Ann", lab)?;
        let words = ["--timeout-ms", "100", "--retries", &retries.to_string(), &n];
        let client = ann.client(lab, &words)?;
        asks_in_vain(&mut ann, &client, &n, 1 + retries, ms(100), lab)
    })
    .aside()
    .means("1 + retries tries: with `--retries 0` it asks once, and does not ask again."),
    check(
        "3.6/default-timeout",
        "waits 500 ms if nothing else is said",
        |lab| {
            let shortest = shortest_wait(lab, &[], ms(500), None)?;
            if shortest < ms(850) {
                return Ok(());
            }
            fail(
                Kind::Slow,
                "the client to ask again after 500 ms",
                format!("of three clients each waited {} or longer", time(shortest)),
            )
        },
    )
    .aside()
    .means(
        "Without `--timeout-ms` each try waits half a second: long enough for a slow server, and \
         short enough for a person.",
    ),
    check(
        "3.6/refused",
        "ends with an error when nobody receives at that port",
        |lab| {
            let address = lab.quiet_address()?;
            let words = ["--timeout-ms", "50", "--retries", "1", "9"];
            let done = lab.client_at(address, words, Stdin::Empty)?.done()?;
            ended_without_a_result(&done, &[1, 4])
        },
    )
    .means(
        "Where the system reports that nobody receives there, that is exit code 1; where it does \
         not, there is no answer, which is 4.",
    ),
    check("3.7/stranger", "believes nobody but the server", |lab| {
        let (mut ann, mallory) = (Oracle::new("Ann", lab)?, Oracle::new("Mallory", lab)?);
        let client = ann.client(lab, &[LONG[0], LONG[1], "10"])?;
        let question = ann.is_asked(&client, "10")?;
        for _ in 0..3 {
            mallory.answers(&question, lab.number(1..=1_000).to_string())?;
        }
        // Somebody on another address has the same port. Not every system has that address.
        let elsewhere = (Ipv4Addr::new(127, 0, 0, 2), ann.address().port()).into();
        if let Ok(eve) = lab.correspondent_at("Eve", elsewhere) {
            eve.sends(
                question.from,
                format!("{} {}", question.id, lab.number(1..=1_000)),
            )?;
        }
        ann.answers(&question, "3628800")?;
        prints_line(client.done()?.exits(&[0])?, "3628800")
    })
    .means(
        "Anybody can send a datagram to the client's port. Compare the address that it came from \
         with the server's, host and port, or let the kernel do it: `connect` works for UDP, too.",
    ),
    check(
        "3.7/late-answer",
        "takes no answer to another question for the one to this",
        |lab| {
            let mut ann = Oracle::new("Ann", lab)?;
            let client = ann.client(lab, &[LONG[0], LONG[1], "11"])?;
            let question = ann.is_asked(&client, "11")?;
            for other in others(&question, lab) {
                ann.says(question.from, other)?;
            }
            ann.answers(&question, "39916800")?;
            prints_line(client.done()?.exits(&[0])?, "39916800")?;
            let asked_again = ann.next(&client)?.is_some();
            if !asked_again {
                return Ok(());
            }
            question.was_given(ms(4000)).or_means(
                "The client asked once more, long before its time was up. What is no answer to \
                 this question is ignored: wait on for what is left of the time, and ask again \
                 only then.",
            )
        },
    )
    .means(
        "The server may still be answering an older question, of an earlier run perhaps. Only \
         what begins with this question's ID, and a blank after it, is the answer to it.",
    ),
    check(
        "3.7/late-error",
        "takes no error for its own that has another ID, or none",
        |lab| {
            let mut ann = Oracle::new("Ann", lab)?;
            let client = ann.client(lab, &[LONG[0], LONG[1], "12"])?;
            let question = ann.is_asked(&client, "12")?;
            ann.says(question.from, format!("{}7 ERR too-large", question.id))?;
            ann.says(question.from, "ERR not-a-number")?;
            ann.answers(&question, "479001600")?;
            prints_line(client.done()?.exits(&[0])?, "479001600")
        },
    )
    .means("Look at the ID first: what has another one, or none, is ignored, whatever it says."),
    check(
        "3.7/clock",
        "waits no longer because strangers talk",
        |lab| {
            let (mut ann, mallory) = (Oracle::new("Ann", lab)?, Oracle::new("Mallory", lab)?);
            let client = ann.client(lab, &["--timeout-ms", "200", "--retries", "0", "13"])?;
            let question = ann.is_asked(&client, "13")?;
            let others = others(&question, lab);
            let (since, patience) = (Instant::now(), ms(200) + lab.patience().silence());
            for other in others.iter().cycle() {
                mallory.answers(&question, "1")?;
                ann.says(question.from, other)?;
                if client.0.running().wait(ms(40)).is_some() {
                    break;
                }
                if since.elapsed() > patience {
                    return fail(
                        Kind::Slow,
                        "the client to end 200 ms after its question, with exit code 4",
                        format!("it still waits after {}", time(since.elapsed())),
                    );
                }
            }
            question.was_given(ms(200)).or_means(
                "It gave up too early. What strangers say makes the wait no shorter either: \
                 ignore it, and wait on for what is left of the time.",
            )?;
            client
                .done()?
                .exits(&[4])
                .and_then(|done| done.prints(""))
                .map(drop)
                .or_means("Strangers have talked, and nobody has answered: that is exit code 4.")
        },
    )
    .aside()
    .means(
        "With a fresh timeout for each datagram that comes, somebody who sends one every 40 ms \
         keeps the client waiting for ever. Set the deadline once, and compute what is left.",
    ),
    check(
        "3.7/late-stranger",
        "waits no longer because a stranger has talked shortly before the time is up",
        |lab| {
            let strangers = Strangers {
                every: ms(40),
                until: ms(400),
            };
            let options = ["--timeout-ms", "500"];
            let shortest = shortest_wait(lab, &options, ms(500), Some(&strangers))?;
            // About 100 ms are left then, and not all 500.
            if shortest < ms(350) {
                return Ok(());
            }
            fail(
                Kind::Slow,
                "the client to ask again 500 ms after its question",
                format!(
                    "of three clients each waited {} or longer after a stranger's last word",
                    time(shortest)
                ),
            )
        },
    )
    .aside()
    .means(
        "The last stranger talks when most of the time is over. Whether time is up is one \
         question, and how long to wait now is another: give each wait what is left until the \
         deadline, not the whole timeout.",
    ),
];

/// The client asks this often, waits this long each time, no longer, and ends with exit code 4.
fn asks_in_vain(
    ann: &mut Oracle,
    client: &Client,
    n: &str,
    tries: u32,
    timeout: Duration,
    lab: &Lab,
) -> Step {
    let mut last = ann.is_asked(client, n)?;
    let since = Instant::now();
    for _ in 1..tries {
        last = ann.is_asked_again(client, n, &last, timeout)?;
    }
    let done = ann.is_asked_no_more(client)?;
    if done.exit == Exit::Code(4) {
        last.was_given(timeout)?;
    }
    ended_without_a_result(&done, &[4])?;
    if since.elapsed() <= lab.patience().at_most(timeout * tries) {
        return Ok(());
    }
    fail(
        Kind::Slow,
        format!(
            "the client to give up {} after its first question",
            time(timeout * tries)
        ),
        format!("it gave up after {}", time(since.elapsed())),
    )
}

/// Answers to all kinds of questions, but not to this one.
fn others(question: &Question, lab: &mut Lab) -> Vec<String> {
    let (id, digits) = (&question.id, &question.id[1..]);
    let wrong = lab.number(1..=99_999);
    vec![
        format!("{id}7 {wrong}"),
        format!("#7{digits} {wrong}"),
        format!("{digits} {wrong}"),
        format!("{id}{wrong}"),
        format!("{wrong}"),
        "ERR not-a-number".into(),
        String::new(),
    ]
}
