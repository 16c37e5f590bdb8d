//! Exercise 6.7: what is over is closed, while others are still under way.

use super::run::{PATIENT, Run};
use crate::checks::{Check, check};
use crate::program::{Running, Stdin};
use crate::wire::Host;

pub static CHECKS: &[Check] = &[
    check(
        "6.7/connected",
        "closes a connection when its verdict has fallen",
        |lab| {
            let (ann, carol) = (lab.host("Ann")?, lab.full_house("Carol")?);
            let run = Run::check(lab, &PATIENT, &[ann.address(), carol.address()])?;
            let mut peer = run.comes_to(&ann)?;
            peer.waits_for_the_end()?;
            run.still_runs()
        },
    )
    .means(
        "Ann was asked whether she is there, and has answered. From then on her connection is of \
         no use to anybody, and takes a place at both ends until it is closed.",
    ),
    check(
        "6.7/descriptors",
        "keeps no descriptor of those that were refused",
        |lab| {
            const REFUSED: usize = 60;
            /// A runtime may open something late, or once in a while.
            const SLACK: usize = 15;
            let (ann, carol) = (lab.host("Ann")?, lab.full_house("Carol")?);
            let quiet = lab.quiet_address()?;
            let few = Run::check(lab, &PATIENT, &[carol.address(), ann.address()])?;
            let mut peer = few.comes_to(&ann)?;
            peer.waits_for_the_end()?;
            let before = few.process.running().descriptors();
            let mut targets = vec![quiet; REFUSED];
            targets.extend([carol.address(), ann.address()]);
            let many = Run::check(lab, &PATIENT, &targets)?;
            let _peer = many.comes_to(&ann)?;
            many.process
                .settles("open descriptors", before, SLACK, Running::descriptors)?;
            many.still_runs()
        },
    )
    .means(
        "A socket that was refused is still a descriptor, until it is closed. A process has a \
         thousand of them, often fewer.",
    ),
    check(
        "6.7/limit",
        "tries all, though it cannot have a descriptor for each at once",
        |lab| {
            const EACH: usize = 40;
            let hosts = ["Ann", "Bob", "Carol"].map(|name| lab.host(name));
            let hosts = hosts.into_iter().collect::<Result<Vec<Host>, _>>()?;
            let targets: Vec<_> = hosts
                .iter()
                .map(Host::address)
                .cycle()
                .take(EACH * hosts.len())
                .collect();
            let words = ["check".to_string(), "--timeout-ms".into(), "20000".into()];
            let words = words
                .into_iter()
                .chain(targets.iter().map(ToString::to_string));
            let mut spec = lab.spec(words, Stdin::Empty);
            spec.descriptors = Some(64);
            let told = Run::start_as(lab, spec)?.done()?;
            let expected: Vec<_> = targets
                .into_iter()
                .map(|target| (target, "connected"))
                .collect();
            told.says(&expected)?;
            Ok(())
        },
    )
    .means(
        "There are more addresses than the process may have sockets. \"Too many open files\" is \
         then no verdict on an address: close those that are over, and let the others wait until \
         a descriptor is free.",
    ),
    check(
        "6.7/given-up",
        "frees the descriptors of those that it has given up",
        |lab| {
            const CAROLS: usize = 100;
            let (ann, carol) = (lab.host("Ann")?, lab.full_house("Carol")?);
            let mut targets = vec![(carol.address(), "timed-out"); CAROLS];
            targets.push((ann.address(), "connected"));
            let words = ["check".to_string(), "--timeout-ms".into(), "80".into()];
            let addresses = targets.iter().map(|(target, _)| target.to_string());
            let mut spec = lab.spec(words.into_iter().chain(addresses), Stdin::Empty);
            spec.descriptors = Some(64);
            let told = Run::start_as(lab, spec)?.done()?;
            told.says(&targets)?;
            Ok(())
        },
    )
    .means(
        "A try that is out of time has a socket still, which the kernel works on. Close it, and \
         its descriptor is free for one that waits for its turn.",
    ),
];
