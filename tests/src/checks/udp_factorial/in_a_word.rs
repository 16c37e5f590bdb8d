//! Exercise 3.2: factorials that fit a machine word, asked for with an ID.

use super::asker::Asker;
use super::oracle::{LONG, Oracle, prints_line};
use crate::checks::{Check, Lab, check};
use crate::finding::{Kind, Step, fail};

pub static CHECKS: &[Check] = &[
    check(
        "3.2/in-a-word",
        "answers 0 to 20 with their factorials",
        |lab| {
            let server = lab.server()?;
            let ann = Asker::new("Ann", lab, &server)?;
            let first = lab.number(0..=20);
            for n in (first..=20).chain(0..first) {
                let factorial: u64 = (1..=n).product();
                ann.is_told(n.to_string(), factorial.to_string())?;
            }
            Ok(())
        },
    )
    .means(
        "N! is the product of the numbers from 1 to N, in decimal digits and nothing else. 0! is \
         1: the product of no numbers at all.",
    ),
    check(
        "3.2/id",
        "repeats the ID before its answer, as it came",
        |lab| {
            let server = lab.server()?;
            let ann = Asker::new("Ann", lab, &server)?;
            for digits in 1..=10 {
                let id: String = (0..digits).map(|_| lab.number(0..=9).to_string()).collect();
                ann.is_told(format!("#{id} 6"), format!("#{id} 720"))?;
            }
            ann.is_told("#007 5", "#007 120")?;
            ann.is_told("#9999999999 5", "#9999999999 120")
        },
    )
    .means(
        "An ID is up to 10 digits that come back as they are: zeros in front are part of it, and \
         9999999999 is more than 32 bits hold. It is a text, and no number.",
    ),
    check(
        "3.2/blanks",
        "drops blanks around a request, and zeros before a number",
        |lab| {
            let server = lab.server()?;
            let ann = Asker::new("Ann", lab, &server)?;
            for request in [
                "5\n",
                "5\r\n",
                "  5",
                "\t5 \t",
                "\r\n 5 \r\n",
                "005",
                "00000000000000000005",
            ] {
                ann.is_told(request, "120")?;
            }
            ann.is_told(" #12 5\n", "#12 120")?;
            ann.is_told("hello Ann\r\n", "Hello, Ann!")
        },
    )
    .means("People who type a request send a line end with it: space, tab, CR and LF are dropped."),
    check(
        "3.2/client",
        "asks with an ID as a client, and prints the answer without it",
        |lab| {
            let (mut ann, n) = (Oracle::new("Ann", lab)?, lab.number(2..=99).to_string());
            let client = ann.client(lab, &[LONG[0], LONG[1], &n])?;
            let question = ann.is_asked(&client, &n)?;
            let answer = lab.number(1..=999_999).to_string();
            ann.answers(&question, &answer)?;
            prints_line(client.done()?.exits(&[0])?, &answer)
        },
    )
    .means("The client sends `#ID N`, gets `#ID ANSWER`, and prints ANSWER."),
    check(
        "3.2/random-id",
        "asks with another ID each time it is run",
        |lab| {
            let first = id_of_a_run(lab)?;
            let mut last = first;
            // A random one goes down sooner or later: that it does not in so many runs is less
            // likely than one in a thousand million, also for IDs of one digit.
            for _ in 1..RUNS {
                let id = id_of_a_run(lab)?;
                if id < last {
                    return Ok(());
                }
                last = id;
            }
            let seen = if first == last {
                format!("the same in each of {RUNS} runs: #{first}")
            } else {
                format!("in {RUNS} runs it never went down, from #{first} to #{last}")
            };
            fail(Kind::Unexpected, "a random ID", seen)
        },
    )
    .means(
        "Who knows the ID can send an answer before the server does, and an answer to an earlier \
         run can pass for one to this. So the ID is random: no constant, no clock, no count of \
         runs or processes, which everybody can guess.",
    ),
];

/// How often the client is run before its ID is taken for one that only grows.
const RUNS: u32 = 16;

/// The ID that the client asks with when it is run once.
fn id_of_a_run(lab: &mut Lab) -> Step<u64> {
    let mut ann = Oracle::new("Ann", lab)?;
    let client = ann.client(lab, &[LONG[0], LONG[1], "5"])?;
    let question = ann.is_asked(&client, "5")?;
    ann.answers(&question, "120")?;
    client.done()?.exits(&[0])?;
    // At most ten digits.
    Ok(question.id[1..].parse().unwrap_or_default())
}
