//! What a story has at hand: the program under test, people to talk to it, and chance.

use std::ffi::{OsStr, OsString};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{Client, Done, Process, Server, Subject};
use crate::finding::{Kind, Step, Stop, fail};
use crate::program::{Running, Spec, Stdin};
use crate::wire::{Correspondent, FullHouse, Host, Patience, Tape, ports};

pub struct Lab {
    subject: Arc<Subject>,
    tape: Tape,
    patience: Patience,
    random: fastrand::Rng,
    letters: Vec<String>,
    processes: Arc<Mutex<Vec<Process>>>,
    ports: Vec<ports::Held>,
}

impl Lab {
    /// Everything for one story. `seed` and the check's id decide all that is random in it.
    pub fn new(subject: Arc<Subject>, seed: u64, check: &str, patience: Patience) -> Self {
        let mut hasher = DefaultHasher::new();
        (seed, check).hash(&mut hasher);
        let processes = Arc::new(Mutex::new(Vec::new()));
        let tape = Tape::new();
        if subject.asks_the_kernel {
            tape.ask_the_kernel();
        }
        // Not a second owner: the programs end with the story, not with its tape.
        let seen = Arc::downgrade(&processes);
        tape.set_witness(Box::new(move || {
            let processes = seen.upgrade();
            processes
                .map(|processes| quotes(&processes_in(&processes)))
                .unwrap_or_default()
        }));
        Self {
            subject,
            tape,
            patience: patience.for_a_story(),
            random: fastrand::Rng::with_seed(hasher.finish()),
            letters: Vec::new(),
            processes,
            ports: Vec::new(),
        }
    }

    /// For stories that are told for hours: the single waits keep their deadlines.
    #[must_use]
    pub fn without_end(mut self) -> Self {
        self.patience = self.patience.without_end();
        self
    }

    /// The story has this long to wait, besides what all stories have.
    pub fn takes(&mut self, more: Duration) {
        self.patience = self.patience.and_also(more);
    }

    /// Ends all programs of the story so far.
    pub fn forget_processes(&mut self) {
        processes_in(&self.processes).clear();
    }

    pub fn tape(&self) -> &Tape {
        &self.tape
    }

    pub fn patience(&self) -> Patience {
        self.patience
    }

    /// The server under test, on a free port, ready.
    pub fn server(&mut self) -> Step<Server> {
        if let Some(address) = self.subject.at {
            return Ok(Server::running_at(address, &self.tape, self.patience));
        }
        self.server_at("127.0.0.1:0", &[])
    }

    /// The server under test with options of its own.
    pub fn server_with(&mut self, options: &[&str]) -> Step<Server> {
        self.server_at("127.0.0.1:0", options)
    }

    /// The server under test, listening where the story says, ready.
    pub fn server_at(&mut self, listen: &str, options: &[&str]) -> Step<Server> {
        if let Some(finding) = self.subject.never_ready.get() {
            return Err(finding.clone().into());
        }
        let process = self.server_process(listen, options)?;
        let server = Server::ready(process, &self.tape, self.patience)?;
        server.listens_as_told(listen)?;
        Ok(server)
    }

    /// The server under test with no option at all, which listens on this port then.
    pub fn server_by_default(&mut self, port: u16) -> Step<Server> {
        self.server_by_default_with(port, &[])
    }

    /// The same with options that say nothing of where it listens.
    pub fn server_by_default_with(&mut self, port: u16, options: &[&str]) -> Step<Server> {
        self.holds(port);
        let default = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        if TcpListener::bind(default).is_err() {
            return Err(Stop::Skip(format!("port {port} is in use on this machine")));
        }
        let words = [&["server"], options].concat();
        let process = self.start(self.spec(words, Stdin::Empty))?;
        let server = Server::ready(process, &self.tape, self.patience)?;
        if server.address() == default {
            return Ok(server);
        }
        fail(
            Kind::Output,
            format!("`listening on {default}`"),
            server.address().to_string(),
        )
    }

    /// The server under test as a process whose ready line nobody has waited for.
    pub fn server_process(&mut self, listen: &str, options: &[&str]) -> Step<Process> {
        let mut words = vec!["server", "--listen", listen];
        words.extend(options);
        self.start(self.spec(words, Stdin::Empty))
    }

    /// Runs the program to its end.
    pub fn run<W: AsRef<OsStr>>(&mut self, words: impl IntoIterator<Item = W>) -> Step<Done> {
        self.start(self.spec(words, Stdin::Empty))?.done()
    }

    /// Starts the program: ROLE and all that follows. For a story that needs it as it runs.
    pub fn starts<W: AsRef<OsStr>>(
        &mut self,
        words: impl IntoIterator<Item = W>,
        stdin: Stdin,
    ) -> Step<Process> {
        self.start(self.spec(words, stdin))
    }

    /// The client under test, told to connect to a host of ours. Its standard input is empty.
    pub fn client_to<W: AsRef<OsStr>>(
        &mut self,
        host: &Host,
        words: impl IntoIterator<Item = W>,
    ) -> Step<Client> {
        self.client_at(host.address(), words, Stdin::Empty)
    }

    /// The client under test, told to connect to an address.
    pub fn client_at<W: AsRef<OsStr>>(
        &mut self,
        address: SocketAddr,
        words: impl IntoIterator<Item = W>,
        stdin: Stdin,
    ) -> Step<Client> {
        self.starts_client(self.client_spec(address, words, stdin))
    }

    /// How the client under test will run, for a story that changes something about it.
    pub fn client_spec<W: AsRef<OsStr>>(
        &self,
        address: SocketAddr,
        words: impl IntoIterator<Item = W>,
        stdin: Stdin,
    ) -> Spec {
        let mut all: Vec<OsString> = vec![
            "client".into(),
            "--connect".into(),
            address.to_string().into(),
        ];
        all.extend(words.into_iter().map(|word| word.as_ref().to_owned()));
        self.spec(all, stdin)
    }

    /// Starts a client as the spec says.
    pub fn starts_client(&mut self, spec: Spec) -> Step<Client> {
        Ok(Client(self.start(spec)?))
    }

    /// The client under test with no `--connect`, which goes to its lab's own port then.
    pub fn client_by_default<W: AsRef<OsStr>>(
        &mut self,
        words: impl IntoIterator<Item = W>,
    ) -> Step<Client> {
        let mut all: Vec<OsString> = vec!["client".into()];
        all.extend(words.into_iter().map(|word| word.as_ref().to_owned()));
        Ok(Client(self.start(self.spec(all, Stdin::Empty))?))
    }

    /// Where and how the program will run, for a story that changes something about it.
    pub fn spec<W: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = W>, stdin: Stdin) -> Spec {
        Spec {
            link: self.subject.link.clone(),
            args: words
                .into_iter()
                .map(|word| word.as_ref().to_owned())
                .collect(),
            folder: self.subject.folder,
            stdin,
            ..Spec::new(self.subject.words.clone())
        }
    }

    /// Starts what the spec says.
    pub fn start(&mut self, spec: Spec) -> Step<Process> {
        if let Some(address) = self.subject.at {
            return Err(Stop::Skip(format!(
                "the server at {address} is all that was given, and nothing can be started"
            )));
        }
        let running = Running::start(spec, &self.tape)?;
        let process = Process::new(running, &self.tape, self.patience);
        processes_in(&self.processes).push(process.clone());
        Ok(process)
    }

    /// All programs that the story has started, in order.
    pub fn processes(&self) -> Vec<Process> {
        processes_in(&self.processes).clone()
    }

    /// None of the programs has shown a panic or a backtrace, also not while it went on.
    pub fn saw_no_panic(&self) -> Step {
        self.processes()
            .iter()
            .try_for_each(Process::has_not_panicked)
    }

    /// What can be said of the programs: from when something failed, else now. The last one
    /// comes first.
    pub fn quotes(&self) -> Vec<String> {
        self.tape
            .testimony()
            .unwrap_or_else(|| quotes(&self.processes()))
    }

    /// A listener of ours, for a client under test.
    pub fn host(&self, name: &'static str) -> Step<Host> {
        Host::open(name, &self.tape, self.patience)
    }

    /// A host on a port that the system gives to nobody else when it has gone.
    pub fn host_that_goes(&self, name: &'static str) -> Step<Host> {
        let open = || self.host_at(name, self.quiet_address()?);
        // Another grader may be quicker, but hardly twice.
        open().or_else(|_| open())
    }

    /// A host on this very address.
    pub fn host_at(&self, name: &'static str, at: SocketAddr) -> Step<Host> {
        Host::open_at(name, at, &self.tape, self.patience)
    }

    /// A house where nobody is let in.
    pub fn full_house(&self, name: &'static str) -> Step<FullHouse> {
        FullHouse::open(name, &self.tape)
    }

    /// A listener of ours where a client goes that was told nothing.
    pub fn host_by_default(&mut self, name: &'static str, port: u16) -> Step<Host> {
        self.holds(port);
        let default = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        Host::open_at(name, default, &self.tape, self.patience)
            .map_err(|_| Stop::Skip(format!("port {port} is in use on this machine")))
    }

    /// Has a default port for itself until the story is over. It begins when it has.
    fn holds(&mut self, port: u16) {
        self.ports.push(ports::hold(port));
        self.patience = self.patience.from_now();
    }

    /// An address of this machine where nobody listens, on a port that the system gives to
    /// nobody of itself: it stays free until the story uses it.
    pub fn quiet_address(&self) -> Step<SocketAddr> {
        let why = || Stop::Skip("no free port was found on this machine".into());
        ports::quiet_address().ok_or_else(why)
    }

    /// A UDP socket of ours on 127.0.0.1.
    pub fn correspondent(&self, name: &'static str) -> Step<Correspondent> {
        Correspondent::open(name, &self.tape, self.patience)
    }

    /// A UDP socket of ours on this very address.
    pub fn correspondent_at(&self, name: &'static str, at: SocketAddr) -> Step<Correspondent> {
        Correspondent::open_on(name, at, &self.tape, self.patience)
    }

    /// A UDP socket of ours on a port that the system gives to nobody else when it is closed:
    /// what is still sent there is lost.
    pub fn correspondent_who_leaves(&self, name: &'static str) -> Step<Correspondent> {
        let open = || self.correspondent_at(name, self.quiet_address()?);
        // Another grader may be quicker, but hardly twice.
        open().or_else(|_| open())
    }

    /// A number from the range, as chance has it.
    pub fn number(&mut self, range: std::ops::RangeInclusive<u64>) -> u64 {
        self.random.u64(range)
    }

    /// Random bytes, all 256 values of them.
    pub fn noise(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.random.fill(&mut bytes);
        bytes
    }

    /// A random word of 4 to 10 small letters.
    pub fn word(&mut self) -> String {
        let length = self.random.usize(4..=10);
        self.letters(length)
    }

    /// Random small letters. Neither do they hold any that the story was given before, nor the
    /// other way round, where chance can have it so: nobody is taken for somebody else.
    pub fn letters(&mut self, length: usize) -> String {
        let mut letters = String::new();
        for _ in 0..100 {
            letters = (0..length).map(|_| self.random.lowercase()).collect();
            let is_part = |old: &String| old.contains(&letters) || letters.contains(old);
            if !self.letters.iter().any(is_part) {
                break;
            }
        }
        self.letters.push(letters.clone());
        letters
    }
}

fn processes_in(processes: &Mutex<Vec<Process>>) -> MutexGuard<'_, Vec<Process>> {
    processes.lock().unwrap_or_else(PoisonError::into_inner)
}

fn quotes(processes: &[Process]) -> Vec<String> {
    processes.iter().rev().filter_map(Process::quote).collect()
}
