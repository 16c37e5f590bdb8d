//! Lab 01, host names: the program asks a DNS server, which is ours.

use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

use super::lines::{named, read, same_addresses};
use super::message::{Question, Response, name, open_name, pointer};
use crate::checks::processes::Process;
use crate::checks::{Check, Done, Lab, check};
use crate::finding::{Kind, Means, Step, fail};
use crate::program::Stdin;
use crate::wire::{Correspondent, Patience};

/// Longer than any story: for programs that are answered.
const LONG: Duration = Duration::from_secs(20);

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
        if ids.iter().any(|id| *id != ids[0]) {
            return Ok(());
        }
        fail(
            Kind::Unexpected,
            "four questions with ids that nobody can foresee",
            format!("the id {} four times", ids[0]),
        )
    })
    .means("Who can guess the id can answer before the server does. Draw it at random."),
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
            let stranger = wanted(lab);
            passes_over(lab, move |_, question| {
                let mut bytes = question.bytes[..12].to_vec();
                bytes.extend(name(&stranger));
                bytes.extend([0, 1, 0, 1]);
                Response::to(&Question {
                    bytes,
                    name: stranger,
                })
                .address(STRAY)
            })
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
        stranger.sends(asked.from()?, answer.clone().address(STRAY).bytes)?;
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
    .alone()
    .means("A lost datagram is no event: without a time limit, `recv` waits for ever."),
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
    .alone()
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
            done.exits(&[1, 4])?.prints("")?.complains("")?;
            Ok(())
        },
    )
    .means("A refusal may be reported by the system (exit 1), or not (silence, exit 4)."),
    check(
        "1.8/truncated",
        "takes no half answer: ends with 3 if it is marked as truncated",
        |lab| {
            answers_well(lab)?;
            let address = address(lab);
            breaks(lab, |response| response.address(address).truncated())
        },
    )
    .means("The flag TC (0x0200) says that some of the answer did not fit. Half of it is none."),
    check(
        "1.8/cut",
        "ends with 3 if the datagram ends within the answers",
        |lab| {
            answers_well(lab)?;
            let two = [0; 2].map(|_| address(lab));
            let whole = |response: Response| response.address(two[0]).address(two[1]);
            // Each answer is 16 bytes long.
            for cut in [0, 1, 11, 15, 16, 17, 31] {
                breaks(lab, |response| {
                    let end = response.answers + cut;
                    whole(response).cut(end)
                })?;
            }
            Ok(())
        },
    )
    .means(
        "Every length and every count in a message was written by somebody else. Look whether \
         what they promise is there, before you take it.",
    ),
    check(
        "1.8/lengths-that-lie",
        "ends with 3 if a length or a count promises more than there is",
        |lab| {
            answers_well(lab)?;
            let address = address(lab);
            breaks(lab, |response| {
                let length = response.answers + 10;
                response.address(address).set(length, 500)
            })?;
            breaks(lab, |response| response.address(address).set(6, 2))?;
            breaks(lab, |response| {
                response.record(&pointer(12), 1, &address.octets()[..3])
            })
        },
    )
    .means(
        "Every length and every count in a message was written by somebody else. Look whether \
         what they promise is there, before you take it.",
    ),
    check(
        "1.8/pointers-in-a-circle",
        "ends with 3 if a name never ends",
        |lab| {
            answers_well(lab)?;
            let address = address(lab);
            breaks(lab, |response| {
                let itself = pointer(response.answers);
                response.address_of(&itself, address)
            })?;
            breaks(lab, |response| {
                let at = response.answers;
                let circle = [open_name("round"), pointer(at)].concat();
                response.address_of(&circle, address)
            })
        },
    )
    .means(
        "A pointer may lead to itself, or to labels that lead back to it. If each one has to lead \
         to before the labels that led to it, there is an end.",
    ),
];

/// Where the addresses of strays are: the program must not print them.
const STRAY: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 66);

/// The program has asked, or is about to.
struct Asked {
    name: String,
    server: Correspondent,
    process: Process,
    patience: Patience,
    from: Option<std::net::SocketAddr>,
}

impl Asked {
    /// Starts the program, to ask a server of ours about this name.
    fn about(name: &str, timeout: Duration, lab: &mut Lab) -> Step<Self> {
        let server = lab.correspondent("DNS server")?;
        let (address, timeout) = (
            server.address().to_string(),
            timeout.as_millis().to_string(),
        );
        let words = [
            "query",
            "--server",
            &address,
            "--timeout-ms",
            &timeout,
            name,
        ];
        let process = lab.starts(words, Stdin::Empty)?;
        Ok(Self {
            name: name.into(),
            server,
            process,
            patience: lab.patience(),
            from: None,
        })
    }

    /// The question, when it comes.
    fn question(&mut self) -> Step<Question> {
        match self.first_datagram()? {
            Some(datagram) => Question::read(&datagram),
            None => fail(
                Kind::Exit,
                "the program to ask the DNS server",
                self.process.end().unwrap_or_default(),
            ),
        }
    }

    /// What the program sends first, or nothing if it ends without.
    fn first_datagram(&mut self) -> Step<Option<Vec<u8>>> {
        /// How often to look whether it has ended.
        const LOOK: Duration = Duration::from_millis(2);
        let deadline = Instant::now() + self.patience.start();
        while Instant::now() < deadline {
            let ended = self.process.end().is_some();
            // What is sent on one machine is there at once: before its sender has ended.
            if let Some((datagram, from)) = self.server.receives_within(LOOK)? {
                self.from = Some(from);
                return Ok(Some(datagram));
            }
            if ended {
                return Ok(None);
            }
        }
        fail(
            Kind::Silence,
            "the program to ask the DNS server",
            "it still runs, and no datagram came",
        )
    }

    /// From where the question came.
    fn from(&self) -> Step<std::net::SocketAddr> {
        self.from
            .ok_or_else(|| anyhow::anyhow!("the story answers before it was asked").into())
    }

    fn answer(&self, response: &Response) -> Step {
        self.server.sends(self.from()?, &response.bytes)
    }

    /// Sees these addresses on standard output, and the end with exit code 0.
    fn prints(&self, addresses: &[Ipv4Addr]) -> Step {
        let done = self.process.done()?;
        if String::from_utf8_lossy(&done.stdout).contains(&STRAY.to_string()) {
            return fail(
                Kind::Output,
                "the answer of the server and no other",
                format!("{STRAY}, which a stray datagram said"),
            );
        }
        let lines = read(done.exits(&[0])?)?;
        named(&lines, &[&self.name])?;
        let expected: Vec<IpAddr> = addresses.iter().copied().map(IpAddr::V4).collect();
        let seen: Vec<_> = lines.iter().map(|line| line.address).collect();
        same_addresses(&self.name, &expected, &seen)
    }
}

/// The program is answered like this, and prints these addresses.
fn answers(expected: &[Ipv4Addr], lab: &mut Lab, write: impl FnOnce(Response) -> Response) -> Step {
    let name = wanted(lab);
    answers_about(&name, expected, lab, write)
}

/// The program understands an answer at all: without that, an error says nothing.
fn answers_well(lab: &mut Lab) -> Step {
    let address = address(lab);
    answers(&[address], lab, |response| response.address(address))
}

fn answers_about(
    name: &str,
    expected: &[Ipv4Addr],
    lab: &mut Lab,
    write: impl FnOnce(Response) -> Response,
) -> Step {
    let mut asked = Asked::about(name, LONG, lab)?;
    let question = asked.question()?;
    asked.answer(&write(Response::to(&question)))?;
    asked.prints(expected)
}

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

/// The program is answered without an address, after a question that was answered well.
fn no_answer(lab: &mut Lab, write: impl FnOnce(Response) -> Response) -> Step {
    answers_well(lab)?;
    ends_with(1, lab, write)?.complains("")?;
    Ok(())
}

/// The program is answered by something broken.
fn breaks(lab: &mut Lab, write: impl FnOnce(Response) -> Response) -> Step {
    ends_with(3, lab, write)?.complains("")?;
    Ok(())
}

fn ends_with(code: i32, lab: &mut Lab, write: impl FnOnce(Response) -> Response) -> Step<Done> {
    let mut asked = Asked::about(&wanted(lab), LONG, lab)?;
    let question = asked.question()?;
    asked.answer(&write(Response::to(&question)))?;
    let done = asked.process.done()?;
    done.exits(&[code])?.prints("")?;
    Ok(done)
}

/// The program hears a stray datagram, and then the answer.
fn passes_over(lab: &mut Lab, stray: impl FnOnce(Response, &Question) -> Response) -> Step {
    let mut asked = Asked::about(&wanted(lab), LONG, lab)?;
    let (question, real) = (asked.question()?, address(lab));
    let answer = Response::to(&question);
    asked.answer(&stray(answer.clone().address(STRAY), &question))?;
    asked.answer(&answer.address(real))?;
    asked.prints(&[real])
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

/// The program ends with exit code 4, not before its time and not long after it.
fn gives_up(asked: &Asked, start: Instant, timeout: Duration, lab: &Lab) -> Step {
    let done = asked.process.done_within(lab.patience().at_most(timeout))?;
    let took = start.elapsed();
    done.exits(&[4])?.prints("")?.complains("")?;
    if took >= timeout {
        return Ok(());
    }
    fail(
        Kind::Unexpected,
        format!(
            "the program to wait {} ms for the answer",
            timeout.as_millis()
        ),
        format!("it gave up after {} ms", took.as_millis()),
    )
}

/// An address that the server answers; never that of a stray.
fn address(lab: &mut Lab) -> Ipv4Addr {
    let [b, c, d] = [0; 3].map(|_: u8| u8::try_from(lab.number(1..=254)).unwrap_or(1));
    Ipv4Addr::new(10, b, c, d)
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

/// A name to ask for.
fn wanted(lab: &mut Lab) -> String {
    format!("www.{}.test", lab.word())
}
