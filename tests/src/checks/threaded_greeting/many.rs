//! Exercise 4.2: many clients at once, none at the cost of another.

use std::time::{Duration, Instant};

use super::guest::{asks_and_asks, greeted, name, visit, welcomed, with_little_room};
use crate::checks::{Check, check, scarce};
use crate::finding::{Kind, fail};
use crate::program::Running;
use crate::words::time;

const MIB: usize = 1024 * 1024;

pub static CHECKS: &[Check] = &[
    check("4.2/beside", "greets Bob while Ann says nothing", |lab| {
        let server = lab.server()?;
        let mut ann = welcomed(&server, "Ann")?;
        let mut bob = welcomed(&server, "Bob")?;
        greeted(lab, &mut bob)?;
        greeted(lab, &mut ann)
    })
    .means(
        "The thread that serves Ann waits in `read` until she says something. Who accepts must \
         not wait with it: give each client a thread of its own, and do not join it.",
    ),
    check(
        "4.2/thirty",
        "serves thirty clients at the same time",
        |lab| {
            let server = lab.server()?;
            let mut guests = Vec::new();
            for _ in 0..30 {
                guests.push(welcomed(&server, "one of thirty")?);
            }
            while let Some(mut guest) = guests.pop() {
                greeted(lab, &mut guest)?;
            }
            Ok(())
        },
    )
    .means("Each client is served by its own thread, however many others there are."),
    check(
        "4.2/slow-answers",
        "prepares the answers to ten clients at the same time",
        |lab| {
            let server = lab.server_with(&["--delay-ms", "150"])?;
            let mut guests = Vec::new();
            for _ in 0..10 {
                guests.push((welcomed(&server, "one of ten")?, name(lab)));
            }
            let since = Instant::now();
            for (guest, name) in &mut guests {
                guest.says(format!("{name}\n"))?;
            }
            for (guest, name) in &mut guests {
                guest.hears_line(&format!("Hello, {name}!"))?;
            }
            // One after another they take 1,500 ms at least, on any machine.
            if since.elapsed() < Duration::from_millis(1400) {
                return Ok(());
            }
            fail(
                Kind::Slow,
                "ten answers that take 150 ms each, together",
                format!(
                    "they took {} in all, as if one waited for another",
                    time(since.elapsed())
                ),
            )
        },
    )
    .means(
        "One client's answer waits for another's. Is a lock held while the thread sleeps? Does \
         the thread that accepts do the work?",
    ),
    check("4.2/reset", "goes on when clients reset", |lab| {
        let server = lab.server()?;
        let descriptors = server.descriptors();
        let mut ann = welcomed(&server, "Ann")?;
        greeted(lab, &mut ann)?;
        ann.resets()?;
        server.connect("Bob")?.resets()?;
        let mut carol = welcomed(&server, "Carol")?;
        carol.says(name(lab))?;
        carol.resets()?;
        visit(lab, &server, "Dan")?;
        server.may_see_them_off(descriptors);
        server.still_runs()
    })
    .means(
        "A reset makes reading or writing fail. That is the end of one connection, not of the \
         server: log the error, and serve the others.",
    ),
    check(
        "4.2/never-reads",
        "serves Bob while Ann asks and asks and does not read, and keeps little of it",
        |lab| {
            let server = lab.server()?;
            visit(lab, &server, "Ann")?;
            let process = server.process().ok();
            let before = process.and_then(|process| process.running().memory_peak());
            let mut ann = with_little_room(&server, "Ann")?;
            asks_and_asks(lab, &mut ann, MIB / 8)?;
            visit(lab, &server, "Bob")?;
            process.map_or(Ok(()), |process| process.grows_less_than(64 * MIB, before))
        },
    )
    .long()
    .means(
        "Writing to Ann waits until she reads, and nobody else should wait with her. Until then \
         nothing more is read from her either: answers that nobody takes would fill the memory.",
    ),
    check(
        "4.2/leaks",
        "is done with each client that has left",
        |lab| {
            let server = lab.server()?;
            for _ in 0..5 {
                visit(lab, &server, "Ann")?;
                welcomed(&server, "Ann")?.resets()?;
            }
            let process = server.process()?;
            let threads = process.running().threads();
            let descriptors = process.running().descriptors();
            for _ in 0..50 {
                visit(lab, &server, "Bob")?;
                let mut carol = welcomed(&server, "Carol")?;
                greeted(lab, &mut carol)?;
                carol.resets()?;
                welcomed(&server, "Dan")?.leaves();
            }
            process.settles("threads", threads, 5, Running::threads)?;
            process.settles("open descriptors", descriptors, 5, Running::descriptors)
        },
    )
    .means(
        "A thread ends when its function returns, and a connection is closed when its last \
         handle is dropped. A loop that goes on after the end, or a handle kept in a list, \
         keeps them for ever.",
    ),
    check(
        "4.2/descriptors",
        "goes on when it had no descriptor left for another client",
        |lab| {
            let server = scarce::server(lab, &["--max-conn", "1000"])?;
            scarce::crowd(lab, &server, |door| welcomed(door, "one of many"))?;
            scarce::gets_through(lab, &server, |lab| visit(lab, &server, "Ann"))
        },
    )
    .means(
        "`accept` fails when the process has as many descriptors as it may. They are free again \
         when clients leave: log it, wait a moment, accept again.",
    ),
];
