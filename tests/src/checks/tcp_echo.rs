//! Lab 02, TCP echo.

use std::net::SocketAddr;

use super::{Check, Lab, Server, check};
use crate::finding::{Kind, Means, Step, Stop, fail};
use crate::program::{Running, Stdin, Stdout, StopSignal};
use crate::wire::peer::Options;

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

pub static CHECKS: &[Check] = &[
    check(
        "2.1/ready",
        "says where it listens, and can be connected to from then on",
        |lab| {
            let server = lab.server()?;
            server.connect("Ann").or_means(
                "The line came before the socket listened. Print it after `bind`: from then on the \
             kernel takes connections, even before the first `accept`.",
            )?;
            same_host(server.address())
        },
    )
    .given()
    .means(
        "Whoever starts your server waits for this line: `listening on IP:PORT`, on standard \
         output, with the real port, flushed.",
    ),
    check(
        "2.1/default-address",
        "listens on 127.0.0.1:7002 if nothing else is said",
        |lab| {
            let server = lab.server_by_default(7002)?;
            server.connect("Ann")?.leaves();
            Ok(())
        },
    )
    .given()
    .alone(),
    check(
        "2.1/port-in-use",
        "says which address it could not have, and ends with 1",
        |lab| {
            let host = lab.host("Ann")?;
            let taken = host.address().to_string();
            let done = lab.run(["server", "--listen", &taken])?;
            done.exits(&[1])?
                .prints("")?
                .complains(&host.address().port().to_string())?;
            Ok(())
        },
    )
    .means(
        "`bind` fails where another program listens. That is nothing unusual: say which address \
         it was, and end with exit code 1.",
    ),
    check(
        "2.1/usage",
        "refuses a command line that makes no sense with exit code 2",
        |lab| {
            for words in [&["serve-me"][..], &["server", "--no-such-option"], &[]] {
                lab.run(words)?.exits(&[2])?.prints("")?;
            }
            lab.run(["server", "--listen", "nowhere"])?
                .exits(&[1, 2])?
                .prints("")?;
            Ok(())
        },
    )
    .given(),
    check(
        "2.1/again",
        "can listen at once where a server has just ended",
        |lab| {
            let address = lab.quiet_address()?.to_string();
            let server = lab.server_at(&address, &[])?;
            let mut ann = server.connect("Ann")?;
            server.process()?.running().signal(StopSignal::Kill)?;
            ann.waits_for_the_end()?;
            ann.leaves();
            lab.server_at(&address, &[])?.connect("Bob")?;
            Ok(())
        },
    )
    .given()
    .means(
        "The kernel keeps a closed connection for a while (TIME_WAIT), and with it the port. \
         SO_REUSEADDR, set before `bind`, allows to listen there all the same; Rust's \
         `TcpListener::bind` sets it.",
    ),
    check("2.2/echo", "sends back what it hears, as it comes", |lab| {
        let mut ann = lab.server()?.connect("Ann")?;
        for _ in 0..3 {
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
            server.prints_nothing_more()
        },
    )
    .means(
        "Standard output is for results, so that a pipe works; a server has none but its ready \
         line. What it logs goes to standard error, without colours where that is no terminal.",
    ),
    check(
        "2.3/next-client",
        "serves the next client when one has left",
        |lab| {
            let server = lab.server()?;
            for name in ["Ann", "Bob", "Carol"] {
                visit(lab, &server, name)?;
            }
            Ok(())
        },
    )
    .means("Accept in a loop: a server serves one client after another, as long as it lives."),
    check(
        "2.3/reset",
        "goes on when a client resets the connection",
        |lab| {
            let server = lab.server()?;
            let word = lab.word();
            let mut ann = server.connect("Ann")?;
            ann.says(&word)?;
            ann.hears(&word)?;
            ann.resets()?;
            server.connect("Bob")?.resets()?;
            visit(lab, &server, "Carol")
        },
    )
    .means(
        "Ann's connection was reset, so that reading from it fails. That is the end of Ann's \
         connection, not of the server: log the error and accept the next client.",
    ),
    check(
        "2.3/never-reads",
        "goes on when a client leaves that has not read its echo",
        |lab| {
            let server = lab.server()?;
            let said = lab.noise(MIB);
            let mut ann = server.connect("Ann")?;
            ann.says_without_listening(&said)?;
            ann.resets()?;
            visit(lab, &server, "Bob")
        },
    )
    .means(
        "Writing to a client that has gone fails. That is the end of this client's connection, \
         not of the server.",
    ),
    check(
        "2.3/descriptors",
        "closes each connection when it is done with it",
        |lab| {
            let server = lab.server()?;
            visit(lab, &server, "Ann")?;
            let before = server.process()?.running().descriptors();
            for _ in 0..200 {
                visit(lab, &server, "Bob")?;
            }
            server
                .process()?
                .settles("open descriptors", before, 3, Running::descriptors)
        },
    )
    .means(
        "A connection that is kept somewhere stays open, and one day the process has no \
         descriptor left. In Rust, dropping the last handle closes it: is there a clone?",
    ),
    check(
        "2.3/no-descriptor",
        "goes on when it had no descriptor for the next client",
        |lab| {
            let server = lab.server()?;
            visit(lab, &server, "Ann")?;
            let process = server.process()?;
            if !process.running().allow_descriptors(0) {
                return Err(Stop::Skip(
                    "this system does not let us limit its descriptors".into(),
                ));
            }
            // An `accept` that waits already has its descriptor, and Bob may take it.
            let mut bob = server.connect("Bob")?;
            bob.says(lab.word())?;
            bob.stops_talking()?;
            process.survives("an `accept` that fails")?;
            bob.leaves();
            process.running().allow_descriptors(100);
            let word = lab.word();
            let mut carol = server.connect("Carol")?;
            carol.has_time();
            carol.says(&word)?;
            carol.hears(&word)
        },
    )
    .means(
        "`accept` fails while the process has as many descriptors open as it may. That passes: \
         log it, wait a moment, and go on accepting.",
    ),
    check(
        "2.4/half-close",
        "ends its side when all is said, and goes on reading",
        |lab| {
            let (host, word) = (lab.host("Ann")?, lab.word());
            let client = lab.client_to(&host, [&word])?;
            let mut ann = client.comes_to(&host)?;
            ann.hears(&word)?;
            ann.sees_the_end()?;
            ann.says(&word)?;
            ann.leaves();
            client.done()?.exits(&[0])?.prints(&word)?;
            Ok(())
        },
    )
    .means(
        "The server goes on until the client ends its side. Without `shutdown(Shutdown::Write)` \
         both wait for each other. Closing the whole connection is too much: the answer is \
         still to come.",
    ),
    check(
        "2.4/message",
        "sends its message and prints what comes back",
        |lab| {
            let (host, word) = (lab.host("Ann")?, lab.word());
            let client = lab.client_to(&host, [&word])?;
            let mut ann = client.comes_to(&host)?;
            ann.hears(&word)?;
            ann.says(&word)?;
            ann.sees_the_end()?;
            ann.leaves();
            client.done()?.exits(&[0])?.prints(&word)?;
            Ok(())
        },
    ),
    check(
        "2.4/standard-input",
        "sends its standard input if there is no message",
        |lab| {
            let (host, text) = (lab.host("Ann")?, lab.letters(500));
            let client = lab.client_at(host.address(), NONE, Stdin::Piped)?;
            client.0.running().feed(text.clone().into_bytes());
            let mut ann = client.comes_to(&host)?;
            ann.hears(&text)?;
            ann.sees_the_end()?;
            ann.says(&text)?;
            ann.leaves();
            client.done()?.exits(&[0])?.prints(&text)?;
            Ok(())
        },
    ),
    check(
        "2.4/dash",
        "takes what comes after `--` as its message",
        |lab| {
            let (host, word) = (lab.host("Ann")?, format!("-{}", lab.word()));
            let client = lab.client_to(&host, ["--", &word])?;
            let mut ann = client.comes_to(&host)?;
            ann.hears(&word)?;
            ann.sees_the_end()
        },
    ),
    check(
        "2.4/default-address",
        "connects to 127.0.0.1:7002 if nothing else is said",
        |lab| {
            let (host, word) = (lab.host_by_default("Ann", 7002)?, lab.word());
            let client = lab.client_by_default([&word])?;
            let mut ann = client.comes_to(&host)?;
            ann.hears(&word)?;
            ann.sees_the_end()
        },
    )
    .alone(),
    check(
        "2.4/refused",
        "says so when nobody listens, and ends with 1",
        |lab| {
            let (address, word) = (lab.quiet_address()?, lab.word());
            lab.client_at(address, [&word], Stdin::Empty)?
                .done()?
                .exits(&[1])?
                .prints("")?
                .complains("")?;
            Ok(())
        },
    )
    .given(),
    check(
        "2.4/different",
        "ends with 3 when other bytes come back",
        |lab| {
            let host = lab.host("Ann")?;
            let (sent, other) = (lab.letters(20), lab.letters(20));
            let client = lab.client_to(&host, [&sent])?;
            let mut ann = client.comes_to(&host)?;
            ann.hears(&sent)?;
            ann.sees_the_end()?;
            ann.says(&other)?;
            ann.leaves();
            client.done()?.exits(&[3])?;
            Ok(())
        },
    )
    .means(
        "An echo that is as long as what was sent need not be the same. Compare the bytes, and \
         end with exit code 3: the peer broke the protocol.",
    ),
    check("2.4/fewer", "ends with 3 when not all comes back", |lab| {
        let (host, sent) = (lab.host("Ann")?, lab.letters(20));
        let client = lab.client_to(&host, [&sent])?;
        let mut ann = client.comes_to(&host)?;
        ann.hears(&sent)?;
        ann.sees_the_end()?;
        ann.says(&sent[..11])?;
        ann.leaves();
        client.done()?.exits(&[3])?;
        Ok(())
    })
    .means("The end of the stream came before all was back: exit code 3."),
    check(
        "2.4/reset",
        "ends with an error when the server resets the connection",
        |lab| {
            let (host, word) = (lab.host("Ann")?, lab.word());
            let client = lab.client_to(&host, [&word])?;
            let mut ann = client.comes_to(&host)?;
            ann.hears(&word)?;
            ann.sees_the_end()?;
            ann.resets()?;
            client.done()?.exits(&[1, 3])?.complains("")?;
            Ok(())
        },
    ),
    check(
        "2.4/interrupt",
        "ends at once on Ctrl-C while it waits, without a backtrace",
        |lab| {
            let (host, word) = (lab.host("Ann")?, lab.word());
            let client = lab.client_to(&host, [&word])?;
            let mut ann = client.comes_to(&host)?;
            ann.hears(&word)?;
            ann.sees_the_end()?;
            client.0.running().signal(StopSignal::Interrupt)?;
            client.done()?.was_interrupted()
        },
    ),
    check(
        "2.5/server-bytes",
        "sends back any byte, text or not",
        |lab| {
            let all: Vec<u8> = (0..=255).chain([0xff, 0x00, 0xc3]).collect();
            let mut ann = lab.server()?.connect("Ann")?;
            ann.says(&all)?;
            ann.hears(&all)
        },
    )
    .means(
        "Bytes are not text: 0xFF is in no UTF-8, 0xC3 is half a letter, and 0 ends nothing. \
         Keep them in a `Vec<u8>` or a `[u8]`, never in a `String`.",
    ),
    check(
        "2.5/server-pieces",
        "sends back single bytes, and what was cut in any way",
        |lab| {
            let said = lab.noise(60);
            let mut ann = lab.server()?.connect("Ann")?;
            ann.says_in_pieces(said.chunks(1))?;
            ann.hears(&said)?;
            ann.says_in_pieces(said.chunks(7))?;
            ann.hears(&said)
        },
    )
    .means(
        "TCP is a stream: how it is cut when it is sent says nothing about how it comes. A read \
         may bring one byte, or a hundred messages.",
    ),
    check(
        "2.5/client-bytes",
        "sends and prints any byte as it is",
        |lab| {
            let (host, said) = (lab.host("Ann")?, lab.noise(4 * KIB));
            let client = lab.client_at(host.address(), NONE, Stdin::Piped)?;
            client.0.running().feed(said.clone());
            let mut ann = client.comes_to(&host)?;
            ann.hears(&said)?;
            ann.sees_the_end()?;
            ann.says(&said)?;
            ann.leaves();
            client.done()?.exits(&[0])?.prints(&said)?;
            Ok(())
        },
    )
    .means(
        "What comes back are bytes, and they need not be text. Read into a `Vec<u8>` and write \
         them out as they are; a `String` holds UTF-8 alone.",
    ),
    check(
        "2.5/client-pieces",
        "prints an answer whole that comes byte by byte",
        |lab| {
            let (host, word) = (lab.host("Ann")?, lab.letters(30));
            let client = lab.client_to(&host, [&word])?;
            let mut ann = client.comes_to(&host)?;
            ann.hears(&word)?;
            ann.sees_the_end()?;
            ann.says_in_pieces(word.as_bytes().chunks(1))?;
            ann.leaves();
            client.done()?.exits(&[0])?.prints(&word)?;
            Ok(())
        },
    )
    .means("One read is not the whole answer: read until the end of the stream."),
    check(
        "2.5/closed-pipe",
        "ends with 1, quietly, when nobody reads what it prints",
        |lab| {
            let (host, word) = (lab.host("Ann")?, lab.word());
            let mut spec = lab.client_spec(host.address(), [&word], Stdin::Empty);
            spec.stdout = Stdout::ReaderGone;
            let client = lab.starts_client(spec)?;
            let mut ann = client.comes_to(&host)?;
            ann.hears(&word)?;
            ann.sees_the_end()?;
            ann.says(&word)?;
            ann.leaves();
            client.done()?.exits(&[1])?.is_quiet()
        },
    )
    .means(
        "Standard output may be a pipe whose reader has left, as in `client | head -c 3`. \
         `println!` panics then; `shared::write` returns an error that ends the program with 1.",
    ),
    check(
        "2.6/server-large",
        "sends back 16 MiB through small buffers",
        |lab| {
            let said = lab.noise(16 * MIB);
            let small = Options {
                receive_buffer: Some(4 * KIB),
            };
            let mut ann = lab.server()?.connect_with("Ann", small)?;
            ann.says(&said)?;
            ann.stops_talking()?;
            ann.hears(&said)?;
            ann.sees_the_end()
        },
    )
    .alone()
    .means(
        "`write` takes as much as there is room for and returns how much that was; the rest is \
         yours to send again. `write_all` does that.",
    ),
    check(
        "2.6/server-memory",
        "holds little in memory for a client that does not read",
        |lab| {
            let said = lab.noise(MIB).repeat(80);
            let server = lab.server()?;
            let mut ann = server.connect("Ann")?;
            let sent = ann.says_without_listening(&said)?;
            server.process()?.stays_under(64 * MIB)?;
            ann.hears(&said[..sent])
        },
    )
    .alone()
    .means(
        "Ann sends and does not read. A server that goes on reading must keep all of it; one \
         that writes before it reads on makes Ann wait, and needs a single piece of memory.",
    ),
    check(
        "2.6/client-large",
        "sends and prints 16 MiB, reading while it writes",
        |lab| {
            let (host, said) = (lab.host("Ann")?, lab.noise(16 * MIB));
            let client = lab.client_at(host.address(), NONE, Stdin::Piped)?;
            client.0.running().feed(said.clone());
            let mut ann = client.comes_to(&host)?;
            ann.echoes(said.len())?;
            ann.sees_the_end()?;
            ann.leaves();
            client.done()?.exits(&[0])?.prints(&said)?;
            Ok(())
        },
    )
    .alone()
    .means(
        "A read brings a piece of the input, not all of it, and a write takes what there is room \
         for. And a client that sends all before it reads stops when the buffers are full: the \
         server cannot go on until somebody takes its answers. Read on one thread and write on \
         another.",
    ),
    check(
        "2.6/client-memory",
        "holds little of a long input in memory",
        |lab| {
            let (host, said) = (lab.host("Ann")?, lab.noise(MIB).repeat(40));
            let client = lab.client_at(host.address(), NONE, Stdin::Piped)?;
            client.0.running().feed(said.clone());
            let mut ann = client.comes_to(&host)?;
            ann.echoes(said.len())?;
            ann.sees_the_end()?;
            client.0.stays_under(32 * MIB)?;
            ann.leaves();
            client.done()?.exits(&[0])?;
            Ok(())
        },
    )
    .alone()
    .means(
        "An input can be longer than the memory: read a piece, send it, forget it. To compare \
         what comes back, a running hash is enough.",
    ),
    check(
        "2.7/idle",
        "ends on Ctrl-C when no client is there",
        |lab| {
            let server = lab.server()?;
            server.process()?.stops_on(StopSignal::Interrupt)
        },
    )
    .means(
        "Without a handler the signal ends the program, which is no exit code 0. With one, \
         something must wake the thread that waits in `accept`.",
    ),
    check(
        "2.7/silent-client",
        "ends on SIGTERM while a client says nothing",
        |lab| {
            let server = lab.server()?;
            let word = lab.word();
            let mut ann = server.connect("Ann")?;
            ann.says(&word)?;
            ann.hears(&word)?;
            server.stops()
        },
    )
    .means("The thread that serves Ann waits in `read`. Something must end that wait."),
    check(
        "2.7/last-words",
        "sends back what it had read when it was asked to end",
        |lab| {
            let said = lab.noise(8 * KIB);
            let server = lab.server()?;
            let mut ann = server.connect("Ann")?;
            ann.says(&said)?;
            ann.waits_until_taken();
            let asked = server.process()?.is_asked_to_stop(StopSignal::Terminate)?;
            ann.hears(&said)?;
            ann.sees_the_end()?;
            asked.and_stops()
        },
    )
    .means(
        "The server had read Ann's bytes when the signal came: they are answered before it \
         ends, and then Ann sees an orderly end.",
    ),
];

/// No words after the role.
const NONE: [&str; 0] = [];

/// A client comes, is answered, ends its side, and sees the end.
fn visit(lab: &mut Lab, server: &Server, name: &'static str) -> Step {
    let word = lab.word();
    let mut visitor = server.connect(name)?;
    visitor.says(&word)?;
    visitor.hears(&word)?;
    visitor.stops_talking()?;
    visitor.sees_the_end()
}

/// The server was told to listen on 127.0.0.1.
fn same_host(address: SocketAddr) -> Step {
    if address.ip().to_string() == "127.0.0.1" {
        return Ok(());
    }
    fail(
        Kind::Output,
        "`listening on 127.0.0.1:PORT`, as it was told",
        address.to_string(),
    )
}
