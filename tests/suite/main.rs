//! The suite: everything that the workbook promises, proved.
//!
//! Each file is one promise. A name as argument runs the tests that have it in theirs:
//! `cargo test -p grader --test suite -- mistakes::2.4`.

mod book;
mod chaos;
mod commands;
mod conventions;
mod course;
mod docs;
mod hostile;
mod interop;
mod languages;
mod mistakes;
mod nothing_lost;
mod pty;
mod random;
mod references;
mod roads;
mod seeds;
mod starters;
mod terminal;
mod tools;
mod trace;
mod walk;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    grader::program::guard::run_if_asked();
    hostile::play_if_asked();
    let mut arguments = Arguments::from_args();
    // Tests wait more than they work; those that measure have a lock among them.
    arguments.test_threads.get_or_insert(4);
    // They begin in this order. The first builds for minutes; those up to `book` need no cargo, or
    // one with a target folder of its own, and take place beside it.
    let trials: Vec<Trial> = [
        vec![mistakes::are_built()],
        nothing_lost::trials(),
        hostile::trials(),
        interop::trials(),
        languages::trials(),
        chaos::trials(),
        conventions::trials(),
        commands::trials(),
        book::trials(),
        mistakes::trials(),
        random::trials(),
        references::trials(),
        roads::trials(),
        seeds::trials(),
        docs::trials(),
        course::trials(),
        trace::trials(),
        starters::trials(),
        walk::trials(),
    ]
    .into_iter()
    .flatten()
    .collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}
