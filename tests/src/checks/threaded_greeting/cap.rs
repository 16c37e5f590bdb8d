//! Exercise 4.5: a cap, and places that become free again.

use super::guest::{BUSY, WELCOME, gets_in, greeted, name, turned_away, welcomed};
use crate::checks::{Check, check};
use crate::finding::{Kind, fail};
use crate::program::{Running, StopSignal};
use crate::words::count;

pub static CHECKS: &[Check] = &[
    check(
        "4.5/busy",
        "says `ERR busy` to one more than max-conn, and closes",
        |lab| {
            let most = lab.number(2..=5);
            let server = lab.server_with(&["--max-conn", &most.to_string()])?;
            let mut guests = Vec::new();
            for _ in 0..most {
                guests.push(welcomed(&server, "one who is in")?);
            }
            turned_away(&server, "Ann")?;
            for guest in &mut guests {
                greeted(lab, guest)?;
            }
            turned_away(&server, "Bob")
        },
    )
    .means(
        "With max-conn clients being served, the next one hears the line `ERR busy` at once, \
         instead of the welcome, and then the end.",
    ),
    check(
        "4.5/free-again",
        "has a free place when a client has left, in whatever way",
        |lab| {
            let server = lab.server_with(&["--max-conn", "1"])?;
            let mut ann = welcomed(&server, "Ann")?;
            turned_away(&server, "somebody else")?;
            ann.says("exit\n")?;
            ann.leaves();
            let mut bob = gets_in(lab, &server, "Bob")?;
            bob.stops_talking()?;
            bob.leaves();
            let mut carol = gets_in(lab, &server, "Carol")?;
            carol.says(b"\xff\n")?;
            carol.leaves();
            let dan = gets_in(lab, &server, "Dan")?;
            dan.resets()?;
            let mut fay = gets_in(lab, &server, "Fay")?;
            fay.says(format!("{}\n", lab.letters(2000)))?;
            fay.leaves();
            let mut eve = gets_in(lab, &server, "Eve")?;
            greeted(lab, &mut eve)?;
            turned_away(&server, "one more")
        },
    )
    .means(
        "A place is given back on every way out: after `exit`, at the end of the stream, after a \
         bad line, after an error. In Rust that is a value with a `Drop`; a line at the end of a \
         function is passed over by the first `?` above it.",
    ),
    check(
        "4.5/resets",
        "has all its places after many clients have reset",
        |lab| {
            let server = lab.server_with(&["--max-conn", "2"])?;
            for _ in 0..25 {
                server.connect("one of fifty")?.resets()?;
                // No crowd at the door: some programs keep only a few waiting there.
                let mut other = server.connect("one of fifty")?;
                other.has_something_soon()?;
                other.resets()?;
            }
            let mut ann = gets_in(lab, &server, "Ann")?;
            let mut bob = gets_in(lab, &server, "Bob")?;
            turned_away(&server, "Carol")?;
            greeted(lab, &mut ann)?;
            greeted(lab, &mut bob)
        },
    )
    .means(
        "The place of a client that has reset its connection is never free again, or is given \
         back twice. Reading and writing fail then: that way out must give it back, too, once.",
    ),
    check(
        "4.5/at-once",
        "lets exactly max-conn in of six who come at once",
        |lab| {
            let server = lab.server_with(&["--max-conn", "2"])?;
            let mut guests = Vec::new();
            server.process()?.running().signal(StopSignal::Pause)?;
            for _ in 0..6 {
                guests.push(server.connect("one of six")?);
            }
            server.process()?.running().signal(StopSignal::Resume)?;
            let (mut inside, mut outside) = (0, 0);
            for guest in &mut guests {
                match guest.hears_a_line()?.as_str() {
                    WELCOME => inside += 1,
                    BUSY => outside += 1,
                    _ => {}
                }
            }
            if (inside, outside) == (2, 4) {
                return Ok(());
            }
            fail(
                Kind::Unexpected,
                format!("2 of 6 to hear \"{WELCOME}\", and 4 \"{BUSY}\""),
                format!("{} in, and {outside} turned away", count(inside, "client")),
            )
        },
    )
    .means(
        "Looking whether there is room and taking the place must be one step. Between two steps \
         another thread may do the same.",
    ),
    check(
        "4.5/last-words",
        "lets `ERR busy` arrive although the client has begun to speak",
        |lab| {
            let server = lab.server_with(&["--max-conn", "1"])?;
            let _ann = welcomed(&server, "Ann")?;
            let names = format!("{}\n", name(lab)).repeat(1000);
            let mut refused = Vec::new();
            // While the server stands still the kernel connects clients for it, and keeps what
            // they say: it is there already when the server looks at them.
            server.process()?.running().signal(StopSignal::Pause)?;
            for _ in 0..3 {
                let mut bob = server.connect("one of three")?;
                bob.says_what_it_can(names.as_bytes())?;
                refused.push(bob);
            }
            server.process()?.running().signal(StopSignal::Resume)?;
            for bob in &mut refused {
                bob.hears_line(BUSY)?;
                bob.sees_the_end()?;
            }
            Ok(())
        },
    )
    .means(
        "A client may speak before it has heard a word. Closed with unread input, its connection \
         is reset, and `ERR busy` can be lost: here, too, end your side first, then discard what \
         comes, then close.",
    ),
    check(
        "4.5/leaks",
        "is done with each client that it has turned away",
        |lab| {
            let server = lab.server_with(&["--max-conn", "1"])?;
            let mut ann = welcomed(&server, "Ann")?;
            for _ in 0..5 {
                turned_away(&server, "one of many")?;
            }
            let process = server.process()?;
            let descriptors = process.running().descriptors();
            for _ in 0..30 {
                turned_away(&server, "one of many")?;
            }
            process.settles("open descriptors", descriptors, 5, Running::descriptors)?;
            greeted(lab, &mut ann)
        },
    )
    .means(
        "Each connection holds a descriptor until its last handle is closed, also where nobody \
         was served: `shutdown` alone keeps it. When `ERR busy` is said and the client has \
         gone, close.",
    ),
    check(
        "4.5/default",
        "has room for 64 if nothing else is said",
        |lab| {
            let server = lab.server()?;
            let mut guests = Vec::new();
            for _ in 0..64 {
                guests.push(welcomed(&server, "one of 64")?);
            }
            turned_away(&server, "Ann")?;
            greeted(lab, &mut guests[63])
        },
    )
    .means("Without `--max-conn` there are 64 places, and no 65th."),
    check(
        "4.5/zero",
        "refuses a cap of no clients with exit code 2",
        |lab| {
            lab.run(["server", "--listen", "127.0.0.1:0", "--max-conn", "0"])?
                .exits(&[2])?
                .prints("")?;
            Ok(())
        },
    )
    .given(),
];
