//! The question to a DNS server, as it comes over the wire.

use super::asked::{Asked, LONG, wanted};
use crate::checks::{Check, Lab, check};
use crate::finding::{Kind, Means, Step, fail};

pub static CHECKS: &[Check] = &[
    check(
        "1.7/question",
        "asks one question of type A, with recursion desired",
        |lab| {
            let mut asked = Asked::about(&wanted(lab), LONG, lab)?;
            let (question, expected) = (asked.question()?, asked.name.clone());
            same_name(&question.name, &expected)
        },
    )
    .means(
        "The lesson has the bytes of a question. Numbers go out high byte first, each label of \
         the name follows its length, and a 0 ends it.",
    ),
    check("1.7/random-id", "draws a new id for each question", |lab| {
        let mut ids = Vec::new();
        for _ in 0..4 {
            let mut asked = Asked::about(&wanted(lab), LONG, lab)?;
            ids.push(asked.question()?.id());
        }
        let least = ids.iter().min().copied().unwrap_or(0);
        let most = ids.iter().max().copied().unwrap_or(0);
        // Four numbers by chance are so near to each other once in four million runs.
        if most - least > 255 {
            return Ok(());
        }
        fail(
            Kind::Unexpected,
            "four questions with ids that nobody can foresee",
            format!("the ids {}, {}, {} and {}", ids[0], ids[1], ids[2], ids[3]),
        )
    })
    .means(
        "Who can guess the id can answer before the server does. Draw it at random, from all of \
         16 bits: a counter, the number of the process or a small number is soon found.",
    ),
    check(
        "1.7/long-names",
        "asks for a label of 63 bytes, and for a name of 253",
        |lab| {
            let label = lab.letters(63);
            let long = [63, 63, 63, 61].map(|length| lab.letters(length)).join(".");
            for expected in [format!("{label}.test"), long] {
                let mut asked = Asked::about(&expected, LONG, lab)?;
                same_name(&asked.question()?.name, &expected)?;
            }
            Ok(())
        },
    )
    .means("63 bytes in a label and 253 in a name are allowed: more than that is not."),
    check(
        "1.7/dot-at-the-end",
        "asks the same with a dot at the end of the name",
        |lab| {
            let long = [63, 63, 63, 61].map(|length| lab.letters(length)).join(".");
            for expected in [wanted(lab), long] {
                let mut asked = Asked::about(&format!("{expected}."), LONG, lab)?;
                same_name(&asked.question()?.name, &expected)?;
            }
            Ok(())
        },
    )
    .means("The dot at the end of a name is the root. It makes no label, and is not counted."),
    check(
        "1.7/names-that-cannot-be",
        "refuses a name that cannot be written, and sends nothing",
        |lab| {
            let mut asked = Asked::about(&wanted(lab), LONG, lab)?;
            asked.question()?;
            let long = [63, 63, 63, 62].map(|length| lab.letters(length)).join(".");
            for (wrong, why) in [
                (format!("{}.test", lab.letters(64)), "a label of 64 bytes"),
                (format!("{}.test", lab.letters(300)), "a label of 300 bytes"),
                (long, "a name of 254 bytes"),
                (format!("{}..test", lab.word()), "an empty label"),
                (format!(".{}", lab.word()), "an empty label at the start"),
                (format!("{}..", lab.word()), "an empty label at the end"),
            ] {
                refuses(&wrong, why, lab)?;
            }
            Ok(())
        },
    )
    .means(
        "The length of a label has six bits, and 0 ends the name. Look at each length before you \
         write it: wrong usage is exit code 2, and nothing is sent.",
    ),
];

/// The name on the wire is the one that was given. In DNS, upper and lower case are one.
fn same_name(seen: &str, expected: &str) -> Step {
    if seen.eq_ignore_ascii_case(expected) {
        return Ok(());
    }
    fail(
        Kind::WrongBytes { offset: 12 },
        format!("the name {expected} in the question"),
        seen.to_string(),
    )
}

/// The program refuses this name, and no datagram has come when it has ended.
fn refuses(name: &str, why: &str, lab: &mut Lab) -> Step {
    let mut asked = Asked::about(name, LONG, lab)?;
    if asked.first_datagram()?.is_some() {
        let expected = format!("nothing to be sent for {why}");
        return fail(Kind::Unexpected, expected, "a datagram came");
    }
    let done = asked.process.done()?;
    done.exits(&[2]).or_means(&format!(
        "It was {why}. That is wrong usage, which has exit code 2."
    ))?;
    done.prints("")?;
    Ok(())
}
