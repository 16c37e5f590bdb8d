//! What the program makes of the answers of a DNS server, and of what is no answer.

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use super::asked::{
    Asked, LONG, STRAY, address, answers, answers_about, gives_up, no_answer, passes_over, wanted,
};
use super::message::{AS_ASKED, Question, Response, name, open_name, pointer};
use crate::checks::{Check, check};
use crate::finding::{Kind, Means, fail};

pub static CHECKS: &[Check] = &[
    check(
        "1.8/address",
        "prints the address that the server answers",
        |lab| {
            let address = address(lab);
            answers(&[address], lab, |response| response.address(address))
        },
    )
    .means("The answers begin right behind the question, which the response repeats."),
    check("1.8/several", "prints each address of the answer", |lab| {
        let three = [0; 3].map(|_| address(lab));
        answers(&three, lab, |response| {
            three.into_iter().fold(response, Response::address)
        })
    })
    .means("The number of answers is in the header, at byte 6. Read that many."),
    check(
        "1.8/written-in-full",
        "reads an owner that is written in full",
        |lab| {
            let (wanted, address) = (wanted(lab), address(lab));
            let owner = name(&wanted);
            answers_about(&wanted, &[address], lab, |response| {
                response.address_of(&owner, address)
            })
        },
    )
    .means("A server may point to the name in the question, and it may write it once more."),
    check(
        "1.8/alias",
        "finds the addresses behind an alias, and behind an alias of that",
        |lab| {
            let two = [0; 2].map(|_| address(lab));
            let (first, second) = (lab.word(), lab.word());
            answers(&two, lab, |response| {
                behind_aliases(response, &first, &second, two)
            })
        },
    )
    .means(
        "CNAME (type 5) says that a name is an alias of another. The addresses belong to the last \
         one. Names can be a few labels and then a pointer to the rest of another.",
    ),
    check(
        "1.8/far-back",
        "follows a pointer to a place behind the first 255 bytes",
        |lab| {
            let (one, alias, noise) = (address(lab), lab.word(), lab.noise(300));
            answers(&[one], lab, |response| {
                let text = [&[199], &noise[..199], &[99], &noise[201..]].concat();
                let response = response.record(AS_ASKED, 16, &text);
                // The alias stands behind its record's owner and ten bytes more.
                let place = response.bytes.len() + AS_ASKED.len() + 10;
                let target = name(&format!("{alias}.test"));
                response
                    .alias(AS_ASKED, &target)
                    .address_of(&pointer(place), one)
            })
        },
    )
    .means(
        "A pointer has 14 bits: the lower six of its first byte count too, 256 bytes each. With \
         the second byte alone it leads to the wrong place in a longer message.",
    ),
    check(
        "1.8/other-records",
        "passes over records of other types, whatever they hold",
        |lab| {
            let (two, noise) = ([0; 2].map(|_| address(lab)), lab.noise(40));
            answers(&two, lab, |response| {
                response
                    .record(&pointer(12), 16, &[&[39], &noise[..39]].concat())
                    .address(two[0])
                    .record(&pointer(12), 28, &noise[..16])
                    .address(two[1])
            })
        },
    )
    .means("The length in front of a record's contents says where the next record begins."),
    check(
        "1.8/no-such-name",
        "ends with 1 if the server knows no such name",
        |lab| no_answer(lab, |response| response.code(3)),
    )
    .means("NXDOMAIN is code 3 in the last four bits of the flags: an error, exit code 1."),
    check(
        "1.8/server-failure",
        "ends with 1 if the server failed",
        |lab| no_answer(lab, |response| response.code(2)),
    )
    .means("SERVFAIL is code 2 in the last four bits of the flags: an error, exit code 1."),
    check(
        "1.8/no-address",
        "ends with 1 if the name has no IPv4 address",
        |lab| no_answer(lab, |response| response),
    )
    .means("A name can exist without an IPv4 address. Nothing to print is an error here, exit 1."),
    check(
        "1.8/another-id",
        "passes over a datagram with another id",
        |lab| {
            let other = u16::try_from(lab.number(1..=0xffff)).unwrap_or(1);
            passes_over(lab, move |real, question| {
                real.set(0, question.id() ^ other)
            })
        },
    )
    .means("A datagram with another id is no answer to this question, whatever it says."),
    check(
        "1.8/another-question",
        "passes over a datagram with another question",
        |lab| {
            let stranger = format!("not-{}", wanted(lab));
            passes_over(lab, move |_, question| {
                let mut bytes = question.bytes[..12].to_vec();
                bytes.extend(name(&stranger));
                bytes.extend([0, 1, 0, 1]);
                Response::to(&Question {
                    bytes,
                    name: stranger,
                })
                .address(STRAY)
            })?;
            passes_over(lab, |stray, question| {
                stray.set(question.bytes.len() - 4, A_MAIL_SERVER)
            })
            .or_means(
                "The name was the same, and its type another (MX): that is another question. \
                 Compare all of it, name, type and class.",
            )?;
            passes_over(lab, |stray, question| {
                stray.set(question.bytes.len() - 2, CHAOS)
            })
            .or_means("The class was another (CH, not IN): that is another question.")
        },
    )
    .means(
        "A response repeats the question. If it is another one, then this is not the answer, \
         though the id may be the same by chance.",
    ),
    check(
        "1.8/no-question",
        "passes over a response that repeats no question",
        |lab| {
            passes_over(lab, |_, question| {
                let mut bytes = question.bytes[..12].to_vec();
                bytes[4..6].fill(0);
                let bare = Question {
                    bytes,
                    name: String::new(),
                };
                Response::to(&bare).address_of(&name(&question.name), STRAY)
            })
        },
    )
    .means("Without the question, only the id tells that this is the answer: too little."),
    check(
        "1.8/no-response",
        "passes over a datagram that is no response",
        |lab| passes_over(lab, |stray, _| stray.set(2, 0x0100)),
    )
    .means("The highest bit of the flags tells a response from a question."),
    check("1.8/stranger", "hears nobody but the server", |lab| {
        let mut asked = Asked::about(&wanted(lab), LONG, lab)?;
        let (question, real) = (asked.question()?, address(lab));
        let stranger = lab.correspondent("Eve")?;
        let answer = Response::to(&question);
        let stray = answer.clone().address(STRAY).bytes;
        stranger.sends(asked.from()?, &stray)?;
        // Somebody on another address has the same port. Not every system has that address.
        let elsewhere = (Ipv4Addr::new(127, 0, 0, 2), asked.server.address().port()).into();
        if let Ok(mallory) = lab.correspondent_at("Mallory", elsewhere) {
            mallory.sends(asked.from()?, &stray)?;
        }
        asked.answer(&answer.address(real))?;
        asked.prints(&[real])
    })
    .means(
        "Anybody can send a datagram to your socket. Connect it to the server, and the kernel \
         lets through nobody else; or look at who sent what came.",
    ),
    check(
        "1.8/silence",
        "gives up after timeout-ms, with exit code 4",
        |lab| {
            let timeout = Duration::from_millis(200);
            let start = Instant::now();
            let mut asked = Asked::about(&wanted(lab), timeout, lab)?;
            asked.question()?;
            gives_up(&asked, start, timeout, lab)
        },
    )
    .aside()
    .means("A lost datagram is no event: without a time limit, `recv` waits for ever."),
    check(
        "1.8/default-timeout",
        "gives up after a second if nothing else is said",
        |lab| {
            let start = Instant::now();
            let mut asked = Asked::by_default(&wanted(lab), lab)?;
            asked.question()?;
            gives_up(&asked, start, Duration::from_secs(1), lab)
        },
    )
    .aside()
    .means("Without `--timeout-ms` the time limit is 1000 ms."),
    check(
        "1.8/strays-do-not-prolong",
        "gives up in time though other datagrams keep coming",
        |lab| {
            let timeout = Duration::from_millis(200);
            let start = Instant::now();
            let mut asked = Asked::about(&wanted(lab), timeout, lab)?;
            let question = asked.question()?;
            let stray = Response::to(&question)
                .set(0, !question.id())
                .address(STRAY);
            let deadline = Instant::now() + lab.patience().at_most(timeout);
            while asked.process.running().wait(timeout / 8).is_none() {
                if Instant::now() > deadline {
                    let expected =
                        format!("the program to give up after {} ms", timeout.as_millis());
                    return fail(Kind::Slow, expected, "each stray datagram made it wait on");
                }
                asked.answer(&stray)?;
            }
            gives_up(&asked, start, timeout, lab)
        },
    )
    .aside()
    .means(
        "The end of the wait is fixed when it begins. With a new timeout for each datagram, \
         anybody who keeps sending keeps your program waiting.",
    ),
    check(
        "1.8/nobody-there",
        "ends with 1 or 4 if nobody listens at the server's port",
        |lab| {
            let address = lab.quiet_address()?.to_string();
            let name = wanted(lab);
            let words = ["query", "--server", &address, "--timeout-ms", "300", &name];
            let done = lab.run(words)?;
            done.exits(&[1, 4])?.prints("")?.reports_an_error()?;
            Ok(())
        },
    )
    .means("A refusal may be reported by the system (exit 1), or not (silence, exit 4)."),
];

/// The type MX.
const A_MAIL_SERVER: u16 = 15;

/// The class CH.
const CHAOS: u16 = 3;

/// The name asked for is an alias of `first`, a name beside it, and that of `second`, which has
/// the addresses. Each is written as its first label and a pointer to the rest of the question.
fn behind_aliases(
    response: Response,
    first: &str,
    second: &str,
    addresses: [Ipv4Addr; 2],
) -> Response {
    let rest = pointer(12 + 1 + usize::from(response.bytes[12]));
    let beside = |label: &str| [open_name(label), rest.clone()].concat();
    // The contents of an alias come 12 bytes after it begins, when its owner is a pointer.
    let first_at = response.answers + 12;
    let response = response.alias(&pointer(12), &beside(first));
    let second_at = response.bytes.len() + 12;
    let response = response.alias(&pointer(first_at), &beside(second));
    response
        .address_of(&pointer(second_at), addresses[0])
        .address_of(&pointer(second_at), addresses[1])
}
