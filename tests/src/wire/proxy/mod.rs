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

mod coalesce;
mod connection;
mod delay;
mod faults;
mod lane;
mod load;
mod slice;
mod streams;
#[cfg(test)]
mod tests;

use std::io::{self, PipeWriter};
use std::net::{SocketAddr, TcpListener};
use std::thread::{self, JoinHandle};

pub use faults::{Faults, Way};

use super::Patience;
use super::tape::What;
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

/// Who hears of all that passes, in its order.
pub type Sink = Box<dyn FnMut(&Passage) + Send>;

/// A road, open until this is dropped. Then all its connections end.
pub struct Road {
    address: SocketAddr,
    stop: Option<PipeWriter>,
    carrier: Option<JoinHandle<()>>,
}

impl Road {
    /// Listens at `from`, and leads each client to `to`.
    pub fn open(
        from: SocketAddr,
        to: SocketAddr,
        faults: Faults,
        seed: u64,
        patience: Patience,
        sink: Sink,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(from)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let streams = Streams::new(listener, to, faults, seed, patience.glance(), sink);
        let (stopped, stop) = io::pipe()?;
        let carrier = thread::Builder::new()
            .name("road".into())
            .spawn(move || streams.run(&stopped))?;
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
