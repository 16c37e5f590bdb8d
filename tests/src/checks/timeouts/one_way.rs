//! Exercise 7.6, the rest: a receiver that says no more, and hears on.

use super::read::passes;
use super::run::{LONG, Run};
use crate::checks::{Check, check};
use crate::wire::ms;

/// More than the buffers of two systems hold: it cannot all be gone before the end has come.
const COUNT: usize = 24 * 1024 * 1024;

pub static CHECKS: &[Check] = &[check(
    "7.6/half-close",
    "goes on when the other end has nothing more to say",
    |lab| {
        let host = lab.host("Ann")?;
        let words = ["--bytes", &COUNT.to_string(), "--write-ms", LONG];
        let run = Run::send(lab, host.address(), &words)?;
        let mut ann = run.comes_to(&host)?;
        ann.stops_talking()?;
        // The buffers are full: the end is all that there is to see for now.
        passes(ms(50));
        ann.takes(COUNT)?;
        run.done()?.done.exits(&[0])?.prints("")?;
        Ok(())
    },
)
.means(
    "Ann has ended her side, and reads on: each direction of a connection ends by itself. What \
     is read is discarded anyway, so its end changes nothing. Only a reset ends the sending.",
)];
