//! Exercise 5.5: those who leave without a word cost nobody else anything.

use super::guest::{Guest, TAKEN, asked, called, three, two};
use crate::checks::{Check, Lab, Server, check};
use crate::finding::{Kind, Step, fail};
use crate::program::{Running, StopSignal};
use crate::words::quoted;

pub static CHECKS: &[Check] = &[
    check(
        "5.5/reset",
        "tells the others when somebody's connection is reset",
        |lab| {
            let server = lab.server()?;
            let (mut ann, bob, mut carol) = three(lab, &server)?;
            let word = lab.word();
            let name = bob.name;
            bob.peer.resets()?;
            ann.hears_of_leaving(&name)?;
            carol.hears_of_leaving(&name)?;
            carol.says(&word)?;
            ann.hears(&format!("[{}] {word}", carol.name))?;
            ann.says(&word)?;
            carol.hears(&format!("[{}] {word}", ann.name))
        },
    )
    .means(
        "After a reset `read` returns an error and not an end. Whoever leaves the function with it \
         must take the client out of the room, too, or a ghost stays there.",
    ),
    check(
        "5.5/half-a-line",
        "takes somebody out who is gone in the middle of a line",
        |lab| {
            let server = lab.server()?;
            let (mut ann, mut bob) = two(lab, &server)?;
            bob.peer.says(lab.word())?;
            bob.peer.is_read()?;
            let name = bob.name;
            bob.peer.resets()?;
            ann.hears_of_leaving(&name)?;
            Guest::joins(lab, &server, "Carol", &[&ann])?;
            Ok(())
        },
    ),
    check(
        "5.5/the-right-one",
        "takes out the one who is gone, and nobody else",
        |lab| {
            let server = lab.server()?;
            let (mut ann, bob, mut carol) = three(lab, &server)?;
            let mut dan = Guest::joins(lab, &server, "Dan", &[&ann, &bob, &carol])?;
            ann.hears_of_joining(&dan)?;
            carol.hears_of_joining(&dan)?;
            let name = bob.name;
            bob.peer.resets()?;
            for guest in [&mut ann, &mut carol, &mut dan] {
                guest.hears_of_leaving(&name)?;
            }
            let eve = Guest::joins(lab, &server, "Eve", &[&ann, &carol, &dan])?;
            for guest in [&mut ann, &mut carol, &mut dan] {
                guest.hears_of_joining(&eve)?;
            }
            Ok(())
        },
    )
    .means(
        "A list that is changed while one walks it skips somebody, and an index into it means \
         somebody else the next moment. Name people by something that stays.",
    ),
    check(
        "5.5/name-free",
        "has a name free again after a reset",
        |lab| {
            let server = lab.server()?;
            let mut bob = Guest::joins(lab, &server, "Bob", &[])?;
            let ann = Guest::joins(lab, &server, "Ann", &[&bob])?;
            bob.hears_of_joining(&ann)?;
            let name = ann.name;
            ann.peer.resets()?;
            bob.hears_of_leaving(&name)?;
            let again = Guest::joins_again(lab, &server, "another Ann", &name)?;
            bob.hears_of_joining(&again)?;
            let mut third = asked(&server, "a third Ann")?;
            third.says(format!("{name}\n"))?;
            third.hears_line(TAKEN)
        },
    ),
    check(
        "5.5/in-the-middle",
        "lets all others hear a line while one is just gone",
        |lab| {
            let server = lab.server()?;
            let (mut ann, mut carol) = two(lab, &server)?;
            for _ in 0..12 {
                one_is_gone(lab, &server, &mut ann, &mut carol)?;
            }
            Ok(())
        },
    )
    .means(
        "Writing to one of them has failed, and those behind it in the list have missed the line. \
         A `?` in the loop ends the loop: go on with the others.",
    ),
    check(
        "5.5/unnamed",
        "survives those who are gone before they have a name",
        |lab| {
            let server = lab.server()?;
            let (mut ann, mut bob) = two(lab, &server)?;
            for _ in 0..5 {
                server.connect("one of ten")?.resets()?;
                let other = asked(&server, "one of ten")?;
                other.resets()?;
            }
            let word = lab.word();
            bob.says(&word)?;
            ann.hears(&format!("[{}] {word}", bob.name))?;
            server.still_runs()
        },
    ),
    check(
        "5.5/leaks",
        "is done with each client that is gone",
        |lab| {
            let server = lab.server()?;
            let (mut ann, mut bob) = two(lab, &server)?;
            let (process, before) = (server.process()?, 5);
            let (mut threads, mut descriptors) = (None, None);
            for round in 0..60 {
                if round == before {
                    threads = process.running().threads();
                    descriptors = process.running().descriptors();
                }
                let guest = Guest::joins(lab, &server, "one of sixty", &[&ann, &bob])?;
                let name = guest.name;
                guest.peer.resets()?;
                for guest in [&mut ann, &mut bob] {
                    guest.hears(&format!("* {name} joined"))?;
                    guest.hears_of_leaving(&name)?;
                }
            }
            process.settles("threads", threads, 5, Running::threads)?;
            process.settles("open descriptors", descriptors, 5, Running::descriptors)
        },
    )
    .means(
        "A connection is closed when its last handle is dropped, and a thread ends when its \
         function returns. A handle that is kept in a list keeps both.",
    ),
];

/// Bob is gone, and Ann says something, at what is one moment to the server. Carol, who came
/// before him, and Dan, who came after him, hear that and that Bob has left, whichever is first.
fn one_is_gone(lab: &mut Lab, server: &Server, ann: &mut Guest, carol: &mut Guest) -> Step {
    let bob = Guest::comes(server, "Bob", called(lab, "Bob"))?;
    let mut dan = Guest::comes(server, "Dan", called(lab, "Dan"))?;
    for guest in [&mut *ann, carol] {
        guest.hears_of_joining(&bob)?;
        guest.hears_of_joining(&dan)?;
    }
    let word = lab.word();
    let said = format!("[{}] {word}", ann.name);
    let left = format!("* {} left", bob.name);
    server.process()?.running().signal(StopSignal::Pause)?;
    ann.says(&word)?;
    bob.peer.resets()?;
    server.process()?.running().signal(StopSignal::Resume)?;
    hears_both(carol, &said, &left)?;
    hears_both(&mut dan, &said, &left)?;
    ann.hears(&left)?;
    let name = dan.leaves()?;
    ann.hears_of_leaving(&name)?;
    carol.hears_of_leaving(&name)
}

fn hears_both(guest: &mut Guest, said: &str, left: &str) -> Step {
    let mut heard = [guest.peer.hears_a_line()?, guest.peer.hears_a_line()?];
    heard.sort_by_key(|line| line.starts_with('*'));
    if heard == [said, left] {
        return Ok(());
    }
    let both = |one: &str, two: &str| {
        let (one, two) = (quoted(one.as_bytes()), quoted(two.as_bytes()));
        format!("{one} and {two}")
    };
    let expected = format!("{} to hear {}", guest.peer.name(), both(said, left));
    fail(Kind::Unexpected, expected, both(&heard[0], &heard[1]))
}
