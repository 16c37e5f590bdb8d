//! Exercise 6.2: the program sleeps until a connect is over, however long that takes.

use super::run::{PATIENT, Run};
use crate::checks::{Check, check};

pub static CHECKS: &[Check] = &[
    check(
        "6.2/later",
        "connects where the answer takes its time",
        |lab| {
            let (ann, mut carol) = (lab.host("Ann")?, lab.full_house("Carol")?);
            let targets = [ann.address(), carol.address()];
            let run = Run::check(lab, &PATIENT, &targets)?;
            run.comes_to(&ann)?;
            carol.waits_for_somebody(lab.patience().silence());
            carol.lets_one_in()?;
            let told = run.done()?;
            told.says(&targets.map(|target| (target, "connected")))?;
            Ok(())
        },
    )
    .aside()
    .means(
        "Carol's queue was full, so her kernel did not answer the first SYN. Then there was a \
         place, and the next SYN found it. A connect that is in progress can take seconds: wait \
         until the socket is writable, and only then look at what came of it.",
    ),
    check(
        "6.2/sleeps",
        "uses no processor while it waits for an answer",
        |lab| {
            let (ann, carol) = (lab.host("Ann")?, lab.full_house("Carol")?);
            let run = Run::check(lab, &PATIENT, &[ann.address(), carol.address()])?;
            run.comes_to(&ann)?;
            run.rests()
        },
    )
    .means(
        "Who asks \"is it ready?\" in a loop keeps a processor busy with the question. Hand the \
         sockets to a poller, and sleep in it: the kernel wakes you when there is news.",
    ),
];
