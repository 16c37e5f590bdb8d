//! Exercise 8.6: clients that speak no TLS, or not to the end, and the others beside them.

use super::{Files, KIB, MIB, server, visit, visitor};
use crate::checks::{Check, check};
use crate::wire::tls::flights;

const ALIVE: &str = "A handshake that fails is the end of one connection, not of the server: log \
    why, and go on.";

pub static CHECKS: &[Check] = &[
    check(
        "8.6/mute",
        "serves Bob while Ann has connected and does not begin to shake hands",
        |lab| {
            let files = Files::new()?;
            let server = server(lab, &files)?;
            let _ann = server.connect("Ann")?;
            visit(lab, &server, "Bob")?;
            visit(lab, &server, "Carol")
        },
    )
    .means(
        "The handshake waits for the client, and Ann says nothing. Whoever shakes hands where \
         clients are accepted waits with her, and all others do: it belongs on the client's own \
         thread.",
    ),
    check(
        "8.6/half-a-handshake",
        "serves Bob while Ann and others are in the middle of a handshake",
        |lab| {
            let files = Files::new()?;
            let server = server(lab, &files)?;
            let hello = flights::client_hello()?;
            let mut crowd = Vec::new();
            for share in (5..hello.len()).step_by(20) {
                let mut one = server.connect("one of a crowd")?;
                one.says(&hello[..share])?;
                crowd.push(one);
            }
            visit(lab, &server, "Bob")
        },
    ),
    check(
        "8.6/stop",
        "ends on SIGTERM while clients are in the middle of a handshake",
        |lab| {
            let files = Files::new()?;
            let server = server(lab, &files)?;
            let _ann = server.connect("Ann")?;
            let mut bob = server.connect("Bob")?;
            bob.says(&flights::client_hello()?[..40])?;
            bob.waits_until_taken();
            visit(lab, &server, "Carol")?;
            server.stops()
        },
    )
    .means(
        "Ann has not even begun to shake hands, and Bob stopped in the middle of it: who waits \
         for them has to be woken like all others.",
    ),
    check("8.6/no-tls", "goes on when clients speak no TLS", |lab| {
        let files = Files::new()?;
        let server = server(lab, &files)?;
        let noise = lab.noise(2 * KIB);
        let sayings: [&[u8]; 8] = [
            b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
            b"hello\n",
            &noise,
            // Records: an alert first, data first, one too long, one of a kind unheard of.
            &flights::HANDSHAKE_FAILURE,
            &[23, 3, 3, 0, 4, 1, 2, 3, 4],
            &[22, 3, 1, 0xff, 0xff, 1, 0, 0],
            &[99, 3, 3, 0, 1, 0],
            &[0; 40],
        ];
        for said in sayings {
            let mut ann = server.connect("Ann")?;
            ann.says_what_it_can(said)?;
            ann.stops_talking()?;
            ann.waits_for_the_end()?;
            visit(lab, &server, "Bob")?;
        }
        server.still_runs()
    })
    .given()
    .means(ALIVE),
    check(
        "8.6/leaves-early",
        "goes on when clients leave or reset in the middle of the handshake",
        |lab| {
            let files = Files::new()?;
            let server = server(lab, &files)?;
            let hello = flights::client_hello()?;
            for share in [0, 3, 60, hello.len()] {
                let mut ann = server.connect("Ann")?;
                ann.says(&hello[..share])?;
                ann.leaves();
                let mut bob = server.connect("Bob")?;
                bob.says(&hello[..share])?;
                bob.resets()?;
            }
            visit(lab, &server, "Carol")?;
            server.still_runs()
        },
    )
    .given()
    .means(ALIVE),
    check(
        "8.6/broken-record",
        "goes on when what a client sends cannot be decrypted",
        |lab| {
            let files = Files::new()?;
            let server = server(lab, &files)?;
            let forged = [&[23, 3, 3, 0, 32][..], &lab.noise(32)].concat();
            let mut ann = visitor(&server, "Ann")?;
            let mut bob = visitor(&server, "Bob")?;
            ann.says_in_the_open(&forged)?;
            ann.wire().waits_for_the_end()?;
            let word = lab.word();
            bob.says(&word)?;
            bob.hears(&word)?;
            visit(lab, &server, "Carol")
        },
    )
    .given()
    .means(
        "A record that fails its check is the end of that session: the connection is closed, and \
         all others go on.",
    ),
    check(
        "8.6/never-reads",
        "serves Bob while Ann sends and sends and does not read",
        |lab| {
            let files = Files::new()?;
            let said = lab.noise(MIB).repeat(8);
            let server = server(lab, &files)?;
            let mut ann = visitor(&server, "Ann")?;
            ann.says_without_listening(&said)?;
            visit(lab, &server, "Bob")?;
            ann.resets()?;
            visit(lab, &server, "Carol")
        },
    )
    .given(),
];
