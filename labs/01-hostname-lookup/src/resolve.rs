//! The role `resolve`: the addresses of names, as every program on this machine finds them.

use std::net::{IpAddr, ToSocketAddrs};

use shared::Failure;

use crate::family::Family;
use crate::kind;

/// What is printed of an address.
#[derive(Clone, Copy)]
pub enum Columns {
    Address,
    Kind,
}

/// Resolves each name. One that is not known is reported at once, and remembered in the exit
/// code; it takes nothing from the others.
// exercise 1.3: go on after a name that does not resolve, and still fail in the end
pub fn resolve_each(names: &[String], family: Family, columns: Columns) -> Result<(), Failure> {
    let mut outcome = Ok(());
    for name in names {
        match find(name, family) {
            Ok(addresses) => print(name, &addresses, columns)?,
            Err(failure) => outcome = Err(failure.said()),
        }
    }
    outcome
}

/// Finds the addresses of one name. A name without an address of this family does not resolve.
fn find(name: &str, family: Family) -> Result<Vec<IpAddr>, Failure> {
    let addresses = select(look_up(name)?, family);
    if addresses.is_empty() {
        return Err(Failure::system(name, "no address of this family"));
    }
    Ok(addresses)
}

/// Asks the system's resolver, getaddrinfo(3). It looks where the machine's owner told it to
/// (`/etc/nsswitch.conf`): usually in `/etc/hosts` first, then at a DNS server. An address as
/// text, like `::1`, is its own answer. It may take seconds, and no option of ours limits that.
// exercise 1.2: ask the system's resolver for all addresses of a name
fn look_up(name: &str) -> Result<Vec<IpAddr>, Failure> {
    // The resolver is usually asked for somewhere to connect to, and a name alone is no such
    // place: a port belongs to it. Any will do, it is not looked up.
    let found = (name, 0)
        .to_socket_addrs()
        .map_err(|error| Failure::system(name, error))?;
    Ok(found.map(|address| address.ip()).collect())
}

/// Keeps the addresses of the family that was asked for, each once, in the resolver's order:
/// the first is the one it would try first (RFC 6724).
// exercise 1.4: keep the addresses of one family, and each of them once
fn select(addresses: Vec<IpAddr>, family: Family) -> Vec<IpAddr> {
    let mut selected = Vec::new();
    for address in addresses {
        let wanted = match family {
            Family::Any => true,
            Family::V4 => address.is_ipv4(),
            Family::V6 => address.is_ipv6(),
        };
        // Two lines in `/etc/hosts` can give one address twice. A set would lose the order.
        if wanted && !selected.contains(&address) {
            selected.push(address);
        }
    }
    selected
}

fn print(name: &str, addresses: &[IpAddr], columns: Columns) -> Result<(), Failure> {
    for &address in addresses {
        match columns {
            Columns::Address => shared::line(format_args!("{name}\t{address}"))?,
            Columns::Kind => {
                let kind = kind::of(address);
                shared::line(format_args!("{name}\t{address}\t{kind}"))?;
            }
        }
    }
    Ok(())
}
