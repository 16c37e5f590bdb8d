//! Exercise 4.8: a pool of workers, and a queue in front of it.

use std::time::{Duration, Instant};

use super::guest::{WELCOME, gets_in, greeted, greeted_as, name, turned_away, welcomed};
use crate::checks::{Check, check};
use crate::finding::{Kind, Step, fail};
use crate::program::{Running, StopSignal};
use crate::wire::{Crowd, Peer};
use crate::words::quoted;

/// How somebody leaves the queue; one who only ends the sending side is still there.
type Leaves = fn(Peer) -> Step<Option<Peer>>;

pub static CHECKS: &[Check] = &[
    check(
        "4.8/at-a-time",
        "serves as many clients at a time as it has workers",
        |lab| {
            let workers = lab.number(2..=4);
            let server = lab.server_with(&["--workers", &workers.to_string()])?;
            let mut guests = Vec::new();
            for _ in 0..workers {
                guests.push(welcomed(&server, "one of the served")?);
            }
            while let Some(mut guest) = guests.pop() {
                greeted(lab, &mut guest)?;
                guest.leaves();
            }
            Ok(())
        },
    )
    .means(
        "Each worker is a thread, and takes clients from the queue: N workers serve N at a time.",
    ),
    check(
        "4.8/waits",
        "lets one more wait, without a welcome, until a worker is free",
        |lab| {
            let server = lab.server_with(&["--workers", "2", "--max-conn", "3"])?;
            let mut ann = welcomed(&server, "Ann")?;
            let mut bob = welcomed(&server, "Bob")?;
            let mut carol = server.connect("Carol")?;
            // Drawn before a loop whose rounds the clock counts: the seed alone decides them.
            let (for_carol, for_bob) = (name(lab), name(lab));
            // Long enough for a thread of her own to start and to speak, on most machines.
            let since = Instant::now();
            while since.elapsed() < Duration::from_millis(100) {
                greeted(lab, &mut ann)?;
                greeted(lab, &mut bob)?;
            }
            let heard = carol.hears_so_far()?;
            if !heard.is_empty() {
                return fail(
                    Kind::Unexpected,
                    "Carol to hear nothing while both workers serve others",
                    quoted(&heard),
                );
            }
            ann.says("exit\n")?;
            ann.sees_the_end()?;
            // A worker may be with Ann until she has closed, too.
            ann.leaves();
            carol.hears_line(WELCOME)?;
            greeted_as(&for_carol, &mut carol)?;
            greeted_as(&for_bob, &mut bob)
        },
    )
    .means(
        "With `--workers 2` two clients are served. A third is connected and waits in the queue: \
         it is welcomed when a worker takes it, not before, and is not turned away.",
    ),
    check(
        "4.8/patient",
        "answers what a client has said while it waited",
        |lab| {
            let server = lab.server_with(&["--workers", "1"])?;
            let word = name(lab);
            let mut ann = welcomed(&server, "Ann")?;
            let mut bob = server.connect("Bob")?;
            bob.says(format!("{word}\nexit\n"))?;
            greeted(lab, &mut ann)?;
            ann.resets()?;
            bob.hears_line(WELCOME)?;
            bob.hears_line(&format!("Hello, {word}!"))?;
            bob.sees_the_end()
        },
    )
    .means(
        "Who waits may speak already. It is served when its turn comes, from its first byte on.",
    ),
    check(
        "4.8/idle",
        "does not count as idle who waits for a worker",
        |lab| {
            let options = ["--workers", "1", "--idle-ms", "250", "--delay-ms", "300"];
            let server = lab.server_with(&options)?;
            let mut ann = welcomed(&server, "Ann")?;
            let mut bob = server.connect("Bob")?;
            greeted(lab, &mut ann)?;
            ann.says("exit\n")?;
            ann.sees_the_end()?;
            ann.leaves();
            bob.hears_line(WELCOME)?;
            greeted(lab, &mut bob)
        },
    )
    .aside()
    .means(
        "Bob has waited for 300 ms, and may be idle for 250: from his welcome on, not from his \
         coming. Who waits is not idle, the house is busy.",
    ),
    check(
        "4.8/busy",
        "says `ERR busy` to one more than max-conn when there are workers enough",
        |lab| {
            for (workers, most) in [("2", "2"), ("4", "2")] {
                let server = lab.server_with(&["--workers", workers, "--max-conn", most])?;
                let mut ann = welcomed(&server, "Ann")?;
                let mut bob = welcomed(&server, "Bob")?;
                turned_away(&server, "Carol")?;
                greeted(lab, &mut ann)?;
                greeted(lab, &mut bob)?;
            }
            Ok(())
        },
    )
    .means(
        "With as many workers as max-conn, or more, the cap comes first: nobody waits, the next \
         one hears `ERR busy`.",
    ),
    check(
        "4.8/threads",
        "has no more threads than workers, whoever comes",
        |lab| {
            /// A runtime may keep some for itself, and a bounded number may wait in threads:
            /// fewer than those who find room at the door at once.
            const SLACK: usize = 100;
            let server = lab.server_with(&["--workers", "3", "--max-conn", "1000"])?;
            let mut guests = Vec::new();
            for _ in 0..3 {
                guests.push(welcomed(&server, "one of the served")?);
            }
            let before = server.process()?.running().threads();
            let glance = lab.patience().glance();
            let mut crowd = Crowd::comes_to(server.address(), 300, glance, lab.tape())?;
            crowd.leaves_where_turned_away(glance)?;
            server
                .process()?
                .settles("threads", before, SLACK, Running::threads)?;
            drop(crowd);
            for guest in &mut guests {
                greeted(lab, guest)?;
            }
            Ok(())
        },
    )
    .means(
        "A pool has a fixed number of threads, and the queue holds who waits. A thread for each \
         client that waits for a permit is no pool.",
    ),
    check(
        "4.8/bad-clients",
        "has all its workers after bad clients",
        |lab| {
            let server = lab.server_with(&["--workers", "2"])?;
            for _ in 0..4 {
                let mut bad = welcomed(&server, "one of the bad")?;
                bad.says(b"\xff\n")?;
                bad.waits_for_the_end()?;
                let mut long = welcomed(&server, "one of the bad")?;
                long.says(format!("{}\n", lab.letters(2000)))?;
                long.waits_for_the_end()?;
                welcomed(&server, "another")?.resets()?;
            }
            let mut ann = welcomed(&server, "Ann")?;
            let mut bob = welcomed(&server, "Bob")?;
            greeted(lab, &mut ann)?;
            greeted(lab, &mut bob)
        },
    )
    .means(
        "A worker that ends with its client is one less for all that come. An error, or a panic, \
         must end the client's turn and nothing else.",
    ),
    check(
        "4.8/gone",
        "serves who still waits when others have left the queue",
        |lab| {
            let server = lab.server_with(&["--workers", "1"])?;
            let leaves: [Leaves; 3] = [
                |bob| {
                    bob.leaves();
                    Ok(None)
                },
                |mut bob| {
                    bob.stops_talking()?;
                    Ok(Some(bob))
                },
                |bob| {
                    bob.resets()?;
                    Ok(None)
                },
            ];
            // One at a time: the queue may be short.
            for leaves in leaves {
                let mut ann = gets_in(lab, &server, "Ann")?;
                let _bob = leaves(server.connect("Bob")?)?;
                greeted(lab, &mut ann)?;
                ann.says("exit\n")?;
                ann.sees_the_end()?;
            }
            let mut carol = gets_in(lab, &server, "Carol")?;
            greeted(lab, &mut carol)
        },
    )
    .means(
        "Who waits may lose patience. A worker that takes somebody who has gone reads the end, or \
         an error, at once: that ends this turn, and the next one in the queue is served.",
    ),
    check(
        "4.8/stop",
        "ends on SIGTERM while clients are served and others wait",
        |lab| {
            let server = lab.server_with(&["--workers", "2"])?;
            let mut ann = welcomed(&server, "Ann")?;
            let mut bob = welcomed(&server, "Bob")?;
            let mut carol = server.connect("Carol")?;
            greeted(lab, &mut ann)?;
            let asked = server.process()?.is_asked_to_stop(StopSignal::Terminate)?;
            asked.and_stops()?;
            ann.sees_the_end()?;
            bob.sees_the_end()?;
            carol.waits_for_the_end()?;
            Ok(())
        },
    )
    .means(
        "The workers wait in `read` or at the queue. Wake the first as in 4.7; dropping the \
         queue's sender ends the loops of the others.",
    ),
];
