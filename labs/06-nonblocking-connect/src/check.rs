//! The role `check`: all addresses at once, and a line about each.

use std::time::Duration;

use shared::Failure;

use crate::attempt::Verdict;
use crate::picture;
use crate::target::Target;
use crate::tries::Tries;

pub fn run(targets: &[Target], timeout: Duration) -> Result<(), Failure> {
    let mut tries = Tries::new(timeout)?;
    try_all(&mut tries, targets)?;
    picture::draw(tries.all());
    for one in tries.all() {
        if let Some(over) = &one.over {
            let (verdict, took) = (over.verdict, one.took().as_millis());
            shared::line(format_args!("{}\t{verdict}\t{took}", one.target))?;
        }
    }
    match targets.len() - tries.count(Verdict::Connected) {
        0 => Ok(()),
        lost => {
            let why = format!("{lost} of {} are not connected", targets.len());
            Err(Failure::system("check", why))
        }
    }
}

/// Begins all tries before it waits for any. The kernel works on all of them meanwhile, and the
/// slowest decides how long the whole takes, not the sum.
// exercise 6.5: begin them all, then wait for whichever has news
fn try_all<'a>(tries: &mut Tries<'a>, targets: &'a [Target]) -> Result<(), Failure> {
    for target in targets {
        tries.begin(target);
    }
    while !tries.are_over() {
        tries.step(None)?;
    }
    Ok(())
}
