//! Which faults are on a road, and which way: what a story or a command line says of it.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use super::black_hole::BlackHole;
use super::coalesce::Coalesce;
use super::cut::Cut;
use super::delay::Delay;
use super::drop::Drop;
use super::duplicate::Duplicate;
use super::half_close::HalfClose;
use super::load::{Carries, Fault};
use super::reorder::Reorder;
use super::reset::Reset;
use super::slice::Slice;
use super::throttle::Throttle;

/// One of the two directions of a road.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// From the client to the server.
    There,
    /// From the server to the client.
    Back,
}

/// What is on a road, in the order in which it befalls what travels.
///
/// `Faults::slice(1)` is on both ways, `Faults::slice(1).back()` on one, and
/// `Faults::coalesce(…).and(Faults::delay(…))` first one, then the other.
#[derive(Clone, Debug)]
pub struct Plan<K>(Vec<(Option<Way>, K)>);

/// What is on a road for TCP.
pub type Faults = Plan<OfStreams>;

/// What is on a road for UDP.
pub type Mishaps = Plan<OfDatagrams>;

/// A fault that a stream can have.
#[derive(Clone, Copy, Debug)]
pub enum OfStreams {
    HalfCloseAfter(u64),
    ResetAfter(u64),
    CutAfter(u64),
    BlackHole,
    Coalesce(usize, Duration),
    Delay(Duration, Duration),
    Throttle(u64),
    Slice(usize),
}

/// What can befall datagrams.
#[derive(Clone, Copy, Debug)]
pub enum OfDatagrams {
    BlackHole,
    Drop(f64),
    Duplicate(f64),
    Reorder(f64),
    Delay(Duration, Duration),
    Throttle(u64),
}

impl<K: Copy> Plan<K> {
    /// A road on which nothing happens.
    pub fn none() -> Self {
        Self(Vec::new())
    }

    fn one(kind: K) -> Self {
        Self(vec![(None, kind)])
    }

    /// These on the way from the client to the server alone.
    #[must_use]
    pub fn there(self) -> Self {
        self.only(Way::There)
    }

    /// These on the way from the server to the client alone.
    #[must_use]
    pub fn back(self) -> Self {
        self.only(Way::Back)
    }

    fn only(mut self, way: Way) -> Self {
        for (on, _) in &mut self.0 {
            *on = Some(way);
        }
        self
    }

    /// These, and after them others.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }
}

impl<K: Copy + Into<Kind>> Plan<K> {
    /// The faults on one way of a connection. All chance in them comes from the seed, the
    /// connection's number, the way, and the place of the fault.
    pub fn on(&self, way: Way, seed: u64, connection: usize) -> Vec<Box<dyn Fault>> {
        let placed = self.0.iter().enumerate();
        placed
            .filter(|(_, (on, _))| on.is_none_or(|on| on == way))
            .map(|(place, (_, kind))| {
                let kind: Kind = (*kind).into();
                kind.fault(chance(seed, connection, way, place))
            })
            .collect()
    }
}

impl Faults {
    /// See [`HalfClose`].
    pub fn half_close_after(bytes: u64) -> Self {
        Self::one(OfStreams::HalfCloseAfter(bytes))
    }

    /// See [`Reset`].
    pub fn reset_after(bytes: u64) -> Self {
        Self::one(OfStreams::ResetAfter(bytes))
    }

    /// See [`Cut`].
    pub fn cut_after(bytes: u64) -> Self {
        Self::one(OfStreams::CutAfter(bytes))
    }

    /// See [`BlackHole`].
    pub fn black_hole() -> Self {
        Self::one(OfStreams::BlackHole)
    }

    /// See [`Coalesce`].
    pub fn coalesce(size: usize, lull: Duration) -> Self {
        Self::one(OfStreams::Coalesce(size, lull))
    }

    /// See [`Delay`].
    pub fn delay(time: Duration, jitter: Duration) -> Self {
        Self::one(OfStreams::Delay(time, jitter))
    }

    /// See [`Throttle`].
    pub fn throttle(bytes_a_second: u64) -> Self {
        Self::one(OfStreams::Throttle(bytes_a_second))
    }

    /// See [`Slice`].
    pub fn slice(size: usize) -> Self {
        Self::one(OfStreams::Slice(size))
    }
}

impl Mishaps {
    /// See [`BlackHole`].
    pub fn black_hole() -> Self {
        Self::one(OfDatagrams::BlackHole)
    }

    /// See [`Drop`].
    pub fn drop(probability: f64) -> Self {
        Self::one(OfDatagrams::Drop(probability))
    }

    /// See [`Duplicate`].
    pub fn duplicate(probability: f64) -> Self {
        Self::one(OfDatagrams::Duplicate(probability))
    }

    /// See [`Reorder`].
    pub fn reorder(probability: f64) -> Self {
        Self::one(OfDatagrams::Reorder(probability))
    }

    /// See [`Delay`].
    pub fn delay(time: Duration, jitter: Duration) -> Self {
        Self::one(OfDatagrams::Delay(time, jitter))
    }

    /// See [`Throttle`].
    pub fn throttle(bytes_a_second: u64) -> Self {
        Self::one(OfDatagrams::Throttle(bytes_a_second))
    }
}

/// A fault of whichever road.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Stream(OfStreams),
    Datagram(OfDatagrams),
}

impl From<OfStreams> for Kind {
    fn from(kind: OfStreams) -> Self {
        Self::Stream(kind)
    }
}

impl From<OfDatagrams> for Kind {
    fn from(kind: OfDatagrams) -> Self {
        Self::Datagram(kind)
    }
}

impl Kind {
    fn fault(self, random: fastrand::Rng) -> Box<dyn Fault> {
        match self {
            Self::Stream(kind) => of_a_stream(kind, random),
            Self::Datagram(kind) => of_datagrams(kind, random),
        }
    }
}

fn of_a_stream(kind: OfStreams, random: fastrand::Rng) -> Box<dyn Fault> {
    let carries = Carries::Streams;
    match kind {
        OfStreams::HalfCloseAfter(bytes) => Box::new(HalfClose::after(bytes)),
        OfStreams::ResetAfter(bytes) => Box::new(Reset::after(bytes)),
        OfStreams::CutAfter(bytes) => Box::new(Cut::after(bytes)),
        OfStreams::BlackHole => Box::new(BlackHole),
        OfStreams::Coalesce(size, lull) => Box::new(Coalesce::new(size, lull)),
        OfStreams::Delay(time, jitter) => Box::new(Delay::new(time, jitter, carries, random)),
        OfStreams::Throttle(rate) => Box::new(Throttle::new(rate, carries)),
        OfStreams::Slice(size) => Box::new(Slice::new(size)),
    }
}

fn of_datagrams(kind: OfDatagrams, random: fastrand::Rng) -> Box<dyn Fault> {
    let carries = Carries::Datagrams;
    match kind {
        OfDatagrams::BlackHole => Box::new(BlackHole),
        OfDatagrams::Drop(probability) => Box::new(Drop::new(probability, random)),
        OfDatagrams::Duplicate(probability) => Box::new(Duplicate::new(probability, random)),
        OfDatagrams::Reorder(probability) => Box::new(Reorder::new(probability, random)),
        OfDatagrams::Delay(time, jitter) => Box::new(Delay::new(time, jitter, carries, random)),
        OfDatagrams::Throttle(rate) => Box::new(Throttle::new(rate, carries)),
    }
}

/// The same for the same seed, whatever else goes on.
fn chance(seed: u64, connection: usize, way: Way, place: usize) -> fastrand::Rng {
    let mut hasher = DefaultHasher::new();
    (seed, connection, way, place).hash(&mut hasher);
    fastrand::Rng::with_seed(hasher.finish())
}
