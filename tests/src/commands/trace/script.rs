//! What people say in lab 05, each when they have heard what they wait for. Whoever waits in vain
//! goes on after a while: what a program does wrong is to be seen, not to be waited for.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::stage::{Play, Stage};
use crate::finding::{Step, Stop};
use crate::program::{Running, Stdin};

/// How long anybody waits for what they expect to hear.
const PATIENCE: Duration = Duration::from_secs(3);

/// They come one after another, talk, and leave.
pub fn room(play: &Play, stage: &mut Stage, to: SocketAddr) -> Step {
    let count = play.cast.clients.len();
    let name = |client: usize| play.cast.clients[client].name.replace(' ', "");
    for client in 0..count {
        play.comes(client, stage, to, Stdin::Piped)?;
        hears(play, stage, client, "in the room:");
    }
    types(&mut stage.clients[0], "good morning")?;
    for client in 1..count {
        hears(play, stage, client, "good morning");
    }
    if count > 1 {
        types(&mut stage.clients[1], &format!("/msg {} psst", name(0)))?;
        hears(play, stage, 0, "psst");
    }
    types(&mut stage.clients[count - 1], "/who")?;
    let all: Vec<_> = (0..count).map(name).collect();
    hears(
        play,
        stage,
        count - 1,
        &format!("in the room: {}", all.join(", ")),
    );
    for client in (0..count).rev() {
        types(&mut stage.clients[client], "/quit")?;
        waits(play, stage, |recording| recording.is_over(client));
        for other in 0..client {
            hears(play, stage, other, &format!("{} left", name(client)));
        }
    }
    Ok(())
}

/// The one who came says the first word, and the last one.
pub fn duo(play: &Play, stage: &mut Stage, to: SocketAddr) -> Step {
    const CALLER: usize = 0;
    const CALLED: usize = 1;
    play.comes(CALLER, stage, to, Stdin::Piped)?;
    types(&mut stage.clients[CALLER], "hello")?;
    hears(play, stage, CALLED, "peer: hello");
    if let Some(server) = &mut stage.server {
        types(server, "hello yourself")?;
    }
    hears(play, stage, CALLER, "peer: hello yourself");
    types(&mut stage.clients[CALLER], "esc")
}

fn hears(play: &Play, stage: &Stage, person: usize, text: &str) {
    waits(play, stage, |recording| {
        recording.heard(person, text) || recording.is_over(person)
    });
}

fn waits(play: &Play, stage: &Stage, is_so: impl FnMut(&super::recording::Recording) -> bool) {
    let patience = stage.deadline.min(Instant::now() + PATIENCE);
    play.recorder.until(patience, is_so);
}

/// Whoever does not listen any more is left alone: it shows in what follows.
fn types(program: &mut Running, line: &str) -> Step {
    match program.writes(format!("{line}\n").as_bytes()) {
        Err(Stop::Fail(_)) | Ok(()) => Ok(()),
        Err(stop) => Err(stop),
    }
}
