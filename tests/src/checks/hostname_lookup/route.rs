//! The ways of this machine, as its kernel knows them: what `route` must agree with.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket};

use crate::checks::Lab;
use crate::finding::{Finding, Kind, Step, Stop};

/// The local address of the way to `peer`, if there is one.
fn asked_of_the_kernel(peer: IpAddr) -> Option<IpAddr> {
    let any: IpAddr = match peer {
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((any, 0)).ok()?;
    socket.connect((peer, 9)).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

/// The program prints what the kernel says, for each of these; one to which there is no way is
/// left out.
pub fn agrees(lab: &mut Lab, peers: &[IpAddr]) -> Step {
    for peer in peers {
        let before = asked_of_the_kernel(*peer);
        let Some(local) = before else { continue };
        let done = lab.run(["route", &peer.to_string()])?;
        if asked_of_the_kernel(*peer) != before {
            return Err(Stop::Skip("the ways of this machine just changed".into()));
        }
        done.exits(&[0])?;
        let printed = done.lines();
        let same = |line: &String| line.parse().is_ok_and(|seen: IpAddr| seen == local);
        if !(printed.len() == 1 && printed.iter().all(same)) {
            let seen = match printed.len() {
                0 => "nothing on standard output".into(),
                _ => printed.join(", "),
            };
            let expected = format!("{local}, from where this machine reaches {peer}");
            return Err(Finding::new(Kind::Output, expected, seen).into());
        }
    }
    Ok(())
}

/// Asks for machines elsewhere, to which there may be a way, and for our own address towards
/// each of them.
pub fn far(lab: &mut Lab) -> Step {
    let chance = u8::try_from(lab.number(1..=254)).unwrap_or(1);
    // Addresses of the documentation blocks, which nobody has: the way is all that is asked for.
    let mut peers: Vec<IpAddr> = vec![
        Ipv4Addr::new(127, 0, chance, 1).into(),
        Ipv4Addr::new(203, 0, 113, chance).into(),
        Ipv6Addr::new(0x2001, 0xdb8, chance.into(), 0, 0, 0, 0, 1).into(),
    ];
    let own: Vec<_> = peers
        .iter()
        .filter_map(|peer| asked_of_the_kernel(*peer))
        .filter(|address| !address.is_loopback())
        .collect();
    if own.is_empty() {
        let why = "this machine has no address but its loopback one";
        return Err(Stop::Skip(why.into()));
    }
    peers.extend(own);
    agrees(lab, &peers)?;
    no_way(lab, &peers)
}

/// Where there is no way, the program says so.
fn no_way(lab: &mut Lab, peers: &[IpAddr]) -> Step {
    for peer in peers {
        if asked_of_the_kernel(*peer).is_none() {
            let done = lab.run(["route", &peer.to_string()])?;
            if asked_of_the_kernel(*peer).is_none() {
                done.exits(&[1])?.prints("")?;
            }
        }
    }
    Ok(())
}
