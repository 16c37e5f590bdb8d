//! The first words of a handshake as bytes, for those who say them slowly, or not to the end.

use anyhow::Context;
use rustls::{ClientConnection, ServerConnection};
use rustls_pki_types::ServerName;

use super::certificates::certificates;
use super::settings::{self, Versions};

/// What a visitor says first.
pub fn client_hello() -> anyhow::Result<Vec<u8>> {
    let settings =
        settings::of_a_visitor(&certificates().authority.certificate, None, Versions::Both)?;
    let name = ServerName::try_from("localhost").context("a name")?;
    let mut session = ClientConnection::new(settings, name)?;
    let mut said = Vec::new();
    session.write_tls(&mut said)?;
    Ok(said)
}

/// What a good host answers to that.
pub fn answer_to(client_hello: &[u8]) -> anyhow::Result<Vec<u8>> {
    let settings = settings::of_a_host(&certificates().host, None, Versions::Both)?;
    let mut session = ServerConnection::new(settings)?;
    let mut rest = client_hello;
    while !rest.is_empty() {
        session.read_tls(&mut rest)?;
        session.process_new_packets()?;
    }
    let mut said = Vec::new();
    while session.wants_write() {
        session.write_tls(&mut said)?;
    }
    Ok(said)
}

/// A fatal alert in the open: "I cannot agree with you on anything" (RFC 8446, 6.2).
pub const HANDSHAKE_FAILURE: [u8; 7] = [21, 3, 3, 0, 2, 2, 40];
