//! What the program says of addresses: of which kind they are, and how this machine reaches them.

use super::kinds::{self, private, unique_local};
use super::names::Names;
use super::{distinct, lines, name_of, route};
use crate::checks::{Check, check};
use crate::finding::{Kind, fail};

pub static CHECKS: &[Check] = &[
    check("1.5/ipv4", "tells the kinds of IPv4 addresses", |lab| {
        kinds::tells(lab, kinds::IPV4)
    })
    .means("The blocks of each kind are in the lesson; the standard library knows them too."),
    check("1.5/ipv6", "tells the kinds of IPv6 addresses", |lab| {
        kinds::tells(lab, kinds::IPV6)
    })
    .means("The blocks of each kind are in the lesson; the standard library knows them too."),
    check(
        "1.5/edges",
        "tells the last address of a block from the first behind it",
        |lab| kinds::tells(lab, kinds::EDGES),
    )
    .means(
        "The number behind the slash says how many bits a block has in common: 172.16.0.0/12 \
         ends with 172.31.255.255, and fe80::/10 goes on to febf.",
    ),
    check(
        "1.5/of-a-name",
        "adds the kind to each address of a name",
        |lab| {
            let name = name_of("ann", lab);
            let names = Names::new().with(&name, &[private(lab), unique_local(lab)]);
            let spec = names.spec(lab, &["resolve", "--kind", &name]);
            let mut lines = lines::with_kinds(lab.start(spec)?.done()?.exits(&[0])?)?;
            lines.sort_by_key(|line| line.address);
            let kinds: Vec<_> = lines.iter().map(|line| line.kind.as_str()).collect();
            if distinct(&lines).len() == 2 && !kinds.is_empty() {
                return kinds::same_kinds(&lines, &["private", "unique-local"]);
            }
            fail(
                Kind::Output,
                format!("two lines for {name}, which has two addresses"),
                format!("{kinds:?}"),
            )
        },
    ),
    check("1.6/loopback", "reaches this machine from itself", |lab| {
        route::agrees(lab, &["127.0.0.1".parse().expect("an address")])?;
        route::agrees(lab, &["::1".parse().expect("an address")])
    })
    .means(
        "Connect a UDP socket of the right family to the address, and ask the socket for its own \
         address. No packet is sent.",
    ),
    check(
        "1.6/far",
        "tells from which of its addresses this machine would talk to others",
        route::far,
    )
    .means(
        "A machine has several addresses. Which one it uses depends on the other side: connect a \
         UDP socket to it, and the kernel picks the way and the address.",
    ),
    check(
        "1.6/no-address",
        "refuses what is no IP address with exit code 2",
        |lab| {
            route::agrees(lab, &["127.0.0.1".parse().expect("an address")])?;
            for word in ["localhost", "300.1.2.3", "127.0.0.1:80", "::g"] {
                lab.run(["route", word])?.exits(&[2])?.prints("")?;
            }
            Ok(())
        },
    )
    .means("`route` takes an IP address and no name: anything else is wrong usage."),
];
