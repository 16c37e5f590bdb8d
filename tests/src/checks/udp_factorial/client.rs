//! Exercise 3.1 for the client: it says hello, and keeps the rules of every client.

use super::oracle::{LONG, Letter, Oracle, prints_line};
use crate::checks::every_program;
use crate::checks::{Check, Client, Lab, check};
use crate::finding::{Kind, Step, fail};
use crate::program::{Spec, Stdin, Stdout, StopSignal};
use crate::words::quoted;

pub static CHECKS: &[Check] = &[
    check(
        "3.1/client",
        "says hello as a client, and prints the answer",
        |lab| {
            let (mut ann, name) = (Oracle::new("Ann", lab)?, lab.word());
            let spec = greeting_spec(&ann, &name, lab);
            let client = lab.starts_client(spec)?;
            let letter = hears_hello(&mut ann, &name, &client)?;
            let answer = format!("Hello, {name}!");
            ann.says(letter.from, &answer)?;
            prints_line(client.done()?.exits(&[0])?, &answer)
        },
    )
    .means("`client --hello NAME` sends `hello NAME`, and prints what comes back."),
    check("3.1/by-name", "finds the server by its name", |lab| {
        let (name, host) = (lab.word(), format!("{}.test", lab.word()));
        let words = [LONG[0], LONG[1], "--hello", &name];
        for host in ["localhost", &host] {
            let mut ann = Oracle::new("Ann", lab)?;
            let port = ann.address().port();
            let spec = every_program::client_in_a_world_with(host, port, lab, &words);
            let client = lab.starts_client(spec)?;
            let letter = hears_hello(&mut ann, &name, &client)?;
            let answer = format!("Hello, {name}!");
            ann.says(letter.from, &answer)?;
            prints_line(client.done()?.exits(&[0])?, &answer)?;
        }
        Ok(())
    })
    .means("`--connect HOST:PORT` takes a name, too: `to_socket_addrs` looks it up."),
    check(
        "3.1/unknown-host",
        "says so when nobody has the server's name",
        |lab| every_program::finds_no_such_host(lab, &["--hello", "Ann"]),
    )
    .given()
    .means("A name may be mistyped: that is an error of the system, exit code 1, and no panic."),
    check(
        "3.1/closed-pipe",
        "ends with 1, quietly, when nobody reads what it prints",
        |lab| {
            let (mut ann, name) = (Oracle::new("Ann", lab)?, lab.word());
            let mut spec = greeting_spec(&ann, &name, lab);
            spec.stdout = Stdout::ReaderGone;
            let client = lab.starts_client(spec)?;
            let letter = hears_hello(&mut ann, &name, &client)?;
            ann.says(letter.from, format!("Hello, {name}!"))?;
            client.done()?.ended_quietly()
        },
    )
    .means(
        "Standard output may be a pipe whose reader has left. `println!` panics then; \
         `shared::line` returns an error that ends the program with 1.",
    ),
    check(
        "3.1/client-interrupt",
        "ends at once on Ctrl-C while the client waits",
        |lab| {
            let (mut ann, name) = (Oracle::new("Ann", lab)?, lab.word());
            let spec = greeting_spec(&ann, &name, lab);
            let client = lab.starts_client(spec)?;
            hears_hello(&mut ann, &name, &client)?;
            client.0.running().signal(StopSignal::Interrupt)?;
            client.done()?.was_interrupted()
        },
    ),
];

/// The client that greets as NAME.
fn greeting_spec(ann: &Oracle, name: &str, lab: &Lab) -> Spec {
    let words = [LONG[0], LONG[1], "--hello", name];
    lab.client_spec(ann.address(), words, Stdin::Empty)
}

/// Ann hears `hello NAME`.
fn hears_hello(ann: &mut Oracle, name: &str, client: &Client) -> Step<Letter> {
    let expected = format!("hello {name}");
    let what = format!("the client to send \"{expected}\"");
    let Some(letter) = ann.next(client)? else {
        return fail(Kind::Exit, what, client.0.end().unwrap_or_default());
    };
    if letter.text.trim_ascii() == expected.as_bytes() {
        return Ok(letter);
    }
    fail(Kind::WrongBytes { offset: 0 }, what, quoted(&letter.text))
}
