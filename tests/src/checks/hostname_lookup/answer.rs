//! What the program makes of the answers of a DNS server, and of none.

use std::net::Ipv4Addr;
use std::time::Duration;

use super::asked::{
    Asked, address, answers, answers_about, gives_up, no_answer, waits_for, wanted,
};
use super::message::{AS_ASKED, Response, name, open_name, pointer};
use crate::checks::{Check, Lab, check};
use crate::finding::{Kind, Means, Step, fail};
use crate::program::Exit;

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
        |lab| {
            let address = address(lab);
            no_answer(lab, |response| response.code(3))?;
            no_answer(lab, |response| response.address(address).code(3)).or_means(CODE_FIRST)
        },
    )
    .means("NXDOMAIN is code 3 in the last four bits of the flags: an error, exit code 1."),
    check(
        "1.8/server-failure",
        "ends with 1 if the server failed",
        |lab| {
            let address = address(lab);
            no_answer(lab, |response| response.code(2))?;
            no_answer(lab, |response| response.address(address).code(2)).or_means(CODE_FIRST)
        },
    )
    .means("SERVFAIL is code 2 in the last four bits of the flags: an error, exit code 1."),
    check(
        "1.8/no-address",
        "ends with 1 if the name has no IPv4 address",
        |lab| no_answer(lab, |response| response),
    )
    .means("A name can exist without an IPv4 address. Nothing to print is an error here, exit 1."),
    check(
        "1.8/silence",
        "gives up after timeout-ms, with exit code 4",
        |lab| {
            let timeout = Duration::from_millis(200);
            let mut asked = Asked::about(&wanted(lab), timeout, lab)?;
            asked.question()?;
            gives_up(&asked, timeout, lab)
        },
    )
    .aside()
    .means("A lost datagram is no event: without a time limit, `recv` waits for ever."),
    check(
        "1.8/default-timeout",
        "gives up after a second if nothing else is said",
        |lab| {
            let mut asked = Asked::by_default(&wanted(lab), lab)?;
            asked.question()?;
            gives_up(&asked, Duration::from_secs(1), lab)
        },
    )
    .aside()
    .means("Without `--timeout-ms` the time limit is 1000 ms."),
    check(
        "1.8/slow-answer",
        "takes an answer that comes late, but in time",
        |lab| {
            let (name, real) = (wanted(lab), address(lab));
            for timeout in [400, 1_600, 4_800].map(Duration::from_millis) {
                if is_answered_late(&name, real, timeout, lab)? {
                    return Ok(());
                }
            }
            let expected = "an answer to be sent late, and in time";
            fail(Kind::Disturbed, expected, "the time was over before")
        },
    )
    .aside()
    .means("The time limit is as long as `--timeout-ms` says, in milliseconds, and no shorter."),
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

const CODE_FIRST: &str = "The response had a record with an address, and its code says that there is \
    none. The code decides: look at it before the records.";

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

/// The answer comes when two thirds of the time are over, and is taken. False if it may have come
/// too late: the time runs from the start of the program at the earliest.
fn is_answered_late(name: &str, real: Ipv4Addr, timeout: Duration, lab: &mut Lab) -> Step<bool> {
    let mut asked = Asked::about(name, timeout, lab)?;
    let question = asked.question()?;
    asked.process.running().wait(timeout * 2 / 3);
    // Looked at first: what is seen after the time is over says nothing.
    let has_ended = asked.process.end().is_some();
    if asked.started.elapsed() >= timeout * 9 / 10 {
        return Ok(false);
    }
    if has_ended {
        return fail(Kind::Exit, waits_for(timeout), asked.gave_up());
    }
    asked.answer(&Response::to(&question).address(real))?;
    let done = asked.process.done()?;
    if done.exit == Exit::Code(4) && asked.started.elapsed() >= timeout {
        return Ok(false);
    }
    asked.prints(&[real])?;
    Ok(true)
}
