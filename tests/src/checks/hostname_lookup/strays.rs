//! What is no answer to the question, whatever it says: it is passed over, and the wait goes on.

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use super::asked::{Asked, LONG, STRAY, address, gives_up, wanted};
use super::message::{Question, Response, name};
use crate::checks::{Check, Lab, check};
use crate::finding::{Kind, Means, Step, fail};

pub static CHECKS: &[Check] = &[
    check(
        "1.8/another-id",
        "passes over a datagram with another id",
        |lab| {
            let [one, two, three, high, low] = [0; 5].map(|_: u16| drawn(lab));
            let others = [one << 8 | two, high << 8, low];
            passes_over(lab, |answer, question| {
                others
                    .map(|other| answer.clone().set(0, question.id() ^ other))
                    .into()
            })
            .or_means(
                "Three came with other ids: one wholly different, two in one byte alone. The id has \
                 16 bits, and all of them count.",
            )?;
            is_no_matter_what_it_says(lab, move |stray, question| {
                stray.set(0, question.id() ^ three)
            })
        },
    )
    .means("A datagram with another id is no answer to this question, whatever it says."),
    check(
        "1.8/another-question",
        "passes over a datagram with another question",
        |lab| {
            let [other, more] = [(); 2].map(|()| lab.word());
            passes_over(lab, |_, question| {
                let asked = &question.name;
                let first = asked.split('.').next().unwrap_or(asked);
                let others = [
                    format!("not-{asked}"),
                    format!("{first}.{other}-{more}.test"),
                    format!("{asked}.{more}"),
                ];
                others
                    .map(|other| about(&other, question).address(STRAY))
                    .into()
            })
            .or_means(
                "Three came with questions for other names: the first label was another, the ones \
                 behind it were, or there was one more. Compare the name from end to end.",
            )?;
            is_no_matter_what_it_says(lab, |stray, question| {
                stray.set(question.bytes.len() - 4, A_MAIL_SERVER)
            })
            .or_means(
                "The name was the same, and its type another (MX): that is another question. \
                 Compare all of it, name, type and class, before you look at what it answers.",
            )?;
            passes_over(lab, |stray, question| {
                vec![stray.set(question.bytes.len() - 2, CHAOS)]
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
                vec![Response::to(&bare).address_of(&name(&question.name), STRAY)]
            })
        },
    )
    .means("Without the question, only the id tells that this is the answer: too little."),
    check(
        "1.8/no-response",
        "passes over a datagram that is no response",
        |lab| passes_over(lab, |stray, _| vec![stray.set(2, 0x0100)]),
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
        "1.8/strays-do-not-prolong",
        "gives up in time though other datagrams keep coming",
        |lab| {
            let timeout = Duration::from_millis(200);
            let mut asked = Asked::about(&wanted(lab), timeout, lab)?;
            let question = asked.question()?;
            let answer = Response::to(&question).address(STRAY);
            let stray = answer.clone().set(0, !question.id());
            let stranger = lab.correspondent("Eve")?;
            let deadline = Instant::now() + lab.patience().at_most(timeout);
            while asked.process.running().wait(timeout / 8).is_none() {
                if Instant::now() > deadline {
                    let expected =
                        format!("the program to give up after {} ms", timeout.as_millis());
                    return fail(Kind::Slow, expected, "each stray datagram made it wait on");
                }
                asked.answer(&stray)?;
                stranger.sends(asked.from()?, &answer.bytes)?;
            }
            gives_up(&asked, timeout, lab)
        },
    )
    .aside()
    .means(
        "The end of the wait is fixed when it begins. With a new timeout for each datagram, \
         anybody who keeps sending keeps your program waiting, the server as well as a stranger.",
    ),
    check(
        "1.8/late-stray",
        "gives up in time though another datagram came late",
        |lab| {
            // So long that three quarters of it are more than what a busy machine may add.
            let more = lab.patience().at_most(Duration::ZERO);
            let timeout = (more * 5 / 2).min(Duration::from_secs(3));
            let mut asked = Asked::about(&wanted(lab), timeout, lab)?;
            let question = asked.question()?;
            let stray = Response::to(&question)
                .set(0, !question.id())
                .address(STRAY);
            asked.process.running().wait(timeout * 3 / 4);
            asked.answer(&stray)?;
            let left = lab.patience().at_most(timeout);
            let left = left.saturating_sub(asked.seen.elapsed());
            if asked.process.done_within(left).is_err() {
                let expected = format!("the program to give up after {} ms", timeout.as_millis());
                let seen = "a stray datagram came near the end, and it waits on";
                return fail(Kind::Slow, expected, seen);
            }
            gives_up(&asked, timeout, lab)
        },
    )
    .aside()
    .means(
        "What is left of the time gets less with each datagram: a wait that begins after one has \
         no right to the whole of it.",
    ),
];

/// The type MX.
const A_MAIL_SERVER: u16 = 15;

/// The class CH.
const CHAOS: u16 = 3;

/// The program hears stray datagrams, and then the answer.
fn passes_over(lab: &mut Lab, strays: impl FnOnce(Response, &Question) -> Vec<Response>) -> Step {
    let mut asked = Asked::about(&wanted(lab), LONG, lab)?;
    let (question, real) = (asked.question()?, address(lab));
    let answer = Response::to(&question);
    for stray in strays(answer.clone().address(STRAY), &question) {
        asked.answer(&stray)?;
    }
    asked.answer(&answer.address(real))?;
    asked.prints(&[real])
}

/// A stray datagram is passed over also if it says that there is no answer, or not all of it.
fn is_no_matter_what_it_says(
    lab: &mut Lab,
    stray: impl Fn(Response, &Question) -> Response,
) -> Step {
    passes_over(lab, |answer, question| vec![stray(answer, question)])?;
    let bends: [fn(Response) -> Response; 2] = [|answer| answer.code(3), Response::truncated];
    for bend in bends {
        passes_over(lab, |answer, question| {
            vec![stray(bend(answer), question)]
        })
        .or_means(
            "The stray said that there is no such name, or was marked as truncated. That is said of \
             somebody else's question: look at id and question first, and at the rest only then.",
        )?;
    }
    Ok(())
}

/// A response to a question for another name, with the same id.
fn about(name_of_another: &str, question: &Question) -> Response {
    let mut bytes = question.bytes[..12].to_vec();
    bytes.extend(name(name_of_another));
    bytes.extend([0, 1, 0, 1]);
    Response::to(&Question {
        bytes,
        name: name_of_another.into(),
    })
}

/// A number that is not 0, of one byte.
fn drawn(lab: &mut Lab) -> u16 {
    u16::try_from(lab.number(1..=0xff)).unwrap_or(1)
}
