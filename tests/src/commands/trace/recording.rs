//! What is taken down: each step with the two ends of its connection as the kernel has them, shown
//! as it comes, and kept for a picture.

use std::collections::{BTreeMap, VecDeque};
use std::time::Instant;

use super::lanes::Lanes;
use super::payloads::Payloads;
use crate::commands::out::say;
use crate::report::scene::{End, Gap, Place, Saying, Step, Stream, Tone, name, step};
use crate::wire::kernel::{self, Answer};
use crate::wire::proxy::{Link, Passage, Side, Sight};
use crate::wire::tape::What;

/// The most steps that are kept: the first ones, and the last ones.
const FIRST: usize = 8_000;
const LAST: usize = 2_000;

/// As much of what a client prints as a script looks at.
const MOST_HEARD: usize = 64 << 10;

/// So many connections are asked for when a program does something beside them.
const MOST_ASKED: usize = 8;

/// A log that goes on for so long without a line end is shown as it comes.
const LONG_LINE: usize = 200;

pub struct Recording {
    start: Instant,
    lanes: Lanes,
    /// Number of the client that was started last: what comes to be now is its connection.
    pub newest: usize,
    connections: BTreeMap<usize, Connection>,
    payloads: Payloads,
    people: Vec<Person>,
    /// A line of somebody's log whose end has not come.
    begun: Option<(Step, usize)>,
    steps: Vec<Step>,
    last: VecDeque<Step>,
    left_out: usize,
    /// Ctrl-C, or nobody reads what is shown.
    pub stopped: bool,
    headed: bool,
}

/// A client, or (the last one) the server.
#[derive(Default)]
struct Person {
    /// What it has printed.
    heard: Vec<u8>,
    ended: Option<String>,
}

#[derive(Default)]
struct Connection {
    client: usize,
    links: [Option<Link>; 2],
    ended: [bool; 2],
}

/// What was recorded, when all is over.
pub struct Recorded {
    pub lanes: Vec<String>,
    pub steps: Vec<Step>,
    pub gap: Option<Gap>,
    /// How each program has ended, by name.
    pub ends: Vec<(String, String)>,
}

impl Recording {
    pub fn new(lanes: Lanes, is_secret: bool) -> Self {
        let people = (0..=lanes.clients()).map(|_| Person::default()).collect();
        Self {
            start: Instant::now(),
            lanes,
            newest: 0,
            connections: BTreeMap::new(),
            payloads: Payloads::new(is_secret),
            people,
            begun: None,
            steps: Vec::new(),
            last: VecDeque::new(),
            left_out: 0,
            stopped: false,
            headed: false,
        }
    }

    /// Hands over what was recorded; what comes after that is lost.
    pub fn take(&mut self) -> Recorded {
        if let Some((begun, who)) = self.begun.take() {
            self.keep_whole(begun, who);
        }
        let mut steps = std::mem::take(&mut self.steps);
        let gap = (self.left_out > 0).then_some(Gap {
            after: steps.len(),
            count: self.left_out,
        });
        steps.extend(std::mem::take(&mut self.last));
        let named = self.people.iter().enumerate();
        let ends = named.filter_map(|(at, person)| {
            let ended = person.ended.clone()?;
            Some((self.lanes.name(at).to_string(), ended))
        });
        Recorded {
            ends: ends.collect(),
            lanes: self.lanes.names(),
            steps,
            gap,
        }
    }
    /// Whether it has printed this.
    pub fn heard(&self, person: usize, text: &str) -> bool {
        let heard = &self.people[person].heard;
        heard
            .windows(text.len().max(1))
            .any(|piece| piece == text.as_bytes())
    }

    pub fn is_over(&self, person: usize) -> bool {
        self.people[person].ended.is_some()
    }

    pub fn all_clients_are_over(&self) -> bool {
        (0..self.lanes.clients()).all(|client| self.is_over(client))
    }

    /// Whether this client has a connection, or will have none.
    pub fn has_come(&self, client: usize) -> bool {
        let mut connections = self.connections.values();
        self.is_over(client) || connections.any(|connection| connection.client == client)
    }

    /// Nothing can come from any connection any more.
    pub fn is_quiet(&self) -> bool {
        self.connections
            .values()
            .all(|connection| connection.ended == [true, true])
    }

    /// A program did something beside the wire.
    pub fn happens(&mut self, person: usize, what: &What) {
        match what {
            What::Stdout(excerpt) => {
                let heard = &mut self.people[person].heard;
                heard.extend_from_slice(&excerpt.head);
                heard.extend_from_slice(&excerpt.tail);
                heard.truncate(MOST_HEARD);
            }
            What::Ended(how) => self.people[person].ended = Some(how.clone()),
            _ => {}
        }
        let lane = self.lanes.of(person);
        let mut step = step(what, lane, lane);
        if self.lanes.shares(person) {
            name(&mut step.saying, self.lanes.name(person));
        }
        let numbers = self.connections.keys().rev().take(MOST_ASKED);
        let numbers: Vec<_> = numbers.copied().collect();
        for number in numbers.into_iter().rev() {
            step.ends.extend(self.ends(number));
        }
        self.keep(step, person);
    }

    pub fn passes(&mut self, passage: &Passage, sight: Sight<'_>) {
        let (number, side) = (passage.connection, passage.side as usize);
        let client = self.newest;
        let connection = self.connections.entry(number).or_insert(Connection {
            client,
            ..Connection::default()
        });
        if sight.link.is_some() {
            connection.links[side] = sight.link;
        }
        let is_last = matches!(passage.what, What::GotEnd | What::GotReset | What::Refused);
        connection.ended[side] |= is_last;
        // Of a reset, or where nobody is, the other side says nothing more.
        if matches!(
            passage.what,
            What::GotReset | What::SentReset | What::Refused | What::Closed
        ) {
            connection.ended = [true, true];
        }
        let client = connection.client;
        let Some(places) = self.lanes.places(client, passage) else {
            return;
        };
        for saying in self.payloads.sayings(passage, sight.whole) {
            let mut step = step(&passage.what, places.road, places.program);
            if passage.side == Side::Client && matches!(passage.what, What::Connected) {
                step.place = Place::Between(places.program, places.road);
            }
            if let Some(saying) = saying {
                step.saying = saying;
            }
            if matches!(passage.what, What::Note(_)) {
                step.tone = Tone::Mishap;
            }
            if self.lanes.shares(client) {
                name(&mut step.saying, self.lanes.name(client));
            }
            step.ends = self.ends(number);
            self.keep(step, client);
        }
    }

    /// Asks the kernel for both ends of a connection.
    fn ends(&self, number: usize) -> Vec<End> {
        let Some(connection) = self.connections.get(&number) else {
            return Vec::new();
        };
        let lanes = [self.lanes.of(connection.client), self.lanes.server()];
        let links = connection.links.iter().zip(lanes);
        let end = |(link, lane): (&Option<Link>, usize)| {
            let link = (*link)?;
            let socket = match kernel::socket(link.road, link.program) {
                Answer::Is(socket) => Some(socket),
                Answer::NoSuchSocket => None,
                Answer::CannotTell => return None,
            };
            Some(End {
                connection: number,
                lane,
                address: link.program.to_string(),
                socket,
            })
        };
        links.filter_map(end).collect()
    }

    /// Takes a step down. A line of a log is one step: most programs write it in several pieces.
    fn keep(&mut self, mut step: Step, person: usize) {
        step.at = self.start.elapsed();
        if let Some((begun, who)) = self.begun.take() {
            match line_with(&begun, &step).filter(|_| who == person) {
                Some(saying) => step = Step { saying, ..begun },
                None => self.keep_whole(begun, who),
            }
        }
        if is_half_a_line(&step) {
            self.begun = Some((step, person));
        } else {
            self.keep_whole(step, person);
        }
    }

    /// Shows a step, and keeps it if there is room.
    fn keep_whole(&mut self, step: Step, person: usize) {
        self.show(&step, person);
        if self.steps.len() < FIRST {
            return self.steps.push(step);
        }
        if self.last.len() == LAST {
            self.last.pop_front();
            self.left_out += 1;
        }
        self.last.push_back(step);
    }

    fn show(&mut self, step: &Step, person: usize) {
        let mut text = String::new();
        if !self.headed {
            text = self.lanes.heading() + "\n";
            self.headed = true;
        }
        text += &self.lanes.rung(step, person);
        // Whoever read this has left: there is nobody to show the rest to.
        self.stopped |= say(text).is_err();
    }
}

fn is_half_a_line(step: &Step) -> bool {
    match &step.saying {
        Saying::Stream(Stream::Log, excerpt) => {
            excerpt.length < LONG_LINE && !excerpt.head.ends_with(b"\n")
        }
        _ => false,
    }
}

/// The beginning of a line and what came next, if that belongs to it.
fn line_with(begun: &Step, next: &Step) -> Option<Saying> {
    match (&begun.saying, &next.saying) {
        (Saying::Stream(Stream::Log, begun), Saying::Stream(Stream::Log, next)) => {
            Some(Saying::Stream(Stream::Log, begun.joined(next)))
        }
        _ => None,
    }
}
