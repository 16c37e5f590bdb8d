//! The lanes of a trace: the clients, then the road if something happens on it, then the server.

use crate::report::live::Columns;
use crate::report::scene::{MOST_LANES, OTHERS, Step};
use crate::wire::proxy::{Passage, Side};
use crate::wire::tape::What;

pub struct Lanes {
    /// The clients' names, and the server's last.
    names: Vec<String>,
    has_road: bool,
    columns: Columns,
}

/// The two lanes between which something passes.
pub struct Places {
    pub road: usize,
    pub program: usize,
}

impl Lanes {
    pub fn new(clients: Vec<String>, server: String, has_road: bool) -> Self {
        let people = clients.len().min(MOST_LANES + 1);
        let mut names = clients;
        names.push(server);
        Self {
            names,
            has_road,
            columns: Columns::new(people, people + usize::from(has_road)),
        }
    }

    pub fn clients(&self) -> usize {
        self.names.len() - 1
    }

    /// The name of a client, or after the last one, of the server.
    pub fn name(&self, person: usize) -> &str {
        &self.names[person]
    }

    /// The lane of a client, or after the last one, of the server.
    pub fn of(&self, person: usize) -> usize {
        if person == self.clients() {
            return self.server();
        }
        // One more than have a lane of their own can do without sharing.
        person.min(MOST_LANES)
    }

    pub fn server(&self) -> usize {
        self.clients().min(MOST_LANES + 1) + usize::from(self.has_road)
    }

    /// Whether this client has no lane of its own.
    pub fn shares(&self, person: usize) -> bool {
        self.clients() > MOST_LANES + 1 && (MOST_LANES..self.clients()).contains(&person)
    }

    /// The names of all lanes.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = self.names[..self.clients()].to_vec();
        if names.len() > MOST_LANES + 1 {
            names.truncate(MOST_LANES);
            names.push(OTHERS.into());
        }
        names.extend(self.has_road.then(|| "road".into()));
        names.extend(self.names.last().cloned());
        names
    }

    /// Where a passage is drawn. Where nothing happens on the road, what goes into it is what
    /// comes out of it, and one of the two is enough.
    pub fn places(&self, client: usize, passage: &Passage) -> Option<Places> {
        let (client, server) = (self.of(client), self.server());
        let (program, other) = match passage.side {
            Side::Client => (client, server),
            Side::Server => (server, client),
        };
        if self.has_road {
            let road = server - 1;
            return Some(Places { road, program });
        }
        let comes = matches!(
            passage.what,
            What::Got(_) | What::GotEnd | What::GotReset | What::Refused | What::Note(_)
        );
        let connects = matches!(passage.what, What::Connected) && passage.side == Side::Client;
        (comes || connects).then_some(Places {
            road: other,
            program,
        })
    }

    pub fn heading(&self) -> String {
        self.columns.heading(self.name(self.clients()))
    }

    pub fn rung(&self, step: &Step, person: usize) -> String {
        let name = if person == self.clients() {
            ""
        } else {
            self.name(person)
        };
        self.columns.rung(step, name)
    }
}
