//! A server that has no descriptor left: of every lab whose server serves many clients at once.
//!
//! `accept` fails then, until a client leaves. A server that ends, or waits for ever, is lost to
//! all who come later (accept(2): `EMFILE`).

use std::time::Instant;

use super::{Lab, Server};
use crate::finding::{Kind, Step, Stop, fail};
use crate::program::Stdin;
use crate::wire::wait;

/// How many descriptors the server may have.
const DESCRIPTORS: u64 = 64;

/// As many as come at most: more than there are descriptors.
const CROWD: usize = 100;

/// What the server meets when they are used up.
const FAILURE: &str = "an `accept` that fails";

/// The server under test with few descriptors, ready.
pub fn server(lab: &mut Lab, options: &[&str]) -> Step<Server> {
    let words = [&["server", "--listen", "127.0.0.1:0"], options].concat();
    let mut spec = lab.spec(words, Stdin::Empty);
    spec.descriptors = Some(DESCRIPTORS);
    Server::ready(lab.start(spec)?, lab.tape(), lab.patience())
}

/// As many come as it has descriptors for, and one more. When it has seen that there is none for
/// that one, all leave. `comes` brings somebody to the door, and sees that one served.
pub fn crowd<G>(lab: &Lab, server: &Server, comes: impl Fn(&Server) -> Step<G>) -> Step {
    /// On a busy machine one or two may only have to wait.
    const UNSERVED: usize = 3;
    let process = server.process()?;
    // A runtime may need the last one or two for itself.
    let is_full = || {
        let open = process.running().descriptors();
        open.is_none_or(|open| open as u64 + 2 > DESCRIPTORS)
    };
    let door = server.to_the_impatient();
    let (mut served, mut unserved) = (Vec::new(), 0);
    while served.len() < CROWD && unserved < UNSERVED {
        match comes(&door) {
            Ok(guest) => served.push(guest),
            Err(Stop::Fail(_)) if is_full() => break,
            Err(Stop::Fail(_)) => unserved += 1,
            Err(other) => return Err(other),
        }
    }
    wait::until(lab.patience().silence(), || {
        process.end().is_some() || is_full()
    });
    process.survives(FAILURE)
}

/// Comes again and again until it is served: until then some servers rest for a second or two,
/// and some take who comes and close at once.
pub fn gets_through<T>(
    lab: &mut Lab,
    server: &Server,
    mut visits: impl FnMut(&mut Lab) -> Step<T>,
) -> Step<T> {
    let patience = lab.patience().longer().silence();
    lab.takes(patience);
    let deadline = Instant::now() + patience;
    loop {
        let outcome = visits(lab);
        if !matches!(outcome, Err(Stop::Fail(_))) || Instant::now() >= deadline {
            return outcome;
        }
        if let Some(end) = server.process()?.end() {
            return fail(Kind::Exit, format!("the program to survive {FAILURE}"), end);
        }
        wait::before_coming_again();
    }
}
