//! The role `route`: which of its addresses this machine would use to reach another.

use std::io;
use std::net::{IpAddr, UdpSocket};

use shared::Failure;

use crate::family;

/// The port for discarding, as good as any other: nothing is ever sent there.
const ANY_PORT: u16 = 9;

pub fn run(address: IpAddr) -> Result<(), Failure> {
    let local = local_address(address).map_err(|error| Failure::system(address, error))?;
    shared::line(local)
}

/// A machine has several addresses, one or more for each of its networks, and which of them
/// others see depends on who they are. The routing table knows. Connecting a UDP socket asks it:
/// the kernel notes the peer, picks the way there, and with it the local address. UDP has no
/// handshake, so no packet leaves.
// exercise 1.6: ask the kernel for the local address of the way to another
fn local_address(peer: IpAddr) -> io::Result<IpAddr> {
    let socket = UdpSocket::bind(family::chosen_by_kernel(peer))?;
    socket.connect((peer, ANY_PORT))?;
    Ok(socket.local_addr()?.ip())
}
