//! `chaos --to IP:PORT …`: a road between any two programs, with faults on it as one likes, and a
//! ladder of all that passes, as it goes.

mod amounts;

use std::io;
use std::net::SocketAddr;
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use anyhow::anyhow;
use clap::{Args, ValueEnum};

use super::out::say;
use crate::report::{crossing, style};
use crate::wire::proxy::{Carried, Passage, Plan, Road, Sink};
use crate::wire::{Faults, Mishaps, Patience};
use crate::workbook::Trouble;

#[derive(Args)]
pub struct Options {
    /// Where clients connect to [127.0.0.1:7000]
    #[arg(
        long,
        value_name = "IP:PORT",
        default_value = "127.0.0.1:7000",
        hide_default_value = true
    )]
    listen: SocketAddr,
    /// The server that they are brought to
    #[arg(long, value_name = "IP:PORT")]
    to: SocketAddr,
    /// Carry datagrams, not streams
    #[arg(long)]
    udp: bool,
    /// Decides all chance: the same N, the same faults
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
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
#[command(next_help_heading = "UDP, with --udp")]
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

pub fn run(options: &Options) -> Result<(), Trouble> {
    style::set_up();
    options.fit_together()?;
    if options.udp {
        carry(options, options.mishaps())
    } else {
        carry(options, options.faults())
    }
}

/// Carries until Ctrl-C, or until nobody reads the ladder any more.
fn carry<K: Carried>(options: &Options, plan: Plan<K>) -> Result<(), Trouble> {
    let (end, ended) = mpsc::channel();
    let announced = Arc::new(OnceLock::new());
    let sink = ladder(end.clone(), Arc::clone(&announced));
    ctrlc::set_handler(move || {
        // It is over already if nobody listens.
        let _ = end.send(Ok(()));
    })
    .map_err(|error| Trouble::Broken(anyhow!("cannot listen for Ctrl-C: {error}")))?;
    let (listen, to) = (options.listen, options.to);
    let seed = options.seed.unwrap_or_else(|| fastrand::u64(..=9_999));
    let road = Road::open(listen, to, plan, seed, Patience::default(), sink)
        .map_err(|error| cannot_listen(listen, &error))?;
    let said = announce(&road, to, seed);
    // Also if it failed: the road waits for it, and must end.
    announced.get_or_init(|| ());
    said?;
    // The sender is in the handler, which lives as long as the program.
    let end = ended.recv().unwrap_or(Ok(()));
    drop(road);
    end
}

fn announce(road: &Road, to: SocketAddr, seed: u64) -> Result<(), Trouble> {
    say(format!("listening on {}", road.address()))?;
    let journey = format!("leads to {to}, with seed {seed}\n");
    say(style::quiet(&journey))?;
    say(crossing::heading())
}

/// Draws what passes, once the announcement is out.
fn ladder(end: Sender<Result<(), Trouble>>, announced: Arc<OnceLock<()>>) -> Sink {
    let start = Instant::now();
    Box::new(move |passage: &Passage| {
        announced.wait();
        if let Err(trouble) = say(crossing::rung(passage, start.elapsed())) {
            // One such is enough; the command ends with the first.
            let _ = end.send(Err(trouble));
        }
    })
}

fn cannot_listen(address: SocketAddr, error: &io::Error) -> Trouble {
    let advice = match error.kind() {
        io::ErrorKind::AddrInUse => "; choose another port, or --listen 127.0.0.1:0 for any",
        _ => "",
    };
    Trouble::Broken(anyhow!("cannot listen on {address}: {error}{advice}"))
}

impl Options {
    /// Some faults make no sense for datagrams, and some for nothing else.
    fn fit_together(&self) -> Result<(), Trouble> {
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
        let (others, why) = if self.udp {
            (&of_streams[..], "is for TCP: leave out --udp")
        } else {
            (&of_datagrams[..], "is for datagrams: add --udp")
        };
        if let Some((name, _)) = others.iter().find(|(_, is_given)| *is_given) {
            return Err(Trouble::usage(format!("{name} {why}")));
        }
        if self.listen == self.to {
            return Err(Trouble::usage(format!(
                "--to {}: that is where this listens itself",
                self.to
            )));
        }
        Ok(())
    }

    /// First what ends a stream, then what changes its pace, and last how it is cut: so each does
    /// what it says, whatever the others do.
    fn faults(&self) -> Faults {
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

    fn mishaps(&self) -> Mishaps {
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
