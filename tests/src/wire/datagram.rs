//! A correspondent: a UDP socket in the hands of a story. Each datagram is a letter: it comes
//! whole or not at all, from whoever sent it.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use anyhow::Context;

use super::tape::{Excerpt, Tape, What};
use super::{Patience, wait};
use crate::finding::{Kind, Step, fail};
use crate::words::{bytes, quoted};

/// More than any datagram holds.
const LARGEST: usize = 65_536;

pub struct Correspondent {
    name: &'static str,
    socket: UdpSocket,
    address: SocketAddr,
    tape: Tape,
    patience: Patience,
}

impl Correspondent {
    /// A socket on a free port of 127.0.0.1.
    pub fn open(name: &'static str, tape: &Tape, patience: Patience) -> Step<Self> {
        Self::open_on(name, (Ipv4Addr::LOCALHOST, 0).into(), tape, patience)
    }

    /// A socket on this very address.
    pub fn open_on(
        name: &'static str,
        address: SocketAddr,
        tape: &Tape,
        patience: Patience,
    ) -> Step<Self> {
        let socket = UdpSocket::bind(address).context("the grader could not open a UDP socket")?;
        socket
            .set_nonblocking(true)
            .context("the grader could not prepare its UDP socket")?;
        let address = socket
            .local_addr()
            .context("the grader's UDP socket has no address")?;
        Ok(Self {
            name,
            socket,
            address,
            tape: tape.clone(),
            patience,
        })
    }

    pub fn name(&self) -> &'static str {
        self.name
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sends one datagram.
    pub fn sends(&self, to: SocketAddr, datagram: impl AsRef<[u8]>) -> Step {
        let datagram = datagram.as_ref();
        let deadline = self.patience.until_silence();
        loop {
            match self.socket.send_to(datagram, to) {
                Ok(_) => {
                    self.tape
                        .write(self.name, What::Sent(Excerpt::of(datagram)));
                    return Ok(());
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    if !self.wait(wait::For::Writing, deadline)? {
                        return fail(
                            Kind::Silence,
                            format!("{} to send a datagram", self.name),
                            "the system took none",
                        );
                    }
                }
                // What an earlier datagram of ours met: nobody listened there.
                Err(error) if error.kind() == ErrorKind::ConnectionRefused => {}
                Err(error) => return Err(trouble(error, "send a datagram")),
            }
        }
    }

    /// The next datagram, from whoever sent it.
    pub fn receives(&self) -> Step<(Vec<u8>, SocketAddr)> {
        let expected = || format!("{} to get a datagram", self.name);
        match self.receives_by(self.patience.until_silence())? {
            Some(letter) => Ok(letter),
            None => {
                self.tape.ask_the_witness();
                fail(Kind::Silence, expected(), "none came")
            }
        }
    }

    /// The next datagram if one comes within `time`. That none came is no finding.
    pub fn receives_within(&self, time: Duration) -> Step<Option<(Vec<u8>, SocketAddr)>> {
        self.receives_by(Instant::now() + time)
    }

    /// Gets exactly this datagram next, from there.
    pub fn gets(&self, from: SocketAddr, expected: impl AsRef<[u8]>) -> Step {
        let expected = expected.as_ref();
        let what = || format!("{} to get {}", self.name, quoted(expected));
        let Some((datagram, sender)) = self.receives_by(self.patience.until_silence())? else {
            self.tape.ask_the_witness();
            return fail(Kind::Silence, what(), "no datagram came");
        };
        if sender != from {
            let seen = format!("one from {sender}, where nothing was sent");
            return fail(Kind::Unexpected, format!("{} from {from}", what()), seen);
        }
        if datagram == expected {
            return Ok(());
        }
        let offset = datagram
            .iter()
            .zip(expected)
            .take_while(|(a, b)| a == b)
            .count();
        let detail = if datagram.len() != expected.len() {
            format!(": {}, not {}", bytes(datagram.len()), bytes(expected.len()))
        } else if expected.len() > 40 {
            format!(", first different at byte {offset}")
        } else {
            String::new()
        };
        let seen = format!("{}{detail}", quoted(&datagram));
        fail(Kind::WrongBytes { offset }, what(), seen)
    }

    fn receives_by(&self, deadline: Instant) -> Step<Option<(Vec<u8>, SocketAddr)>> {
        let mut datagram = vec![0; LARGEST];
        loop {
            match self.socket.recv_from(&mut datagram) {
                Ok((length, sender)) => {
                    datagram.truncate(length);
                    self.tape
                        .write(self.name, What::Got(Excerpt::of(&datagram)));
                    return Ok(Some((datagram, sender)));
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    if !self.wait(wait::For::Reading, deadline)? {
                        return Ok(None);
                    }
                }
                Err(error) if error.kind() == ErrorKind::ConnectionRefused => {}
                Err(error) => return Err(trouble(error, "receive a datagram")),
            }
        }
    }

    fn wait(&self, what: wait::For, deadline: Instant) -> Step<bool> {
        wait::until_ready(&self.socket, what, deadline)
            .map_err(|error| trouble(error, "wait for a datagram"))
    }
}

fn trouble(error: io::Error, doing: &str) -> crate::finding::Stop {
    anyhow::Error::new(error)
        .context(format!("the grader could not {doing}"))
        .into()
}
