//! A full house: a listener of ours with no place left for another connection. Who connects to
//! it hears nothing, neither yes nor no, until somebody is let in or the house is closed.
//!
//! Never an "unreachable" address: some networks answer for it.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use anyhow::Context;
use socket2::{Domain, Socket, Type};

use super::tape::Tape;
use super::{ports, wait};
use crate::finding::{Step, Stop};

pub struct FullHouse {
    name: &'static str,
    listener: Socket,
    address: SocketAddr,
    /// Those who keep the places taken: at the door, or let in.
    guests: Vec<Socket>,
    tape: Tape,
}

impl FullHouse {
    /// More places than a system keeps that was asked for none.
    const MOST_PLACES: usize = 300;

    /// How long the kernel may take to let somebody in who finds a place.
    const DOOR: Duration = Duration::from_secs(2);

    /// How long a connect must hang to be one that hangs, where the system does not say how
    /// many places there are.
    const HANGS: Duration = Duration::from_millis(100);

    /// A full house on a free port of 127.0.0.1.
    pub fn open(name: &'static str, tape: &Tape) -> Step<Self> {
        Self::open_at(name, (Ipv4Addr::LOCALHOST, 0).into(), tape)
    }

    /// A full house on this address.
    pub fn open_at(name: &'static str, address: SocketAddr, tape: &Tape) -> Step<Self> {
        let (listener, address) = ports::listen_on(address, listen)
            .context("the grader could not open a house to be full")?;
        let mut house = Self {
            name,
            listener,
            address,
            guests: Vec::new(),
            tape: tape.clone(),
        };
        if house
            .fills_up()
            .context("the grader could not fill a house")?
        {
            house.note("has no place left for another connection");
            return Ok(house);
        }
        let why = "no connect could be made to hang on this machine";
        Err(Stop::Skip(why.into()))
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits until somebody stands at the door: a socket in the state SYN-SENT, whose SYN was
    /// not answered. That nobody comes is no finding. Where the kernel does not tell, this is a
    /// small wait.
    pub fn waits_for_somebody(&self, patience: Duration) {
        wait::until(patience, || door::is_somebody_at(self.address));
    }

    /// Watches the door until somebody stands there, or it is `enough`. Says when nobody stood
    /// there yet, if that was seen.
    pub fn watches(&self, patience: Duration, enough: impl Fn() -> bool) -> Option<Instant> {
        /// What is looked at while it changes may be overlooked once.
        const MARGIN: Duration = Duration::from_millis(20);
        let (mut look, mut nobody_yet, mut has_come) = (None, None, false);
        wait::until(patience, || {
            nobody_yet = look;
            look = Some(Instant::now());
            has_come = door::is_somebody_at(self.address);
            has_come || enough()
        });
        nobody_yet
            .filter(|_| has_come && door::TELLS)?
            .checked_sub(MARGIN)
    }

    /// Lets one in: there is a place for one more, who comes with its next SYN, within a second.
    pub fn lets_one_in(&mut self) -> Step {
        let (guest, _) = self.listener.accept().context("accept")?;
        self.guests.push(guest);
        self.note("has a place again");
        Ok(())
    }

    /// Closes: the next SYN is refused.
    pub fn closes(self) {
        self.note("is closed");
    }

    /// Takes all places. Whether that came to an end.
    fn fills_up(&mut self) -> io::Result<bool> {
        let deadline = Instant::now() + Self::DOOR;
        // listen(2): Linux keeps one more than it was asked for, and none is asked for here.
        if cfg!(target_os = "linux") {
            self.guests.push(connect(self.address, Self::DOOR)?.0);
            return wait::until_ready(&self.listener, wait::For::Reading, deadline);
        }
        while self.guests.len() < Self::MOST_PLACES && Instant::now() < deadline {
            let (guest, is_in) = connect(self.address, Self::HANGS)?;
            if !is_in {
                return Ok(true);
            }
            self.guests.push(guest);
        }
        Ok(false)
    }

    fn note(&self, what: &str) {
        self.tape
            .note(format!("{}, at {}, {what}", self.name, self.address));
    }
}

fn listen(address: SocketAddr) -> io::Result<(Socket, SocketAddr)> {
    let listener = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    listener.set_reuse_address(true)?;
    listener.bind(&address.into())?;
    listener.listen(0)?;
    let address = listener.local_addr()?.as_socket();
    Ok((listener, address.ok_or(io::ErrorKind::AddrNotAvailable)?))
}

/// Begins to connect. Whether it came to something in this time.
fn connect(address: SocketAddr, patience: Duration) -> io::Result<(Socket, bool)> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    // "In progress" is an error in name only; what else it is shows below.
    let _ = socket.connect(&address.into());
    let is_in = wait::until_ready(&socket, wait::For::Writing, Instant::now() + patience)?;
    Ok((socket, is_in))
}

#[cfg(all(target_os = "linux", not(feature = "portable")))]
mod door {
    //! Asked of `proc_net(5)`, where each line is a socket, with its addresses and its state.

    use std::fs;
    use std::net::SocketAddr;

    const SYN_SENT: &str = "02";

    pub const TELLS: bool = true;

    pub fn is_somebody_at(address: SocketAddr) -> bool {
        let SocketAddr::V4(address) = address else {
            return true;
        };
        let ip = u32::from_ne_bytes(address.ip().octets());
        let there = format!("{ip:08X}:{:04X}", address.port());
        let sockets = fs::read_to_string("/proc/net/tcp").unwrap_or_default();
        sockets.lines().any(|socket| {
            let mut fields = socket.split_whitespace().skip(2);
            fields.next() == Some(&there) && fields.next() == Some(SYN_SENT)
        })
    }
}

#[cfg(any(not(target_os = "linux"), feature = "portable"))]
mod door {
    use std::net::SocketAddr;
    use std::thread;
    use std::time::Duration;

    pub const TELLS: bool = false;

    pub fn is_somebody_at(_address: SocketAddr) -> bool {
        // The kernel does not tell here: a SYN on the loopback takes no longer to arrive.
        thread::sleep(Duration::from_millis(50));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_gets_into_a_full_house() {
        let house = FullHouse::open("Carol", &Tape::new()).expect("a full house");
        let (_guest, is_in) = connect(house.address(), Duration::from_millis(50)).expect("a try");
        assert!(!is_in);
        house.waits_for_somebody(Duration::from_secs(1));
        assert!(door::is_somebody_at(house.address()));
    }
}
