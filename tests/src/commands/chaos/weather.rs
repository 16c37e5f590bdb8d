//! What happens on a road, as it is typed: the same for each command that lays one.

use std::time::Duration;

use clap::{Args, ValueEnum};

use super::amounts;
use crate::wire::proxy::{Carries, Plan};
use crate::wire::{Faults, Mishaps};
use crate::workbook::Trouble;

#[derive(Args)]
pub struct Weather {
    /// Not both ways: there, to the server, or back
    #[arg(long, value_name = "WAY", hide_possible_values = true)]
    only: Option<Only>,
    /// Everything arrives later, as by 50ms or 1.5s
    #[arg(long, value_name = "TIME", value_parser = amounts::time)]
    delay: Option<Duration>,
    /// At most so much sooner or later, by chance
    #[arg(long, value_name = "TIME", value_parser = amounts::time, requires = "delay")]
    jitter: Option<Duration>,
    /// No more bytes a second than these get through
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u64).range(1..))]
    throttle: Option<u64>,
    /// Nothing gets through, and nobody is told
    #[arg(long)]
    black_hole: bool,
    #[command(flatten)]
    streams: OfStreams,
    #[command(flatten)]
    datagrams: OfDatagrams,
}

/// What can happen to a stream alone.
#[derive(Args)]
#[command(next_help_heading = "TCP")]
struct OfStreams {
    /// Cut into pieces that arrive one by one
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u32).range(1..))]
    slice: Option<u32>,
    /// Hold back so many, then send them as one
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u32).range(1..))]
    coalesce: Option<u32>,
    /// Until none came for so long [50ms], or the end
    #[arg(long, value_name = "TIME", value_parser = amounts::time, requires = "coalesce")]
    lull: Option<Duration>,
    /// End one direction alone after so many
    #[arg(long, value_name = "BYTES")]
    half_close_after: Option<u64>,
    /// Reset the connection after so many
    #[arg(long, value_name = "BYTES")]
    reset_after: Option<u64>,
    /// Close both sides after so many
    #[arg(long, value_name = "BYTES")]
    cut_after: Option<u64>,
}

/// What can happen to datagrams alone.
#[derive(Args)]
#[command(next_help_heading = "UDP")]
struct OfDatagrams {
    /// Lose so many of the datagrams, as 10%
    #[arg(long, value_name = "PERCENT", value_parser = amounts::percent)]
    drop: Option<f64>,
    /// Bring so many of them twice
    #[arg(long, value_name = "PERCENT", value_parser = amounts::percent)]
    duplicate: Option<f64>,
    /// Let so many be overtaken by the next
    #[arg(long, value_name = "PERCENT", value_parser = amounts::percent)]
    reorder: Option<f64>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Only {
    There,
    Back,
}

/// When nothing has come for so long, what was held back goes.
const LULL: Duration = Duration::from_millis(50);

impl Weather {
    /// Some faults make no sense for datagrams, and some for nothing else; `others` says what to
    /// do about it.
    pub fn fits(&self, carries: Carries, others: &str) -> Result<(), Trouble> {
        let (streams, datagrams) = (&self.streams, &self.datagrams);
        let of_streams = [
            ("--slice", streams.slice.is_some()),
            ("--coalesce", streams.coalesce.is_some()),
            ("--half-close-after", streams.half_close_after.is_some()),
            ("--reset-after", streams.reset_after.is_some()),
            ("--cut-after", streams.cut_after.is_some()),
        ];
        let of_datagrams = [
            ("--drop", datagrams.drop.is_some()),
            ("--duplicate", datagrams.duplicate.is_some()),
            ("--reorder", datagrams.reorder.is_some()),
        ];
        let (wrong, why) = match carries {
            Carries::Streams => (&of_datagrams[..], "is for datagrams"),
            Carries::Datagrams => (&of_streams[..], "is for TCP"),
        };
        match wrong.iter().find(|(_, is_given)| *is_given) {
            Some((name, _)) => Err(Trouble::usage(format!("{name} {why}: {others}"))),
            None => Ok(()),
        }
    }

    /// Whether anything is to happen at all.
    pub fn is_bad(&self) -> bool {
        let (streams, datagrams) = (&self.streams, &self.datagrams);
        self.black_hole
            || self.delay.is_some()
            || self.throttle.is_some()
            || streams.slice.is_some()
            || streams.coalesce.is_some()
            || streams.half_close_after.is_some()
            || streams.reset_after.is_some()
            || streams.cut_after.is_some()
            || datagrams.drop.is_some()
            || datagrams.duplicate.is_some()
            || datagrams.reorder.is_some()
    }

    /// How long something may be on its way that is not held up otherwise.
    pub fn longest_delay(&self) -> Duration {
        let lull = self
            .streams
            .coalesce
            .map_or(Duration::ZERO, |_| self.streams.lull.unwrap_or(LULL));
        self.delay.unwrap_or_default() + self.jitter() + lull
    }

    /// First what ends a stream, then what changes its pace, and last how it is cut: so each does
    /// what it says, whatever the others do.
    pub fn faults(&self) -> Faults {
        let streams = &self.streams;
        let lull = streams.lull.unwrap_or(LULL);
        let coalesce = |bytes| Faults::coalesce(bytes as usize, lull);
        let faults = [
            self.black_hole.then(Faults::black_hole),
            streams.half_close_after.map(Faults::half_close_after),
            streams.reset_after.map(Faults::reset_after),
            streams.cut_after.map(Faults::cut_after),
            streams.coalesce.map(coalesce),
            self.delay.map(|time| Faults::delay(time, self.jitter())),
            self.throttle.map(Faults::throttle),
            streams.slice.map(|bytes| Faults::slice(bytes as usize)),
        ];
        let faults = faults.into_iter().flatten();
        self.on_its_way(faults.fold(Faults::none(), Plan::and))
    }

    pub fn mishaps(&self) -> Mishaps {
        let datagrams = &self.datagrams;
        let mishaps = [
            self.black_hole.then(Mishaps::black_hole),
            datagrams.drop.map(Mishaps::drop),
            datagrams.duplicate.map(Mishaps::duplicate),
            datagrams.reorder.map(Mishaps::reorder),
            self.delay.map(|time| Mishaps::delay(time, self.jitter())),
            self.throttle.map(Mishaps::throttle),
        ];
        let mishaps = mishaps.into_iter().flatten();
        self.on_its_way(mishaps.fold(Mishaps::none(), Plan::and))
    }

    fn jitter(&self) -> Duration {
        self.jitter.unwrap_or_default()
    }

    fn on_its_way<K: Copy>(&self, plan: Plan<K>) -> Plan<K> {
        match self.only {
            Some(Only::There) => plan.there(),
            Some(Only::Back) => plan.back(),
            None => plan,
        }
    }
}
