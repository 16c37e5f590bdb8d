//! Lab 03 on roads where datagrams come twice, and in another order.

use super::asker::Asker;
use super::oracle::{Oracle, prints_line};
use crate::checks::{Check, check};
use crate::program::Stdin;
use crate::wire::Mishaps;

/// Exercise 3.2, for the server.
pub static SERVER: &[Check] = &[
    check(
        "3.2/duplicated",
        "answers a request that comes twice as often as it comes",
        |lab| {
            let server = lab.server()?;
            let road = lab.road_to(&server, Mishaps::duplicate(1.0).there())?;
            let ann = Asker::new("Ann", lab, &server)?.by(&road);
            for _ in 0..3 {
                let (id, n) = (lab.number(1..=999_999), lab.number(2..=20));
                let answer = format!("#{id} {}", (1..=n).product::<u64>());
                ann.asks(format!("#{id} {n}"))?;
                ann.hears(&answer)?;
                ann.hears(&answer)?;
            }
            Ok(())
        },
    )
    .means(
        "A datagram may arrive twice, or be sent again because its answer was lost. The server \
         cannot tell, and need not: each request has an answer, also with an ID that it knows.",
    ),
    check(
        "3.2/reordered",
        "answers requests that overtake each other",
        |lab| {
            let server = lab.server()?;
            let road = lab.road_to(&server, Mishaps::reorder(1.0).there())?;
            let ann = Asker::new("Ann", lab, &server)?.by(&road);
            let first = lab.number(1..=999_999);
            let mut answers = Vec::new();
            for id in first..first + 6 {
                let n = lab.number(2..=20);
                ann.asks(format!("#{id} {n}"))?;
                answers.push(format!("#{id} {}", (1..=n).product::<u64>()));
            }
            ann.hears_all(answers)
        },
    )
    .means(
        "Datagrams need not come in the order in which they were sent, and an ID says nothing \
         about it. Each is a request of its own.",
    ),
];

/// Exercise 3.7, for the client.
pub static CLIENT: &[Check] = &[
    check(
        "3.7/duplicated",
        "prints one answer, however often it comes",
        |lab| {
            let (mut ann, n) = (Oracle::new("Ann", lab)?, lab.number(2..=99).to_string());
            let road = lab.road_to(ann.correspondent(), Mishaps::duplicate(1.0))?;
            let words = ["--timeout-ms", "1000", &n];
            let client = lab.client_at(road.address(), words, Stdin::Empty)?;
            let question = ann.is_asked(&client, &n)?;
            let answer = lab.number(1..=999_999).to_string();
            ann.answers(&question, &answer)?;
            prints_line(client.done()?.exits(&[0])?, &answer)
        },
    )
    .means(
        "The question came twice, and so does the answer. The first one that fits is the answer, \
         and what comes after it is of no interest.",
    ),
    check(
        "3.7/reordered",
        "finds its answer behind one to another question that has overtaken it",
        |lab| {
            let (mut ann, n) = (Oracle::new("Ann", lab)?, lab.number(2..=99).to_string());
            let road = lab.road_to(ann.correspondent(), Mishaps::reorder(1.0).back())?;
            let words = ["--timeout-ms", "4000", &n];
            let client = lab.client_at(road.address(), words, Stdin::Empty)?;
            let question = ann.is_asked(&client, &n)?;
            let answer = lab.number(1..=999_999).to_string();
            ann.answers(&question, &answer)?;
            let other = format!("{}7 {}", question.id, lab.number(1..=999_999));
            ann.says(question.from, other)?;
            prints_line(client.done()?.exits(&[0])?, &answer)
        },
    )
    .means(
        "Nothing says which datagram comes first. What begins with another ID is the answer to \
         another question: ignore it, and go on waiting.",
    ),
];
