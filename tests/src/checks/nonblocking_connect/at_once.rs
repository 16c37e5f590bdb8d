//! Exercise 6.5: a hundred at once, on one thread, and none waits for another.

use super::run::{PATIENT, Run, had_its_time};
use crate::checks::{Check, check};
use crate::program::Running;
use crate::wire::ms;

/// As many as nobody wants threads for.
const MANY: usize = 100;

pub static CHECKS: &[Check] = &[
    check(
        "6.5/slow-one-first",
        "tries Ann while Carol, named before her, does not answer",
        |lab| {
            let (ann, carol) = (lab.host("Ann")?, lab.full_house("Carol")?);
            let run = Run::check(lab, &PATIENT, &[carol.address(), ann.address()])?;
            run.comes_to(&ann)?;
            run.still_runs()
        },
    )
    .means(
        "Begin all connects before you wait for any. The kernel works on all of them at the same \
         time; it is the program that stands in a queue.",
    ),
    check(
        "6.5/hundred",
        "has a verdict on each of a hundred in the time of one",
        |lab| {
            let (ann, carol) = (lab.host("Ann")?, lab.full_house("Carol")?);
            let quiet = lab.quiet_address()?;
            let mut targets = vec![(quiet, "refused")];
            targets.extend([(carol.address(), "timed-out"); MANY]);
            targets.extend([(ann.address(), "connected"), (quiet, "refused")]);
            let addresses: Vec<_> = targets.iter().map(|(target, _)| *target).collect();
            let options = ["--timeout-ms", "300"];
            let one = Run::check(lab, &options, &[carol.address()])?;
            let all = Run::check(lab, &options, &addresses)?;
            let (one, told) = (one.done()?, all.done()?);
            let times = told.says(&targets)?;
            for took in &times[1..=MANY] {
                had_its_time(*took, ms(300), lab.patience())?;
            }
            told.took_at_most(one.took + ms(200), lab.patience())
        },
    )
    .means(
        "Nobody answers, so each try takes its 300 ms. All of them together take no longer, if \
         none has to wait for another.",
    ),
    check(
        "6.5/last-of-all",
        "tries the last of a hundred while none of the others is over",
        |lab| {
            let (ann, carol) = (lab.host("Ann")?, lab.full_house("Carol")?);
            let mut targets = vec![carol.address(); MANY];
            targets.push(ann.address());
            let run = Run::check(lab, &PATIENT, &targets)?;
            run.comes_to(&ann)?;
            run.still_runs()
        },
    )
    .means(
        "A pool of threads, or a limit of tries at a time, makes the last one wait for the first. \
         The only limit is the number of descriptors.",
    ),
    check(
        "6.5/one-thread",
        "needs no thread for each of a hundred",
        |lab| {
            /// A runtime may have a few for itself, and start some of them late.
            const SLACK: usize = 30;
            let (ann, carol) = (lab.host("Ann")?, lab.full_house("Carol")?);
            let one = Run::check(lab, &PATIENT, &[carol.address(), ann.address()])?;
            one.comes_to(&ann)?;
            let before = one.process.running().threads();
            let mut targets = vec![carol.address(); MANY];
            targets.push(ann.address());
            let many = Run::check(lab, &PATIENT, &targets)?;
            many.comes_to(&ann)?;
            many.process
                .settles("threads", before, SLACK, Running::threads)?;
            many.still_runs()
        },
    )
    .means(
        "A thread in each `connect` works, and needs a hundred threads. One thread can wait for \
         all of them, in a poller.",
    ),
    check(
        "6.5/sleeps",
        "uses no processor while most are over and one is not",
        |lab| {
            let (ann, carol) = (lab.host("Ann")?, lab.full_house("Carol")?);
            let quiet = lab.quiet_address()?;
            let mut targets = vec![quiet; 20];
            targets.extend([carol.address(), ann.address()]);
            let run = Run::check(lab, &PATIENT, &targets)?;
            run.comes_to(&ann)?;
            run.rests()
        },
    )
    .means(
        "A socket whose connect is over stays writable. If the poller goes on watching it, each \
         wait returns at once, for nothing. Take it out when its verdict has fallen.",
    ),
];
