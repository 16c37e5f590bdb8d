//! Lab 01, host names: the command line. Each role has a file of its own.
#![forbid(unsafe_code)]

mod answer;
mod family;
mod host_name;
mod kind;
mod query;
mod question;
mod reader;
mod resolve;
mod route;

use std::net::{IpAddr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;

use family::Family;
use resolve::Columns;

/// What names, addresses and routes a machine knows, and how it asks for more
#[derive(Parser)]
enum Role {
    /// Print the host name of this machine
    #[command(name = "self")]
    HostName,
    /// Print the addresses of names, as any program on this machine finds them
    Resolve {
        /// IPv4 addresses alone
        #[arg(short = '4', conflicts_with = "v6")]
        v4: bool,
        /// IPv6 addresses alone
        #[arg(short = '6')]
        v6: bool,
        /// Add a column: loopback, private, global, …
        #[arg(long)]
        kind: bool,
        /// Names to look up, or IP addresses
        #[arg(required = true, value_name = "NAME")]
        names: Vec<String>,
    },
    /// Print the local address from which this machine would reach another
    Route {
        /// The other's IP address
        #[arg(value_name = "ADDR")]
        address: IpAddr,
    },
    /// Ask a DNS server for the IPv4 addresses of a name
    Query {
        /// The name to ask for
        name: String,
        /// The DNS server
        #[arg(long, value_name = "IP:PORT")]
        server: SocketAddr,
        /// How long to wait for the answer
        #[arg(
            long,
            value_name = "MS",
            default_value_t = 1000,
            value_parser = clap::value_parser!(u64).range(1..)
        )]
        timeout_ms: u64,
    },
}

fn main() -> ExitCode {
    shared::exit(match Role::parse() {
        Role::HostName => host_name::run(),
        Role::Resolve {
            v4,
            v6,
            kind,
            names,
        } => {
            let family = match (v4, v6) {
                (true, _) => Family::V4,
                (_, true) => Family::V6,
                _ => Family::Any,
            };
            let columns = if kind {
                Columns::Kind
            } else {
                Columns::Address
            };
            resolve::resolve_each(&names, family, columns)
        }
        Role::Route { address } => route::run(address),
        Role::Query {
            name,
            server,
            timeout_ms,
        } => query::run(&name, server, Duration::from_millis(timeout_ms)),
    })
}
