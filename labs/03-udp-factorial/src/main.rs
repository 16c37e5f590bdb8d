//! Lab 03, UDP factorial: the command line. Each role has a file of its own, and so have the
//! request and the arithmetic.
#![forbid(unsafe_code)]

mod client;
mod factorial;
mod request;
mod server;

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser};

use client::{Patience, Question};

/// A server that answers datagrams with factorials, and its client
#[derive(Parser)]
enum Role {
    /// Answer each datagram with one
    Server {
        /// Where to receive; port 0 takes a free one
        #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:7003")]
        listen: SocketAddr,
    },
    /// Ask for a factorial, or greet, and print the answer
    Client {
        /// The server to ask
        #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:7003")]
        connect: String,
        /// How long to wait for an answer before asking again
        #[arg(long, value_name = "MS", default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..))]
        timeout_ms: u32,
        /// How many times to ask again
        #[arg(long, value_name = "N", default_value_t = 3)]
        retries: u32,
        #[command(flatten)]
        wish: Wish,
    },
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct Wish {
    /// The number whose factorial is wanted
    number: Option<String>,
    /// Say hello instead
    #[arg(long, value_name = "NAME")]
    hello: Option<String>,
}

fn main() -> ExitCode {
    shared::exit(match Role::parse() {
        Role::Server { listen } => server::run(listen),
        Role::Client {
            connect,
            timeout_ms,
            retries,
            wish,
        } => {
            let patience = Patience {
                timeout: Duration::from_millis(timeout_ms.into()),
                retries,
            };
            let question = match wish {
                Wish {
                    hello: Some(name), ..
                } => Ok(Question::hello(&name)),
                Wish { number, .. } => Question::factorial(&number.unwrap_or_default()),
            };
            question.and_then(|question| client::run(&connect, &question, &patience))
        }
    })
}
