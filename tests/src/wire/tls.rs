//! A peer under TLS: a host of ours for clients under test, a visitor for servers under test.
//!
//! It is a [`Peer`] with a session of rustls on top of its connection. The tape has both: the
//! records as an onlooker sees them, and what is said inside. Each of its verbs has a deadline.

pub mod certificates;
pub mod flights;
pub mod hearing;
pub mod paper;
mod records;
pub mod settings;
mod talking;

pub use certificates::{Certificates, Identity, certificates};
pub use records::{OneWay, Records};
pub use settings::Versions;

use std::io::Read;
use std::sync::Arc;

use anyhow::Context;
use rustls::{ClientConfig, ClientConnection, Connection, ServerConfig, ServerConnection};
use rustls_pki_types::{CertificateDer, ServerName};

use super::peer::Over;
use super::tape::{Excerpt, What};
use super::{Peer, wait};
use crate::finding::{Finding, Kind, Step, Stop, fail};
use crate::words::{bytes, quoted};

/// The most that a peer keeps unread by its story.
const INBOX: usize = 64 * 1024 * 1024;

pub struct Secure {
    wire: Peer,
    session: Connection,
    /// Encrypted, and not yet taken by the socket.
    outbox: Vec<u8>,
    /// What came inside, and the story has not asked for yet.
    inbox: Vec<u8>,
    /// The peer's `close_notify`: it says no more.
    goodbye: bool,
    /// Why the session came to nothing.
    fault: Option<rustls::Error>,
}

impl Secure {
    /// Becomes the host of a client under test. The handshake goes on with each verb.
    pub fn host(wire: Peer, settings: Arc<ServerConfig>) -> Step<Self> {
        let session = ServerConnection::new(settings).context("the grader's side of TLS")?;
        Ok(Self::with(wire, session.into()))
    }

    /// Becomes a visitor of a server under test that has to prove this name, and shakes hands.
    pub fn visitor(wire: Peer, settings: Arc<ClientConfig>, name: &str) -> Step<Self> {
        let name = ServerName::try_from(name.to_string()).context("the name of a server")?;
        let session = ClientConnection::new(settings, name).context("the grader's side of TLS")?;
        Ok(Self::with(wire, session.into()))
    }

    fn with(mut wire: Peer, session: Connection) -> Self {
        wire.records = Some(Records::default());
        Self {
            wire,
            session,
            outbox: Vec::new(),
            inbox: Vec::new(),
            goodbye: false,
            fault: None,
        }
    }

    pub fn name(&self) -> &'static str {
        self.wire.name
    }

    /// Waits longer than usual from now on: the program may take a rest first.
    pub fn has_time(&mut self) {
        self.wire.has_time();
    }

    /// Shakes hands, to the end: then both know the keys, and the visitor whom it talks to.
    pub fn shakes_hands(&mut self) -> Step {
        while self.session.is_handshaking() {
            self.more("shake hands", &[])?;
        }
        self.flush()?;
        Ok(())
    }

    /// The name that the visitor has asked for, so that one host can have many (SNI).
    pub fn was_asked_for(&self) -> Option<&str> {
        match &self.session {
            Connection::Server(session) => session.server_name(),
            Connection::Client(_) => None,
        }
    }

    /// The certificates that the other side has shown.
    pub fn was_shown(&self) -> &[CertificateDer<'static>] {
        self.session.peer_certificates().unwrap_or_default()
    }

    /// The version of TLS that both agreed upon.
    pub fn version(&self) -> Option<rustls::ProtocolVersion> {
        self.session.protocol_version()
    }

    /// The connection itself, for what is said past the session.
    pub fn wire(&mut self) -> &mut Peer {
        &mut self.wire
    }

    /// Closes the connection: a cut, unless the goodbye was said before.
    pub fn leaves(mut self) -> Step {
        self.flush()?;
        self.wire.leaves();
        Ok(())
    }

    /// Resets the connection.
    pub fn resets(self) -> Step {
        self.wire.resets()
    }

    /// Waits for more to come, and takes it in. `expected` completes "Ann to …", `came` is what
    /// there was of it already.
    fn more(&mut self, expected: &str, came: &[u8]) -> Step {
        if self.is_over() || !self.goes_on()? {
            return self.is_disappointed(expected, came);
        }
        Ok(())
    }

    /// Nothing more can come.
    fn is_over(&self) -> bool {
        self.goodbye || self.fault.is_some() || self.wire.over.is_some()
    }

    /// Sends what is due, waits until something comes or goes, and takes it in. False if nothing
    /// has moved for as long as a program may be silent.
    fn goes_on(&mut self) -> Step<bool> {
        let what = if self.flush()? {
            wait::For::Reading
        } else {
            wait::For::Either
        };
        if !self.wire.wait_until_silence(what)? {
            return Ok(false);
        }
        self.take_in()?;
        Ok(true)
    }

    /// Gives the socket what it takes. Whether that was all.
    fn flush(&mut self) -> Step<bool> {
        while self.session.wants_write() {
            self.session
                .write_tls(&mut self.outbox)
                .context("the grader's side of TLS")?;
        }
        let mut sent = 0;
        while sent < self.outbox.len() {
            match self.wire.send_some(&self.outbox[sent..])? {
                Some(length) => sent += length,
                None => break,
            }
        }
        self.outbox.drain(..sent);
        Ok(self.outbox.is_empty())
    }

    /// Reads all that is there now, and decrypts it into the inbox.
    fn take_in(&mut self) -> Step {
        self.wire.take_in()?;
        let came = self.wire.consume(self.wire.inbox.len());
        let mut rest = &came[..];
        while !rest.is_empty() && self.fault.is_none() {
            // What a goodbye is followed by is no business of the session.
            if self.session.read_tls(&mut rest).unwrap_or(0) == 0 {
                break;
            }
            match self.session.process_new_packets() {
                Ok(state) => {
                    self.opens(state.plaintext_bytes_to_read())?;
                    self.goodbye |= state.peer_has_closed();
                }
                Err(error) => {
                    let note = format!("the session ends: {error}");
                    self.wire.tape.write(self.wire.name, What::Note(note));
                    self.fault = Some(error);
                }
            }
        }
        self.flush()?;
        Ok(())
    }

    fn opens(&mut self, length: usize) -> Step {
        if length == 0 {
            return Ok(());
        }
        if self.inbox.len() + length > INBOX {
            return fail(
                Kind::Unexpected,
                format!("{} to hear an answer", self.name()),
                format!("more than {}", bytes(INBOX)),
            );
        }
        let from = self.inbox.len();
        self.inbox.resize(from + length, 0);
        let mut reader = self.session.reader();
        reader
            .read_exact(&mut self.inbox[from..])
            .context("the grader's side of TLS")?;
        let said = Excerpt::of(&self.inbox[from..]);
        self.wire.tape.write(self.wire.name, What::Got(said));
        Ok(())
    }

    fn is_disappointed<T>(&self, expected: &str, came: &[u8]) -> Step<T> {
        self.wire.tape.ask_the_witness();
        let (kind, how) = self.how_it_stands();
        let seen = match came {
            [] => how,
            _ => format!("{}, then {how}", quoted(came)),
        };
        fail(kind, format!("{} to {expected}", self.name()), seen)
    }

    fn how_it_stands(&self) -> (Kind, String) {
        if let Some(fault) = &self.fault {
            return match fault {
                rustls::Error::AlertReceived(alert) => {
                    (Kind::Unexpected, format!("an alert: {alert:?}"))
                }
                fault => (
                    Kind::Unexpected,
                    format!("what {} cannot accept: {fault}", self.name()),
                ),
            };
        }
        match (self.goodbye, self.wire.over) {
            (true, _) => (Kind::EarlyEnd, "`close_notify`".into()),
            (_, Some(Over::End)) => (
                Kind::EarlyEnd,
                "the end of the connection, without `close_notify`".into(),
            ),
            (_, Some(Over::Reset)) => (Kind::Reset, "a reset of the connection".into()),
            (_, None) => (Kind::Silence, "nothing more".into()),
        }
    }
}

/// What was not to be: a finding about this peer.
fn wrong(name: &str, kind: Kind, expected: &str, seen: String) -> Stop {
    Finding::new(kind, format!("{name} to {expected}"), seen).into()
}
