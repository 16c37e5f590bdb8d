//! Exercise 4.3: lines, not reads.

use super::guest::{greeted, name, welcomed};
use crate::checks::{Check, check};

pub static CHECKS: &[Check] = &[
    check(
        "4.3/together",
        "answers three lines that come at once",
        |lab| {
            let names = [name(lab), name(lab), name(lab)];
            let mut ann = welcomed(&lab.server()?, "Ann")?;
            ann.says(format!("{}\n", names.join("\n")))?;
            for name in &names {
                ann.hears_line(&format!("Hello, {name}!"))?;
            }
            Ok(())
        },
    )
    .means(
        "One read may bring several lines. What lies behind the first LF is the next line: keep \
         it. A new buffered reader for each line throws away what the one before had read ahead.",
    ),
    check(
        "4.3/pieces",
        "answers a line that comes byte by byte",
        |lab| {
            let name = format!("Zoë {} 李", name(lab));
            let mut ann = welcomed(&lab.server()?, "Ann")?;
            ann.says_in_pieces(format!("{name}\n").as_bytes().chunks(1))?;
            ann.hears_line(&format!("Hello, {name}!"))
        },
    )
    .means(
        "One read may bring half a line, or half a letter. Collect until there is an LF; only \
         then is it a line, and only then text.",
    ),
    check(
        "4.3/cut-anywhere",
        "answers lines however they are cut",
        |lab| {
            let names: Vec<_> = (0..12).map(|_| name(lab)).collect();
            let said = format!("{}\n", names.join("\n"));
            let size = usize::try_from(lab.number(7..=23)).unwrap_or(7);
            let mut ann = welcomed(&lab.server()?, "Ann")?;
            ann.says_in_pieces(said.as_bytes().chunks(size))?;
            for name in &names {
                ann.hears_line(&format!("Hello, {name}!"))?;
            }
            Ok(())
        },
    )
    .means("A read may bring the end of one line and the beginning of the next. Both count."),
    check(
        "4.3/cr",
        "drops a CR before the LF, and nothing else",
        |lab| {
            let (one, two, blanks) = (name(lab), name(lab), format!(" {}  ", name(lab)));
            let mut ann = welcomed(&lab.server()?, "Ann")?;
            ann.says(format!("{one}\r\n"))?;
            ann.hears_line(&format!("Hello, {one}!"))?;
            ann.says_in_pieces([two.as_bytes(), b"\r", b"\n"])?;
            ann.hears_line(&format!("Hello, {two}!"))?;
            ann.says(format!("{blanks}\r\n"))?;
            ann.hears_line(&format!("Hello, {blanks}!"))
        },
    )
    .means(
        "Some systems and many protocols end a line with CR LF. The CR is not in the name. Blanks \
         are: `trim` takes too much.",
    ),
    check(
        "4.3/half-close",
        "answers all lines that came before the end, and no half one",
        |lab| {
            let (one, two, half) = (name(lab), name(lab), name(lab));
            let mut ann = welcomed(&lab.server()?, "Ann")?;
            ann.says(format!("{one}\n{two}\n{half}"))?;
            ann.stops_talking()?;
            ann.hears_line(&format!("Hello, {one}!"))?;
            ann.hears_line(&format!("Hello, {two}!"))?;
            ann.sees_the_end()
        },
    )
    .means(
        "Each complete line has an answer, also when the client has ended its side. What comes \
         after the last LF is no line: nobody knows whether it was all of it.",
    ),
    check(
        "4.3/next-client",
        "gives nothing of one client's half line to the next",
        |lab| {
            let server = lab.server()?;
            let mut ann = welcomed(&server, "Ann")?;
            ann.says(name(lab))?;
            ann.stops_talking()?;
            ann.sees_the_end()?;
            greeted(lab, &mut welcomed(&server, "Bob")?)?;
            let mut carol = welcomed(&server, "Carol")?;
            carol.says(name(lab))?;
            carol.waits_until_taken();
            carol.resets()?;
            greeted(lab, &mut welcomed(&server, "Dan")?)
        },
    )
    .means(
        "What came without an LF is nobody's line when its client has gone. Is there one buffer \
         for all? Each connection needs its own, empty at its beginning.",
    ),
    check(
        "4.3/exit",
        "hears `exit` among other lines, and in pieces",
        |lab| {
            let server = lab.server()?;
            let (one, two) = (name(lab), name(lab));
            let mut ann = welcomed(&server, "Ann")?;
            ann.says(format!("{one}\nexit\n{two}\n"))?;
            ann.hears_line(&format!("Hello, {one}!"))?;
            ann.sees_the_end()?;
            let mut bob = welcomed(&server, "Bob")?;
            bob.says_in_pieces([&b"ex"[..], b"it", b"\n"])?;
            bob.sees_the_end()
        },
    )
    .means("`exit` is a line like any other: it may come in one read with others, or cut in two."),
    check(
        "4.3/client-pieces",
        "as a client, waits for whole lines",
        |lab| {
            let (host, name) = (lab.host("Ann")?, name(lab));
            let client = lab.client_to(&host, [&name])?;
            let mut ann = client.comes_to(&host)?;
            ann.says_in_pieces("Welcome!\r\n".as_bytes().chunks(3))?;
            ann.hears_line(&name)?;
            ann.says_in_pieces(format!("Hello, {name}!\n").as_bytes().chunks(1))?;
            ann.hears_line("exit")?;
            ann.leaves();
            let printed = format!("Welcome!\nHello, {name}!\n");
            client.done()?.exits(&[0])?.prints(printed)?;
            Ok(())
        },
    )
    .means("The client reads lines, too: one read may be half an answer."),
    check(
        "4.3/client-half-line",
        "as a client, ends with 3 when the server ends before the LF of an answer",
        |lab| {
            let (host, name) = (lab.host("Ann")?, name(lab));
            let client = lab.client_to(&host, [&name])?;
            let mut ann = client.comes_to(&host)?;
            ann.says("Welcome!\n")?;
            ann.hears_line(&name)?;
            ann.says(format!("Hello, {name}!"))?;
            ann.leaves();
            client.done()?.exits(&[3])?.is_quiet()
        },
    )
    .means(
        "What comes without an LF before the end is no line, and no answer: nobody knows whether \
         it was all of it. Many a `readline` returns it all the same; look at its last byte.",
    ),
];
