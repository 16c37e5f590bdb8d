//! The client: finds out who the server is, sends a message, and prints what comes back.

use std::ffi::OsString;
use std::io::{self, Cursor, Read};
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::thread;

use rustls::client::WantsClientCert;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ConfigBuilder, RootCertStore};
use shared::Failure;

use crate::channel::Channel;
use crate::identity::{Identity, authorities, unusable};
use crate::refusal;
use crate::summary::Summary;

/// The most that is held in memory of what goes out, and of what comes back.
const PIECE: usize = 16 * 1024;

pub struct Options {
    pub address: String,
    pub authorities: PathBuf,
    /// Who the server must prove to be; without it, the host of the address.
    pub server_name: Option<String>,
    /// The files of our own certificate and its key.
    pub own: Option<(PathBuf, PathBuf)>,
    pub message: Option<OsString>,
}

pub fn run(options: Options) -> Result<(), Failure> {
    let name = expected_name(&options)?;
    let config = config(&options)?;
    let address = &options.address;
    let socket = TcpStream::connect(address).map_err(|error| Failure::system(address, error))?;
    // Not a byte of the message is even read before this has succeeded.
    let channel = Arc::new(Channel::open(socket, config, name)?);
    let sent = match options.message {
        Some(text) => spawn_sender(Cursor::new(text.into_encoded_bytes()), Arc::clone(&channel)),
        None => spawn_sender(io::stdin(), Arc::clone(&channel)),
    };
    let received = receive(&channel)?;
    compare(&sent, &received, address)
}

/// Who the server must be. It also goes out with the first message of the handshake (SNI, server
/// name indication), since a server may have many names and a certificate for each.
fn expected_name(options: &Options) -> Result<ServerName<'static>, Failure> {
    let host = || {
        let host = options.address.rsplit_once(':')?.0;
        Some(host.trim_start_matches('[').trim_end_matches(']'))
    };
    let name = match &options.server_name {
        Some(name) => name,
        None => host().unwrap_or_default(),
    };
    ServerName::try_from(name.to_string()).map_err(|error| {
        Failure::usage(format!("{name:?}"), error).hint("--server-name says whom to expect there")
    })
}

/// All that TLS needs to know of us: whom we believe, and perhaps who we are.
fn config(options: &Options) -> Result<ClientConfig, Failure> {
    let trusting = trust(authorities(&options.authorities)?);
    let Some((certificate, key)) = &options.own else {
        return Ok(trusting.with_no_client_auth());
    };
    introduce(trusting, Identity::load(certificate, key)?)
        .map_err(|error| unusable(certificate, error))
}

/// Says whom we believe. Name, dates and signatures of the server's certificate are verified
/// from then on, and there is nothing to switch on: what takes effort is not to.
// exercise 8.3: verify the server against these authorities
fn trust(roots: RootCertStore) -> ConfigBuilder<ClientConfig, WantsClientCert> {
    ClientConfig::builder().with_root_certificates(roots)
}

/// Says who we are, to a server that asks.
// exercise 8.7: show our own certificate
fn introduce(
    trusting: ConfigBuilder<ClientConfig, WantsClientCert>,
    own: Identity,
) -> Result<ClientConfig, rustls::Error> {
    trusting.with_client_auth_cert(own.chain, own.key)
}

/// Sends on a thread of its own. Who first sends all and then reads waits for ever once the
/// buffers between the two are full: the server cannot go on until somebody takes its answers.
fn spawn_sender(
    input: impl Read + Send + 'static,
    channel: Arc<Channel>,
) -> Receiver<Result<Summary, Failure>> {
    let (report, sent) = mpsc::channel();
    thread::spawn(move || {
        // The report comes before the end: when the server has answered that, it is there.
        let _ = report.send(send(input, &channel));
        // It fails if the server has gone; then reading tells so.
        let _ = channel.end_sending();
    });
    sent
}

/// Sends all of the input, however long it is, a piece at a time.
// exercise 8.3: send all of the input, a piece at a time
fn send(mut input: impl Read, channel: &Channel) -> Result<Summary, Failure> {
    let mut sent = Summary::default();
    let mut piece = vec![0; PIECE];
    loop {
        let length = input
            .read(&mut piece)
            .map_err(|error| Failure::system("standard input", error))?;
        if length == 0 {
            return Ok(sent);
        }
        sent.add(&piece[..length]);
        channel
            .write_all(&piece[..length])
            .map_err(|error| refusal::failure(&error))?;
    }
}

/// Prints what comes back, byte for byte, until the server ends its side.
// exercise 8.3: print what comes back until the server's close_notify
fn receive(channel: &Channel) -> Result<Summary, Failure> {
    let mut received = Summary::default();
    let mut piece = vec![0; PIECE];
    loop {
        let length = channel
            .read(&mut piece)
            .map_err(|error| refusal::failure(&error))?;
        if length == 0 {
            return Ok(received);
        }
        received.add(&piece[..length]);
        shared::write(&piece[..length])?;
    }
}

/// Compares what was sent with what came back.
fn compare(
    sent: &Receiver<Result<Summary, Failure>>,
    received: &Summary,
    address: &str,
) -> Result<(), Failure> {
    match sent.try_recv() {
        Ok(sent) => {
            let sent = sent?;
            if sent.same_as(received) {
                return Ok(());
            }
            let why = format!(
                "sent {} bytes, and {} came back",
                sent.bytes, received.bytes
            );
            Err(Failure::protocol(address, why))
        }
        Err(_) => Err(Failure::protocol(
            address,
            "the server ended before all was sent",
        )),
    }
}
