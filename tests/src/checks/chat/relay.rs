//! Exercise 5.3: what one says, all others hear.

use super::guest::{Guest, asked, called, is_notice};
use crate::checks::{Check, Lab, Server, check};
use crate::finding::{Kind, Step, fail};
use crate::words::quoted;

pub static CHECKS: &[Check] = &[
    check(
        "5.3/others",
        "tells all others what one has said, and who it was",
        |lab| {
            let server = lab.server()?;
            let mut ann = Guest::joins(lab, &server, "Ann", &[])?;
            let mut bob = Guest::joins(lab, &server, "Bob", &[&ann])?;
            let mut carol = Guest::joins(lab, &server, "Carol", &[&ann, &bob])?;
            let (one, two) = (lab.word(), lab.word());
            ann.says(&one)?;
            bob.hears_from(&ann.name, &one)?;
            carol.hears_from(&ann.name, &one)?;
            carol.says(&two)?;
            ann.hears_from(&carol.name, &two)?;
            bob.hears_from(&carol.name, &two)
        },
    )
    .means("The others hear a line as `[NAME] TEXT`, with the name of the one who has said it."),
    check(
        "5.3/not-back",
        "does not send a line back to the one who said it",
        |lab| {
            let server = lab.server()?;
            let (mut ann, mut bob) = pair(lab, &server)?;
            let words = [lab.word(), lab.word(), lab.word()];
            ann.says(&words[0])?;
            bob.hears_from(&ann.name, &words[0])?;
            ann.says(&words[1])?;
            bob.hears_from(&ann.name, &words[1])?;
            bob.says(&words[2])?;
            ann.hears_from(&bob.name, &words[2])
        },
    )
    .means("Who says something sees it on the own screen. The room sends it to the others alone."),
    check(
        "5.3/order",
        "keeps the lines of one in the order in which they were said",
        |lab| {
            let server = lab.server()?;
            let (mut ann, mut bob) = pair(lab, &server)?;
            let word = lab.word();
            let lines: Vec<_> = (1..=200).map(|number| format!("{word} {number}")).collect();
            ann.says(&lines.join("\n"))?;
            for line in &lines {
                bob.hears_from(&ann.name, line)?;
            }
            Ok(())
        },
    )
    .means("A thread for each line, or a queue with several who take from it, mixes them up."),
    check(
        "5.3/as-it-is",
        "passes text on as it is, whatever it looks like",
        |lab| {
            let server = lab.server()?;
            let (mut ann, mut bob) = pair(lab, &server)?;
            let word = lab.word();
            let texts = [
                format!("  {word}   two  blanks"),
                format!("Zoë {word} 李 \u{1f980}"),
                format!("[Carol] {word}"),
                format!("see /who {word}"),
                format!("%s {word} \\n {{}}"),
            ];
            for text in &texts {
                ann.says(text)?;
                bob.hears_from(&ann.name, text)?;
            }
            Ok(())
        },
    ),
    check(
        "5.3/silent-until-named",
        "tells nothing to somebody who has no name yet",
        |lab| {
            let server = lab.server()?;
            let (mut ann, mut bob) = pair(lab, &server)?;
            let (word, name) = (lab.word(), called(lab, "Carol"));
            let peer = asked(&server, "Carol")?;
            let mut carol = Guest { name, peer };
            ann.says(&word)?;
            bob.hears_from(&ann.name, &word)?;
            carol.says(&carol.name.clone())?;
            carol.hears(&format!("* in the room: {}, {}", ann.name, bob.name))?;
            bob.says(&word)?;
            carol.hears_from(&bob.name, &word)
        },
    )
    .means("Who has no name is not in the room: add a client to it when it has given its name."),
    check(
        "5.3/twenty",
        "keeps the lines whole and in order when twenty talk at once",
        |lab| {
            const EACH: usize = 100;
            // With room for all that is said nobody can be too slow.
            let server = lab.server_with(&["--queue", "4000"])?;
            let word = lab.word();
            let mut guests: Vec<Guest> = Vec::new();
            for _ in 0..20 {
                let name = called(lab, "one of 20");
                guests.push(Guest::comes(&server, "one of 20", name)?);
            }
            for guest in &mut guests {
                let lines: Vec<_> = (1..=EACH).map(|line| format!("{word} {line}")).collect();
                guest.says(&lines.join("\n"))?;
            }
            let names: Vec<String> = guests.iter().map(|guest| guest.name.clone()).collect();
            for guest in &mut guests {
                hears_all(guest, &names, &word, EACH)?;
            }
            Ok(())
        },
    )
    .long()
    .means(
        "Several threads that write to one connection tear each other's lines. One hub that has \
         all connections, or a lock around each, keeps lines whole.",
    ),
];

/// Hears the lines 1 to `each` of everybody else, each one's in order, and nothing else.
fn hears_all(guest: &mut Guest, names: &[String], word: &str, each: usize) -> Step {
    let mut heard = vec![0; names.len()];
    let mut left = (names.len() - 1) * each;
    while left > 0 {
        let line = guest.peer.hears_a_line()?;
        if is_notice(&line) {
            continue;
        }
        let next = names
            .iter()
            .position(|name| *name != guest.name && line.starts_with(&format!("[{name}] {word} ")));
        let expected = next.map(|who| format!("[{}] {word} {}", names[who], heard[who] + 1));
        if let (Some(who), Some(expected)) = (next, &expected)
            && *expected == line
        {
            heard[who] += 1;
            left -= 1;
            continue;
        }
        return fail(
            Kind::Unexpected,
            match expected {
                Some(line) => format!("one of twenty to hear the line {}", quoted(line.as_bytes())),
                None => "one of twenty to hear whole lines of the nineteen others".to_string(),
            },
            format!("the line {}", quoted(line.as_bytes())),
        );
    }
    Ok(())
}

/// Ann and Bob are in the room. What they hear of each other's coming is left to be heard.
pub fn pair(lab: &mut Lab, server: &Server) -> Step<(Guest, Guest)> {
    let ann = Guest::joins(lab, server, "Ann", &[])?;
    let bob = Guest::joins(lab, server, "Bob", &[&ann])?;
    Ok((ann, bob))
}
