//! Addresses of each kind, by chance.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::lines::{Line, named, with_kinds};
use crate::checks::Lab;
use crate::finding::{Kind, Step, fail};

/// A block and its kind. Only its bits are fixed, the others are drawn.
pub type Blocks = &'static [(&'static str, &'static str)];

/// IPv4 addresses with `x` for any number. What is `global` stays clear of the special blocks
/// that have no kind of their own.
pub const IPV4: Blocks = &[
    ("127.x.x.x", "loopback"),
    ("10.x.x.x", "private"),
    ("172.20.x.x", "private"),
    ("192.168.x.x", "private"),
    ("169.254.x.x", "link-local"),
    ("230.x.x.x", "multicast"),
    ("0.0.0.0", "unspecified"),
    ("192.0.2.x", "documentation"),
    ("198.51.100.x", "documentation"),
    ("203.0.113.x", "documentation"),
    ("8.x.x.x", "global"),
    ("145.x.x.x", "global"),
];

pub const IPV6: Blocks = &[
    ("::1", "loopback"),
    ("fd00:x:x::x", "unique-local"),
    ("fc12:x::x", "unique-local"),
    ("fe80::x:x:x:x", "link-local"),
    ("ff02::x", "multicast"),
    ("ff0e:x::x", "multicast"),
    ("::", "unspecified"),
    ("2001:db8:x:x::x", "documentation"),
    ("2600:x:x::x", "global"),
    ("2a02:x:x::x", "global"),
];

pub const EDGES: Blocks = &[
    ("126.255.255.x", "global"),
    ("127.0.0.x", "loopback"),
    ("127.255.255.x", "loopback"),
    ("128.0.x.x", "global"),
    ("9.255.x.x", "global"),
    ("10.0.0.x", "private"),
    ("10.255.255.x", "private"),
    ("11.0.x.x", "global"),
    ("172.15.x.x", "global"),
    ("172.16.0.x", "private"),
    ("172.31.255.x", "private"),
    ("172.32.x.x", "global"),
    ("192.167.x.x", "global"),
    ("192.168.0.x", "private"),
    ("192.168.255.x", "private"),
    ("192.169.x.x", "global"),
    ("169.253.x.x", "global"),
    ("169.254.1.x", "link-local"),
    ("169.254.254.x", "link-local"),
    ("169.255.x.x", "global"),
    ("223.255.254.x", "global"),
    ("224.0.0.x", "multicast"),
    ("239.255.255.x", "multicast"),
    ("192.0.1.x", "global"),
    ("192.0.2.254", "documentation"),
    ("192.0.3.x", "global"),
    ("198.51.99.x", "global"),
    ("198.51.100.254", "documentation"),
    ("198.51.101.x", "global"),
    ("203.0.112.x", "global"),
    ("203.0.113.254", "documentation"),
    ("203.0.114.x", "global"),
    ("febf:x::x", "link-local"),
    ("fc00:x::x", "unique-local"),
    ("fdff:ffff:x::x", "unique-local"),
    ("ff12:x::x", "multicast"),
    ("ffff:ffff:x::x", "multicast"),
    ("2001:db7:x::x", "global"),
    ("2001:db8:ffff:x::x", "documentation"),
    ("2001:db9:x::x", "global"),
];

/// Asks for the kinds of an address of each block, and compares them.
pub fn tells(lab: &mut Lab, blocks: Blocks) -> Step {
    let addresses: Vec<_> = blocks.iter().map(|(block, _)| draw(block, lab)).collect();
    let mut words = vec!["resolve".to_string(), "--kind".into()];
    words.extend(addresses.iter().cloned());
    let done = lab.run(&words)?;
    let lines = with_kinds(done.exits(&[0])?)?;
    let names: Vec<_> = addresses.iter().map(String::as_str).collect();
    named(&lines, &names)?;
    let kinds: Vec<_> = blocks.iter().map(|(_, kind)| *kind).collect();
    same_kinds(&lines, &kinds)
}

pub fn same_kinds(lines: &[Line], expected: &[&str]) -> Step {
    for (line, expected) in lines.iter().zip(expected) {
        if line.kind != *expected {
            return fail(
                Kind::Output,
                format!("{} to be `{expected}`", line.address),
                format!("`{}`", line.kind),
            );
        }
    }
    Ok(())
}

/// An address of a block, in text.
fn draw(block: &str, lab: &mut Lab) -> String {
    let mut address = String::new();
    for letter in block.chars() {
        match letter {
            'x' => address.push_str(&lab.number(1..=99).to_string()),
            _ => address.push(letter),
        }
    }
    address
}

/// An IPv4 address that a house might use.
pub fn private(lab: &mut Lab) -> IpAddr {
    let [b, c, d] = [0; 3].map(|_: u8| u8::try_from(lab.number(1..=254)).unwrap_or(1));
    Ipv4Addr::new(10, b, c, d).into()
}

/// An IPv4 address of another house.
pub fn elsewhere(lab: &mut Lab) -> IpAddr {
    let [c, d] = [0; 2].map(|_: u8| u8::try_from(lab.number(1..=254)).unwrap_or(1));
    Ipv4Addr::new(192, 168, c, d).into()
}

/// An IPv6 address that a house might use.
pub fn unique_local(lab: &mut Lab) -> IpAddr {
    let [a, b, c] = [0; 3].map(|_: u16| u16::try_from(lab.number(1..=0xffff)).unwrap_or(1));
    Ipv6Addr::new(0xfd00, a, b, 0, 0, 0, 0, c).into()
}
