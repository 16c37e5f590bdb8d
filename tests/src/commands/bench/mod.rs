//! `bench`: how long one waits, each time beside something of the same run that everybody knows.
//!
//! Times are the machine's, ratios are ours: so nothing here is a test, and nothing is judged.

mod copy;
mod labs;
mod sample;
mod saving;
mod terminal;
mod wire;

use std::env;
use std::fs;
use std::thread;

use clap::Args;

use super::out::{tell, tell_wrapped};
use crate::report::style;
use crate::workbook::{Trouble, Workbook};

/// What we want to reach, on two processors with nothing else to do.
const AIMED_AT: &str = "Aimed at, on two processors with nothing else to do: 0.4 s from saving to \
                        the verdict; 1 s for all checks of a lab, 3 s where a lab is about time; \
                        7 s for all labs. The median of all rounds is told, and how far they were \
                        apart.";

#[derive(Args)]
pub struct Options {
    /// How many times a file is saved
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
    rounds: u32,
}

pub fn run(workbook: &Workbook, options: &Options) -> Result<(), Trouble> {
    style::set_up();
    tell(format!("\n  {}", machine()));
    tell("");
    tell_wrapped("  ", AIMED_AT);
    heading("From saving a file to the verdict in `watch`, beside plain `cargo run`");
    saving::measure(workbook, options.rounds)?;
    heading("All checks of a lab on its reference, beside `cargo build` with nothing to do");
    labs::measure(workbook)?;
    heading("What the kernel knows of a connection: over netlink, beside /proc/net/tcp");
    wire::measure()
}

fn heading(text: &str) {
    tell(format!("\n  {}\n", style::strong(text)));
}

/// Which one it is, and whether it had anything else to do.
fn machine() -> String {
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or(env::consts::ARCH, |(_, model)| model);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = match load.split(' ').next() {
        Some(load) if !load.is_empty() => format!(", load {load} at the beginning"),
        _ => String::new(),
    };
    format!("{processors} × {model}, {}{load}", env::consts::OS)
}
