//! Exercises 8.2 and 8.3: more than the buffers hold.

use std::time::Duration;

use super::{Files, KIB, MIB, NONE, all_words, client_with, server, visit, visitor, welcomed};
use crate::checks::{Check, Client, Lab, check};
use crate::finding::Step;
use crate::program::Stdin;
use crate::wire::Secure;

pub static CHECKS: &[Check] = &[
    check(
        "8.2/server-large",
        "sends back 4 MiB while they still come",
        |lab| {
            let files = Files::new()?;
            let said = lab.noise(4 * MIB);
            let mut ann = visitor(&server(lab, &files)?, "Ann")?;
            ann.says(&said)?;
            ann.says_goodbye()?;
            ann.hears(&said)?;
            ann.sees_the_end()
        },
    )
    .long(),
    check(
        "8.2/server-memory",
        "holds little in memory for a client that does not read",
        |lab| {
            let files = Files::new()?;
            let said = lab.noise(MIB).repeat(96);
            let server = server(lab, &files)?;
            visit(lab, &server, "Ann")?;
            let before = server.process()?.running().memory_peak();
            let mut bob = visitor(&server, "Bob")?;
            bob.says_without_listening(&said)?;
            // What the system holds yet, it may still take.
            bob.wire().waits_until_taken();
            server.process()?.grows_less_than(64 * MIB, before)
        },
    )
    .long()
    .means(
        "Bob sends and does not read. A server that goes on reading must keep all of it, \
         encrypted or not; one that writes before it reads on makes Bob wait.",
    ),
    check(
        "8.3/client-large",
        "sends and prints 16 MiB, reading while it writes",
        |lab| {
            let files = Files::new()?;
            lab.takes(Duration::from_secs(6));
            let (host, said) = (lab.host("Ann")?, lab.noise(16 * MIB));
            let client = client_with(lab, &files, &host, NONE, Stdin::Piped)?;
            client.0.running().feed(said.clone());
            let mut ann = welcomed(&client, &host)?;
            ann.echoes(said.len())?;
            ann.hears_goodbye()?;
            ann.says_goodbye()?;
            ann.leaves()?;
            client.done()?.exits(&[0])?.prints(&said)?;
            Ok(())
        },
    )
    .long()
    .means(
        "A client that sends all before it reads stops when the buffers are full: the server \
         cannot go on until somebody takes its answers. A session of rustls belongs to one \
         thread at a time, so wait for both: what comes, and room for what goes.",
    ),
    check(
        "8.3/client-memory",
        "holds little of a long input in memory",
        |lab| {
            lab.takes(Duration::from_secs(6));
            let said = lab.noise(MIB);
            let (small, ann) = is_echoed(lab, said[..KIB].to_vec())?;
            let before = small.0.running().memory_peak();
            ends(small, ann)?;
            // A runtime that collects its garbage keeps some of it, even if told not to.
            let (length, limit) = match before {
                Some(before) if before >= 32 * MIB as u64 => (80, 64),
                _ => (48, 32),
            };
            let (client, ann) = is_echoed(lab, said.repeat(length))?;
            client.0.grows_less_than(limit * MIB, before)?;
            ends(client, ann)
        },
    )
    .long()
    .means(
        "An input can be longer than the memory: read a piece, send it, forget it. To compare \
         what comes back, a running hash is enough.",
    ),
];

/// The client reads this from its standard input, and Ann echoes it. She has said no goodbye yet.
fn is_echoed(lab: &mut Lab, said: Vec<u8>) -> Step<(Client, Secure)> {
    let files = Files::new()?;
    let (host, length) = (lab.host("Ann")?, said.len());
    let words = all_words(&files, NONE)?;
    let mut spec = lab.client_spec(host.address(), words, Stdin::Piped);
    for (variable, value) in [
        ("JAVA_TOOL_OPTIONS", "-Xmn4m"),
        ("DOTNET_GCgen0size", "400000"),
    ] {
        spec.env.push((variable.into(), Some(value.into())));
    }
    let client = lab.starts_client(spec)?;
    client.0.running().feed(said);
    let mut ann = welcomed(&client, &host)?;
    ann.echoes(length)?;
    ann.hears_goodbye()?;
    Ok((client, ann))
}

fn ends(client: Client, mut ann: Secure) -> Step {
    ann.says_goodbye()?;
    ann.leaves()?;
    client.done()?.exits(&[0])?;
    Ok(())
}
