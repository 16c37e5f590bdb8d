//! Exercise 5.4: all hear who comes and who goes, once each.

use super::guest::{BAD, Guest, TAKEN, asked, three, two};
use crate::checks::{Check, check};

pub static CHECKS: &[Check] = &[
    check("5.4/joined", "tells the others who has joined", |lab| {
        let server = lab.server()?;
        let (mut ann, mut bob, carol) = three(lab, &server)?;
        let dan = Guest::joins(lab, &server, "Dan", &[&ann, &bob, &carol])?;
        ann.hears_of_joining(&dan)?;
        bob.hears_of_joining(&dan)
    })
    .means("When somebody has a name and is let in, all others hear `* NAME joined`."),
    check(
        "5.4/not-oneself",
        "does not tell somebody of the own coming",
        |lab| {
            let server = lab.server()?;
            let (mut ann, mut bob) = two(lab, &server)?;
            let word = lab.word();
            ann.says(&word)?;
            bob.hears(&format!("[{}] {word}", ann.name))
        },
    )
    .means("Who has joined has heard the list. `* NAME joined` is for the others."),
    check("5.4/left", "tells the others who has left", |lab| {
        let server = lab.server()?;
        let (mut ann, bob, mut carol) = three(lab, &server)?;
        let word = lab.word();
        let name = bob.leaves()?;
        ann.hears_of_leaving(&name)?;
        carol.hears_of_leaving(&name)?;
        carol.says(&word)?;
        ann.hears(&format!("[{}] {word}", carol.name))
    })
    .means("When a client's stream has ended, all others hear `* NAME left`, once."),
    check(
        "5.4/last-line-first",
        "passes on what somebody said before leaving, then tells of it",
        |lab| {
            let server = lab.server()?;
            let (mut ann, mut bob) = two(lab, &server)?;
            let (one, last) = (lab.word(), lab.word());
            bob.peer.says(format!("{one}\n{last}\n"))?;
            bob.peer.stops_talking()?;
            ann.hears(&format!("[{}] {one}", bob.name))?;
            ann.hears(&format!("[{}] {last}", bob.name))?;
            ann.hears_of_leaving(&bob.name)?;
            bob.peer.sees_the_end()
        },
    )
    .means(
        "What came before the end counts. Who ends the own side has left: the others are told, and \
         the server ends its side, too.",
    ),
    check(
        "5.4/sent-away",
        "tells the others when it closes on somebody",
        |lab| {
            let server = lab.server()?;
            let (mut ann, mut bob, mut carol) = three(lab, &server)?;
            let word = lab.word();
            bob.peer.says(b"\xff\n")?;
            bob.hears("* not utf-8")?;
            bob.peer.sees_the_end()?;
            ann.hears_of_leaving(&bob.name)?;
            carol.hears_of_leaving(&bob.name)?;
            carol.says(&word)?;
            ann.hears(&format!("[{}] {word}", carol.name))
        },
    ),
    check(
        "5.4/never-in",
        "says nothing of those who were never in the room",
        |lab| {
            let server = lab.server()?;
            let (mut ann, mut bob) = two(lab, &server)?;
            let word = lab.word();
            let carol = asked(&server, "Carol")?;
            carol.leaves();
            let mut other = asked(&server, "another Bob")?;
            other.says(format!("{}\n", bob.name))?;
            other.hears_line(TAKEN)?;
            other.sees_the_end()?;
            other.leaves();
            let mut bad = asked(&server, "Dan")?;
            bad.says("no name\n")?;
            bad.hears_line(BAD)?;
            bad.sees_the_end()?;
            bob.says(&word)?;
            ann.hears(&format!("[{}] {word}", bob.name))
        },
    )
    .means(
        "Who has no name, a bad one, or one that is taken, has never been in the room: nobody hears \
         of that one's coming or going. Least of all does the owner of the name leave.",
    ),
    check(
        "5.4/list",
        "keeps the list in the order they came, when some have left",
        |lab| {
            let server = lab.server()?;
            let (ann, mut bob, mut carol) = three(lab, &server)?;
            let name = ann.leaves()?;
            bob.hears_of_leaving(&name)?;
            carol.hears_of_leaving(&name)?;
            let dan = Guest::joins(lab, &server, "Dan", &[&bob, &carol])?;
            Guest::joins(lab, &server, "Eve", &[&bob, &carol, &dan])?;
            Ok(())
        },
    )
    .means("Who leaves is taken out of the list, and the others keep their order."),
    check(
        "5.4/once",
        "tells of each coming and going exactly once",
        |lab| {
            let server = lab.server()?;
            let (mut ann, mut bob) = two(lab, &server)?;
            for _ in 0..5 {
                let guest = Guest::joins(lab, &server, "Carol", &[&ann, &bob])?;
                ann.hears_of_joining(&guest)?;
                bob.hears_of_joining(&guest)?;
                let name = guest.leaves()?;
                ann.hears_of_leaving(&name)?;
                bob.hears_of_leaving(&name)?;
            }
            let word = lab.word();
            bob.says(&word)?;
            ann.hears(&format!("[{}] {word}", bob.name))
        },
    ),
];
