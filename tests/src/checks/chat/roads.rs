//! Lab 05 on roads that cut what is sent, or hold it back.

use std::time::Duration;

use super::guest::{Guest, QUESTION, called, list};
use super::typist::Typist;
use crate::checks::{Check, check};
use crate::program::Stdin;
use crate::wire::Faults;

/// When nothing has come for so long, a road lets go what it holds.
const LULL: Duration = Duration::from_millis(10);

/// Longer than a story.
const LONG: Duration = Duration::from_secs(60);

pub static CHECKS: &[Check] = &[
    check("5.1/any-road", "talks the same on any road", |lab| {
        for faults in [Faults::slice(1).back(), Faults::coalesce(usize::MAX, LULL)] {
            let host = lab.host("Ann")?;
            let road = lab.road_to(&host, faults)?;
            let words = ["duo", "--connect", &road.address().to_string()];
            let process = lab.starts(words, Stdin::Piped)?;
            let mut ann = host.accepts(|| process.end())?;
            let mut typist = Typist::at(process, lab);
            let texts = [format!("Zoë {} 李", lab.word()), lab.word()];
            ann.says(format!("{}\r\n{}\n", texts[0], texts[1]))?;
            typist.types(&format!("{}\n{}\n", texts[1], texts[0]))?;
            typist.reads(&format!("peer: {}", texts[0]))?;
            typist.reads(&format!("peer: {}", texts[1]))?;
            ann.hears_line(&texts[1])?;
            ann.hears_line(&texts[0])?;
        }
        Ok(())
    })
    .means("A line ends at its LF and nowhere else, however many reads bring it."),
    check(
        "5.3/through-slices",
        "passes on lines that a road brings byte by byte",
        |lab| {
            let server = lab.server()?;
            let mut bob = Guest::joins(lab, &server, "Bob", &[])?;
            let road = lab.road_to(&server, Faults::slice(1).there())?;
            let name = called(lab, "Ann");
            let mut ann = Guest::comes_by(road.connect("Ann")?, name)?;
            let texts = [format!("Zoë {} 李", lab.word()), lab.word()];
            ann.says(&format!("{}\r\n\n{}", texts[0], texts[1]))?;
            for text in &texts {
                bob.hears_from(&ann.name, text)?;
            }
            bob.says(&texts[0])?;
            ann.hears_from(&bob.name, &texts[0])
        },
    )
    .means(
        "Each read brings a single byte, and most of them no LF. Keep what has come of a line \
         until the rest of it is there.",
    ),
    check(
        "5.3/coalesced",
        "passes on lines that a road brings all at once, with name and end",
        |lab| {
            let server = lab.server()?;
            let mut bob = Guest::joins(lab, &server, "Bob", &[])?;
            let road = lab.road_to(&server, Faults::coalesce(usize::MAX, LONG).there())?;
            let (name, words) = (called(lab, "Ann"), [lab.word(), lab.word(), lab.word()]);
            let mut ann = road.connect("Ann")?;
            ann.hears_line(QUESTION)?;
            ann.says(format!("{name}\n"))?;
            for word in &words {
                ann.says(format!("{word}\n"))?;
            }
            ann.stops_talking()?;
            for word in &words {
                bob.hears_from(&name, word)?;
            }
            ann.hears_line(&list([&*bob.name]))?;
            ann.hears_the_rest()?;
            Ok(())
        },
    )
    .means(
        "What was said line by line may come in one read, behind the name, with the end of the \
         stream right after it. Each line in it counts, and the answers arrive.",
    ),
    check(
        "5.8/client-any-road",
        "as a client, shows the same room on any road",
        |lab| {
            for faults in [Faults::slice(1).back(), Faults::coalesce(usize::MAX, LULL)] {
                let (host, name) = (lab.host("the room")?, called(lab, "Ann"));
                let road = lab.road_to(&host, faults)?;
                let client = lab.client_at(road.address(), [&name], Stdin::Piped)?;
                let mut room = client.comes_to(&host)?;
                let mut typist = Typist::at(client.0, lab);
                room.says(format!("{QUESTION}\n"))?;
                room.hears_line(&name)?;
                let said = format!("[Bob] Zoë {} 李", lab.word());
                room.says(format!("* in the room: Bob\r\n{said}\n"))?;
                typist.reads(QUESTION)?;
                typist.reads("* in the room: Bob")?;
                typist.reads(&said)?;
                let word = lab.word();
                typist.types(&format!("{word}\n{said}\n"))?;
                room.hears_line(&word)?;
                room.hears_line(&said)?;
            }
            Ok(())
        },
    )
    .means("A line of the room may come byte by byte, cut within a letter, or with others."),
];
