//! Exercise 5.3: what is a line, and what is too much for one.

use super::guest::Guest;
use super::relay::pair;
use crate::checks::{Check, check};

/// The most bytes that a line may have before its LF.
pub const LONGEST: usize = 1000;

pub static CHECKS: &[Check] = &[
    check(
        "5.3/together",
        "tells lines apart that come at once, also right behind the name",
        |lab| {
            let server = lab.server()?;
            let mut ann = Guest::joins(lab, &server, "Ann", &[])?;
            let (name, one, two) = (lab.word(), lab.word(), lab.word());
            let mut bob = server.connect("Bob")?;
            bob.says(format!("{name}\n{one}\r\n{two}\n"))?;
            ann.hears_from(&name, &one)?;
            ann.hears_from(&name, &two)
        },
    )
    .means(
        "One read may bring the name and the first words. What lies behind an LF is the next line: \
         the same buffered reader must serve for both.",
    ),
    check(
        "5.3/pieces",
        "waits for whole lines, however they are cut",
        |lab| {
            let server = lab.server()?;
            let (mut ann, mut bob) = pair(lab, &server)?;
            let texts = [format!("Zoë {} 李", lab.word()), lab.word()];
            let said = format!("{}\r\n{}\n", texts[0], texts[1]);
            ann.peer.says_in_pieces(said.as_bytes().chunks(1))?;
            bob.hears_from(&ann.name, &texts[0])?;
            bob.hears_from(&ann.name, &texts[1])
        },
    )
    .means("One read is not one line. Collect until there is an LF, then make text of it."),
    check(
        "5.3/half-a-line",
        "passes on no half line when somebody leaves",
        |lab| {
            let server = lab.server()?;
            let (mut ann, mut bob) = pair(lab, &server)?;
            let mut carol = Guest::joins(lab, &server, "Carol", &[&ann, &bob])?;
            let (one, half, two) = (lab.word(), lab.word(), lab.word());
            ann.peer.says(format!("{one}\n{half}"))?;
            ann.peer.stops_talking()?;
            ann.peer.waits_for_the_end()?;
            bob.hears_from(&ann.name, &one)?;
            carol.says(&two)?;
            bob.hears_from(&carol.name, &two)
        },
    )
    .means("Bytes after the last LF are no line: nobody knows whether it was all of it."),
    check("5.3/empty", "takes an empty line for nothing", |lab| {
        let server = lab.server()?;
        let (mut ann, mut bob) = pair(lab, &server)?;
        let word = lab.word();
        ann.peer.says(format!("\n\r\n\n{word}\n"))?;
        bob.hears_from(&ann.name, &word)
    }),
    check(
        "5.3/longest",
        "takes a line of 1,000 bytes, and none of 1,001",
        |lab| {
            let server = lab.server()?;
            let (mut ann, mut bob) = pair(lab, &server)?;
            let (longest, longer) = (lab.letters(LONGEST), lab.letters(LONGEST + 1));
            ann.says(&longest)?;
            bob.hears_from(&ann.name, &longest)?;
            ann.says(&longer)?;
            ann.hears_past_notices("* line too long")?;
            ann.peer.sees_the_end()
        },
    )
    .means("The limit is 1,000 bytes before the LF; the LF comes on top of them."),
    check(
        "5.3/bytes",
        "counts the bytes of a line, and not its letters",
        |lab| {
            let server = lab.server()?;
            let (mut ann, mut bob) = pair(lab, &server)?;
            // An `é` is one letter, and two bytes.
            let longest = format!("{}{}", lab.letters(200), "é".repeat((LONGEST - 200) / 2));
            ann.says(&longest)?;
            bob.hears_from(&ann.name, &longest)?;
            ann.says(&format!("{longest}é"))?;
            ann.hears_past_notices("* line too long")?;
            ann.peer.sees_the_end()
        },
    )
    .means(
        "A line of 601 letters may have 1,002 bytes: what is outside ASCII has two to four in UTF-8. \
         The limit is for what is kept in memory, in bytes. Look at it before you make text of them.",
    ),
    check(
        "5.3/endless",
        "ends a line that does not end, and lets its last words arrive",
        |lab| {
            let server = lab.server()?;
            let (mut ann, mut bob) = pair(lab, &server)?;
            let mut carol = Guest::joins(lab, &server, "Carol", &[&ann, &bob])?;
            let (endless, word) = (lab.letters(48 * 1024), lab.word());
            ann.peer.says_what_it_can(endless.as_bytes())?;
            ann.hears_past_notices("* line too long")?;
            ann.peer.sees_the_end()?;
            carol.says(&word)?;
            bob.hears_from(&carol.name, &word)
        },
    )
    .means(
        "The line is too long as soon as more than 1,000 bytes have come without an LF. And what \
         still comes must be read away before the socket is closed, or a reset destroys the words.",
    ),
    check(
        "5.3/not-utf-8",
        "closes after a line that is not UTF-8, and says why",
        |lab| {
            let server = lab.server()?;
            let mut bob = Guest::joins(lab, &server, "Bob", &[])?;
            let word = lab.word();
            for bad in [&b"\xff"[..], b"Zo\xc3", b"\xed\xa0\x80"] {
                let mut ann = Guest::comes(&server, "Ann", super::guest::called(lab, "Ann"))?;
                ann.peer.says([word.as_bytes(), bad, b"\n"].concat())?;
                ann.hears_past_notices("* not utf-8")?;
                ann.peer.sees_the_end()?;
            }
            let mut carol = Guest::comes(&server, "Carol", lab.word())?;
            carol.says(&word)?;
            bob.hears_from(&carol.name, &word)
        },
    )
    .means(
        "What comes from outside may be any bytes. `from_utf8` says whether they are text; one \
         client's bad line is the end of that client alone.",
    ),
    check(
        "5.3/memory",
        "holds little of a line that does not end",
        |lab| {
            const MIB: usize = 1024 * 1024;
            let server = lab.server()?;
            let mut bob = Guest::joins(lab, &server, "Bob", &[])?;
            let before = server.process()?.running().memory_peak();
            let mut ann = Guest::joins(lab, &server, "Ann", &[&bob])?;
            ann.peer.says_one_letter(b'x', 128 * MIB)?;
            server.process()?.grows_less_than(64 * MIB, before)?;
            let mut carol = Guest::comes(&server, "Carol", lab.word())?;
            let word = lab.word();
            carol.says(&word)?;
            bob.hears_from(&carol.name, &word)
        },
    )
    .long()
    .means("`read_line` and `read_until` know no limit; `take` sets one."),
];
