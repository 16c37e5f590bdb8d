//! Exercise 2.6: more than the buffers hold.

use std::time::Duration;

use super::{KIB, MIB, NONE, visit};
use crate::checks::{Check, Client, Lab, check};
use crate::finding::{Kind, Step, fail};
use crate::program::{Spec, Stdin};
use crate::wire::peer::Options;
use crate::wire::{Host, Peer};

pub static CHECKS: &[Check] = &[
    check(
        "2.6/server-large",
        "sends back 16 MiB through small buffers",
        |lab| {
            let said = lab.noise(16 * MIB);
            let small = Options {
                receive_buffer: Some(4 * KIB),
            };
            let mut ann = lab.server()?.connect_with("Ann", small)?;
            ann.says(&said)?;
            ann.stops_talking()?;
            ann.hears(&said)?;
            ann.sees_the_end()
        },
    )
    .long()
    .means(
        "`write` takes as much as there is room for and returns how much that was; the rest is \
         yours to send again. `write_all` does that.",
    ),
    check(
        "2.6/server-memory",
        "holds little in memory for a client that does not read",
        |lab| {
            let said = lab.noise(MIB).repeat(100);
            let server = lab.server()?;
            visit(lab, &server, "Ann")?;
            let before = server.process()?.running().memory_peak();
            let mut bob = server.connect("Bob")?;
            let sent = bob.says_without_listening(&said)?;
            // What the system holds yet, it may still take.
            bob.waits_until_taken();
            server.process()?.grows_less_than(64 * MIB, before)?;
            server.process()?.is_interrupted()?;
            bob.hears(&said[..sent])
        },
    )
    .aside()
    .means(
        "Bob sends and does not read. A server that goes on reading must keep all of it; one \
         that writes before it reads on makes Bob wait, and needs a single piece of memory.",
    ),
    check(
        "2.6/client-large",
        "sends and prints 16 MiB, reading while it writes",
        |lab| {
            let (host, said) = (lab.host("Ann")?, lab.noise(16 * MIB));
            let client = lab.client_at(host.address(), NONE, Stdin::Piped)?;
            client.0.running().feed(said.clone());
            let mut ann = client.comes_to(&host)?;
            ann.echoes(said.len())?;
            ann.sees_the_end()?;
            ann.leaves();
            client.done()?.exits(&[0])?.prints(&said)?;
            Ok(())
        },
    )
    .long()
    .means(
        "A read brings a piece of the input, not all of it, and a write takes what there is room \
         for. And a client that sends all before it reads stops when the buffers are full: the \
         server cannot go on until somebody takes its answers. Read on one thread and write on \
         another.",
    ),
    check(
        "2.6/client-memory",
        "holds little of a long input in memory",
        |lab| {
            // Up to 128 MiB go there and back.
            lab.takes(Duration::from_secs(4));
            let said = without_line_ends(lab.noise(MIB));
            let (small, ann) = is_echoed(lab, said[..KIB].to_vec())?;
            let before = small.0.running().memory_peak();
            ann.leaves();
            small.done()?.exits(&[0])?;
            // A runtime that collects its garbage keeps some of it, even if told not to.
            let (length, limit) = match before {
                Some(before) if before >= 32 * MIB as u64 => (128, 96),
                _ => (48, 32),
            };
            let (client, ann) = is_echoed(lab, said.repeat(length))?;
            client.0.grows_less_than(limit * MIB, before)?;
            ann.leaves();
            client.done()?.exits(&[0])?;
            Ok(())
        },
    )
    .long()
    .means(
        "An input can be longer than the memory, and it may be one single line: read a piece, \
         send it, forget it. To compare what comes back, a running hash is enough.",
    ),
    check(
        "2.6/client-waits",
        "reads its input no faster than the server takes it",
        |lab| {
            let (host, said) = (lab.host("Ann")?, lab.noise(MIB).repeat(64));
            let client = lab.starts_client(thrifty(lab, &host))?;
            client.0.running().writes(&said[..KIB])?;
            let mut ann = client.comes_to(&host)?;
            let taken = KIB + client.0.running().feeds_what_it_takes(&said[KIB..])?;
            if taken == said.len() {
                return fail(
                    Kind::Resources,
                    "the client to hold less than 32 MiB of its input",
                    "Ann reads nothing, and it has taken all 64 MiB of it",
                );
            }
            client.0.running().stdin_ends();
            ann.echoes(taken)?;
            ann.sees_the_end()?;
            ann.leaves();
            client.done()?.exits(&[0])?;
            Ok(())
        },
    )
    .aside()
    .means(
        "While the server takes nothing, there is nowhere to put what is read: the buffers of \
         the kernel hold some 10 MiB at the most, and the rest would be in the client's memory. \
         Read the next piece when the last one is sent.",
    ),
];

/// One line, however long: who reads line by line holds all of it.
fn without_line_ends(mut noise: Vec<u8>) -> Vec<u8> {
    for byte in &mut noise {
        if *byte == b'\n' {
            *byte = b'.';
        }
    }
    noise
}

/// The client reads this from its standard input, and Ann echoes it. It has seen no end yet.
fn is_echoed(lab: &mut Lab, said: Vec<u8>) -> Step<(Client, Peer)> {
    let (host, length) = (lab.host("Ann")?, said.len());
    let client = lab.starts_client(thrifty(lab, &host))?;
    client.0.running().feed(said);
    let mut ann = client.comes_to(&host)?;
    ann.echoes(length)?;
    ann.sees_the_end()?;
    Ok((client, ann))
}

/// A client whose runtime, if it has one, collects its garbage soon: what it has not yet thrown
/// away is not what the program holds.
fn thrifty(lab: &Lab, host: &Host) -> Spec {
    let mut spec = lab.client_spec(host.address(), NONE, Stdin::Piped);
    for (variable, value) in [
        ("JAVA_TOOL_OPTIONS", "-Xmn4m"),
        ("DOTNET_GCgen0size", "400000"),
    ] {
        spec.env.push((variable.into(), Some(value.into())));
    }
    spec
}
