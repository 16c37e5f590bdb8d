//! The two families of addresses, IPv4 and IPv6: each has sockets of its own.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Which addresses are asked for.
#[derive(Clone, Copy)]
pub enum Family {
    Any,
    V4,
    V6,
}

/// The local address to bind a socket to when the kernel shall choose address and port itself.
/// A socket is of one family: to reach an IPv6 address it takes an IPv6 socket.
pub fn chosen_by_kernel(peer: IpAddr) -> SocketAddr {
    let unspecified: IpAddr = match peer {
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    SocketAddr::new(unspecified, 0)
}
