//! Exercise 8.7: certificates on both sides.

use super::{Files, all_words, client, refuses_as, server_with, visitor_who};
use crate::checks::{Check, Lab, Server, check};
use crate::finding::{Kind, Step, fail};
use crate::wire::tls::hearing::How;
use crate::wire::tls::{Identity, Versions, certificates, settings};
use crate::wire::{Peer, Secure};

const ALERT: &str = "With `--client-ca` the server asks its clients for a certificate, and accepts \
    only those that this authority has signed. Whom it turns away it tells so, by an alert, \
    before it closes: written out, not only prepared.";

pub static CHECKS: &[Check] = &[
    check(
        "8.7/served",
        "serves a client with a certificate from the authority in `--client-ca`",
        |lab| {
            let files = Files::new()?;
            let server = picky(lab, &files)?;
            is_served(lab, &server)
        },
    ),
    check(
        "8.7/none",
        "turns away a client without a certificate, by an alert",
        |lab| is_turned_away(lab, None),
    )
    .means(ALERT),
    check(
        "8.7/foreign",
        "turns away a client with a certificate of somebody else, by an alert",
        |lab| is_turned_away(lab, Some(&certificates().foreign_visitor)),
    )
    .means(ALERT),
    check(
        "8.7/self-signed",
        "turns away a client with a certificate that nobody else has signed, by an alert",
        |lab| is_turned_away(lab, Some(&certificates().self_signed_visitor)),
    )
    .means(ALERT),
    check(
        "8.7/client",
        "shows its certificate to a server that asks for one",
        |lab| {
            let files = Files::new()?;
            let (host, word) = (lab.host("Ann")?, lab.word());
            let words = shows(&files, &certificates().visitor, &word)?;
            let client = client(lab, &files, &host, words)?;
            let mut ann = asks(client.comes_to(&host)?)?;
            ann.shakes_hands()?;
            let (chain, _) = certificates().visitor.der()?;
            if ann.was_shown().first() != chain.first() {
                let expected = "the client to show the certificate of `--cert`";
                return fail(Kind::Unexpected, expected, "another one");
            }
            ann.hears(&word)?;
            ann.hears_goodbye()?;
            ann.says(&word)?;
            ann.says_goodbye()?;
            ann.leaves()?;
            client.done()?.exits(&[0])?.prints(&word)?;
            Ok(())
        },
    )
    .means("With `--cert` and `--key` the client has something to show: `with_client_auth_cert`."),
    check(
        "8.7/client-refused",
        "says `refused` when the server wants a certificate that it does not have",
        |lab| {
            let foreign = &certificates().foreign_visitor;
            for identity in [None, Some(foreign)] {
                let files = Files::new()?;
                let (host, word) = (lab.host("Ann")?, lab.word());
                let words = match identity {
                    None => vec![word],
                    Some(identity) => shows(&files, identity, &word)?,
                };
                let client = client(lab, &files, &host, words)?;
                let mut ann = asks(client.comes_to(&host)?)?;
                ann.waits_for_the_end()?;
                refuses_as(&client.done()?, &["refused"])?;
            }
            Ok(())
        },
    )
    .given()
    .means(
        "In TLS 1.3 the client is done with the handshake before the server has looked at its \
         certificate: the alert comes later, to a read that expected the answer. It is an alert \
         all the same: `refused`.",
    ),
    check(
        "8.7/client-files",
        "ends with 1 when the client's own PEM files are missing, broken, or do not fit",
        |lab| {
            let files = Files::new()?;
            let host = lab.host("Ann")?;
            let address = host.address().to_string();
            let all = certificates();
            let [_, cert, _, key] = &files.identity(&all.visitor)?;
            let missing = &files.path("no-such-file.pem");
            let broken = &files.with("broken.pem", "this is no PEM\n")?;
            let other = &files.with("other.pem", &all.foreign_visitor.key)?;
            for (cert, key) in [
                (missing, key),
                (cert, missing),
                (broken, key),
                (cert, broken),
                (cert, other),
            ] {
                let words = ["--cert", cert, "--key", key, "hello"];
                let words = all_words(&files, words)?;
                let mut line: Vec<std::ffi::OsString> =
                    ["client", "--connect", &address].map(Into::into).into();
                line.extend(words);
                lab.run(line)?.exits(&[1])?.prints("")?.complains("")?;
            }
            Ok(())
        },
    ),
    check(
        "8.7/server-file",
        "ends with 1 when the file of `--client-ca` is missing or broken",
        |lab| {
            let files = Files::new()?;
            let identity = files.identity(&certificates().host)?;
            let broken = files.with("broken.pem", "this is no PEM\n")?;
            for file in [files.path("no-such-file.pem"), broken] {
                let mut words = vec!["server", "--listen", "127.0.0.1:0", "--client-ca", &file];
                words.extend(identity.iter().map(String::as_str));
                lab.run(words)?.exits(&[1])?.prints("")?.complains("")?;
            }
            Ok(())
        },
    ),
];

/// The server under test, which lets in nobody without a certificate from our authority.
fn picky(lab: &mut Lab, files: &Files) -> Step<Server> {
    let authority = files.with("client-ca.pem", &certificates().authority.certificate)?;
    server_with(lab, files, &["--client-ca", &authority])
}

fn is_served(lab: &mut Lab, server: &Server) -> Step {
    let word = lab.word();
    let identity = Some(&certificates().visitor);
    let mut ann = visitor_who(server, "Ann", identity, Versions::Both)?;
    ann.says(&word)?;
    ann.hears(&word)?;
    ann.says_goodbye()?;
    ann.sees_the_end()
}

/// Whichever version it speaks, it hears an alert; and whoever may come in still does.
fn is_turned_away(lab: &mut Lab, identity: Option<&Identity>) -> Step {
    let files = Files::new()?;
    let server = picky(lab, &files)?;
    is_served(lab, &server)?;
    for versions in [Versions::Only13, Versions::Only12] {
        let authority = &certificates().authority.certificate;
        let settings = settings::of_a_visitor(authority, identity, versions)?;
        let mut bob = Secure::visitor(server.connect("Bob")?, settings, "localhost")?;
        let ended = bob.waits_for_the_end()?;
        if ended.how != How::Alert {
            return fail(
                Kind::Unexpected,
                "Bob to be turned away by an alert",
                match ended.how {
                    How::Goodbye => "`close_notify`, as if all was well".to_string(),
                    How::Reset => "a reset of the connection".into(),
                    How::Cut => "the end of the connection, and no alert".into(),
                    How::Alert | How::Fault => "something that cannot be decrypted".into(),
                },
            );
        }
    }
    is_served(lab, &server)
}

/// The options that let a client show this certificate, and its message.
fn shows(files: &Files, identity: &Identity, message: &str) -> Step<Vec<String>> {
    let mut words: Vec<String> = files.identity(identity)?.into();
    words.push(message.into());
    Ok(words)
}

/// A host of ours that lets in only clients with a certificate from our authority.
fn asks(peer: Peer) -> Step<Secure> {
    let all = certificates();
    let authority = Some(all.authority.certificate.as_str());
    let settings = settings::of_a_host(&all.host, authority, Versions::Both)?;
    Secure::host(peer, settings)
}
