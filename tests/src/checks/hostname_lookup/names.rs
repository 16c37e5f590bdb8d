//! The names that a program finds: a hosts file and a host name of our own.
//!
//! What `localhost` or an unknown name is depends on the machine, and a dead resolver takes
//! long. So the program gets a world of its own, made so that resolvers agree on it: glibc,
//! musl, Go and Python were tried. All names are in small letters (musl tells them from capital
//! ones), nobody but `localhost` is at `::1` (glibc makes `127.0.0.1` of that when asked for IPv4),
//! and there are no mapped addresses (Go prints what is inside of them).

use std::net::IpAddr;
use std::time::Duration;

use crate::checks::Lab;
use crate::program::{Spec, Stdin, World};

/// musl takes no notice of nsswitch.conf: it asks the DNS server for an unknown name, where
/// nobody is, for a second (`options timeout:1 attempts:1`).
pub const A_RESOLVER_GIVES_UP: Duration = Duration::from_millis(4_500);

pub struct Names {
    hosts: String,
    machine: Option<String>,
}

impl Names {
    pub fn new() -> Self {
        Self {
            hosts: "127.0.0.1 localhost\n::1 localhost\n".into(),
            machine: None,
        }
    }

    /// This name has these addresses, in this order, repeated ones too.
    #[must_use]
    pub fn with(mut self, name: &str, addresses: &[IpAddr]) -> Self {
        for address in addresses {
            self = self.with_line(&format!("{address} {name}"));
        }
        self
    }

    /// A line of the hosts file.
    #[must_use]
    pub fn with_line(mut self, line: &str) -> Self {
        self.hosts.push_str(line);
        self.hosts.push('\n');
        self
    }

    #[must_use]
    pub fn of_a_machine_called(mut self, name: &str) -> Self {
        self.machine = Some(name.into());
        self
    }

    /// The program with these words, in a world where these names are known and no others.
    pub fn spec(&self, lab: &Lab, words: &[&str]) -> Spec {
        let mut spec = lab.spec(words, Stdin::Empty);
        // Without this, and without the like in /etc/host.conf, glibc takes the first line only.
        spec.env.push(("RESOLV_MULTI".into(), Some("on".into())));
        spec.world = Some(World {
            hosts: self.hosts.clone(),
            resolv: "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n".into(),
            nsswitch: Some("hosts: files\n".into()),
            hostname: self.machine.clone(),
        });
        spec
    }
}

/// A name that nobody has (RFC 2606).
pub fn unknown(lab: &mut Lab) -> String {
    format!("{}.invalid", lab.letters(12))
}
