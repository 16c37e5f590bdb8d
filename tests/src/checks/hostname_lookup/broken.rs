//! Answers that belong to the question, and that nobody should believe: broken or cut.

use super::asked::{Asked, LONG, address, answers_well, breaks, breaks_with, wanted};
use super::message::{Response, open_name, pointer};
use crate::checks::{Check, Lab, check};
use crate::finding::{Means, Step};
use crate::program::Exit;

pub static CHECKS: &[Check] = &[
    check(
        "1.8/truncated",
        "takes no half answer: ends with 3 if it is marked as truncated",
        |lab| {
            answers_well(lab)?;
            let address = address(lab);
            breaks(
                lab,
                "is marked as truncated (TC, 0x0200)",
                "Some of it did not fit, and half of the addresses are no answer: exit code 3.",
                |response| response.address(address).truncated(),
            )
        },
    ),
    check(
        "1.8/cut",
        "ends with 3 if the datagram ends within the answers",
        |lab| {
            answers_well(lab)?;
            let two = [0; 2].map(|_| address(lab));
            // Each record is 16 bytes long.
            for cut in [0, 1, 11, 15, 16, 17, 31] {
                let how = format!("has two records of 16 bytes, and ends after {cut} of these 32");
                breaks(lab, &how, DISTRUST, |response| {
                    let end = response.answers + cut;
                    response.address(two[0]).address(two[1]).cut(end)
                })?;
            }
            Ok(())
        },
    ),
    check(
        "1.8/cut-early",
        "survives a datagram that ends within its header or its question",
        |lab| {
            answers_well(lab)?;
            for cut in [3, 11, 14, 20] {
                is_passed_over_or_refused(lab, cut).or_means(&format!(
                    "A datagram came that was {cut} bytes long, and no more. It may be passed over, \
                     or be refused with exit code 3. Look how long it is before you take anything \
                     out of it."
                ))?;
            }
            Ok(())
        },
    ),
    check(
        "1.8/lengths-that-lie",
        "ends with 3 if a length or a count promises more than there is",
        |lab| {
            answers_well(lab)?;
            let address = address(lab);
            breaks(
                lab,
                "has a record of 4 bytes that says it has 500",
                DISTRUST,
                |response| {
                    let length = response.answers + 10;
                    response.address(address).set(length, 500)
                },
            )?;
            breaks(
                lab,
                "says it has two records, and has one",
                DISTRUST,
                |response| response.address(address).set(6, 2),
            )?;
            // Who throws such a record away has none left: no A record is exit code 1.
            let [a, b, c, d] = address.octets();
            for contents in [&[a, b, c][..], &[a, b, c, d, 1]] {
                let how = format!("has an IPv4 address of {} bytes", contents.len());
                breaks_with(&[1, 3], lab, &how, DISTRUST, |response| {
                    response.record(&pointer(12), 1, contents)
                })?;
            }
            Ok(())
        },
    ),
    check(
        "1.8/pointers-in-a-circle",
        "ends with 3 if a name never ends",
        |lab| {
            answers_well(lab)?;
            let address = address(lab);
            breaks(
                lab,
                "has a name that is a pointer to itself",
                CIRCLE,
                |response| {
                    let itself = pointer(response.answers);
                    response.address_of(&itself, address)
                },
            )?;
            breaks(
                lab,
                "has a name that ends in a pointer to its start",
                CIRCLE,
                |response| {
                    let start = pointer(response.answers);
                    let round = [open_name("round"), start].concat();
                    response.address_of(&round, address)
                },
            )
        },
    ),
];

/// The answer comes cut after so many bytes, and then whole.
fn is_passed_over_or_refused(lab: &mut Lab, cut: usize) -> Step {
    let mut asked = Asked::about(&wanted(lab), LONG, lab)?;
    let (question, real) = (asked.question()?, address(lab));
    let answer = Response::to(&question).address(real);
    asked.answer(&answer.clone().cut(cut))?;
    asked.answer(&answer)?;
    let done = asked.process.done()?;
    if done.exits(&[0, 3])?.exit == Exit::Code(0) {
        return asked.prints(&[real]);
    }
    done.prints("")?.reports_an_error()?;
    Ok(())
}

const DISTRUST: &str = "All that is in it was written by somebody else: look whether what it promises \
    is there, before you take it, and end with exit code 3 if it is not.";

const CIRCLE: &str = "A pointer may lead to itself, or to labels that lead back to it. If each one \
    has to lead to before the labels that led to it, there is an end.";
