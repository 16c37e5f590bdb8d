//! Lab 02, TCP echo: the command line. Each role has a file of its own.
#![forbid(unsafe_code)]

mod client;
mod server;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Parser;

/// A server that sends back every byte, and its client
#[derive(Parser)]
enum Role {
    /// Send every byte back, one client after another
    Server {
        /// Where to listen; port 0 takes a free one
        #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:7002")]
        listen: SocketAddr,
    },
    /// Send a message and print what comes back
    Client {
        /// The server to talk to
        #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:7002")]
        connect: String,
        /// What to send; without it, all of standard input
        message: Option<OsString>,
    },
}

fn main() -> ExitCode {
    shared::exit(match Role::parse() {
        Role::Server { listen } => server::run(listen),
        Role::Client { connect, message } => client::run(&connect, message),
    })
}
