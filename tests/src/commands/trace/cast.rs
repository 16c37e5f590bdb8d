//! Who takes part in the conversation of a lab, and with which words they are started.

use std::ffi::OsString;
use std::net::SocketAddr;

use crate::wire::proxy::Carries;
use crate::workbook::{Lab, Trouble};

/// The people of the workbook, in the order in which they come.
const PEOPLE: [&str; 8] = [
    "Ann", "Bob", "Carol", "Dora", "Emil", "Flora", "Gustav", "Hanna",
];

/// Who plays which part.
pub struct Cast {
    pub carries: Carries,
    pub host: Host,
    pub clients: Vec<Client>,
    pub script: Script,
}

/// Whom the clients talk to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    /// The program itself, in this role.
    Program(&'static str),
    /// The same, with certificates that it has made before.
    Secure,
    /// Ours: it answers questions for addresses.
    NameServer,
    /// Ours: it takes in connections, and says nothing.
    Listener,
}

/// What the people type, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Script {
    /// Nothing, or all of a file.
    None,
    /// They meet in the room of lab 05.
    Room,
    /// Two talk to each other.
    Duo,
}

pub struct Client {
    pub name: String,
    role: &'static str,
    words: Vec<OsString>,
}

impl Client {
    /// How it is started, to talk to this address.
    pub fn words(&self, to: SocketAddr) -> Vec<OsString> {
        let to = OsString::from(to.to_string());
        let mut words = vec![OsString::from(self.role)];
        match self.role {
            "query" => {
                words.extend(self.words.iter().cloned());
                words.extend(["--server".into(), to]);
            }
            "check" | "race" => {
                words.push(to);
                words.extend(self.words.iter().cloned());
            }
            _ => {
                words.extend(["--connect".into(), to]);
                words.extend(self.words.iter().cloned());
            }
        }
        words
    }
}

/// What is asked for on the command line.
pub struct Wish<'a> {
    /// The client's role and words, where not the usual ones.
    pub words: &'a [OsString],
    pub clients: Option<usize>,
    /// Something is typed that is in a file.
    pub has_input: bool,
}

impl Cast {
    pub fn of(lab: &Lab, wish: &Wish) -> Result<Self, Trouble> {
        let roles = roles(lab.number);
        let first = wish.words.first().and_then(|word| word.to_str());
        if let Some(role) = first.filter(|role| alone(lab.number).contains(role)) {
            return Err(Trouble::usage(format!(
                "`{role}` talks to nobody whom one could listen to; what can be traced of lab \
                 {:02} is `{}`",
                lab.number,
                roles.join("` and `")
            )));
        }
        let named = roles.iter().find(|role| Some(**role) == first);
        let (role, words) = match named {
            Some(role) => (*role, &wish.words[1..]),
            None => (roles[0], wish.words),
        };
        let script = match (lab.number, role) {
            _ if wish.has_input || !words.is_empty() => Script::None,
            (5, "duo") => Script::Duo,
            (5, _) => Script::Room,
            _ => Script::None,
        };
        let count = match (script, wish.clients) {
            (Script::Duo, Some(2..)) => {
                return Err(Trouble::usage("a `duo` is two people: leave out --clients"));
            }
            (Script::Room, None) => 3,
            (_, count) => count.unwrap_or(1),
        };
        let client = |number| {
            let words = match words {
                [] if !wish.has_input => usual(lab.number, role, number, count),
                words => words.to_vec(),
            };
            let name = match script {
                Script::None if count == 1 => "client".into(),
                _ => name(number),
            };
            Client { name, role, words }
        };
        Ok(Self {
            carries: match lab.number {
                1 | 3 => Carries::Datagrams,
                _ => Carries::Streams,
            },
            host: match (lab.number, role) {
                (1, _) => Host::NameServer,
                (6, _) => Host::Listener,
                (8, _) => Host::Secure,
                (_, "duo") => Host::Program("duo"),
                _ => Host::Program("server"),
            },
            clients: (0..count).map(client).collect(),
            script,
        })
    }

    /// The name of whom they talk to.
    pub fn host_name(&self) -> String {
        match (self.host, self.script) {
            (_, Script::Duo) => name(1),
            (Host::NameServer, _) => "name server".into(),
            (Host::Listener, _) => "listener".into(),
            (Host::Program(_) | Host::Secure, _) => "server".into(),
        }
    }

    pub fn host_is_ours(&self) -> bool {
        matches!(self.host, Host::NameServer | Host::Listener)
    }

    /// What passes is TLS, of which an onlooker sees the records.
    pub fn is_secret(&self) -> bool {
        self.host == Host::Secure
    }
}

fn name(number: usize) -> String {
    match PEOPLE.get(number) {
        Some(name) => (*name).to_string(),
        None => format!("guest {}", number + 1),
    }
}

/// The roles of a lab that go to somebody; the first one is meant if none is named.
fn roles(lab: u32) -> &'static [&'static str] {
    match lab {
        1 => &["query"],
        5 => &["client", "duo"],
        6 => &["check", "race"],
        7 => &["probe", "send"],
        _ => &["client"],
    }
}

/// The roles of a lab that go to nobody.
fn alone(lab: u32) -> &'static [&'static str] {
    match lab {
        1 => &["self", "resolve", "route"],
        8 => &["gencert"],
        _ => &[],
    }
}

/// What this client is told where nothing else was asked for.
fn usual(lab: u32, role: &str, number: usize, count: usize) -> Vec<OsString> {
    let words: Vec<String> = match (lab, role) {
        (1, _) => vec!["example.org".into()],
        (2 | 8, _) if count > 1 => vec![format!("hello from {}", name(number))],
        (2 | 8, _) => vec!["hello".into()],
        (3, _) => vec![(20 + number).to_string()],
        (4, _) if count > 1 => vec![name(number)],
        (4, _) => vec!["Ann".into(), "Bob".into()],
        (5, "client") => vec![name(number).replace(' ', "")],
        (7, "send") => vec!["--bytes".into(), "100000".into()],
        _ => Vec::new(),
    };
    words.into_iter().map(OsString::from).collect()
}
