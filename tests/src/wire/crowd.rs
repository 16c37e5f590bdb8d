//! A crowd: many who connect at once, and say and hear nothing.

use std::net::SocketAddr;

use anyhow::Context;
use socket2::{Domain, Socket, Type};

use super::tape::Tape;
use crate::finding::Step;
use crate::words::count;

/// All leave when this is dropped.
pub struct Crowd(#[expect(dead_code, reason = "held, and closed when dropped")] Vec<Socket>);

impl Crowd {
    /// Begins to connect, and waits for nobody: a program may be right not to accept them all.
    pub fn comes_to(address: SocketAddr, size: usize, tape: &Tape) -> Step<Self> {
        let mut sockets = Vec::with_capacity(size);
        for _ in 0..size {
            let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)
                .and_then(|socket| socket.set_nonblocking(true).map(|()| socket))
                .context("the grader could not open a socket for each of a crowd")?;
            // "In progress" is an error in name only, and who is refused is not in the crowd.
            let _ = socket.connect(&address.into());
            sockets.push(socket);
        }
        tape.note(format!("{} begin to connect", count(size, "client")));
        Ok(Self(sockets))
    }
}
