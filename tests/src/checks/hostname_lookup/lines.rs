//! What `resolve` and `query` print: `NAME<TAB>ADDR`, with a kind behind if asked for.

use std::net::{IpAddr, Ipv6Addr};

use crate::checks::Done;
use crate::finding::{Kind, Step, fail};
use crate::words::quoted;

/// A line of the output. The address may be printed in any notation.
#[derive(Debug)]
pub struct Line {
    pub name: String,
    pub address: IpAddr,
    /// Empty where no kind was asked for.
    pub kind: String,
}

/// A single line, with or without an end.
pub fn says_only(done: &Done, expected: &str) -> Step {
    if done.lines() == [expected] {
        return Ok(());
    }
    fail(
        Kind::Output,
        format!("{expected} on standard output"),
        quoted(&done.stdout),
    )
}

/// The lines without kinds.
pub fn read(done: &Done) -> Step<Vec<Line>> {
    done.lines()
        .iter()
        .map(|line| match line.split('\t').collect::<Vec<_>>()[..] {
            [name, address] => parse(line, name, address, ""),
            _ => malformed("NAME<TAB>ADDR", line),
        })
        .collect()
}

/// The lines with kinds.
pub fn with_kinds(done: &Done) -> Step<Vec<Line>> {
    done.lines()
        .iter()
        .map(|line| match line.split('\t').collect::<Vec<_>>()[..] {
            [name, address, kind] => parse(line, name, address, kind),
            _ => malformed("NAME<TAB>ADDR<TAB>KIND", line),
        })
        .collect()
}

fn parse(line: &str, name: &str, address: &str, kind: &str) -> Step<Line> {
    match address.parse::<IpAddr>() {
        Ok(address) => Ok(Line {
            name: name.into(),
            address: address.to_canonical(),
            kind: kind.into(),
        }),
        Err(_) => malformed("NAME<TAB>ADDR", line),
    }
}

fn malformed(form: &str, line: &str) -> Step<Line> {
    fail(
        Kind::Output,
        format!("nothing but lines `{form}` on standard output"),
        quoted(line.as_bytes()),
    )
}

/// The names in the first column, where lines of one name follow each other.
pub fn named(lines: &[Line], expected: &[&str]) -> Step {
    let mut names: Vec<_> = lines.iter().map(|line| line.name.as_str()).collect();
    names.dedup();
    if names == expected {
        return Ok(());
    }
    let seen = if names.is_empty() {
        "nothing on standard output".into()
    } else {
        format!("lines for {}", names.join(", "))
    };
    fail(
        Kind::Output,
        format!("lines for {}, in this order", expected.join(", ")),
        seen,
    )
}

/// The same addresses, in any order, each as often.
pub fn same_addresses(of: &str, expected: &[IpAddr], seen: &[IpAddr]) -> Step {
    let (mut missing, mut extra) = (expected.to_vec(), Vec::new());
    for address in seen {
        match missing.iter().position(|other| other == address) {
            Some(at) => drop(missing.remove(at)),
            None => extra.push(*address),
        }
    }
    let what = format!("the addresses of {of}: {}", listed(expected));
    if let Some(address) = missing.first() {
        let among = match seen.len() {
            0 => "no line".into(),
            _ => format!("only {}", listed(seen)),
        };
        return fail(Kind::Output, what, format!("{among}; {address} is missing"));
    }
    match extra.first() {
        None => Ok(()),
        Some(address) if expected.contains(address) => {
            fail(Kind::Output, what, format!("{address} more than once"))
        }
        Some(address) => fail(Kind::Output, what, format!("{address} as well")),
    }
}

fn listed(addresses: &[IpAddr]) -> String {
    let words: Vec<_> = addresses.iter().map(IpAddr::to_string).collect();
    words.join(", ")
}

/// An address as nobody prints it, but anybody may write it: all groups of IPv6, all digits.
pub fn written_out(address: IpAddr) -> String {
    match address {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => groups(v6).join(":"),
    }
}

fn groups(address: Ipv6Addr) -> [String; 8] {
    address.segments().map(|group| format!("{group:04x}"))
}
