//! A crowd: many who connect at once and say nothing. Who is turned away leaves.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::Context;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use socket2::{Domain, Socket, Type};

use super::kernel;
use super::tape::Tape;
use crate::finding::Step;
use crate::words::count;

/// All leave when this is dropped.
pub struct Crowd {
    sockets: Vec<Socket>,
    tape: Tape,
}

impl Crowd {
    /// Connects, each when the one before is accepted. A program may be right not to accept them
    /// all: if that takes longer than `patience` for one, none is waited for any more.
    pub fn comes_to(
        address: SocketAddr,
        size: usize,
        patience: Duration,
        tape: &Tape,
    ) -> Step<Self> {
        let mut sockets = Vec::with_capacity(size);
        let mut accepts = true;
        for _ in 0..size {
            let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)
                .and_then(|socket| socket.set_nonblocking(true).map(|()| socket))
                .context("the grader could not open a socket for each of a crowd")?;
            // "In progress" is an error in name only, and who is refused leaves soon.
            let _ = socket.connect(&address.into());
            let ours = socket.local_addr().ok().and_then(|ours| ours.as_socket());
            if let Some(ours) = ours.filter(|_| accepts) {
                accepts = kernel::until_accepted(ours, address, patience);
            }
            sockets.push(socket);
        }
        tape.note(format!("{} begin to connect", count(size, "client")));
        Ok(Self {
            sockets,
            tape: tape.clone(),
        })
    }

    /// For this long, whoever hears anything, or an end, leaves at once. The others stay.
    pub fn leaves_where_turned_away(&mut self, patience: Duration) -> Step {
        let deadline = Instant::now() + patience;
        while !self.sockets.is_empty() {
            let left = deadline.saturating_duration_since(Instant::now());
            let timeout = Timespec::try_from(left).context("a deadline out of range")?;
            let mut asked: Vec<_> = self
                .sockets
                .iter()
                .map(|socket| PollFd::new(socket, PollFlags::IN))
                .collect();
            match poll(&mut asked, Some(&timeout)) {
                Ok(0) => break,
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(error) => Err(error).context("the grader could not wait for a crowd")?,
            }
            let mut stays = asked
                .iter()
                .map(|one| one.revents().is_empty())
                .collect::<Vec<_>>()
                .into_iter();
            self.sockets.retain(|_| stays.next().unwrap_or(true));
        }
        let stay = count(self.sockets.len(), "client");
        self.tape.note(format!("{stay} of the crowd wait"));
        Ok(())
    }
}
