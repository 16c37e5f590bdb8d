//! Exercise 4.1 for the client: it prints what the server says, and tells good from bad.

use std::time::Duration;

use super::guest::name;
use crate::checks::every_program;
use crate::checks::{Check, Client, Lab, check};
use crate::finding::Step;
use crate::program::{Stdin, Stdout, StopSignal};
use crate::wire::Peer;

pub static CHECKS: &[Check] = &[
    check(
        "4.1/client",
        "says the names one after another, prints what it hears, and says `exit`",
        |lab| {
            let (host, one, two) = (lab.host("Ann")?, name(lab), name(lab));
            let names = [&one, &two, &two, &one];
            let client = lab.client_to(&host, names)?;
            let mut ann = client.comes_to(&host)?;
            ann.says("Welcome!\n")?;
            let mut printed = "Welcome!\n".to_string();
            for name in names {
                answers(&mut ann, name)?;
                printed += &format!("Hello, {name}!\n");
            }
            ann.hears_line("exit")?;
            ann.leaves();
            client.done()?.exits(&[0])?.prints(printed)?;
            Ok(())
        },
    )
    .means(
        "The client prints the welcome, then says a name and prints the answer, and so on, as \
         often as a name is given; the line `exit` is its last word.",
    ),
    check(
        "4.1/client-letters",
        "says any name: blanks, letters of more than one byte, a dash in front",
        |lab| {
            let host = lab.host("Ann")?;
            let (one, two) = (format!("-{}", name(lab)), format!("Zoë {} 李", name(lab)));
            let client = lab.client_to(&host, ["--", &one, &two])?;
            let mut ann = client.comes_to(&host)?;
            ann.says("Welcome!\n")?;
            answers(&mut ann, &one)?;
            answers(&mut ann, &two)?;
            ann.hears_line("exit")?;
            ann.leaves();
            let printed = format!("Welcome!\nHello, {one}!\nHello, {two}!\n");
            client.done()?.exits(&[0])?.prints(printed)?;
            Ok(())
        },
    ),
    check(
        "4.1/client-goodbye",
        "ends soon after its `exit`, also if the server does not close",
        |lab| {
            let (mut ann, client) = begun(lab)?;
            ann.says("Welcome!\n")?;
            let name = ann.hears_a_line()?;
            ann.says(format!("Hello, {name}!\n"))?;
            ann.hears_line("exit")?;
            let patience = lab.patience().at_most(Duration::from_secs(2));
            client.0.done_within(patience)?.exits(&[0, 4])?.is_quiet()
        },
    )
    .means(
        "With `exit` all is said. A server that does not close is no reason to stay: wait for 2 s \
         at most.",
    ),
    check(
        "4.1/client-by-name",
        "finds the server by its name",
        |lab| {
            let host = lab.host("Ann")?;
            let (place, name) = (format!("{}.test", lab.word()), name(lab));
            for place in ["localhost", &place] {
                let port = host.address().port();
                let spec = every_program::client_in_a_world_with(place, port, lab, &[&name]);
                let client = lab.starts_client(spec)?;
                let mut ann = client.comes_to(&host)?;
                ann.says("Welcome!\n")?;
                answers(&mut ann, &name)?;
                ann.hears_line("exit")?;
                ann.leaves();
                client.done()?.exits(&[0])?;
            }
            Ok(())
        },
    )
    .means("`--connect HOST:PORT` takes a name, too. `TcpStream::connect` looks it up."),
    check(
        "4.1/client-unknown-host",
        "says so when nobody has the server's name",
        |lab| every_program::finds_no_such_host(lab, &["Ann"]),
    )
    .given()
    .means("A name may be mistyped: that is an error of the system, exit code 1, and no panic."),
    check(
        "4.1/client-busy",
        "ends with 3 when the server has no room for it",
        |lab| {
            let (mut ann, client) = begun(lab)?;
            ann.says("ERR busy\n")?;
            ann.leaves();
            client.done()?.exits(&[3])?.is_quiet()
        },
    )
    .means("A line `ERR …` is no welcome. The peer answered with an error: exit code 3."),
    check(
        "4.1/client-error",
        "ends with 3 when the answer to a name is an error",
        |lab| {
            let (mut ann, client) = begun(lab)?;
            ann.says("Welcome!\n")?;
            ann.hears_a_line()?;
            ann.says("ERR idle\n")?;
            ann.leaves();
            client.done()?.exits(&[3])?.is_quiet()
        },
    )
    .means("A line `ERR …` is no greeting. The peer answered with an error: exit code 3."),
    check(
        "4.1/client-end",
        "ends with 3 when the server ends before it has answered",
        |lab| {
            let (mut ann, client) = begun(lab)?;
            ann.says("Welcome!\n")?;
            ann.hears_a_line()?;
            ann.leaves();
            client.done()?.exits(&[3])?.is_quiet()
        },
    )
    .means("The end of the stream came where an answer should be: exit code 3."),
    check(
        "4.1/client-reset",
        "ends with 3 when the connection is reset before an answer",
        |lab| {
            let (mut ann, client) = begun(lab)?;
            ann.says("Welcome!\n")?;
            ann.hears_a_line()?;
            ann.resets()?;
            client.done()?.exits(&[3])?.is_quiet()
        },
    ),
    check(
        "4.1/client-default-address",
        "connects to 127.0.0.1:7004 if nothing else is said",
        |lab| {
            let (host, name) = (lab.host_by_default("Ann", 7004)?, name(lab));
            let client = lab.client_by_default([&name])?;
            let mut ann = client.comes_to(&host)?;
            ann.says("Welcome!\n")?;
            ann.hears_line(&name)
        },
    )
    .alone(),
    check(
        "4.1/client-refused",
        "says so when nobody listens, and ends with 1",
        |lab| {
            let (address, name) = (lab.quiet_address()?, name(lab));
            lab.client_at(address, [&name], Stdin::Empty)?
                .done()?
                .found_nobody()
        },
    )
    .given(),
    check(
        "4.1/client-closed-pipe",
        "ends with 1, quietly, when nobody reads what it prints",
        |lab| {
            let (host, name) = (lab.host("Ann")?, name(lab));
            let mut spec = lab.client_spec(host.address(), [&name], Stdin::Empty);
            spec.stdout = Stdout::ReaderGone;
            let client = lab.starts_client(spec)?;
            let mut ann = client.comes_to(&host)?;
            ann.says(format!("Welcome!\nHello, {name}!\n"))?;
            ann.stops_talking()?;
            client.done()?.ended_quietly()
        },
    )
    .means(
        "Standard output may be a pipe whose reader has left, as in `client Ann | head -1`. \
         `println!` panics then; `shared::write` returns an error that ends the program with 1.",
    ),
    check(
        "4.1/client-interrupt",
        "ends at once on Ctrl-C while it waits, without a backtrace",
        |lab| {
            let (mut ann, client) = begun(lab)?;
            ann.says("Welcome!\n")?;
            ann.hears_a_line()?;
            client.0.running().signal(StopSignal::Interrupt)?;
            client.done()?.was_interrupted()
        },
    ),
];

/// Hears a name, and greets it.
fn answers(ann: &mut Peer, name: &str) -> Step {
    ann.hears_line(name)?;
    ann.says(format!("Hello, {name}!\n"))
}

/// A client with one name to say has come to Ann, who has said nothing yet.
fn begun(lab: &mut Lab) -> Step<(Peer, Client)> {
    let (host, name) = (lab.host("Ann")?, name(lab));
    let client = lab.client_to(&host, [&name])?;
    let ann = client.comes_to(&host)?;
    Ok((ann, client))
}
