//! Lab 05, chat: the command line. Each role has a file of its own.
#![forbid(unsafe_code)]

mod client;
mod closing;
mod duo;
mod ear;
mod editor;
mod lines;
mod outbox;
mod parting;
mod picture;
mod room;
mod screen;
mod server;
mod session;
mod words;

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::process::ExitCode;

use clap::{Args, Parser};

/// A room for many, its client, and a talk of two
#[derive(Parser)]
enum Role {
    /// Talk to one other person; the line `esc` ends it
    Duo(Place),
    /// Keep a room in which all hear what one says
    Server {
        /// Where to listen; port 0 takes a free one
        #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:7005")]
        listen: SocketAddr,
        /// How many lines may wait for somebody who does not read
        #[arg(long, value_name = "LINES", default_value = "256")]
        queue: NonZeroUsize,
    },
    /// Join a room under a name; the line `/quit` leaves it
    Client {
        /// The room's server
        #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:7005")]
        connect: String,
        /// Who you are: 1 to 16 ASCII letters and digits
        name: String,
    },
}

/// One of the two waits, the other comes.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct Place {
    /// Wait here for the other; port 0 takes a free one
    #[arg(long, value_name = "IP:PORT")]
    listen: Option<SocketAddr>,
    /// Where the other waits
    #[arg(long, value_name = "HOST:PORT")]
    connect: Option<String>,
}

fn main() -> ExitCode {
    shared::exit(match Role::parse() {
        Role::Duo(Place {
            listen: Some(address),
            ..
        }) => duo::wait_at(address),
        Role::Duo(Place { connect, .. }) => duo::go_to(&connect.unwrap_or_default()),
        Role::Server { listen, queue } => server::run(listen, queue.get()),
        Role::Client { connect, name } => client::run(&connect, &name),
    })
}
