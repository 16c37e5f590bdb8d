//! Exercise 5.7: lines that are for the room and not for the people in it.

use super::guest::{Guest, called, list, three, two};
use super::lines::LONGEST;
use crate::checks::{Check, check};

pub static CHECKS: &[Check] = &[
    check(
        "5.7/who",
        "tells who is there, the asker too, to nobody else",
        |lab| {
            let server = lab.server()?;
            let (mut ann, mut bob, mut carol) = three(lab, &server)?;
            let all = list([&*ann.name, &*bob.name, &*carol.name]);
            bob.says("/who")?;
            bob.hears(&all)?;
            carol.peer.says("/who\r\n")?;
            carol.hears(&all)?;
            let word = lab.word();
            bob.says(&word)?;
            ann.hears(&format!("[{}] {word}", bob.name))?;
            carol.hears(&format!("[{}] {word}", bob.name))
        },
    )
    .means(
        "`/who` is answered by the list of all, in the order they came, with the asker in it. It \
         is no text: the others hear nothing of it.",
    ),
    check(
        "5.7/who-now",
        "knows who has come and gone meanwhile",
        |lab| {
            let server = lab.server()?;
            let (mut ann, bob) = two(lab, &server)?;
            let name = bob.leaves()?;
            ann.hears_of_leaving(&name)?;
            ann.says("/who")?;
            ann.hears(&list([&*ann.name.clone()]))?;
            let carol = Guest::joins(lab, &server, "Carol", &[&ann])?;
            ann.hears_of_joining(&carol)?;
            ann.says("/who")?;
            ann.hears(&list([&*ann.name.clone(), &*carol.name]))
        },
    ),
    check(
        "5.7/msg",
        "tells one person alone what is meant for that one",
        |lab| {
            let server = lab.server()?;
            let (mut ann, mut bob, mut carol) = three(lab, &server)?;
            let (secret, word) = (lab.word(), lab.word());
            ann.says(&format!("/msg {} {secret}", carol.name))?;
            carol.hears(&format!("[{} -> you] {secret}", ann.name))?;
            carol.says(&word)?;
            for guest in [&mut ann, &mut bob] {
                guest.hears(&format!("[{}] {word}", carol.name))?;
            }
            Ok(())
        },
    )
    .means("`/msg NAME TEXT` is heard by NAME alone, as `[SENDER -> you] TEXT`."),
    check(
        "5.7/msg-text",
        "takes all that stands behind the name for the text",
        |lab| {
            let server = lab.server()?;
            let (mut ann, mut bob) = two(lab, &server)?;
            let (one, two) = (lab.word(), lab.word());
            for text in [
                format!("{one} {two}"),
                format!("{one}  two   blanks {two}"),
                format!("/who {one} 李"),
                format!("/msg {} {two}", bob.name),
            ] {
                ann.says(&format!("/msg {} {text}", bob.name))?;
                bob.hears(&format!("[{} -> you] {text}", ann.name))?;
            }
            Ok(())
        },
    )
    .means("Split at the first two blanks and no further: the text has blanks of its own."),
    check(
        "5.7/msg-nobody",
        "says so when nobody of that name is there",
        |lab| {
            let server = lab.server()?;
            let (mut ann, mut bob, carol) = three(lab, &server)?;
            let (nobody, gone) = (called(lab, "Dan"), carol.leaves()?);
            ann.hears_of_leaving(&gone)?;
            bob.hears_of_leaving(&gone)?;
            for name in [
                &nobody,
                &gone,
                &bob.name.to_uppercase(),
                &bob.name[..2].to_string(),
            ] {
                ann.says(&format!("/msg {name} {}", lab.word()))?;
                ann.hears(&format!("* nobody here is called {name}"))?;
            }
            let word = lab.word();
            ann.says(&word)?;
            bob.hears(&format!("[{}] {word}", ann.name))
        },
    )
    .means(
        "The answer goes to the one who asked, with the name as it was written. Case counts, and a \
         part of a name is another name.",
    ),
    check(
        "5.7/order",
        "keeps what is meant for one in order with what is meant for all",
        |lab| {
            let server = lab.server()?;
            let (mut ann, mut bob) = two(lab, &server)?;
            let word = lab.word();
            let said: Vec<_> = (0..40)
                .map(|number| match number % 2 {
                    0 => format!("{word} {number}"),
                    _ => format!("/msg {} {word} {number}", bob.name),
                })
                .collect();
            ann.says(&said.join("\n"))?;
            for number in 0..40 {
                let how = if number % 2 == 0 { "" } else { " -> you" };
                bob.hears(&format!("[{}{how}] {word} {number}", ann.name))?;
            }
            Ok(())
        },
    ),
    check(
        "5.7/limits",
        "has the same limits for commands as for all lines",
        |lab| {
            let server = lab.server()?;
            let (mut ann, mut bob, mut carol) = three(lab, &server)?;
            let whisper = format!("/msg {} ", bob.name);
            let (text, word) = (lab.letters(LONGEST - whisper.len()), lab.word());
            ann.says(&format!("{whisper}{text}"))?;
            bob.hears(&format!("[{} -> you] {text}", ann.name))?;
            ann.says(&format!("{whisper}{text}x"))?;
            ann.hears("* line too long")?;
            ann.peer.sees_the_end()?;
            let bad = [whisper.as_bytes(), word.as_bytes(), b"\xff\n"].concat();
            carol.peer.says(bad)?;
            carol.hears_past_notices("* not utf-8")?;
            carol.peer.sees_the_end()?;
            let mut dan = Guest::comes(&server, "Dan", called(lab, "Dan"))?;
            dan.says(&word)?;
            bob.hears_from(&dan.name, &word)
        },
    )
    .means(
        "A command is a line: over 1,000 bytes it is answered with `* line too long`, and what is not \
         UTF-8 with `* not utf-8`, and the connection is closed. Look at that before you look for a \
         slash.",
    ),
    check("5.7/quit", "closes after `/quit`", |lab| {
        let server = lab.server()?;
        let (mut ann, mut bob) = two(lab, &server)?;
        let (one, two) = (lab.word(), lab.word());
        bob.says(&format!("{one}\n/quit\n{two}"))?;
        bob.peer.sees_the_end()?;
        ann.hears(&format!("[{}] {one}", bob.name))?;
        ann.hears_of_leaving(&bob.name)?;
        let again = Guest::joins_again(lab, &server, "another Bob", &bob.name)?;
        ann.hears_of_joining(&again)
    })
    .means(
        "`/quit` is the last line of a client: nothing behind it counts, the others hear `* NAME \
         left`, and the connection is closed with an end, not a reset.",
    ),
    check(
        "5.7/unknown",
        "says `* unknown command` to any other, and to nobody else",
        |lab| {
            let server = lab.server()?;
            let (mut ann, mut bob) = two(lab, &server)?;
            let word = lab.word();
            for line in [&*format!("/x{word}"), "/whoever", "/quitter", "/message"] {
                ann.says(line)?;
                ann.hears("* unknown command")?;
            }
            ann.says(&word)?;
            bob.hears(&format!("[{}] {word}", ann.name))
        },
    )
    .means(
        "What begins with a slash is for the room, also what it does not know: nobody wants a \
         mistyped `/msg` to be heard by all. Compare whole words, not their beginnings.",
    ),
    check(
        "5.7/goes-on",
        "goes on after commands that lack something, or have too much",
        |lab| {
            let server = lab.server()?;
            let (mut ann, mut bob) = two(lab, &server)?;
            let word = lab.word();
            let lines = [
                "/msg".to_string(),
                "/msg ".to_string(),
                format!("/msg {}", bob.name),
                format!("/msg {} {word}", ann.name),
                format!("/who {}", bob.name),
                word.clone(),
            ];
            ann.says(&lines.join("\n"))?;
            bob.hears_at_last(&format!("[{}] {word}", ann.name))?;
            bob.says(&word)?;
            ann.hears_at_last(&format!("[{}] {word}", bob.name))
        },
    ),
    check(
        "5.7/in-pieces",
        "takes commands as lines, not as reads",
        |lab| {
            let server = lab.server()?;
            let (mut ann, mut bob) = two(lab, &server)?;
            let word = lab.word();
            let said = format!("/who\n{word}\n/msg {} {word}\n", bob.name);
            ann.peer.says_in_pieces(said.as_bytes().chunks(3))?;
            ann.hears(&list([&*ann.name.clone(), &*bob.name]))?;
            bob.hears(&format!("[{}] {word}", ann.name))?;
            bob.hears(&format!("[{} -> you] {word}", ann.name))
        },
    ),
];
