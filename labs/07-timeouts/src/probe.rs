//! The probe: says PING, and prints the line that comes back, if it comes in time.

use std::io::Write;
use std::net::TcpStream;
use std::num::NonZeroU64;
use std::time::Instant;

use shared::{Failure, log};

use crate::clock::Clock;
use crate::connect::{connect, look_up};
use crate::gauge::{Gauge, bar};
use crate::heard::{Heard, wait_for_bytes};
use crate::limit::{Limit, Trouble, tell_apart};
use crate::retry::{may_help, pause_after};

pub struct Options {
    pub server: String,
    pub connect: Limit,
    pub read: Limit,
    pub total: Limit,
    pub retries: u32,
    /// In milliseconds.
    pub backoff: NonZeroU64,
}

/// As much as is read at once. A read takes what is there, which may be less.
const PIECE: usize = 4096;

pub fn run(options: &Options) -> Result<(), Failure> {
    let mut probe = Probe {
        options,
        clock: Clock::start(options.total),
        heard: Heard::default(),
        gauge: Gauge::default(),
    };
    match probe.ask() {
        Ok(line) => shared::write(&[&line[..], b"\n"].concat()),
        Err(trouble) => Err(trouble.end(&options.server, probe.heard.partial().as_deref())),
    }
}

struct Probe<'a> {
    options: &'a Options,
    clock: Clock,
    /// Of the last try.
    heard: Heard,
    gauge: Gauge,
}

impl Probe<'_> {
    /// Asks until there is an answer, or no try is left that may help.
    fn ask(&mut self) -> Result<Vec<u8>, Trouble> {
        let mut number = 1;
        loop {
            let outcome = self.try_once();
            self.log(number);
            match outcome {
                Err(trouble) if number <= self.options.retries && may_help(&trouble) => {
                    let pause = pause_after(number, self.options.backoff);
                    self.clock.pause(pause)?;
                    number += 1;
                }
                outcome => return outcome,
            }
        }
    }

    /// Asks once, on a connection of its own: one that has failed may still bring the answer to
    /// the question before.
    fn try_once(&mut self) -> Result<Vec<u8>, Trouble> {
        self.heard.begin();
        self.gauge = Gauge::default();
        let mut stream = self.connect()?;
        // So few bytes find room in the buffer of a new connection: this does not wait.
        stream.write_all(b"PING\n").map_err(Trouble::Network)?;
        let line = self.hear(&stream)?;
        if line.starts_with(b"ERR ") {
            let text = String::from_utf8_lossy(&line).into_owned();
            return Err(Trouble::Protocol(text));
        }
        Ok(line)
    }

    fn connect(&mut self) -> Result<TcpStream, Trouble> {
        let limit = self.clock.bound(self.options.connect)?;
        let start = Instant::now();
        let outcome = look_up(&self.options.server, limit.time)
            .and_then(|addresses| connect(&addresses, limit.time.saturating_sub(start.elapsed())));
        self.gauge.connect = start.elapsed();
        outcome.map_err(|error| tell_apart(error, limit))
    }

    /// Collects the bytes of a line. Each wait for more of them has its own limit, and none may
    /// outlast the whole.
    fn hear(&mut self, stream: &TcpStream) -> Result<Vec<u8>, Trouble> {
        let mut piece = [0; PIECE];
        loop {
            let limit = self.clock.bound(self.options.read)?;
            let start = Instant::now();
            let outcome = wait_for_bytes(stream, &mut piece, limit.time);
            self.gauge.silence = start.elapsed();
            let length = outcome.map_err(|error| tell_apart(error, limit))?;
            if length == 0 {
                let why = "it ended before its line did".to_string();
                return Err(Trouble::Protocol(why));
            }
            if let Some(line) = self.heard.add(&piece[..length]) {
                return Ok(line);
            }
            if self.heard.is_too_long() {
                return Err(Trouble::Protocol("an endless line".to_string()));
            }
        }
    }

    /// Draws where the time of a try has gone.
    fn log(&self, number: u32) {
        let Options {
            connect,
            read,
            total,
            ..
        } = *self.options;
        let elapsed = self.clock.elapsed();
        log!(
            "try {number}: {} {} {} {} of {} ms",
            bar(self.gauge.connect, connect, 8),
            bar(self.gauge.silence, read, 8),
            bar(elapsed, total, 16),
            elapsed.as_millis(),
            total.time.as_millis()
        );
    }
}
