//! A road between the people of a story and the program under test: the examiner's proxy.

use std::net::SocketAddr;

use anyhow::Context;

use super::{Lab, Server};
use crate::finding::Step;
use crate::wire::peer::Options;
use crate::wire::proxy::{self, Carried, Passage, Plan, Side, Sight};
use crate::wire::{Correspondent, Host, Patience, Peer, Tape};

/// Where a road can lead, and at which of its sides the program under test is.
pub trait Destination {
    fn address(&self) -> SocketAddr;
    fn program(&self) -> Side;
}

impl Destination for Server {
    fn address(&self) -> SocketAddr {
        Self::address(self)
    }

    fn program(&self) -> Side {
        Side::Server
    }
}

/// For a client under test, which takes the road to a host of ours.
impl Destination for Host {
    fn address(&self) -> SocketAddr {
        Self::address(self)
    }

    fn program(&self) -> Side {
        Side::Client
    }
}

/// For a client under test that sends datagrams.
impl Destination for Correspondent {
    fn address(&self) -> SocketAddr {
        Self::address(self)
    }

    fn program(&self) -> Side {
        Side::Client
    }
}

/// A road, open until it is dropped. What goes on between it and the program is on the tape.
pub struct Road {
    proxy: proxy::Road,
    tape: Tape,
    patience: Patience,
}

impl Lab {
    /// A road with this on it: [`Faults`](crate::wire::Faults) for TCP, or
    /// [`Mishaps`](crate::wire::Mishaps) for UDP. It leads to the server under test, for [`Road::connect`];
    /// or to a host of ours, for a client under test that is told to connect to its address.
    pub fn road_to<K: Carried>(
        &mut self,
        destination: &impl Destination,
        plan: Plan<K>,
    ) -> Step<Road> {
        let to = destination.address();
        let (tape, program) = (self.tape().clone(), destination.program());
        tape.has_a_road();
        let sink = move |passage: &Passage, sight: Sight<'_>| {
            tape.note_passage();
            if passage.side == program {
                let road = format!("road {}", passage.connection);
                if let Some(link) = sight.link {
                    tape.road_is_connected(&road, link);
                }
                tape.write(&road, passage.what.clone());
            }
        };
        let (from, seed) = (SocketAddr::new(to.ip(), 0), self.number(0..=u64::MAX));
        let patience = self.patience();
        let proxy = proxy::Road::open(from, to, plan, seed, patience, Box::new(sink))
            .context("the grader could not open a road")?;
        Ok(Road {
            proxy,
            tape: self.tape().clone(),
            patience,
        })
    }
}

impl Road {
    /// Where clients connect to.
    pub fn address(&self) -> SocketAddr {
        self.proxy.address()
    }

    /// Somebody comes to the server by this road.
    pub fn connect(&self, name: &'static str) -> Step<Peer> {
        let options = Options::default();
        Peer::connect(name, self.address(), options, &self.tape, self.patience)
    }
}
