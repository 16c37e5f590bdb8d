//! Exercise 4.4: lines that are no names, and the last words about them.

use super::guest::{name, visit, welcomed};
use crate::checks::processes::Process;
use crate::checks::{Check, Lab, Server, check};
use crate::finding::{Kind, Means, Step, fail};
use crate::program::{Running, Stdin};

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

/// The most bytes that a line may have before its LF.
const LONGEST: usize = 1024;

pub static CHECKS: &[Check] = &[
    check(
        "4.4/empty",
        "complains about an empty line, and goes on",
        |lab| {
            let name = name(lab);
            let mut ann = welcomed(&lab.server()?, "Ann")?;
            ann.says(format!("\n{name}\n\r\n"))?;
            ann.hears_line("ERR empty")?;
            ann.hears_line(&format!("Hello, {name}!"))?;
            ann.hears_line("ERR empty")
        },
    )
    .means(
        "A line without a byte is no name: the answer is `ERR empty`, and the next line counts.",
    ),
    check(
        "4.4/utf-8",
        "closes after a line that is not UTF-8, and says why",
        |lab| {
            let server = lab.server()?;
            let word = name(lab);
            for bad in [&b"\xff"[..], b"Zo\xc3", b"\xed\xa0\x80"] {
                let mut ann = welcomed(&server, "Ann")?;
                ann.says([word.as_bytes(), bad, b"\n"].concat())?;
                ann.hears_line("ERR utf-8")?;
                ann.sees_the_end()?;
            }
            Ok(())
        },
    )
    .means(
        "What comes from outside may be any bytes. `from_utf8` says whether they are text; \
         `unwrap` makes a panic of a no, and a lossy conversion hides it.",
    ),
    check(
        "4.4/too-long",
        "takes a name of 1,024 bytes, and none of 1,025",
        |lab| {
            let (longest, longer) = (lab.letters(LONGEST), lab.letters(LONGEST + 1));
            let server = lab.server()?;
            let mut ann = welcomed(&server, "Ann")?;
            ann.says(format!("{longest}\n"))?;
            ann.hears_line(&format!("Hello, {longest}!"))?;
            ann.says(format!("{longer}\n"))?;
            ann.hears_line("ERR line-too-long")?;
            ann.sees_the_end()?;
            // Two bytes each.
            let (longest, longer) = ("é".repeat(LONGEST / 2), "é".repeat(LONGEST / 2 + 1));
            let mut bob = welcomed(&server, "Bob")?;
            bob.says(format!("{longest}\n"))?;
            bob.hears_line(&format!("Hello, {longest}!"))?;
            bob.says(format!("{longer}\n"))?;
            bob.hears_line("ERR line-too-long")?;
            bob.sees_the_end()
        },
    )
    .means(
        "The limit is 1,024 bytes before the LF, and the LF comes on top of them. Bytes, not \
         letters: `é` has two.",
    ),
    check("4.4/endless", "ends a line that does not end", |lab| {
        let server = lab.server()?;
        let said = lab.letters(16 * KIB);
        let mut ann = welcomed(&server, "Ann")?;
        ann.says_what_it_can(said.as_bytes())?;
        ann.hears_line("ERR line-too-long")?;
        visit(lab, &server, "Bob")
    })
    .means(
        "The line is too long as soon as more than 1,024 bytes have come without an LF. Who waits \
         for the LF waits for ever.",
    ),
    check(
        "4.4/last-words",
        "sees to it that its last words arrive, and then an end, not a reset",
        |lab| {
            let server = lab.server()?;
            let said = lab.letters(48 * KIB);
            let mut ann = welcomed(&server, "Ann")?;
            ann.says_what_it_can(said.as_bytes())?;
            ann.hears_anything().or_means(
                "Neither words nor an end have come. The line is too long as soon as more than \
                 1,024 bytes are there without an LF: say so then, and close.",
            )?;
            ann.hears_line("ERR line-too-long")?;
            ann.sees_the_end()
        },
    )
    .means(
        "A socket that is closed with unread input in it resets the connection, and the reset \
         can destroy the last words. First end your own side (`shutdown(Shutdown::Write)`), then \
         read and discard what still comes until the client has ended its side, within bounds, \
         and only then close.",
    ),
    check(
        "4.4/memory",
        "holds little of a line that does not end",
        |lab| {
            /// A runtime that clears up now and then may hold a part of what it has discarded.
            const SAID: usize = 128 * MIB;
            let server = lab.server()?;
            visit(lab, &server, "Ann")?;
            let process = server.process()?;
            let before = process.running().memory_peak();
            let mut bob = welcomed(&server, "Bob")?;
            bob.says_one_letter(b'x', SAID)?;
            grows_less_than(process, before, SAID / 2)?;
            visit(lab, &server, "Carol")
        },
    )
    .long()
    .means(
        "A client that never sends an LF must not decide how much memory the server needs. \
         `read_line` and `read_until` know no limit; `take` sets one.",
    ),
    check(
        "4.4/bad-then-good",
        "serves ten good clients after many bad ones, of which nothing is left",
        |lab| {
            let server = lab.server()?;
            twenty_bad(lab, &server)?;
            let process = server.process().ok();
            let threads = process.and_then(|process| process.running().threads());
            let descriptors = process.and_then(|process| process.running().descriptors());
            twenty_bad(lab, &server)?;
            for _ in 0..10 {
                visit(lab, &server, "one of the good")?;
            }
            server.still_runs()?;
            let Some(process) = process else {
                return Ok(());
            };
            process
                .settles("threads", threads, 5, Running::threads)
                .and_then(|()| {
                    process.settles("open descriptors", descriptors, 5, Running::descriptors)
                })
                .or_means(
                    "Something of the bad clients is left. A thread ends when its function \
                     returns, and a connection is closed with its last handle: also on the way \
                     out that a bad line takes.",
                )
        },
    )
    .means(
        "One client's bad line has cost others. A thread that panics while it holds a lock \
         poisons the lock, and everybody's `unwrap` on it fails from then on.",
    ),
    check(
        "4.4/client-names",
        "as a client, ends with 2 or 3 for a name that no server would greet",
        |lab| {
            let server = lab.server()?;
            let long = lab.letters(LONGEST + 1);
            // 513 letters, and 1,026 bytes.
            let bytes = "é".repeat(LONGEST / 2 + 1);
            for name in ["", "exit", &long, &bytes] {
                refuses(lab, &server, name)?;
            }
            Ok(())
        },
    )
    .given()
    .means(
        "An empty name, one over the limit and `exit` cannot be greeted: say so before anything \
         is sent (2), or when the server has refused it (3).",
    ),
];

/// Twenty clients say what is no text, or too long.
fn twenty_bad(lab: &mut Lab, server: &Server) -> Step {
    for _ in 0..10 {
        let mut noise = lab.noise(200);
        noise.extend(b"\xff\n");
        let mut bad = welcomed(server, "one of the bad")?;
        bad.says_what_it_can(&noise)?;
        bad.waits_for_the_end().or_means(NOT_CLOSED)?;
        let mut long = welcomed(server, "one of the bad")?;
        long.says_what_it_can(format!("{}\n", lab.letters(2 * LONGEST)).as_bytes())?;
        long.waits_for_the_end().or_means(NOT_CLOSED)?;
    }
    Ok(())
}

/// What it means that a bad client hears no end.
const NOT_CLOSED: &str = "After a line that is no text, or too long, the server closes. Here the \
    client has heard no end.";

/// The client does not call this name a success.
fn refuses(lab: &mut Lab, server: &Server, name: &str) -> Step {
    let client = lab.client_at(server.address(), [name], Stdin::Empty)?;
    client.done()?.exits(&[2, 3])?.is_quiet()
}

/// The most that the program has held has grown by less than this.
fn grows_less_than(process: &Process, before: Option<u64>, limit: usize) -> Step {
    let after = process.running().memory_peak();
    let (Some(before), Some(after)) = (before, after) else {
        return Ok(());
    };
    let grown = after.saturating_sub(before);
    if grown < limit as u64 {
        return Ok(());
    }
    fail(
        Kind::Resources,
        "the program to need no more memory than before, give or take a little",
        format!("it needs {} MiB more", grown / MIB as u64),
    )
}
