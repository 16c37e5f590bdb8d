//! Exercise 5.1: two people, who talk whenever they like.

use super::place::{come_to, ends_it, waits};
use super::typist::Typist;
use crate::checks::{Check, check};
use crate::program::Stdin;

pub static CHECKS: &[Check] = &[
    check(
        "5.1/listen",
        "waits for the other, and takes what is typed over",
        |lab| {
            let (mut typist, mut ann) = waits(lab)?;
            let (one, two) = (lab.word(), format!("Zoë {} 李", lab.word()));
            typist.types(&format!("{one}\n"))?;
            ann.hears_line(&one)?;
            ann.says(format!("{two}\n"))?;
            typist.reads(&format!("peer: {two}"))?;
            typist.types(&format!("{two}\n"))?;
            ann.hears_line(&two)
        },
    )
    .means(
        "A line that is typed is sent as it is, with LF; a line that comes is printed with \
         `peer: ` before it, at once.",
    ),
    check(
        "5.1/connect",
        "goes to the other, and takes what is typed over",
        |lab| {
            let (mut typist, mut ann) = come_to(lab)?;
            let (one, two) = (lab.word(), lab.word());
            ann.says(format!("{one}\n"))?;
            typist.reads(&format!("peer: {one}"))?;
            typist.types(&format!("{two}\n"))?;
            ann.hears_line(&two)
        },
    ),
    check(
        "5.1/not-in-turns",
        "lets both say several lines before the other answers",
        |lab| {
            let (mut typist, mut ann) = come_to(lab)?;
            let words: Vec<_> = (0..6).map(|_| lab.word()).collect();
            ann.says(format!("{}\n{}\n", words[0], words[1]))?;
            typist.reads(&format!("peer: {}", words[0]))?;
            typist.reads(&format!("peer: {}", words[1]))?;
            ann.says(format!("{}\n", words[2]))?;
            typist.reads(&format!("peer: {}", words[2]))?;
            for word in &words[3..] {
                typist.types(&format!("{word}\n"))?;
                ann.hears_line(word)?;
            }
            Ok(())
        },
    )
    .means(
        "Reading the keyboard, then the connection, then the keyboard, makes both wait for each \
         other as soon as one says two things in a row. Each direction needs a thread of its own.",
    ),
    check("5.1/empty-line", "takes an empty line as one", |lab| {
        let (mut typist, mut ann) = come_to(lab)?;
        let (one, two) = (lab.word(), lab.word());
        typist.types(&format!("\n{one}\n"))?;
        ann.hears_line("")?;
        ann.hears_line(&one)?;
        ann.says(format!("\n{two}\n"))?;
        let empty = typist.reads_a_line("peer: ")?;
        if empty.trim_end() != "peer:" {
            return typist.reads("peer: ");
        }
        typist.reads(&format!("peer: {two}"))
    })
    .means("An empty line is a line: it goes over, it is printed, and it ends nothing."),
    check(
        "5.1/pieces",
        "prints lines however they are cut",
        |lab| {
            let (mut typist, mut ann) = come_to(lab)?;
            let lines: Vec<_> = (0..4).map(|_| format!("ë{}李", lab.word())).collect();
            let said = format!("{}\r\n{}\n", lines[0], lines[1..].join("\n"));
            ann.says_in_pieces(said.as_bytes().chunks(5))?;
            for line in &lines {
                typist.reads(&format!("peer: {line}"))?;
            }
            Ok(())
        },
    )
    .means(
        "One read may bring half a line, half a letter, or three lines. A line is what comes \
         before an LF, without a CR that stands before that.",
    ),
    check(
        "5.1/half-a-line",
        "does not print what came after the last LF",
        |lab| {
            let (typist, mut ann) = come_to(lab)?;
            let (line, half) = (lab.word(), lab.word());
            ann.says(format!("{line}\n{half}"))?;
            ann.stops_talking()?;
            ann.waits_for_the_end()?;
            ann.leaves();
            typist.done()?.exits(&[0])?.prints(format!("peer: {line}\n"))?;
            Ok(())
        },
    )
    .means("Bytes without an LF behind them are no line: nobody knows whether it was all of it."),
    check("5.1/esc", "ends it when `esc` is typed", |lab| {
        let (typist, mut ann) = come_to(lab)?;
        let word = lab.word();
        typist.types(&format!("{word}\nesc\n"))?;
        ann.hears_line(&word)?;
        ends_it(&mut ann)?;
        ann.leaves();
        typist.done()?.exits(&[0])?.prints("")?;
        Ok(())
    })
    .means(
        "The line `esc` ends the conversation: end your sending side (`shutdown(Shutdown::Write)`), \
         hear the other to its end, exit with 0. The keyboard is still open then.",
    ),
    check(
        "5.1/end-of-input",
        "ends it at the end of its input, and takes a last line without LF over",
        |lab| {
            let (typist, mut ann) = waits(lab)?;
            let (one, two) = (lab.word(), lab.word());
            typist.types(&format!("{one}\n{two}"))?;
            typist.types_no_more();
            ann.hears_line(&one)?;
            ann.hears_line(&two)?;
            ends_it(&mut ann)?;
            ann.leaves();
            typist.done()?.exits(&[0])?;
            Ok(())
        },
    )
    .means(
        "People pipe without a last LF: on standard input what comes after the last one is a line, \
         and goes over with an LF. Then end your sending side.",
    ),
    check(
        "5.1/other-ends",
        "ends when the other does, without a key pressed",
        |lab| {
            let (typist, mut ann) = come_to(lab)?;
            let word = lab.word();
            ann.says(format!("{word}\n"))?;
            ann.stops_talking()?;
            typist.done()?.exits(&[0])?.prints(format!("peer: {word}\n"))?;
            Ok(())
        },
    )
    .means(
        "The thread that reads the keyboard waits for a line that never comes. It must not hold \
         up the end: return from `main` when the other has ended, and do not join it.",
    ),
    check(
        "5.1/other-says-esc",
        "ends when the other says `esc` and ends its side",
        |lab| {
            let (typist, mut ann) = waits(lab)?;
            ann.says("esc\n")?;
            ann.stops_talking()?;
            ann.waits_for_the_end()?;
            typist.done()?.exits(&[0])?;
            Ok(())
        },
    ),
    check(
        "5.1/two-of-them",
        "talks to another one like itself",
        |lab| {
            let words = ["duo", "--listen", "127.0.0.1:0"];
            let process = lab.starts(words, Stdin::Piped)?;
            let address = process.running().ready(lab.patience().start())?;
            let mut ann = Typist::at(process, lab);
            ann.reads(&format!("listening on {address}"))?;
            let words = ["duo", "--connect", &address.to_string()];
            let mut bob = Typist::at(lab.starts(words, Stdin::Piped)?, lab);
            let (one, two) = (lab.word(), lab.word());
            bob.types(&format!("{one}\n{two}\n"))?;
            ann.reads(&format!("peer: {one}"))?;
            ann.types(&format!("{two}\n"))?;
            bob.reads(&format!("peer: {two}"))?;
            ann.reads(&format!("peer: {two}"))?;
            bob.types("esc\n")?;
            bob.done()?.exits(&[0])?;
            ann.done()?.exits(&[0])?;
            Ok(())
        },
    ),
    check(
        "5.1/both-ways",
        "hears the other while it cannot send",
        |lab| {
            const MIB: usize = 1024 * 1024;
            let (mut typist, mut ann) = come_to(lab)?;
            let lines = format!("{}\n", lab.letters(999)).repeat(12 * MIB / 1000);
            typist.process.running().feeds_what_it_takes(lines.as_bytes())?;
            // She does not read, and says something now and then.
            for word in [lab.word(), lab.word(), lab.word()] {
                ann.says(format!("{word}\n"))?;
                typist.reads(&format!("peer: {word}"))?;
            }
            Ok(())
        },
    )
    .means(
        "Sending waits until the other reads. The thread that waits there must not be the one \
         that hears and prints.",
    ),
];
