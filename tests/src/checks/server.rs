//! The server under test, in a story.

use std::net::SocketAddr;

use super::Process;
use crate::finding::{Finding, Kind, Step, Stop, fail};
use crate::program::StopSignal;
use crate::wire::peer::Options;
use crate::wire::{Patience, Peer, Tape, wait};
use crate::words::{is_coloured, quoted};

/// The server under test.
#[derive(Clone)]
pub struct Server {
    address: SocketAddr,
    process: Option<Process>,
    tape: Tape,
    patience: Patience,
}

impl Server {
    /// Waits for the ready line.
    pub fn ready(process: Process, tape: &Tape, patience: Patience) -> Step<Self> {
        let address = process.running().ready(patience.start())?;
        Ok(Self {
            address,
            process: Some(process),
            tape: tape.clone(),
            patience,
        })
    }

    /// Its ready line has the address that it was told, with the real port for port 0.
    pub fn listens_as_told(&self, listen: &str) -> Step {
        let Ok(told) = listen.parse::<SocketAddr>() else {
            return Ok(());
        };
        let same_port = told.port() == 0 || told.port() == self.address.port();
        if same_port && told.ip() == self.address.ip().to_canonical() {
            return Ok(());
        }
        let port = match told.port() {
            0 => "PORT".to_string(),
            port => port.to_string(),
        };
        let told = SocketAddr::new(told.ip(), 1).to_string();
        let expected = format!(
            "`listening on {}{port}`, as it was told",
            &told[..told.len() - 1]
        );
        let seen = format!("`listening on {}`", self.address);
        Err(Finding::new(Kind::Output, expected, seen)
            .means("Ask the bound socket for its address, and print that.")
            .into())
    }

    /// It takes clients at the address that it says, and at no other one of this machine.
    pub fn listens_nowhere_else(&self) -> Step {
        let Some(process) = &self.process else {
            return Ok(());
        };
        let port = self.address.port();
        let places = process.running().listens_on();
        let wide = places
            .iter()
            .find(|place| place.port() == port && place.ip().is_unspecified());
        match wide {
            None => Ok(()),
            Some(place) => Err(Finding::new(
                Kind::Unexpected,
                format!("the server to listen on {} alone", self.address),
                format!("it listens on {place}, where the whole network can reach it"),
            )
            .means("Bind to the address of `--listen`, not to all addresses of the machine.")
            .into()),
        }
    }

    /// A server that somebody else has started.
    pub fn running_at(address: SocketAddr, tape: &Tape, patience: Patience) -> Self {
        Self {
            address,
            process: None,
            tape: tape.clone(),
            patience,
        }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The same for people who do not wait long.
    #[must_use]
    pub fn to_the_impatient(&self) -> Self {
        Self {
            patience: self.patience.shorter(),
            ..self.clone()
        }
    }

    pub fn connect(&self, name: &'static str) -> Step<Peer> {
        self.connect_with(name, Options::default())
    }

    pub fn connect_with(&self, name: &'static str, options: Options) -> Step<Peer> {
        Peer::connect(name, self.address, options, &self.tape, self.patience)
            .map_err(|stop| self.knows_why(stop))
    }

    /// A server of ours that refuses was seen to listen before: it has ended meanwhile, or closed
    /// its listener. The check's own words say what that means.
    fn knows_why(&self, stop: Stop) -> Stop {
        match (&self.process, stop) {
            (Some(process), Stop::Fail(mut finding)) if finding.kind == Kind::Refused => {
                finding.means.clear();
                // The listener closes within an exit, a moment before that can be quoted.
                wait::until(self.patience.glance(), || process.end().is_some());
                Stop::Fail(finding)
            }
            (_, stop) => stop,
        }
    }

    /// The server as a process, if it is ours: else the story cannot be told.
    pub fn process(&self) -> Step<&Process> {
        self.process.as_ref().ok_or_else(|| {
            Stop::Skip(format!(
                "the server at {} is all that was given, and its process cannot be looked at",
                self.address
            ))
        })
    }

    /// Asks it to end with SIGTERM, and sees that it does.
    pub fn stops(&self) -> Step {
        self.process()?.stops_on(StopSignal::Terminate)
    }

    /// Sees nothing on its standard output but the ready line, and no colours in its log.
    pub fn prints_nothing_more(&self) -> Step {
        let running = self.process()?.running();
        let expected = format!("listening on {}\n", self.address);
        let stdout = running.stdout();
        if stdout != expected.as_bytes() {
            let expected = format!("{} on standard output", quoted(expected.as_bytes()));
            return fail(Kind::Output, expected, quoted(&stdout));
        }
        if is_coloured(&running.stderr()) {
            let expected = "plain text on a standard error that is no terminal";
            return fail(Kind::Output, expected, "colour codes in it");
        }
        Ok(())
    }

    /// How many descriptors it has open, if that can be told.
    pub fn descriptors(&self) -> Option<usize> {
        self.process.as_ref()?.running().descriptors()
    }

    /// Waits until it has no more descriptors open than `before`: then it has done what it does
    /// about those who left. It may keep one for itself: that is for others to judge.
    pub fn may_see_them_off(&self, before: Option<usize>) {
        let are_gone = || self.descriptors() <= before;
        wait::until(self.patience.silence(), are_gone);
        // A panic in its log is on its way to us then, and takes a moment.
        let Some(process) = &self.process else { return };
        wait::until(self.patience.glance(), || {
            process.has_not_panicked().is_err()
        });
    }

    /// Sees that it still runs.
    pub fn still_runs(&self) -> Step {
        match self.process.as_ref().and_then(Process::end) {
            None => Ok(()),
            Some(end) => fail(Kind::Exit, "the server to go on", end),
        }
    }
}
