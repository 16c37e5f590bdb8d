//! A road for UDP: brings each client's datagrams to where the road leads, and the answers back
//! to that client. All of it on one thread, which waits for all sockets at once.

use std::io::{self, ErrorKind, PipeReader};
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::lane::{Lane, Next};
use super::load::Load;
use super::plan::OfDatagrams;
use super::{Journey, Passage, Side, Sight, Way};
use crate::wire::tape::{Excerpt, What};

/// As many clients as are told apart at a time. For one more, the one that has been silent for
/// longest is forgotten: its answers go nowhere then, and it counts as new when it comes again.
const MOST: usize = 256;

/// So many datagrams are read before others have their turn.
const BATCH: usize = 64;

/// More than any datagram holds.
const LARGEST: usize = 65_536;

pub struct Datagrams {
    socket: UdpSocket,
    journey: Journey<OfDatagrams>,
    count: usize,
    clients: Vec<Client>,
}

/// Who sends datagrams from one address.
struct Client {
    number: usize,
    address: SocketAddr,
    /// To the server, for this client alone: by it the answers are told apart.
    socket: UdpSocket,
    lanes: [Lane; 2],
    last_heard: Instant,
}

impl Datagrams {
    pub fn open(from: SocketAddr, journey: Journey<OfDatagrams>) -> io::Result<Self> {
        let socket = UdpSocket::bind(from)?;
        socket.set_nonblocking(true)?;
        Ok(Self {
            socket,
            journey,
            count: 0,
            clients: Vec::new(),
        })
    }

    pub fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Carries until the other end of `stop` is closed.
    pub fn run(mut self, stop: &PipeReader) {
        while let Ok(Going::On) = self.wait(stop) {
            let now = Instant::now();
            self.take_in(now);
            for at in 0..self.clients.len() {
                self.take_answers(at, now);
                for way in [Way::There, Way::Back] {
                    let lane = &mut self.clients[at].lanes[way as usize];
                    let notes = lane.passes_due(now);
                    self.tell(at, way, notes);
                    self.send(at, way, now);
                }
            }
        }
    }

    /// Waits until a socket is ready or something is due.
    fn wait(&self, stop: &PipeReader) -> io::Result<Going> {
        let lanes = self.clients.iter().flat_map(|client| &client.lanes);
        let due = lanes.filter_map(Lane::due).min();
        let timeout = due.map(|due| due.saturating_duration_since(Instant::now()));
        let timeout = timeout.and_then(|time| Timespec::try_from(time).ok());
        let mut asked = vec![
            PollFd::new(stop, PollFlags::IN),
            PollFd::new(&self.socket, PollFlags::IN),
        ];
        let sockets = self.clients.iter().map(|client| &client.socket);
        asked.extend(sockets.map(|socket| PollFd::new(socket, PollFlags::IN)));
        match poll(&mut asked, timeout.as_ref()) {
            Ok(_) if !asked[0].revents().is_empty() => Ok(Going::ToStop),
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(Going::On),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes in what clients send.
    fn take_in(&mut self, now: Instant) {
        let mut datagram = vec![0; LARGEST];
        for _ in 0..BATCH {
            match self.socket.recv_from(&mut datagram) {
                Ok((length, from)) => {
                    let Ok(at) = self.client(from, now) else {
                        continue;
                    };
                    self.clients[at].last_heard = now;
                    self.comes(at, Way::There, datagram[..length].to_vec(), now);
                    self.send(at, Way::There, now);
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                // What an earlier datagram of ours met: that client has gone.
                Err(_) => {}
            }
        }
    }

    /// Which of the clients this is; a new one gets a socket of its own.
    fn client(&mut self, address: SocketAddr, now: Instant) -> io::Result<usize> {
        let known = self.clients.iter().position(|it| it.address == address);
        if let Some(at) = known {
            return Ok(at);
        }
        let socket = UdpSocket::bind(SocketAddr::new(super::any_of(self.journey.to), 0))?;
        socket.set_nonblocking(true)?;
        socket.connect(self.journey.to)?;
        if self.clients.len() == MOST {
            let silent = (0..MOST).min_by_key(|&at| self.clients[at].last_heard);
            self.clients.swap_remove(silent.unwrap_or(0));
        }
        self.count += 1;
        let (number, plan) = (self.count, &self.journey.plan);
        let lanes =
            [Way::There, Way::Back].map(|way| Lane::new(plan.on(way, self.journey.seed, number)));
        self.clients.push(Client {
            number,
            address,
            socket,
            lanes,
            last_heard: now,
        });
        Ok(self.clients.len() - 1)
    }

    /// Takes in what the server answers to a client.
    fn take_answers(&mut self, at: usize, now: Instant) {
        let mut datagram = vec![0; LARGEST];
        for _ in 0..BATCH {
            match self.clients[at].socket.recv(&mut datagram) {
                Ok(length) => self.comes(at, Way::Back, datagram[..length].to_vec(), now),
                Err(error) if error.kind() == ErrorKind::ConnectionRefused => {
                    self.write_down(at, Side::Server, What::Refused);
                }
                Err(_) => return,
            }
        }
    }

    /// A datagram has come on its way.
    fn comes(&mut self, at: usize, way: Way, datagram: Vec<u8>, now: Instant) {
        self.show(at, way.from(), What::Got(Excerpt::of(&datagram)), &datagram);
        let lane = &mut self.clients[at].lanes[way as usize];
        let load = Load::Bytes(datagram);
        let notes = if lane.has_room() {
            lane.takes(load, now)
        } else {
            vec![format!("is full, and drops {load}")]
        };
        self.tell(at, way, notes);
    }

    /// Sends what a lane has ready.
    fn send(&mut self, at: usize, way: Way, now: Instant) {
        loop {
            let client = &mut self.clients[at];
            let lane = &mut client.lanes[way as usize];
            if lane.next(now, Duration::ZERO, || true) != Next::Send {
                return;
            }
            let datagram = lane.front().to_vec();
            lane.sent(datagram.len());
            let sent = match way {
                Way::There => client.socket.send(&datagram),
                Way::Back => self.socket.send_to(&datagram, client.address),
            };
            let what = match sent {
                Ok(_) => What::Sent(Excerpt::of(&datagram)),
                Err(error) if error.kind() == ErrorKind::ConnectionRefused => What::Refused,
                Err(error) => What::Note(format!("a datagram could not be sent: {error}")),
            };
            self.show(at, way.to(), what, &datagram);
        }
    }

    fn tell(&mut self, at: usize, way: Way, notes: Vec<String>) {
        for note in notes {
            self.write_down(at, way.to(), What::Note(note));
        }
    }

    fn write_down(&mut self, at: usize, side: Side, what: What) {
        self.show(at, side, what, &[]);
    }

    fn show(&mut self, at: usize, side: Side, what: What, whole: &[u8]) {
        let passage = Passage {
            connection: self.clients[at].number,
            side,
            what,
        };
        // Datagrams have no connection that the kernel could tell of.
        (self.journey.sink)(&passage, Sight { whole, link: None });
    }
}

enum Going {
    On,
    ToStop,
}
