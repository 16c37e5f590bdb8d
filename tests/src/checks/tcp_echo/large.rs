//! Exercise 2.6: more than the buffers hold.

use super::{KIB, MIB, NONE};
use crate::checks::{Check, check};
use crate::program::Stdin;
use crate::wire::peer::Options;

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
    .alone()
    .means(
        "`write` takes as much as there is room for and returns how much that was; the rest is \
         yours to send again. `write_all` does that.",
    ),
    check(
        "2.6/server-memory",
        "holds little in memory for a client that does not read",
        |lab| {
            let said = lab.noise(MIB).repeat(80);
            let server = lab.server()?;
            let mut ann = server.connect("Ann")?;
            let sent = ann.says_without_listening(&said)?;
            server.process()?.stays_under(64 * MIB)?;
            ann.hears(&said[..sent])
        },
    )
    .alone()
    .means(
        "Ann sends and does not read. A server that goes on reading must keep all of it; one \
         that writes before it reads on makes Ann wait, and needs a single piece of memory.",
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
    .alone()
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
            let (host, said) = (lab.host("Ann")?, lab.noise(MIB).repeat(40));
            let client = lab.client_at(host.address(), NONE, Stdin::Piped)?;
            client.0.running().feed(said.clone());
            let mut ann = client.comes_to(&host)?;
            ann.echoes(said.len())?;
            ann.sees_the_end()?;
            client.0.stays_under(32 * MIB)?;
            ann.leaves();
            client.done()?.exits(&[0])?;
            Ok(())
        },
    )
    .alone()
    .means(
        "An input can be longer than the memory: read a piece, send it, forget it. To compare \
         what comes back, a running hash is enough.",
    ),
];
