//! `chaos --to IP:PORT …`: a road between any two programs, with faults on it as one likes, and a
//! ladder of all that passes, as it goes.

pub mod amounts;
pub mod weather;

use std::io;
use std::net::SocketAddr;
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use anyhow::anyhow;
use clap::Args;

use self::weather::Weather;
use super::out::say;
use crate::report::{crossing, style};
use crate::wire::Patience;
use crate::wire::proxy::{Carried, Carries, Passage, Plan, Road, Sight, Sink};
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
    #[command(flatten)]
    weather: Weather,
}

pub fn run(options: &Options) -> Result<(), Trouble> {
    style::set_up();
    let (listen, weather) = (options.listen, &options.weather);
    if listen == options.to {
        return Err(Trouble::usage(format!(
            "--to {listen}: that is where this listens itself"
        )));
    }
    if options.udp {
        weather.fits(Carries::Datagrams, "leave out --udp")?;
        carry(options, weather.mishaps())
    } else {
        weather.fits(Carries::Streams, "add --udp")?;
        carry(options, weather.faults())
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
    Box::new(move |passage: &Passage, _: Sight<'_>| {
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
