//! Lab 07, timeouts: the command line. Each role has a file of its own.
#![forbid(unsafe_code)]

mod clock;
mod closing;
mod connect;
mod gauge;
mod heard;
mod limit;
mod lines;
mod parting;
mod patience;
mod probe;
mod retry;
mod send;
mod server;
mod session;

use std::net::SocketAddr;
use std::num::NonZeroU64;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;

use limit::{Limit, Timeout};
use session::Mode;

/// A probe that never waits for ever, and a server that tries its patience
#[derive(Parser)]
enum Role {
    /// Say PING and print the answer, if it comes in time
    Probe {
        /// The server to talk to
        #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:7007")]
        connect: String,
        /// How long to wait for the connection
        #[arg(long, value_name = "MS", default_value = "1000")]
        connect_ms: NonZeroU64,
        /// How long the server may be silent
        #[arg(long, value_name = "MS", default_value = "1000")]
        read_ms: NonZeroU64,
        /// How long it all may take, tries and pauses together
        #[arg(long, value_name = "MS", default_value = "5000")]
        total_ms: NonZeroU64,
        /// How often to try again
        #[arg(long, value_name = "N", default_value = "0")]
        retries: u32,
        /// How long to pause before the second try; doubled for each one after it
        #[arg(long, value_name = "MS", default_value = "100")]
        backoff_ms: NonZeroU64,
    },
    /// Send bytes to whoever may or may not read them
    Send {
        /// The server to talk to
        #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:7007")]
        connect: String,
        /// How many bytes to send
        #[arg(long, value_name = "N")]
        bytes: u64,
        /// How long to wait until the system takes more
        #[arg(long, value_name = "MS", default_value = "1000")]
        write_ms: NonZeroU64,
    },
    /// Answer PONG, or try the patience of whoever asked
    Server {
        /// Where to listen; port 0 takes a free one
        #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:7007")]
        listen: SocketAddr,
        /// How to treat clients
        #[arg(long, value_enum, default_value = "normal")]
        mode: Mode,
        /// In mode drip, the time that each byte of an answer takes
        #[arg(long, value_name = "MS", default_value = "100")]
        drip_ms: NonZeroU64,
        /// How long a client may take for a whole line; 0 is for ever
        #[arg(long, value_name = "MS", default_value = "0")]
        line_ms: u64,
    },
}

fn main() -> ExitCode {
    shared::exit(match Role::parse() {
        Role::Probe {
            connect,
            connect_ms,
            read_ms,
            total_ms,
            retries,
            backoff_ms,
        } => probe::run(&probe::Options {
            server: connect,
            connect: Limit::new(Timeout::Connect, connect_ms),
            read: Limit::new(Timeout::Read, read_ms),
            total: Limit::new(Timeout::Total, total_ms),
            retries,
            backoff: backoff_ms,
        }),
        Role::Send {
            connect,
            bytes,
            write_ms,
        } => send::run(&connect, bytes, Limit::new(Timeout::Write, write_ms)),
        Role::Server {
            listen,
            mode,
            drip_ms,
            line_ms,
        } => server::run(&server::Options {
            listen,
            mode,
            drip: Duration::from_millis(drip_ms.get()),
            line: (line_ms > 0).then_some(Duration::from_millis(line_ms)),
        }),
    })
}
