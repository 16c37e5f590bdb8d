//! Where a program listens, said or unsaid: the sockets among its descriptors, looked up in
//! the kernel's tables.

use std::collections::HashSet;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::Tree;

/// Table, and the state of its sockets that take what comes: LISTEN, and for datagrams
/// "unconnected", which the kernel calls CLOSE.
const TABLES: [(&str, &str); 4] = [
    ("/proc/net/tcp", "0A"),
    ("/proc/net/tcp6", "0A"),
    ("/proc/net/udp", "07"),
    ("/proc/net/udp6", "07"),
];

/// The addresses at which it takes connections or datagrams.
pub fn listens_on(tree: Tree) -> Vec<SocketAddr> {
    let inodes: HashSet<String> = tree.processes().into_iter().flat_map(sockets).collect();
    if inodes.is_empty() {
        return Vec::new();
    }
    let mut places: Vec<_> = TABLES
        .iter()
        .flat_map(|(table, state)| places(table, state, &inodes))
        .collect();
    places.dedup();
    places
}

/// The inodes of a process's sockets.
fn sockets(pid: u32) -> Vec<String> {
    let Ok(fds) = fs::read_dir(format!("/proc/{pid}/fd")) else {
        return Vec::new();
    };
    fds.flatten()
        .filter_map(|fd| {
            let target = fs::read_link(fd.path()).ok()?;
            let inode = target
                .to_str()?
                .strip_prefix("socket:[")?
                .strip_suffix(']')?;
            Some(inode.to_string())
        })
        .collect()
}

fn places(table: &str, state: &str, inodes: &HashSet<String>) -> Vec<SocketAddr> {
    let text = fs::read_to_string(table).unwrap_or_default();
    text.lines()
        .skip(1)
        .filter_map(|line| {
            // Slot, address, peer, state, and the inode as the tenth. Hundreds of lines may be of
            // sockets in other states, and are not looked at further.
            let mut fields = line.split_ascii_whitespace();
            let place = fields.nth(1)?;
            let in_state = fields.nth(1)? == state;
            let ours = in_state && inodes.contains(fields.nth(5)?);
            ours.then(|| address(place))?
        })
        .collect()
}

/// `0100007F:1B5A`: 32-bit words as the processor keeps them, in hexadecimal.
fn address(text: &str) -> Option<SocketAddr> {
    let (ip, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let mut bytes = Vec::new();
    for at in (0..ip.len()).step_by(8) {
        let word = u32::from_str_radix(ip.get(at..at + 8)?, 16).ok()?;
        bytes.extend(word.to_ne_bytes());
    }
    let ip = match <[u8; 4]>::try_from(bytes.as_slice()) {
        Ok(four) => IpAddr::V4(Ipv4Addr::from(four)),
        Err(_) => IpAddr::V6(Ipv6Addr::from(<[u8; 16]>::try_from(bytes).ok()?)),
    };
    Some(SocketAddr::new(ip, port))
}
