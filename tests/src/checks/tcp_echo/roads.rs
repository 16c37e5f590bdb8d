//! Exercise 2.5 on roads that cut what is sent, or hold it back.

use std::time::Duration;

use super::NONE;
use crate::checks::{Check, Lab, check};
use crate::finding::Step;
use crate::program::Stdin;
use crate::wire::Faults;

/// So much of it that nothing is let go before the end.
const ALL: usize = 64 * 1024;

/// Longer than a story.
const LONG: Duration = Duration::from_secs(60);

pub static CHECKS: &[Check] = &[
    check(
        "2.5/through-slices",
        "sends back what a road brings byte by byte, to the end",
        |lab| {
            let (server, said) = (lab.server()?, lab.noise(60));
            let road = lab.road_to(&server, Faults::slice(1).there())?;
            let mut ann = road.connect("Ann")?;
            ann.says(&said)?;
            ann.stops_talking()?;
            ann.hears(&said)?;
            ann.sees_the_end()
        },
    )
    .means(
        "Ann has sent all at once, and the road brings it in single bytes. Each is sent back as \
         it comes, until a read says that there is no more: that alone is the end.",
    ),
    check(
        "2.5/coalesced",
        "sends back what a road has held back, and brings all at once",
        |lab| {
            let server = lab.server()?;
            let road = lab.road_to(&server, Faults::coalesce(ALL, LONG).there())?;
            let said: Vec<u8> = lab.noise(500).into_iter().chain(0..=255).collect();
            let mut ann = road.connect("Ann")?;
            for piece in said.chunks(100) {
                ann.says(piece)?;
            }
            ann.stops_talking()?;
            ann.hears(&said)?;
            ann.sees_the_end()
        },
    )
    .means(
        "What was sent piece by piece may come in one read, with the end right behind it. All of \
         it is sent back, whatever its bytes are: 0 does not end it.",
    ),
    check(
        "2.5/client-through-slices",
        "as a client, prints letters that a road has cut in the middle",
        |lab| is_echoed(lab, Faults::slice(1).back()),
    )
    .means(
        "Some letters are two bytes or more, and a read may bring half of one. Do not make text \
         of it: write out the bytes as they came.",
    ),
    check(
        "2.5/client-coalesced",
        "as a client, prints an answer that comes all at once",
        |lab| is_echoed(lab, Faults::coalesce(ALL, LONG)),
    )
    .means(
        "All that came back lies there at once, with the end behind it, and it may be more than \
         one buffer holds: where one read ends and the next begins is no border of anything.",
    ),
];

/// A client on this road gets its text back, which Ann sends word by word.
fn is_echoed(lab: &mut Lab, faults: Faults) -> Step {
    let host = lab.host("Ann")?;
    let road = lab.road_to(&host, faults)?;
    let words: Vec<_> = (0..12).map(|_| wide_word(lab)).collect();
    let client = lab.client_at(road.address(), NONE, Stdin::Piped)?;
    client.0.running().feed(words.concat().into_bytes());
    let mut ann = client.comes_to(&host)?;
    ann.hears(words.concat())?;
    ann.sees_the_end()?;
    for word in &words {
        ann.says(word)?;
    }
    ann.leaves();
    client.done()?.exits(&[0])?.prints(words.concat())?;
    Ok(())
}

/// Random letters of three bytes each.
fn wide_word(lab: &mut Lab) -> String {
    let mut letter = || u32::try_from(lab.number(0x4e00..=0x9fa5)).ok();
    (0..5)
        .filter_map(|_| letter().and_then(char::from_u32))
        .collect()
}
