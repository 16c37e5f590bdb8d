//! A road for TCP: takes in each client, connects it to where the road leads, and carries what
//! they say to each other. All of it on one thread, which waits for all sockets at once.

use std::io::{self, ErrorKind, PipeReader};
use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use socket2::{Domain, Socket, Type};

use super::connection::{Connection, End};
use super::lane::Lane;
use super::plan::OfStreams;
use super::{Journey, Link, Passage, Side, Sight, Way};
use crate::wire::ports;
use crate::wire::tape::What;

/// As many connections as there are at a time. The next ones wait in the kernel's queue.
const MOST: usize = 400;

/// How long a server may take to answer a connect.
const CONNECTING: Duration = Duration::from_secs(10);

/// How long no client is taken in when there was no descriptor for the last one.
const REST: Duration = Duration::from_millis(50);

pub struct Streams {
    listener: TcpListener,
    journey: Journey<OfStreams>,
    count: usize,
    coming: Vec<Coming>,
    connections: Vec<Connection>,
    rests_until: Option<Instant>,
}

/// A client whose connection to the server has begun.
struct Coming {
    number: usize,
    client: End,
    server: Socket,
    until: Instant,
}

/// What a polled descriptor belongs to.
enum Of {
    Stop,
    Listener,
    Coming(usize),
    End(usize, usize),
}

impl Streams {
    pub fn open(from: SocketAddr, journey: Journey<OfStreams>) -> io::Result<Self> {
        let listener = ports::listen_on(from, TcpListener::bind)?;
        listener.set_nonblocking(true)?;
        Ok(Self {
            listener,
            journey,
            count: 0,
            coming: Vec::new(),
            connections: Vec::new(),
            rests_until: None,
        })
    }

    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Carries until the other end of `stop` is closed.
    pub fn run(mut self, stop: &PipeReader) {
        loop {
            let Ok(ready) = self.wait(stop) else { return };
            let now = Instant::now();
            let mut touched = vec![false; self.connections.len()];
            let mut connected = Vec::new();
            for (of, flags) in ready {
                match of {
                    Of::Stop => return,
                    Of::Listener => self.take_in(now),
                    Of::Coming(at) => connected.push(at),
                    Of::End(at, end) => {
                        touched[at] = true;
                        if flags.intersects(PollFlags::HUP | PollFlags::ERR)
                            && !flags.intersects(PollFlags::IN | PollFlags::OUT)
                        {
                            self.connections[at].hangs_up(end, now, &mut self.journey.sink);
                        }
                    }
                }
            }
            for (connection, touched) in self.connections.iter_mut().zip(touched) {
                if touched || connection.due().is_some_and(|due| due <= now) {
                    connection.goes_on(now, &mut self.journey.sink);
                }
            }
            self.connections.retain(|connection| !connection.is_over());
            self.complete(&connected, now);
        }
    }

    /// Waits until a socket is ready or something is due, and returns what is ready.
    fn wait(&mut self, stop: &PipeReader) -> io::Result<Vec<(Of, PollFlags)>> {
        let now = Instant::now();
        let mut owners = vec![Of::Stop];
        let mut asked = vec![PollFd::new(stop, PollFlags::IN)];
        let rests = self.rests_until.is_some_and(|until| until > now);
        if self.connections.len() + self.coming.len() < MOST && !rests {
            owners.push(Of::Listener);
            asked.push(PollFd::new(&self.listener, PollFlags::IN));
        }
        for (at, coming) in self.coming.iter().enumerate() {
            owners.push(Of::Coming(at));
            asked.push(PollFd::new(&coming.server, PollFlags::OUT));
        }
        for (at, connection) in self.connections.iter().enumerate() {
            for (end, socket, flags) in connection.polls() {
                owners.push(Of::End(at, end));
                asked.push(PollFd::from_borrowed_fd(socket, flags));
            }
        }
        let timeout = self.due(now).map(|due| due.saturating_duration_since(now));
        let timeout = timeout.and_then(|time| Timespec::try_from(time).ok());
        match poll(&mut asked, timeout.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let flags: Vec<_> = asked.iter().map(PollFd::revents).collect();
        let ready = owners.into_iter().zip(flags);
        Ok(ready.filter(|(_, flags)| !flags.is_empty()).collect())
    }

    fn due(&self, now: Instant) -> Option<Instant> {
        let connections = self.connections.iter().filter_map(Connection::due);
        let coming = self.coming.iter().map(|coming| coming.until);
        let rest = self.rests_until.filter(|until| *until > now);
        connections.chain(coming).chain(rest).min()
    }

    /// Takes in the next client, and begins to connect to the server for it.
    fn take_in(&mut self, now: Instant) {
        let client = match self.listener.accept().map(|(client, _)| End::new(client)) {
            Ok(Ok(client)) => client,
            // It has left again already.
            Ok(Err(_)) => return,
            Err(error) if is_nothing_to_rest_for(&error) => return,
            Err(_) => return self.rests_until = Some(now + REST),
        };
        self.count += 1;
        self.write_down(
            self.count,
            Side::Client,
            What::Connected,
            Some(client.link()),
        );
        match begin_to_connect(self.journey.to) {
            Ok(server) => self.coming.push(Coming {
                number: self.count,
                client,
                server,
                until: now + CONNECTING,
            }),
            Err(_) => self.refuse(self.count, &client),
        }
    }

    /// Looks at the connections to the server that have come to be, or failed.
    fn complete(&mut self, ready: &[usize], now: Instant) {
        for (at, coming) in std::mem::take(&mut self.coming).into_iter().enumerate() {
            let error = coming.server.take_error();
            match error {
                Ok(None) if ready.contains(&at) => self.begin(coming),
                Ok(None) if coming.until > now => self.coming.push(coming),
                _ => self.refuse(coming.number, &coming.client),
            }
        }
    }

    fn begin(&mut self, coming: Coming) {
        let number = coming.number;
        let Ok(server) = End::new(coming.server.into()) else {
            return self.refuse(number, &coming.client);
        };
        self.write_down(number, Side::Server, What::Connected, Some(server.link()));
        let (plan, seed) = (&self.journey.plan, self.journey.seed);
        let lanes = [Way::There, Way::Back].map(|way| Lane::new(plan.on(way, seed, number)));
        let ends = [coming.client, server];
        self.connections
            .push(Connection::new(number, ends, lanes, self.journey.patience));
    }

    /// The server is not to be had. The client was taken in before this was known: a reset is
    /// the nearest thing to a refusal.
    fn refuse(&mut self, number: usize, client: &End) {
        self.write_down(number, Side::Server, What::Refused, None);
        if client.will_reset() {
            self.write_down(number, Side::Client, What::SentReset, None);
        }
    }

    fn write_down(&mut self, connection: usize, side: Side, what: What, link: Option<Link>) {
        let passage = Passage {
            connection,
            side,
            what,
        };
        (self.journey.sink)(&passage, Sight { whole: &[], link });
    }
}

/// Nobody is there, or somebody has left again. All else is a want of descriptors or memory.
fn is_nothing_to_rest_for(error: &io::Error) -> bool {
    use ErrorKind::{ConnectionAborted, Interrupted, WouldBlock};
    matches!(error.kind(), ConnectionAborted | Interrupted | WouldBlock)
}

fn begin_to_connect(to: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(to), Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    match socket.connect(&to.into()) {
        Err(error)
            if error.raw_os_error() != Some(rustix::io::Errno::INPROGRESS.raw_os_error())
                && error.kind() != ErrorKind::WouldBlock =>
        {
            Err(error)
        }
        _ => Ok(socket),
    }
}
