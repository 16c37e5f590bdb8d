//! Exercise 6.3: a connect that is over went well or did not, and the socket knows which.

use super::run::{PATIENT, Run, was_visited};
use crate::checks::{Check, check};
use crate::wire::FullHouse;

const MEANS: &str = "A socket becomes writable when its connect is over, whether it went well or \
                     not. `SO_ERROR` (`take_error`) tells which.";

pub static CHECKS: &[Check] = &[
    check(
        "6.3/refused",
        "says `refused` where nobody listens, and ends with 1",
        |lab| {
            let (quiet, closed) = (lab.quiet_address()?, lab.quiet_address()?);
            let told = Run::check(lab, &[], &[quiet, closed])?.done()?;
            told.says(&[(quiet, "refused"), (closed, "refused")])?;
            Ok(())
        },
    )
    .means(MEANS),
    check(
        "6.3/among-others",
        "tells those who refuse from those who let it in",
        |lab| {
            let (ann, bob) = (lab.host("Ann")?, lab.host("Bob")?);
            let quiet = lab.quiet_address()?;
            let targets = [
                (ann.address(), "connected"),
                (quiet, "refused"),
                (bob.address(), "connected"),
                (quiet, "refused"),
            ];
            let told = Run::check(lab, &[], &targets.map(|(target, _)| target))?.done()?;
            told.says(&targets)?;
            was_visited(&ann, 1, lab.patience())?;
            was_visited(&bob, 1, lab.patience())
        },
    )
    .means(
        "Each socket is asked for its own error, once its own connect is over. One that is \
         refused does not make the others fail, but the exit code is 1 then.",
    ),
    check(
        "6.3/later",
        "says `refused` where the answer takes its time",
        |lab| {
            // On a port that the system gives to nobody else, once it is closed.
            let door = lab.quiet_address()?;
            let (ann, carol) = (
                lab.host("Ann")?,
                FullHouse::open_at("Carol", door, lab.tape())?,
            );
            let run = Run::check(lab, &PATIENT, &[ann.address(), door])?;
            run.comes_to(&ann)?;
            carol.waits_for_somebody(lab.patience().silence());
            carol.closes();
            let told = run.done()?;
            told.says(&[(ann.address(), "connected"), (door, "refused")])?;
            Ok(())
        },
    )
    .aside()
    .means(MEANS),
];
