//! The conversation itself: the server, the road before it, the clients, and their end. Whatever
//! happens, nothing of it is left.

use std::ffi::OsString;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use anyhow::Context;
use tempfile::TempDir;

use super::cast::{Cast, Host, Script};
use super::extras::Extra;
use super::recorder::{Recorder, SETTLING};
use super::recording::Recording;
use super::script;
use crate::checks::Subject;
use crate::finding::{Kind, Step, fail};
use crate::program::{Running, Spec, Stdin, StopSignal};
use crate::wire::proxy::{Carries, Passage, Road, Sight, Sink};
use crate::wire::{Faults, Mishaps, Patience, Tape};

/// How long a program may take until it is ready, and how long to make certificates.
const READY: Duration = Duration::from_secs(5);

/// What was seen on the tape is known to the program's keeper within this.
const BLINK: Duration = Duration::from_millis(300);

/// How long the next client waits for this one to be connected. It may never be.
const COMING: Duration = Duration::from_secs(3);

/// How long a server may take to stop; the contract gives it 2 s.
const STOPPING: Duration = Duration::from_secs(3);

/// What is to happen.
pub struct Play<'a> {
    pub cast: &'a Cast,
    pub subject: &'a Subject,
    pub recorder: &'a Recorder,
    /// More words for the server.
    pub server: &'a [OsString],
    /// What each client finds on its standard input.
    pub input: Option<Vec<u8>>,
    pub faults: Faults,
    pub mishaps: Mishaps,
    pub seed: u64,
    /// What is still on its way may take so long.
    pub delay: Duration,
    pub limit: Duration,
}

/// Those who are there. They leave in this order.
pub struct Stage {
    pub clients: Vec<Running>,
    pub server: Option<Running>,
    /// When all of them leave, however far they have come.
    pub deadline: Instant,
    _road: Road,
    _extra: Option<Extra>,
    papers: Option<TempDir>,
}

impl Play<'_> {
    /// Plays it from the beginning to the end, or until it is stopped. True: it came to its end.
    pub fn run(&self) -> Step<bool> {
        let deadline = Instant::now() + self.limit;
        let papers = self.papers()?;
        let (server, extra, to) = self.host(papers.as_ref())?;
        let road = self.road(to)?;
        let to = road.address();
        let mut stage = Stage {
            clients: Vec::new(),
            server,
            deadline,
            _road: road,
            _extra: extra,
            papers,
        };
        match self.cast.script {
            Script::Room => script::room(self, &mut stage, to)?,
            Script::Duo => script::duo(self, &mut stage, to)?,
            Script::None => self.all_come(&mut stage, to)?,
        }
        let recorder = self.recorder;
        let is_over = recorder.until(deadline, Recording::all_clients_are_over);
        stage.clients.clear();
        self.settle();
        if let Some(server) = &mut stage.server
            && server.exit().is_none()
        {
            server.signal(StopSignal::Terminate)?;
            let place = self.cast.clients.len();
            recorder.until(Instant::now() + STOPPING, |recording| {
                recording.is_over(place)
            });
            self.settle();
        }
        Ok(is_over)
    }

    /// Waits for what is still on its way.
    fn settle(&self) {
        if self.cast.carries == Carries::Streams {
            let deadline = Instant::now() + SETTLING + self.delay * 2;
            self.recorder.until(deadline, Recording::is_quiet);
        }
    }

    /// All clients, one after the other, so that it is known whose connection is whose.
    fn all_come(&self, stage: &mut Stage, to: SocketAddr) -> Step {
        let stdin = match self.input {
            Some(_) => Stdin::Piped,
            None => Stdin::Empty,
        };
        for client in 0..self.cast.clients.len() {
            self.comes(client, stage, to, stdin)?;
            if let Some(input) = &self.input {
                stage.clients[client].feed(input.clone());
            }
            let patience = stage.deadline.min(Instant::now() + COMING);
            self.recorder
                .until(patience, |recording| recording.has_come(client));
            if self.recorder.was_stopped() || Instant::now() >= stage.deadline {
                break;
            }
        }
        Ok(())
    }

    /// Starts the next client.
    pub fn comes(&self, client: usize, stage: &mut Stage, to: SocketAddr, stdin: Stdin) -> Step {
        self.recorder.begins(client);
        let mut words = self.cast.clients[client].words(to);
        if let Some(papers) = stage.papers.as_ref().filter(|_| self.cast.is_secret()) {
            let place = words.len().min(3);
            let ca = papers.path().join("papers/ca.pem").into_os_string();
            words.splice(place..place, ["--ca".into(), ca]);
        }
        let spec = self.spec(words, stdin);
        stage
            .clients
            .push(Running::start(spec, &self.recorder.tape_of(client))?);
        Ok(())
    }

    fn spec(&self, args: Vec<OsString>, stdin: Stdin) -> Spec {
        Spec {
            link: self.subject.link.clone(),
            folder: self.subject.folder,
            args,
            stdin,
            ..Spec::new(self.subject.words.clone())
        }
    }

    /// Whom the clients talk to, and where.
    fn host(&self, papers: Option<&TempDir>) -> Step<(Option<Running>, Option<Extra>, SocketAddr)> {
        let ours = |extra: std::io::Result<Extra>| {
            let extra = extra.context("the grader could not listen for the client")?;
            let address = extra.address;
            Ok((None, Some(extra), address))
        };
        let role = match self.cast.host {
            Host::NameServer => return ours(Extra::name_server()),
            Host::Listener => return ours(Extra::listener()),
            Host::Program(role) => role,
            Host::Secure => "server",
        };
        let mut words: Vec<OsString> = [role, "--listen", "127.0.0.1:0"].map(Into::into).into();
        if let Some(papers) = papers {
            for (option, file) in [("--cert", "cert.pem"), ("--key", "key.pem")] {
                words.push(option.into());
                words.push(papers.path().join("papers").join(file).into());
            }
        }
        words.extend(self.server.iter().cloned());
        let stdin = match self.cast.script {
            Script::Duo => Stdin::Piped,
            _ => Stdin::Empty,
        };
        let place = self.cast.clients.len();
        let mut server = Running::start(self.spec(words, stdin), &self.recorder.tape_of(place))?;
        // Waited for here, where Ctrl-C is heard; what came of it, it says itself.
        self.recorder.until(Instant::now() + READY, |recording| {
            recording.heard(place, "\n") || recording.is_over(place)
        });
        let address = server.ready(BLINK)?;
        Ok((Some(server), None, address))
    }

    fn road(&self, to: SocketAddr) -> Step<Road> {
        let from = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let recorder = self.recorder.clone();
        let sink: Sink = Box::new(move |passage: &Passage, sight: Sight<'_>| {
            recorder.passes(passage, sight);
        });
        let patience = Patience::default();
        let road = match self.cast.carries {
            Carries::Streams => {
                Road::open(from, to, self.faults.clone(), self.seed, patience, sink)
            }
            Carries::Datagrams => {
                Road::open(from, to, self.mishaps.clone(), self.seed, patience, sink)
            }
        };
        Ok(road.context("the grader could not open a road")?)
    }

    /// Certificates for 127.0.0.1, where they are needed: made by the program itself.
    fn papers(&self) -> Step<Option<TempDir>> {
        if !self.cast.is_secret() {
            return Ok(None);
        }
        // A later run sweeps away what one that was killed has left.
        let prefix = format!("socket-workbook-run-{}-pem-", std::process::id());
        let folder =
            TempDir::with_prefix(prefix).context("cannot make a folder for certificates")?;
        let mut words: Vec<OsString> = ["gencert", "--san", "localhost", "127.0.0.1", "--out"]
            .map(Into::into)
            .into();
        words.push(folder.path().join("papers").into());
        // It is not part of the conversation, and on a tape of its own.
        let mut gencert = Running::start(self.spec(words, Stdin::Empty), &Tape::new())?;
        let exit = gencert.wait(READY);
        if exit == Some(crate::program::Exit::Code(0)) {
            return Ok(Some(folder));
        }
        let seen = gencert.quote();
        fail(
            Kind::Exit,
            "`gencert` to make the certificates for this conversation",
            seen,
        )
    }
}
