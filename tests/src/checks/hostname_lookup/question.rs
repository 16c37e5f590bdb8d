//! The question to a DNS server, as it comes over the wire.

use std::sync::LazyLock;
use std::time::Instant;

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
        let drawn = (0..6).map(|_| Drawn::once(lab)).collect::<Step<Vec<_>>>()?;
        let Some(how) = foreseen(&drawn) else {
            return Ok(());
        };
        let ids: Vec<_> = drawn.iter().map(|drawn| drawn.id.to_string()).collect();
        fail(
            Kind::Unexpected,
            "six questions with ids that nobody can foresee",
            format!("the ids {}: {how}", ids.join(", ")),
        )
    })
    .means(
        "Who can guess the id can answer before the server does. Draw it at random, from all of \
         16 bits: a counter, the clock, the number of the process or a small number is soon found.",
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

/// An id as it came, and what its program knew without any chance.
struct Drawn {
    id: u16,
    process: u32,
    /// The milliseconds between which it was drawn, by our clock.
    from: u128,
    to: u128,
}

impl Drawn {
    fn once(lab: &mut Lab) -> Step<Self> {
        /// The clock of a story, in milliseconds, begins here.
        static BEGIN: LazyLock<Instant> = LazyLock::new(Instant::now);
        let from = BEGIN.elapsed().as_millis();
        let mut asked = Asked::about(&wanted(lab), LONG, lab)?;
        let id = asked.question()?.id();
        Ok(Self {
            id,
            process: asked.process.running().pid(),
            from,
            to: BEGIN.elapsed().as_millis() + 1,
        })
    }

    /// How much later than this one the next was drawn, in milliseconds: at least, and at most.
    fn until(&self, next: &Self) -> (u128, u128) {
        (next.from.saturating_sub(self.to), next.to - self.from)
    }
}

/// How the next one could be foreseen, if it could. Six numbers by chance look so less than once in
/// a thousand million runs.
fn foreseen(drawn: &[Drawn]) -> Option<&'static str> {
    let is_its_process = |drawn: &Drawn| u32::from(drawn.id) == drawn.process & 0xffff;
    if drawn.iter().all(is_its_process) {
        return Some("each is the number of its process");
    }
    let ids = || drawn.iter().map(|drawn| drawn.id);
    let (least, most) = (ids().min()?, ids().max()?);
    if most - least <= 255 {
        return Some("they are near to each other");
    }
    go_with_the_clock(drawn).then_some("they count the milliseconds between them")
}

/// Whether each id is as much more than the one before as the clock is, and hardly by chance: who
/// was long about it may have drawn anything.
fn go_with_the_clock(drawn: &[Drawn]) -> bool {
    let mut chance = 1.0;
    for pair in drawn.windows(2) {
        let (least, most) = pair[0].until(&pair[1]);
        let later = u128::from(pair[1].id.wrapping_sub(pair[0].id));
        if later < least || later > most {
            return false;
        }
        let width = u16::try_from(most - least + 1).unwrap_or(u16::MAX);
        chance *= f64::from(width) / 65_536.0;
    }
    chance < 1e-9
}

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
