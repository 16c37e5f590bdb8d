//! Lab 08, TLS: the command line. Each role has a file of its own.
#![forbid(unsafe_code)]

mod certificates;
mod channel;
mod client;
mod closing;
mod gencert;
mod handshake;
mod identity;
mod parting;
mod refusal;
mod server;
mod session;
mod summary;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, value_parser};

/// Certificates, an echo server over TLS, and its client
#[derive(Parser)]
enum Role {
    /// Make an authority, and a server's and a client's certificate signed by it
    Gencert {
        /// What the server is called: names, or IP addresses
        #[arg(long, value_name = "NAME", required = true, num_args = 1..)]
        san: Vec<String>,
        /// The folder to write to
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// How long the certificates are valid
        #[arg(
            long,
            value_name = "DAYS",
            default_value = "30",
            value_parser = value_parser!(u32).range(1..=36_500)
        )]
        days: u32,
        /// Replace what is there
        #[arg(long)]
        force: bool,
    },
    /// Send every byte back, over TLS, to many clients at once
    Server {
        /// Where to listen; port 0 takes a free one
        #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:7008")]
        listen: SocketAddr,
        /// The server's certificate, and those between it and the authority
        #[arg(long, value_name = "FILE")]
        cert: PathBuf,
        /// The private key to it
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        /// Let in only clients with a certificate signed by an authority in here
        #[arg(long, value_name = "FILE")]
        client_ca: Option<PathBuf>,
    },
    /// Send a message over TLS and print what comes back
    Client {
        /// The server to talk to
        #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:7008")]
        connect: String,
        /// The authorities that may vouch for the server
        #[arg(long, value_name = "FILE")]
        ca: PathBuf,
        /// The name that the server must prove; without it, HOST
        #[arg(long, value_name = "NAME")]
        server_name: Option<String>,
        /// Our own certificate, for a server that asks for one
        #[arg(long, value_name = "FILE", requires = "key")]
        cert: Option<PathBuf>,
        /// The private key to it
        #[arg(long, value_name = "FILE", requires = "cert")]
        key: Option<PathBuf>,
        /// What to send; without it, all of standard input
        message: Option<OsString>,
    },
}

fn main() -> ExitCode {
    shared::exit(match Role::parse() {
        Role::Gencert {
            san,
            out,
            days,
            force,
        } => gencert::run(&gencert::Options {
            names: san,
            folder: out,
            days,
            existing: if force {
                gencert::Existing::Replace
            } else {
                gencert::Existing::Keep
            },
        }),
        Role::Server {
            listen,
            cert,
            key,
            client_ca,
        } => server::run(&server::Options {
            listen,
            certificate: cert,
            key,
            client_ca,
        }),
        Role::Client {
            connect,
            ca,
            server_name,
            cert,
            key,
            message,
        } => client::run(client::Options {
            address: connect,
            authorities: ca,
            server_name,
            own: cert.zip(key),
            message,
        }),
    })
}
