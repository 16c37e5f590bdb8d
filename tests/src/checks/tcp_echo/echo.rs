//! Exercise 2.2: one client is served to its end.

use super::{KIB, visit};
use crate::checks::every_program;
use crate::checks::{Check, check};

pub static CHECKS: &[Check] = &[
    check("2.2/echo", "sends back what it hears, as it comes", |lab| {
        let mut ann = lab.server()?.connect("Ann")?;
        // More than once, and not only a few times.
        for _ in 0..20 {
            let word = lab.word();
            ann.says(&word)?;
            ann.hears(&word)?;
        }
        Ok(())
    })
    .means(
        "An echo goes out as soon as something is there: it waits neither for the end of a line \
         nor for the end of the stream, and it answers more than once.",
    ),
    check(
        "2.2/end",
        "closes the connection when the client has ended its side",
        |lab| {
            let word = lab.word();
            let mut ann = lab.server()?.connect("Ann")?;
            ann.says(&word)?;
            ann.hears(&word)?;
            ann.stops_talking()?;
            ann.sees_the_end()
        },
    )
    .means(
        "A `read` that returns 0 bytes is the end of the stream: nothing will come any more. \
         Leave the loop then, and let the stream be dropped, which closes it.",
    ),
    check(
        "2.2/half-close",
        "sends all that is left after the client has ended its side",
        |lab| {
            let said = lab.letters(64 * KIB);
            let mut ann = lab.server()?.connect("Ann")?;
            ann.says(&said)?;
            ann.stops_talking()?;
            ann.hears(&said)?;
            ann.sees_the_end()
        },
    )
    .means(
        "The client has ended its sending side alone, and still reads: a half-close. What was \
         said before goes back to the last byte, then the connection is closed.",
    ),
    check(
        "2.2/standard-output",
        "prints its ready line and nothing else",
        |lab| {
            let server = lab.server()?;
            visit(lab, &server, "Ann")?;
            every_program::prints_nothing_more(lab, &server)
        },
    )
    .means(
        "Standard output is for results, so that a pipe works; a server has none but its ready \
         line. What it logs goes to standard error, without colours where that is no terminal.",
    ),
];
