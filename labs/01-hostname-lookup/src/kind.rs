//! What an address tells by itself: how far it reaches, and whether it is anybody's at all.
//!
//! The blocks are those of the registries of special addresses (RFC 6890).

use std::net::{IpAddr, Ipv6Addr};

/// The kind of an address, as `resolve --kind` prints it.
// exercise 1.5: tell the kind of an address
pub fn of(address: IpAddr) -> &'static str {
    // `::ffff:10.0.0.1` is an IPv4 address in IPv6 clothes, and of the kind of what is inside.
    let address = address.to_canonical();
    if address.is_unspecified() {
        return "unspecified";
    }
    if address.is_loopback() {
        return "loopback";
    }
    if address.is_multicast() {
        return "multicast";
    }
    match address {
        IpAddr::V4(v4) if v4.is_private() => "private",
        IpAddr::V4(v4) if v4.is_link_local() => "link-local",
        IpAddr::V4(v4) if v4.is_documentation() => "documentation",
        IpAddr::V6(v6) if v6.is_unique_local() => "unique-local",
        IpAddr::V6(v6) if v6.is_unicast_link_local() => "link-local",
        IpAddr::V6(v6) if is_documentation(v6) => "documentation",
        _ => "global",
    }
}

/// `2001:db8::/32` (RFC 3849) and `3fff::/20` (RFC 9637). The standard library has a method for
/// this, not yet stable.
fn is_documentation(address: Ipv6Addr) -> bool {
    match address.segments() {
        [0x2001, 0x0db8, ..] => true,
        [0x3fff, second, ..] => second < 0x1000,
        _ => false,
    }
}
