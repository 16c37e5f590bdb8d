//! Lab 04, threaded greeting: the command line. Each role has a file of its own.
#![forbid(unsafe_code)]

mod client;
mod closing;
mod lines;
mod parting;
mod patience;
mod pool;
mod server;
mod session;
mod slots;

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use clap::value_parser;

/// A server that greets many clients at once, and its client
#[derive(Parser)]
enum Role {
    /// Greet whoever connects and says a name
    Server {
        /// Where to listen; port 0 takes a free one
        #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:7004")]
        listen: SocketAddr,
        /// How many clients are served at once; the next is told `ERR busy`
        #[arg(long, value_name = "N", default_value = "64")]
        max_conn: NonZeroUsize,
        /// Serve with that many threads, and let others wait; 0 starts a thread for each client
        #[arg(
            long,
            value_name = "N",
            default_value = "0",
            value_parser = value_parser!(u16).range(..=4096)
        )]
        workers: u16,
        /// How long an answer takes
        #[arg(long, value_name = "MS", default_value = "0")]
        delay_ms: u64,
        /// How long a client may go without a complete line; 0 is for ever
        #[arg(long, value_name = "MS", default_value = "0")]
        idle_ms: u64,
    },
    /// Say names and print the answers
    Client {
        /// The server to talk to
        #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:7004")]
        connect: String,
        /// Who is to be greeted
        #[arg(value_name = "NAME", required = true)]
        names: Vec<String>,
    },
}

fn main() -> ExitCode {
    shared::exit(match Role::parse() {
        Role::Server {
            listen,
            max_conn,
            workers,
            delay_ms,
            idle_ms,
        } => server::run(&server::Options {
            listen,
            max_conn: max_conn.get(),
            workers,
            delay: Duration::from_millis(delay_ms),
            idle: (idle_ms > 0).then_some(Duration::from_millis(idle_ms)),
        }),
        Role::Client { connect, names } => client::run(&connect, &names),
    })
}
