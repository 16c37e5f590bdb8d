//! Lab 08, TLS: a file for each exercise or two, and what they share.

pub mod both_sides;
pub mod client;
pub mod cut;
pub mod gencert;
pub mod hostile;
pub mod large;
pub mod refuse;
pub mod results;
pub mod server;
pub mod service;
pub mod slow;
mod written;

use std::ffi::OsStr;
use std::io::Write;

use anyhow::Context;
use tempfile::{NamedTempFile, TempDir};

use super::{Client, Done, Lab, Server};
use crate::finding::{Kind, Step, fail};
use crate::program::Stdin;
use crate::wire::tls::{Identity, Versions, certificates, settings};
use crate::wire::{Host, Secure};

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

/// No words after the options.
const NONE: [&str; 0] = [];

/// Any of the words of a refusal.
const WORDS: [&str; 7] = [
    "unknown-issuer",
    "name-mismatch",
    "expired",
    "not-yet-valid",
    "truncated",
    "refused",
    "protocol",
];

/// The PEM files of a story, in a folder of their own, which goes with the story.
pub struct Files {
    folder: TempDir,
}

impl Files {
    pub fn new() -> Step<Self> {
        // A later run sweeps away what a grader that was killed has left.
        let prefix = format!("socket-workbook-run-{}-pem-", std::process::id());
        let folder = tempfile::Builder::new()
            .prefix(&prefix)
            .tempdir()
            .context("the grader could not make a folder")?;
        Ok(Self { folder })
    }

    /// The folder, as a word of a command line.
    pub fn folder(&self) -> String {
        self.folder.path().to_string_lossy().into_owned()
    }

    pub fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_string_lossy().into_owned()
    }

    /// Writes a file, and says where it is. It is there whole or not at all: a program that was
    /// started before may be reading it.
    pub fn with(&self, name: &str, text: &str) -> Step<String> {
        let written = NamedTempFile::new_in(&self.folder).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.persist(self.folder.path().join(name))?;
            Ok(())
        });
        written.context("the grader could not write")?;
        Ok(self.path(name))
    }

    /// A certificate and its key, as options of a command line.
    pub fn identity(&self, identity: &Identity) -> Step<[String; 4]> {
        Ok([
            "--cert".into(),
            self.with("cert.pem", &identity.certificate)?,
            "--key".into(),
            self.with("key.pem", &identity.key)?,
        ])
    }

    /// The authority that a client trusts, as options of a command line.
    pub fn authority(&self) -> Step<[String; 2]> {
        let pem = &certificates().authority.certificate;
        Ok(["--ca".into(), self.with("ca.pem", pem)?])
    }
}

/// The server under test, with a good certificate.
fn server(lab: &mut Lab, files: &Files) -> Step<Server> {
    server_with(lab, files, &[])
}

/// The same with more options.
fn server_with(lab: &mut Lab, files: &Files, options: &[&str]) -> Step<Server> {
    let identity = files.identity(&certificates().host)?;
    let mut words: Vec<&str> = identity.iter().map(String::as_str).collect();
    words.extend(options);
    lab.server_with(&words)
}

/// Somebody who comes to the server, believes its certificate, and has shaken hands.
fn visitor(server: &Server, name: &'static str) -> Step<Secure> {
    visitor_who(server, name, None, Versions::Both)
}

/// The same of somebody with a certificate, or who speaks one version alone.
fn visitor_who(
    server: &Server,
    name: &'static str,
    identity: Option<&Identity>,
    versions: Versions,
) -> Step<Secure> {
    let authority = &certificates().authority.certificate;
    let settings = settings::of_a_visitor(authority, identity, versions)?;
    let mut visitor = Secure::visitor(server.connect(name)?, settings, "localhost")?;
    visitor.shakes_hands()?;
    Ok(visitor)
}

/// A visitor comes, is answered, says goodbye, and sees the end.
fn visit(lab: &mut Lab, server: &Server, name: &'static str) -> Step {
    let word = lab.word();
    let mut visitor = visitor(server, name)?;
    visitor.says(&word)?;
    visitor.hears(&word)?;
    visitor.says_goodbye()?;
    visitor.sees_the_end()
}

/// The client under test, which trusts our authority, on its way to a host of ours.
fn client<W: AsRef<OsStr>>(
    lab: &mut Lab,
    files: &Files,
    host: &Host,
    words: impl IntoIterator<Item = W>,
) -> Step<Client> {
    client_with(lab, files, host, words, Stdin::Empty)
}

fn client_with<W: AsRef<OsStr>>(
    lab: &mut Lab,
    files: &Files,
    host: &Host,
    words: impl IntoIterator<Item = W>,
    stdin: Stdin,
) -> Step<Client> {
    lab.client_at(host.address(), all_words(files, words)?, stdin)
}

/// `--ca` and the rest of a client's command line.
fn all_words<W: AsRef<OsStr>>(
    files: &Files,
    words: impl IntoIterator<Item = W>,
) -> Step<Vec<std::ffi::OsString>> {
    let mut all: Vec<_> = files.authority()?.map(Into::into).into();
    all.extend(words.into_iter().map(|word| word.as_ref().to_owned()));
    Ok(all)
}

/// Waits for the client, and begins TLS with it, as the holder of this certificate.
fn received(client: &Client, host: &Host, identity: &Identity) -> Step<Secure> {
    let settings = settings::of_a_host(identity, None, Versions::Both)?;
    Secure::host(client.comes_to(host)?, settings)
}

/// The same, as a host whom the client can trust, and the handshake is done.
fn welcomed(client: &Client, host: &Host) -> Step<Secure> {
    let mut ann = received(client, host, &certificates().host)?;
    ann.shakes_hands()?;
    Ok(ann)
}

/// It ended with exit code 3, and said one of these words, and none of the others, as `tls: WORD`
/// on standard error.
fn refuses_as(done: &Done, allowed: &[&str]) -> Step {
    done.exits(&[3])?.is_quiet()?;
    let stderr = String::from_utf8_lossy(&done.stderr);
    let said: Vec<&str> = WORDS
        .into_iter()
        .filter(|word| says(&stderr, word))
        .collect();
    if !said.is_empty() && said.iter().all(|word| allowed.contains(word)) {
        return Ok(());
    }
    let expected = allowed
        .iter()
        .map(|word| format!("`tls: {word}`"))
        .collect::<Vec<_>>()
        .join(" or ");
    let seen = match &said[..] {
        [] => "no such word".to_string(),
        said => format!("`tls: {}`", said.join("`, `tls: ")),
    };
    fail(
        Kind::Output,
        format!("{expected} on standard error"),
        format!("{seen} there"),
    )
}

/// Whether a text has `tls: WORD` in it, and not as the beginning of a longer word.
fn says(text: &str, word: &str) -> bool {
    text.split(&format!("tls: {word}"))
        .skip(1)
        .any(|rest| !rest.starts_with(|letter: char| letter.is_alphanumeric() || letter == '-'))
}
