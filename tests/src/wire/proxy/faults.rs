//! Which faults are on a road, and which way: what a story or a command line says of it.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use super::coalesce::Coalesce;
use super::delay::Delay;
use super::load::{Carries, Fault};
use super::slice::Slice;

/// One of the two directions of a road.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// From the client to the server.
    There,
    /// From the server to the client.
    Back,
}

/// The faults on a road for TCP, in the order in which they befall what travels.
///
/// `Faults::slice(1)` is on both ways, `Faults::slice(1).back()` on one, and
/// `Faults::coalesce(…).and(Faults::delay(…))` first one, then the other.
#[derive(Clone, Debug, Default)]
pub struct Faults(Vec<(Option<Way>, Kind)>);

#[derive(Clone, Copy, Debug)]
enum Kind {
    Slice(usize),
    Coalesce(usize, Duration),
    Delay(Duration, Duration),
}

impl Faults {
    /// A road on which nothing happens.
    pub fn none() -> Self {
        Self::default()
    }

    /// See [`Slice`].
    pub fn slice(size: usize) -> Self {
        Self::one(Kind::Slice(size))
    }

    /// See [`Coalesce`].
    pub fn coalesce(size: usize, lull: Duration) -> Self {
        Self::one(Kind::Coalesce(size, lull))
    }

    /// See [`Delay`].
    pub fn delay(delay: Duration, jitter: Duration) -> Self {
        Self::one(Kind::Delay(delay, jitter))
    }

    fn one(kind: Kind) -> Self {
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

    /// The faults on one way of a connection. All chance in them comes from the seed, the
    /// connection's number, the way, and the place of the fault.
    pub fn on(&self, way: Way, seed: u64, connection: usize) -> Vec<Box<dyn Fault>> {
        let placed = self.0.iter().enumerate();
        placed
            .filter(|(_, (on, _))| on.is_none_or(|on| on == way))
            .map(|(place, (_, kind))| kind.fault(chance(seed, connection, way, place)))
            .collect()
    }
}

impl Kind {
    fn fault(self, random: fastrand::Rng) -> Box<dyn Fault> {
        match self {
            Self::Slice(size) => Box::new(Slice::new(size)),
            Self::Coalesce(size, lull) => Box::new(Coalesce::new(size, lull)),
            Self::Delay(delay, jitter) => {
                Box::new(Delay::new(delay, jitter, Carries::Streams, random))
            }
        }
    }
}

/// The same for the same seed, whatever else goes on.
pub fn chance(seed: u64, connection: usize, way: Way, place: usize) -> fastrand::Rng {
    let mut hasher = DefaultHasher::new();
    (seed, connection, way, place).hash(&mut hasher);
    fastrand::Rng::with_seed(hasher.finish())
}
