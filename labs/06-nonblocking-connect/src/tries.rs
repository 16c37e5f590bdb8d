//! All tries of a run, and the one place where the program sleeps: until one of them has news.

use std::io;
use std::time::{Duration, Instant};

use polling::{Event, Poller};
use shared::{Failure, log};
use socket2::Socket;

use crate::attempt::{self, Verdict};
use crate::target::Target;

pub struct Tries<'a> {
    /// The kernel's list of the sockets that we wait for (epoll on Linux, kqueue on macOS).
    poller: Poller,
    /// How long each try may take.
    timeout: Duration,
    /// In the order in which they were begun: the number of a try is its place here.
    all: Vec<Try<'a>>,
}

pub struct Try<'a> {
    pub target: &'a Target,
    /// When the connect began. Before that, it waits for a free descriptor.
    begun: Option<Instant>,
    socket: Option<Socket>,
    pub over: Option<Over>,
}

/// What became of a try.
pub struct Over {
    pub verdict: Verdict,
    took: Duration,
    /// What we know it from, for the log.
    pub why: String,
}

impl<'a> Tries<'a> {
    pub fn new(timeout: Duration) -> Result<Self, Failure> {
        let poller = Poller::new().map_err(|error| Failure::system("poller", error))?;
        Ok(Self {
            poller,
            timeout,
            all: Vec::new(),
        })
    }

    pub fn all(&self) -> &[Try<'a>] {
        &self.all
    }

    /// Begins one more try.
    pub fn begin(&mut self, target: &'a Target) {
        self.all.push(Try {
            target,
            begun: None,
            socket: None,
            over: None,
        });
        if !self.open(self.all.len() - 1) {
            log!("{target}: no descriptor is free; it waits until another try is over");
        }
    }

    /// Whether all that were begun are over.
    pub fn are_over(&self) -> bool {
        self.all.iter().all(|one| one.over.is_some())
    }

    /// The address that is connected; of several, the first.
    pub fn connected(&self) -> Option<&'a Target> {
        let one = self.with(Verdict::Connected).next();
        one.map(|one| one.target)
    }

    /// How many came to this verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.with(verdict).count()
    }

    fn with(&self, verdict: Verdict) -> impl Iterator<Item = &Try<'a>> {
        let came_to = move |over: &Over| over.verdict == verdict;
        let all = self.all.iter();
        all.filter(move |one| one.over.as_ref().is_some_and(came_to))
    }

    /// Sleeps until one of the tries has news, or the time of one is up, or until `alarm`; then
    /// gives each its verdict that has earned one.
    pub fn step(&mut self, alarm: Option<Instant>) -> Result<(), Failure> {
        let alarm = alarm.map(|alarm| alarm.saturating_duration_since(Instant::now()));
        let longest = [alarm, self.patience()].into_iter().flatten().min();
        let ready = match self.wait(longest) {
            Ok(ready) => ready,
            // A signal woke us, as after Ctrl-Z and `fg`. The next round sleeps on.
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Vec::new(),
            Err(error) => return Err(Failure::system("poller", error)),
        };
        // News first: a connection that came in the last moment came in time.
        for number in ready {
            if let Some(socket) = &self.all[number].socket {
                let result = attempt::result_of(socket);
                let why = match &result {
                    Ok(()) => "SYN sent, writable, SO_ERROR 0".to_string(),
                    Err(error) => format!("SYN sent, writable, SO_ERROR: {error}"),
                };
                self.end(number, Verdict::on(&result), why);
            }
        }
        for number in self.overdue() {
            self.end(number, Verdict::TimedOut, "SYN sent, no answer".to_string());
        }
        self.open_those_who_wait();
        Ok(())
    }

    /// Closes what is still under way: nobody waits for it any more.
    pub fn abandon(&mut self) {
        for number in 0..self.all.len() {
            self.close(number);
        }
    }

    /// Opens the socket of a try, and begins to connect. False if no descriptor is free now,
    /// but will be when another try is over.
    fn open(&mut self, number: usize) -> bool {
        let begun = Instant::now();
        let opened = attempt::start(self.all[number].target.address)
            .and_then(|socket| self.watch(&socket, number).map(|()| socket));
        if let Err(error) = &opened
            && attempt::is_out_of_descriptors(error)
            && self.is_any_under_way()
        {
            return false;
        }
        self.all[number].begun = Some(begun);
        match opened {
            Ok(socket) => self.all[number].socket = Some(socket),
            Err(error) => {
                let why = format!("connect failed: {error}");
                self.end(number, Verdict::on(&Err(error)), why);
            }
        }
        true
    }

    fn open_those_who_wait(&mut self) {
        for number in 0..self.all.len() {
            if self.all[number].begun.is_none() && !self.open(number) {
                return;
            }
        }
    }

    /// Asks the poller to say when this socket is writable. A connect is over when its socket
    /// has become that, and not before.
    // exercise 6.2: ask to be told when the socket is writable
    fn watch(&self, socket: &Socket, number: usize) -> io::Result<()> {
        // The number comes back with the event. It comes once (polling is "oneshot").
        self.poller.add(socket, Event::writable(number))
    }

    /// Sleeps until sockets have become writable, and returns the numbers of their tries; none
    /// if `longest` is over before that.
    // exercise 6.2: sleep until the poller has news, and no longer than that
    fn wait(&self, longest: Option<Duration>) -> io::Result<Vec<usize>> {
        let mut events = Vec::new();
        self.poller.wait(&mut events, longest)?;
        Ok(events.into_iter().map(|event| event.key).collect())
    }

    /// How long until the time of the next try is up; `None` if none is under way.
    // exercise 6.4: tell how long it is until the first deadline
    fn patience(&self) -> Option<Duration> {
        self.under_way()
            .map(|(_, begun)| self.timeout.saturating_sub(begun.elapsed()))
            .min()
    }

    /// The tries that have had all their time.
    // exercise 6.4: tell whose time is up
    fn overdue(&self) -> Vec<usize> {
        self.under_way()
            .filter(|(_, begun)| begun.elapsed() >= self.timeout)
            .map(|(number, _)| number)
            .collect()
    }

    /// The tries that have no verdict yet, and when they began.
    fn under_way(&self) -> impl Iterator<Item = (usize, Instant)> {
        let begun = |one: &Try| one.begun.filter(|_| one.over.is_none());
        let all = self.all.iter().enumerate();
        all.filter_map(move |(number, one)| Some((number, begun(one)?)))
    }

    fn is_any_under_way(&self) -> bool {
        self.under_way().next().is_some()
    }

    /// Gives a try its verdict.
    fn end(&mut self, number: usize, verdict: Verdict, why: String) {
        let took = self.all[number].took();
        self.all[number].over = Some(Over { verdict, took, why });
        self.close(number);
    }

    /// Closes the socket of a try: its descriptor is free for another, and the peer sees the end.
    // exercise 6.7: close the socket as soon as nobody needs it
    fn close(&mut self, number: usize) {
        if let Some(socket) = self.all[number].socket.take() {
            // The poller first: it must not be left with the number of a closed descriptor,
            // which the next socket may get. Dropping the socket then closes it.
            let _ = self.poller.delete(&socket);
        }
    }
}

impl Try<'_> {
    pub fn begun(&self) -> Option<Instant> {
        self.begun
    }

    /// How long it took, or has taken so far.
    pub fn took(&self) -> Duration {
        match (&self.over, self.begun) {
            (Some(over), _) => over.took,
            (None, Some(begun)) => begun.elapsed(),
            (None, None) => Duration::ZERO,
        }
    }
}
