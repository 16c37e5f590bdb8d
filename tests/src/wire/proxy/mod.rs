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

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

pub use load::Carries;
pub use plan::{Faults, Mishaps, OfDatagrams, OfStreams, Plan, Way};

use super::tape::What;
use super::{Patience, Worker};
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
    _carrier: Worker,
}

/// What is on a road says what it carries.
pub trait Carried: Sized {
    /// Listens at `from`, and carries what comes as the journey says.
    fn carry(from: SocketAddr, journey: Journey<Self>) -> io::Result<Road>;
}

impl Carried for OfStreams {
    fn carry(from: SocketAddr, journey: Journey<Self>) -> io::Result<Road> {
        let streams = Streams::open(from, journey)?;
        let address = streams.address()?;
        let carrier = Worker::start("road", move |stop| streams.run(stop))?;
        Ok(Road {
            address,
            _carrier: carrier,
        })
    }
}

impl Carried for OfDatagrams {
    fn carry(from: SocketAddr, journey: Journey<Self>) -> io::Result<Road> {
        let datagrams = Datagrams::open(from, journey)?;
        let address = datagrams.address()?;
        let carrier = Worker::start("road", move |stop| datagrams.run(stop))?;
        Ok(Road {
            address,
            _carrier: carrier,
        })
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
