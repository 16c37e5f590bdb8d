//! An address that no system tries to connect to: there is no way, and it says so at once.

use std::net::{Ipv4Addr, SocketAddr};

use socket2::{Domain, Socket, Type};

use crate::finding::{Step, Stop};

/// An address to which this machine refuses to connect on the spot, asked of the machine itself.
/// Where there is none, nothing is checked, and nothing leaves the machine.
pub fn nowhere() -> Step<SocketAddr> {
    let candidates = [Ipv4Addr::BROADCAST, Ipv4Addr::new(224, 0, 0, 1)];
    for ip in candidates {
        let address = SocketAddr::from((ip, 9));
        let refuses = Socket::new(Domain::IPV4, Type::STREAM, None).and_then(|socket| {
            socket.set_nonblocking(true)?;
            socket.connect(&address.into())
        });
        // Only what can be nothing else: no network there, or nothing that one can connect to.
        if refuses.is_err_and(|error| error.raw_os_error() == Some(libc::ENETUNREACH)) {
            return Ok(address);
        }
    }
    Err(Stop::Skip(
        "this machine would try to connect to anything".into(),
    ))
}
