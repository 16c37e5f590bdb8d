//! The examiner's proxy: a road between a client and a server on which things happen, as they do
//! on a real network, but the same way each time.
//!
//! ```text
//!  client ──▶ [ lane: fault, fault, … ] ──▶ server
//!  client ◀── [ lane: fault, fault, … ] ◀── server
//! ```
//!
//! Each fault is a file of its own. Everything has a bound: a lane that is full takes no more from
//! its sender, and a road is one thread, which ends with it.

mod black_hole;
mod coalesce;
mod connection;
mod cut;
mod datagrams;
mod delay;
mod drop;
mod duplicate;
mod half_close;
mod lane;
mod limit;
mod load;
mod plan;
mod reorder;
mod reset;
mod slice;
mod streams;
#[cfg(test)]
mod tests;
mod throttle;

use std::io::{self, PipeReader, PipeWriter};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::thread::{self, JoinHandle};
use std::time::Duration;

pub use load::Carries;
pub use plan::{Faults, Mishaps, OfDatagrams, OfStreams, Plan, Way};

use super::Patience;
use super::tape::What;
use datagrams::Datagrams;
use streams::Streams;

/// Something that the road did or saw at one of its two sides.
#[derive(Clone, Debug)]
pub struct Passage {
    /// Counted from 1, as they come.
    pub connection: usize,
    pub side: Side,
    /// From where the road stands: `Sent` is what it sent to this side.
    pub what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Client,
    Server,
}

/// What an onlooker can see of a passage besides.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sight<'a> {
    /// All of the bytes, if it has any.
    pub whole: &'a [u8],
    pub link: Option<Link>,
}

/// The two addresses at one side of a road.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    pub road: SocketAddr,
    pub program: SocketAddr,
}

/// Who hears of all that passes, in its order.
pub type Sink = Box<dyn FnMut(&Passage, Sight<'_>) + Send>;

impl Way {
    fn from(self) -> Side {
        match self {
            Self::There => Side::Client,
            Self::Back => Side::Server,
        }
    }

    fn to(self) -> Side {
        match self {
            Self::There => Side::Server,
            Self::Back => Side::Client,
        }
    }
}

/// Where a road leads, and what happens on it.
pub struct Journey<K> {
    pub to: SocketAddr,
    pub plan: Plan<K>,
    /// What chance there is comes from this.
    pub seed: u64,
    /// How long a receiver is waited for to take a piece.
    pub patience: Duration,
    pub sink: Sink,
}

/// A road, open until this is dropped. Then all its connections end.
pub struct Road {
    address: SocketAddr,
    stop: Option<PipeWriter>,
    carrier: Option<JoinHandle<()>>,
}

/// What is on a road says what it carries.
pub trait Carried: Sized {
    /// Listens at `from`, and carries what comes as the journey says.
    fn carry(from: SocketAddr, journey: Journey<Self>) -> io::Result<Road>;
}

impl Carried for OfStreams {
    fn carry(from: SocketAddr, journey: Journey<Self>) -> io::Result<Road> {
        let streams = Streams::open(from, journey)?;
        Road::with(streams.address()?, move |stop| streams.run(stop))
    }
}

impl Carried for OfDatagrams {
    fn carry(from: SocketAddr, journey: Journey<Self>) -> io::Result<Road> {
        let datagrams = Datagrams::open(from, journey)?;
        Road::with(datagrams.address()?, move |stop| datagrams.run(stop))
    }
}

impl Road {
    /// Listens at `from`, and leads each client to `to`.
    pub fn open<K: Carried>(
        from: SocketAddr,
        to: SocketAddr,
        plan: Plan<K>,
        seed: u64,
        patience: Patience,
        sink: Sink,
    ) -> io::Result<Self> {
        let journey = Journey {
            to,
            plan,
            seed,
            patience: patience.glance(),
            sink,
        };
        K::carry(from, journey)
    }

    fn with(
        address: SocketAddr,
        carry: impl FnOnce(&PipeReader) + Send + 'static,
    ) -> io::Result<Self> {
        let (stopped, stop) = io::pipe()?;
        let carrier = thread::Builder::new()
            .name("road".into())
            .spawn(move || carry(&stopped))?;
        Ok(Self {
            address,
            stop: Some(stop),
            carrier: Some(carrier),
        })
    }

    /// Where clients connect to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

/// All addresses of this machine, of the same family as this one.
fn any_of(address: SocketAddr) -> IpAddr {
    match address {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    }
}

impl Drop for Road {
    fn drop(&mut self) {
        // The carrier sees the pipe end, whatever else it waits for.
        drop(self.stop.take());
        if let Some(carrier) = self.carrier.take() {
            // If it panicked, its connections are closed too, and the story has noticed.
            let _ = carrier.join();
        }
    }
}
