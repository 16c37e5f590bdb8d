//! Lab 06, non-blocking connect: the command line. Each role has a file of its own; both stand
//! on `tries.rs`.
#![forbid(unsafe_code)]

mod attempt;
mod check;
mod picture;
mod race;
mod target;
mod tries;

use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, value_parser};

use target::Target;

/// Many connects at once, on one thread
#[derive(Parser)]
enum Role {
    /// Try all addresses at the same time, and tell what came of each
    Check {
        /// Where to connect to: IP:PORT or [IP6]:PORT
        #[arg(value_name = "ADDR", required = true)]
        targets: Vec<Target>,
        /// How long each try may take
        #[arg(long, value_name = "MS", default_value_t = 1000, value_parser = value_parser!(u32).range(1..))]
        timeout_ms: u32,
    },
    /// Tell which address answers first, with a head start for those named first
    Race {
        /// Where to connect to, best first: IP:PORT or [IP6]:PORT
        #[arg(value_name = "ADDR", required = true)]
        targets: Vec<Target>,
        /// The head start of each address before the next
        #[arg(long, value_name = "MS", default_value_t = 250)]
        stagger_ms: u32,
        /// How long each try may take
        #[arg(long, value_name = "MS", default_value_t = 1000, value_parser = value_parser!(u32).range(1..))]
        timeout_ms: u32,
    },
}

fn main() -> ExitCode {
    shared::exit(match Role::parse() {
        Role::Check {
            targets,
            timeout_ms,
        } => check::run(&targets, ms(timeout_ms)),
        Role::Race {
            targets,
            stagger_ms,
            timeout_ms,
        } => race::run(&targets, ms(stagger_ms), ms(timeout_ms)),
    })
}

fn ms(ms: u32) -> Duration {
    Duration::from_millis(ms.into())
}
