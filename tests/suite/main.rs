//! The test suite: all that is proved from outside, a line each in `cargo test`.

mod commands;
mod docs;
mod ports;
mod starters;

use std::process::ExitCode;

use libtest_mimic::Arguments;

fn main() -> ExitCode {
    let trials = [commands::trials(), docs::trials(), starters::trials()]
        .into_iter()
        .flatten()
        .collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
