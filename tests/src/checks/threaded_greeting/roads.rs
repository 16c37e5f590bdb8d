//! Exercise 4.3 on roads that cut what is sent, or hold it back.

use std::time::Duration;

use super::guest::{WELCOME, name};
use crate::checks::{Check, check};
use crate::program::Stdin;
use crate::wire::Faults;

/// When nothing has come for so long, a road lets go what it holds.
const LULL: Duration = Duration::from_millis(10);

/// Longer than a story.
const LONG: Duration = Duration::from_secs(60);

pub static CHECKS: &[Check] = &[
    check(
        "4.3/through-slices",
        "answers lines that a road brings byte by byte",
        |lab| {
            let server = lab.server()?;
            let names = [format!("Zoë {}", name(lab)), name(lab)];
            let road = lab.road_to(&server, Faults::slice(1).there())?;
            let mut ann = road.connect("Ann")?;
            ann.hears_line(WELCOME)?;
            ann.says(format!("{}\nexit\n", names.join("\r\n")))?;
            for name in &names {
                ann.hears_line(&format!("Hello, {name}!"))?;
            }
            ann.sees_the_end()
        },
    )
    .means(
        "Each read brings a single byte, and most of them no LF. Keep what has come of a line \
         until the rest of it is there.",
    ),
    check(
        "4.3/coalesced",
        "answers lines that a road brings all at once, with the end",
        |lab| {
            let server = lab.server()?;
            let names: Vec<_> = (0..5).map(|_| name(lab)).collect();
            let road = lab.road_to(&server, Faults::coalesce(usize::MAX, LONG).there())?;
            let mut ann = road.connect("Ann")?;
            ann.hears_line(WELCOME)?;
            for name in &names {
                ann.says(format!("{name}\n"))?;
            }
            ann.stops_talking()?;
            for name in &names {
                ann.hears_line(&format!("Hello, {name}!"))?;
            }
            ann.sees_the_end()
        },
    )
    .means(
        "What was said line by line may come in one read, with the end of the stream right behind \
         it. Each line in it has its answer before the connection closes.",
    ),
    check(
        "4.3/client-any-road",
        "as a client, hears the same answers on any road",
        |lab| {
            for faults in [Faults::slice(1).back(), Faults::coalesce(usize::MAX, LULL)] {
                let (host, name) = (lab.host("Ann")?, format!("Zoë {} 李", name(lab)));
                let road = lab.road_to(&host, faults)?;
                let client = lab.client_at(road.address(), [&name], Stdin::Empty)?;
                let mut ann = client.comes_to(&host)?;
                ann.says(format!("{WELCOME}\n"))?;
                ann.hears_line(&name)?;
                for piece in ["Hello, ", &name, "!\r\n"] {
                    ann.says(piece)?;
                }
                ann.hears_line("exit")?;
                ann.leaves();
                let printed = format!("{WELCOME}\nHello, {name}!\n");
                client.done()?.exits(&[0])?.prints(printed)?;
            }
            Ok(())
        },
    )
    .means(
        "An answer may come byte by byte, cut within a letter, or all at once: a line ends at its \
         LF and nowhere else, and only a whole line is text.",
    ),
];
