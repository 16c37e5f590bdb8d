//! A host: a listener of ours, for a client under test to connect to.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use anyhow::Context;

use super::tape::Tape;
use super::{Patience, Peer, ports, wait};
use crate::finding::{Kind, Step, fail};

pub struct Host {
    name: &'static str,
    listener: TcpListener,
    address: SocketAddr,
    tape: Tape,
    patience: Patience,
}

impl Host {
    /// Between two looks at whether the client still lives.
    const LOOK: Duration = Duration::from_millis(25);

    /// Listens on a free port of 127.0.0.1.
    pub fn open(name: &'static str, tape: &Tape, patience: Patience) -> Step<Self> {
        Self::open_at(name, (Ipv4Addr::LOCALHOST, 0).into(), tape, patience)
    }

    /// Listens on this address.
    pub fn open_at(
        name: &'static str,
        address: SocketAddr,
        tape: &Tape,
        patience: Patience,
    ) -> Step<Self> {
        let listener = ports::listen_on(address, TcpListener::bind)
            .with_context(|| format!("the grader could not listen on {address}"))?;
        listener
            .set_nonblocking(true)
            .context("the grader could not prepare its listener")?;
        let address = listener
            .local_addr()
            .context("the grader's listener has no address")?;
        Ok(Self {
            name,
            listener,
            address,
            tape: tape.clone(),
            patience,
        })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Listens no more: who comes to this address now is refused.
    pub fn goes(self) -> SocketAddr {
        // A process that is just being started would hold on to the listener.
        let nobody = ports::STARTING.write();
        let _nobody = nobody.unwrap_or_else(PoisonError::into_inner);
        drop(self.listener);
        self.address
    }

    /// Takes in all who have connected so far, and says how many they were.
    pub fn visits(&self) -> Step<usize> {
        let mut visits = 0;
        loop {
            match self.listener.accept() {
                // One who left before it was taken in has been here all the same.
                Ok(_) => visits += 1,
                Err(error) if error.kind() == ErrorKind::ConnectionAborted => visits += 1,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(visits),
                Err(error) => return Err(anyhow::Error::new(error).context("accept").into()),
            }
        }
    }

    /// Waits for the client to connect. `gone` tells how the client ended, once it has.
    pub fn accepts(&self, gone: impl FnMut() -> Option<String>) -> Step<Peer> {
        let (peer, _) = self.accepts_after(Instant::now(), gone)?;
        Ok(peer)
    }

    /// The same, and the last moment at which it is known that nobody had connected, beginning
    /// with `nobody`.
    pub fn accepts_after(
        &self,
        mut nobody: Instant,
        mut gone: impl FnMut() -> Option<String>,
    ) -> Step<(Peer, Instant)> {
        let deadline = Instant::now() + self.patience.start();
        let expected = || format!("the client to connect to {}", self.address);
        loop {
            // Asked first: a client may connect and end between two questions.
            let (end, now) = (gone(), Instant::now());
            match self.listener.accept() {
                Ok((stream, _)) => {
                    let peer = Peer::adopt(self.name, stream, &self.tape, self.patience)?;
                    return Ok((peer, nobody));
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => nobody = now,
                Err(error) => return Err(anyhow::Error::new(error).context("accept").into()),
            }
            if let Some(end) = end {
                return fail(Kind::Exit, expected(), format!("it ended first: {end}"));
            }
            if Instant::now() >= deadline {
                self.tape.ask_the_witness();
                return fail(Kind::Silence, expected(), "no connection came");
            }
            wait::until_ready(
                &self.listener,
                wait::For::Reading,
                deadline.min(Instant::now() + Self::LOOK),
            )
            .context("the grader could not wait for a connection")?;
        }
    }
}
