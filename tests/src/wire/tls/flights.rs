//! The first words of a handshake as bytes, for those who say them slowly, or not to the end.

use anyhow::Context;
use rustls::{ClientConnection, ServerConnection};
use rustls_pki_types::ServerName;

use super::certificates::certificates;
use super::settings::{self, Versions};

/// The kind of record that a handshake is made of.
pub const HANDSHAKE: u8 = 22;

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

/// What a visitor says first who knows no version after TLS 1.0, `[3, 1]`, or 1.1, `[3, 2]`
/// (RFC 4346, 7.4.1.2).
pub fn old_client_hello(version: [u8; 2], random: &[u8]) -> Vec<u8> {
    /// ECDHE and AES, with ECDSA or RSA, and the empty renegotiation.
    const SUITES: [u8; 14] = [
        0xc0, 0x09, 0xc0, 0x0a, 0xc0, 0x13, 0xc0, 0x14, 0x00, 0x2f, 0x00, 0x35, 0x00, 0xff,
    ];
    /// The curves x25519, P-256 and P-384, and points that are not compressed.
    const EXTENSIONS: [u8; 18] = [0, 10, 0, 8, 0, 6, 0, 29, 0, 23, 0, 24, 0, 11, 0, 2, 1, 0];
    let body = [
        &version[..],
        random,
        &[0, 0, 14],
        &SUITES,
        &[1, 0, 0, 18],
        &EXTENSIONS,
    ]
    .concat();
    // All of it is far shorter than 252 bytes.
    let length = u8::try_from(body.len()).unwrap_or(u8::MAX);
    let record = [HANDSHAKE, 3, 1, 0, length + 4, 1, 0, 0, length];
    [&record[..], &body].concat()
}
