//! Exercise 5.2: a name of one's own, and the rules that every program keeps.

use super::guest::{BAD, Guest, QUESTION, TAKEN, asked, called, list};
use crate::checks::every_program;
use crate::checks::{Check, check, scarce};
use crate::finding::{Kind, fail};
use crate::program::StopSignal;
use crate::words::{count, quoted};

pub static CHECKS: &[Check] = &[
    check("5.2/question", "asks for a name at once", |lab| {
        asked(&lab.server()?, "Ann")?;
        Ok(())
    })
    .means("The first words are the server's, before the client has said anything."),
    check(
        "5.2/list",
        "names those who are there, in the order they came",
        |lab| {
            let server = lab.server()?;
            let zoe = Guest::joins(lab, &server, "Zoe", &[])?;
            let ann = Guest::joins(lab, &server, "Ann", &[&zoe])?;
            let mia = Guest::joins(lab, &server, "Mia", &[&zoe, &ann])?;
            Guest::joins(lab, &server, "Bob", &[&zoe, &ann, &mia])?;
            Ok(())
        },
    )
    .means(
        "Who joins hears `* in the room: A, B`: those who are there already, not itself, in the \
         order in which they came; `* in the room:` if there is nobody.",
    ),
    check(
        "5.2/good-names",
        "takes letters and digits, from 1 to 16 of them",
        |lab| {
            let server = lab.server()?;
            let long = format!("A{}9", lab.letters(14));
            let digits = lab.number(1_000_000..=9_999_999).to_string();
            for name in ["Z", "b", "7", &long, &digits] {
                Guest::comes(&server, "Ann", name.to_string())?;
            }
            Ok(())
        },
    ),
    check(
        "5.2/bad-names",
        "says `* bad name` to any other name, and closes",
        |lab| {
            let server = lab.server()?;
            let (word, long) = (lab.word(), lab.letters(17));
            let (two, dash) = (format!("{word} {word}"), format!("{word}-x"));
            let umlaut = format!("Zoë{word}");
            for name in [&long, &two, &dash, &umlaut, "/quit", "*", "[Bob]"] {
                let mut ann = asked(&server, "Ann")?;
                ann.says(format!("{name}\n"))?;
                ann.hears_line(BAD)?;
                ann.sees_the_end()?;
            }
            Guest::joins(lab, &server, "Bob", &[])?;
            Ok(())
        },
    )
    .means(
        "A name is 1 to 16 ASCII letters and digits. `is_alphanumeric` also takes the letters of \
         all other alphabets; `is_ascii_alphanumeric` does not.",
    ),
    check(
        "5.2/no-names",
        "refuses a name that is no text, or has no end",
        |lab| {
            let server = lab.server()?;
            let endless = lab.letters(5000);
            for name in [b"\xff\xfe\n", endless.as_bytes()] {
                let mut ann = asked(&server, "Ann")?;
                ann.says_what_it_can(name)?;
                ann.waits_for_the_end()?;
            }
            Guest::joins(lab, &server, "Bob", &[])?;
            server.still_runs()
        },
    )
    .means(
        "What comes instead of a name may be any bytes, and as many as somebody likes to send. \
         Refuse it, close, and go on with the others.",
    ),
    check("5.2/taken", "lets nobody have another's name", |lab| {
        let server = lab.server()?;
        let ann = Guest::joins(lab, &server, "Ann", &[])?;
        for _ in 0..2 {
            let mut other = asked(&server, "the second Ann")?;
            other.says(format!("{}\n", ann.name))?;
            other.hears_line(TAKEN)?;
            other.sees_the_end()?;
        }
        Guest::joins(lab, &server, "Bob", &[&ann])?;
        Ok(())
    })
    .means(
        "A name that somebody in the room has is answered with `* name taken`, and closed. The one \
         who has it stays.",
    ),
    check("5.2/case", "takes `ann` and `Ann` for two names", |lab| {
        let server = lab.server()?;
        let ann = Guest::joins(lab, &server, "Ann", &[])?;
        Guest::comes(&server, "ann", ann.name.to_lowercase())?;
        Guest::comes(&server, "ANN", ann.name.to_uppercase())?;
        Ok(())
    }),
    check(
        "5.2/at-once",
        "lets one in of five who want the same name at once",
        |lab| {
            let server = lab.server()?;
            let name = called(lab, "Ann");
            let mut peers = Vec::new();
            // While it stands still the kernel connects clients for it, and keeps what they say.
            server.process()?.running().signal(StopSignal::Pause)?;
            for _ in 0..5 {
                let mut peer = server.connect("one of five")?;
                peer.says(format!("{name}\n"))?;
                peers.push(peer);
            }
            server.process()?.running().signal(StopSignal::Resume)?;
            let mut inside = 0;
            for peer in &mut peers {
                peer.hears_line(QUESTION)?;
                let line = peer.hears_a_line()?;
                if line != TAKEN && !line.starts_with("* in the room:") {
                    let expected = format!("each of five to hear `* in the room: …` or `{TAKEN}`");
                    let seen = format!("the line {}", quoted(line.as_bytes()));
                    return fail(Kind::Unexpected, expected, seen);
                }
                inside += usize::from(line != TAKEN);
            }
            if inside == 1 {
                return Ok(());
            }
            let seen = format!("{} let in", count(inside, "client"));
            fail(Kind::Unexpected, "one of the five to have the name", seen)
        },
    )
    .means(
        "Looking whether a name is free and taking it must be one step. Between two steps another \
         thread may do the same.",
    ),
    check(
        "5.2/free-again",
        "gives a name to the next when its owner has left",
        |lab| {
            let server = lab.server()?;
            let ann = Guest::joins(lab, &server, "Ann", &[])?;
            let bob = Guest::joins(lab, &server, "Bob", &[&ann])?;
            let name = ann.leaves()?;
            Guest::joins_again(lab, &server, "another Ann", &name)?;
            let mut other = asked(&server, "another Bob")?;
            other.says(format!("{}\n", bob.name))?;
            other.hears_line(TAKEN)
        },
    ),
    check(
        "5.2/pieces",
        "takes a name that comes in pieces, and one with CR LF",
        |lab| {
            let server = lab.server()?;
            let (one, two) = (called(lab, "Ann"), called(lab, "Bob"));
            let mut ann = asked(&server, "Ann")?;
            ann.says_in_pieces(format!("{one}\n").as_bytes().chunks(2))?;
            ann.hears_line(&list([]))?;
            let mut bob = asked(&server, "Bob")?;
            bob.says_in_pieces([two.as_bytes(), b"\r", b"\n"])?;
            bob.hears_line(&list([&*one]))
        },
    )
    .means("A line ends with LF, and with nothing else. A CR before that is not in the name."),
    check(
        "5.2/takes-its-time",
        "serves others while one has no name yet",
        |lab| {
            let server = lab.server()?;
            let mut ann = asked(&server, "Ann")?;
            let bob = Guest::joins(lab, &server, "Bob", &[])?;
            let name = called(lab, "Ann");
            ann.says(format!("{name}\n"))?;
            ann.hears_line(&list([&*bob.name]))
        },
    )
    .means("Who waits for a name must not be the one who lets people in: a thread for each."),
    check(
        "5.2/last-words",
        "lets `* bad name` arrive although more is coming",
        |lab| {
            let server = lab.server()?;
            let said = format!("bad name\n{}", "more\n".repeat(10_000));
            let mut ann = asked(&server, "Ann")?;
            ann.says_what_it_can(said.as_bytes())?;
            ann.hears_line(BAD)?;
            ann.sees_the_end()
        },
    )
    .means(
        "A socket closed with unread input resets the connection, and the reset can destroy the \
         last words: end your side, discard what comes, then close.",
    ),
    check("5.2/thirty", "has room for thirty", |lab| {
        let server = lab.server()?;
        let mut guests: Vec<Guest> = Vec::new();
        for _ in 0..30 {
            let there: Vec<&Guest> = guests.iter().collect();
            let guest = Guest::joins(lab, &server, "one of 30", &there);
            guests.push(guest?);
        }
        Ok(())
    }),
    check(
        "5.2/default-address",
        "listens on 127.0.0.1:7005 if nothing else is said",
        |lab| {
            let server = lab.server_by_default(7005)?;
            Guest::joins(lab, &server, "Ann", &[])?;
            Ok(())
        },
    )
    .alone(),
    check(
        "5.2/port-in-use",
        "says so if another program has its address, and ends with 1",
        |lab| {
            let host = lab.host("Ann")?;
            every_program::cannot_have(lab, host.address())?;
            Ok(())
        },
    )
    .given(),
    check(
        "5.2/usage",
        "refuses a command line that makes no sense with exit code 2",
        |lab| {
            let lines: &[&[&str]] = &[
                &["server", "--no-such-option"],
                &["server", "--queue", "many"],
                &["server", "--queue"],
            ];
            every_program::refuses(lab, lines)
        },
    )
    .given(),
    check(
        "5.2/results-only",
        "prints nothing but the ready line on standard output",
        |lab| {
            let server = lab.server()?;
            let mut ann = Guest::joins(lab, &server, "Ann", &[])?;
            ann.says("hello")?;
            ann.peer.is_read()?;
            ann.peer.stops_talking()?;
            ann.peer.waits_for_the_end()?;
            every_program::prints_nothing_more(lab, &server)
        },
    ),
    check(
        "5.2/again",
        "can listen at once where a server has just ended",
        |lab| {
            let address = lab.quiet_address()?.to_string();
            let server = lab.server_at(&address, &[])?;
            let mut ann = Guest::joins(lab, &server, "Ann", &[])?;
            server.process()?.running().signal(StopSignal::Kill)?;
            server.process()?.done()?;
            ann.peer.waits_for_the_end()?;
            ann.peer.leaves();
            let server = lab.server_at(&address, &[])?;
            Guest::joins(lab, &server, "Bob", &[])?;
            Ok(())
        },
    )
    .means(
        "The kernel keeps a closed connection for a while (TIME_WAIT), and with it the port. \
         SO_REUSEADDR, set before `bind`, allows to listen there all the same.",
    ),
    check(
        "5.2/descriptors",
        "goes on when it had no descriptor left for another client",
        |lab| {
            let server = scarce::server(lab, &[])?;
            scarce::crowd(lab, &server, |door| asked(door, "one of many"))?;
            scarce::gets_through(lab, &server, |lab| Guest::joins(lab, &server, "Ann", &[]))?;
            Ok(())
        },
    )
    .means(
        "`accept` fails when the process has as many descriptors as it may. They are free again \
         when clients leave: log it, wait a moment, accept again.",
    ),
];
