//! Exercise 8.4: whom the client does not believe, and how it says so.

use super::{Files, all_words, client, received, refuses_as, welcomed};
use crate::checks::{Check, Lab, check};
use crate::finding::{Kind, Step, fail};
use crate::program::Stdin;
use crate::wire::Peer;
use crate::wire::tls::certificates::{ANOTHER_ADDRESS, ANOTHER_NAME};
use crate::wire::tls::{Identity, certificates, flights};
use crate::words::quoted;

pub static CHECKS: &[Check] = &[
    check(
        "8.4/foreign-authority",
        "tells nothing to a server whose certificate is signed by somebody else",
        |lab| refuses(lab, &certificates().foreign, &[], &["unknown-issuer"]),
    )
    .means(
        "Anybody can make an authority, and sign a certificate with any name by it. What counts \
         is whether it is the authority in `--ca`.",
    ),
    check(
        "8.4/self-signed",
        "tells nothing to a server whose certificate nobody else has signed",
        |lab| refuses(lab, &certificates().self_signed, &[], &["unknown-issuer"]),
    ),
    check(
        "8.4/other-name",
        "tells nothing to a server that has proved another name",
        |lab| refuses(lab, &certificates().other_name, &[], &["name-mismatch"]),
    )
    .means(
        "The certificate is in order, and somebody else's: the client went to 127.0.0.1, and \
         that is not in it. Who does not compare the name trusts all whom the authority has \
         ever signed.",
    ),
    check(
        "8.4/name-it-was-told",
        "compares with the name of `--server-name`, not with the address",
        |lab| {
            for name in [ANOTHER_NAME, ANOTHER_ADDRESS] {
                let words = ["--server-name", name];
                refuses(lab, &certificates().host, &words, &["name-mismatch"])?;
            }
            Ok(())
        },
    )
    .means(
        "With `--server-name` it is that name which the certificate has to prove, and no other. \
         It may be an IP address: that has to be among the certificate's IP names.",
    ),
    check(
        "8.4/expired",
        "tells nothing to a server whose certificate is valid no more",
        |lab| refuses(lab, &certificates().expired, &[], &["expired"]),
    ),
    check(
        "8.4/not-yet-valid",
        "tells nothing to a server whose certificate is not valid yet",
        |lab| refuses(lab, &certificates().not_yet_valid, &[], &["not-yet-valid"]),
    ),
    check(
        "8.4/authority-itself",
        "tells nothing to a server that shows the authority's certificate as its own",
        |lab| {
            // It has no name in it either: with several faults, any one that applies.
            let words = ["unknown-issuer", "name-mismatch", "protocol"];
            refuses(lab, &certificates().authority, &[], &words)
        },
    ),
    check(
        "8.4/plain-text",
        "says `protocol` to a server that speaks no TLS",
        |lab| {
            let text = b"220 mail.example ESMTP, and this is no TLS at all\r\n";
            let files = Files::new()?;
            let (host, message) = (lab.host("Ann")?, lab.letters(40));
            let client = client(lab, &files, &host, [&message])?;
            let mut ann = client.comes_to(&host)?;
            ann.hears_anything()?;
            ann.says(text)?;
            let done = client.done()?;
            has_heard_nothing_of(&mut ann, &message)?;
            refuses_as(&done, &["protocol"])
        },
    )
    .given()
    .means("Whatever is none of the other words is `protocol`: exit code 3."),
    check(
        "8.4/broken-record",
        "says `protocol` when what comes cannot be decrypted",
        |lab| {
            let files = Files::new()?;
            let (host, word) = (lab.host("Ann")?, lab.word());
            let client = client(lab, &files, &host, [&word])?;
            let mut ann = welcomed(&client, &host)?;
            ann.hears(&word)?;
            ann.hears_goodbye()?;
            let forged = [&[23, 3, 3, 0, 32][..], &lab.noise(32)].concat();
            ann.says_in_the_open(&forged)?;
            refuses_as(&client.done()?, &["protocol"])
        },
    )
    .given()
    .means(
        "A record that somebody has changed, or forged, fails its check. There is no going on \
         after that: `protocol`, exit code 3.",
    ),
    check(
        "8.4/alert",
        "says `refused` when the server sends an alert",
        |lab| {
            let files = Files::new()?;
            let (host, message) = (lab.host("Ann")?, lab.letters(40));
            let client = client(lab, &files, &host, [&message])?;
            let mut ann = client.comes_to(&host)?;
            ann.hears_anything()?;
            ann.says(flights::HANDSHAKE_FAILURE)?;
            let done = client.done()?;
            has_heard_nothing_of(&mut ann, &message)?;
            refuses_as(&done, &["refused"])
        },
    )
    .means("An alert is the peer's word for why it will not go on: `refused`, exit code 3."),
    check(
        "8.4/input-waits",
        "tells nothing of its standard input either",
        |lab| {
            let files = Files::new()?;
            let (host, said) = (lab.host("Ann")?, lab.letters(2000));
            let words = all_words(&files, super::NONE)?;
            let client = lab.client_at(host.address(), words, Stdin::Piped)?;
            client.0.running().feed(said.into_bytes());
            let mut ann = received(&client, &host, &certificates().foreign)?;
            ann.hears_not_a_byte()?;
            ann.leaves()?;
            refuses_as(&client.done()?, &["unknown-issuer"])
        },
    ),
];

/// The client meets a host with this certificate, tells it nothing, and says why not.
fn refuses(lab: &mut Lab, identity: &Identity, options: &[&str], words: &[&str]) -> Step {
    let files = Files::new()?;
    let (host, message) = (lab.host("Mallory")?, lab.letters(40));
    let all = [options, &[&message]].concat();
    let client = client(lab, &files, &host, all)?;
    let mut mallory = received(&client, &host, identity)?;
    mallory.hears_not_a_byte()?;
    mallory.leaves()?;
    let done = client.done()?;
    refuses_as(&done, words)?;
    done.prints("")?;
    Ok(())
}

/// Nothing of the message came in the open.
fn has_heard_nothing_of(ann: &mut Peer, message: &str) -> Step {
    let came = ann.hears_so_far()?;
    let beginning = &message.as_bytes()[..12];
    match came.windows(12).position(|window| window == beginning) {
        None => Ok(()),
        Some(at) => fail(
            Kind::Unexpected,
            "not a byte of the message before the server is verified",
            quoted(&came[at..]),
        ),
    }
}
