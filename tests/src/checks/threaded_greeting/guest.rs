//! What guests of the greeting server do in many stories.

use std::time::{Duration, Instant};

use crate::checks::{Lab, Server};
use crate::finding::{Kind, Step, fail};
use crate::wire::peer::Options;
use crate::wire::{Peer, wait};
use crate::words::{quoted, time};

pub const WELCOME: &str = "Welcome!";
pub const BUSY: &str = "ERR busy";

/// A name that no program can know, and never the word `exit`.
pub fn name(lab: &mut Lab) -> String {
    let length = lab.number(5..=12);
    lab.letters(usize::try_from(length).unwrap_or(5))
}

/// Connects, and hears the welcome.
pub fn welcomed(server: &Server, name: &'static str) -> Step<Peer> {
    let mut guest = server.connect(name)?;
    guest.hears_line(WELCOME)?;
    Ok(guest)
}

/// Says a name, and is greeted by it.
pub fn greeted(lab: &mut Lab, guest: &mut Peer) -> Step {
    greeted_as(&name(lab), guest)
}

/// Says this name, and is greeted by it.
pub fn greeted_as(name: &str, guest: &mut Peer) -> Step {
    guest.says(format!("{name}\n"))?;
    guest.hears_line(&format!("Hello, {name}!"))
}

/// Comes with a small buffer, and is welcomed.
pub fn with_little_room(server: &Server, name: &'static str) -> Step<Peer> {
    let few = Options {
        receive_buffer: Some(4096),
    };
    let mut guest = server.connect_with(name, few)?;
    guest.hears_line(WELCOME)?;
    Ok(guest)
}

/// Says so many long names, and reads none of the answers: until the server waits in `write`.
pub fn asks_and_asks(lab: &mut Lab, guest: &mut Peer, times: usize) -> Step<usize> {
    let lines = format!("{}\n", lab.letters(1000)).repeat(times);
    guest.says_without_listening(lines.as_bytes())
}

/// Comes, is welcomed and greeted, and leaves.
pub fn visit(lab: &mut Lab, server: &Server, name: &'static str) -> Step {
    let mut guest = welcomed(server, name)?;
    greeted(lab, &mut guest)?;
    guest.says("exit\n")?;
    guest.sees_the_end()
}

/// Is told at once that there is no room, and nothing else.
pub fn turned_away(server: &Server, name: &'static str) -> Step {
    let mut guest = server.connect(name)?;
    guest.hears_line(BUSY)?;
    guest.sees_the_end()
}

/// Comes again and again until there is room. A place is free soon after the server has seen
/// a guest leave, not at an instant, and nothing announces it.
pub fn gets_in(lab: &Lab, server: &Server, name: &'static str) -> Step<Peer> {
    let deadline = Instant::now() + lab.patience().silence();
    loop {
        let mut guest = server.connect(name)?;
        let line = guest.hears_a_line()?;
        if line == WELCOME {
            return Ok(guest);
        }
        if line != BUSY || Instant::now() >= deadline {
            return fail(
                Kind::Slow,
                format!("{name} to hear the line \"{WELCOME}\" once there is room again"),
                format!("the line {}", quoted(line.as_bytes())),
            );
        }
        guest.leaves();
        wait::before_coming_again();
    }
}

/// Nothing may come before this much time has passed since then. How late it comes is another
/// matter.
pub fn not_before(since: Instant, least: Duration, what: &str) -> Step {
    /// Some languages count time in whole milliseconds, and round down.
    const ROUNDING: Duration = Duration::from_millis(5);
    let after = since.elapsed();
    if after + ROUNDING >= least {
        return Ok(());
    }
    fail(
        Kind::Unexpected,
        format!("{what} no sooner than after {}", time(least)),
        format!("it came after {}", time(after)),
    )
}
