//! Exercise 6.4: who does not answer is given up, not a moment too early and not much later.

use std::time::Duration;

use super::run::{Run, had_its_time};
use crate::checks::{Check, check, every_program};
use crate::finding::{Kind, fail};
use crate::wire::ms;

pub static CHECKS: &[Check] = &[
    check(
        "6.4/timed-out",
        "gives up after `--timeout-ms`, and no earlier",
        |lab| {
            let carol = lab.full_house("Carol")?;
            let timeout = lab.number(180..=240);
            let options = ["--timeout-ms", &timeout.to_string()];
            let told = Run::check(lab, &options, &[carol.address()])?.done()?;
            let times = told.says(&[(carol.address(), "timed-out")])?;
            told.took_at_least(ms(timeout))?;
            had_its_time(times[0], ms(timeout), lab.patience())
        },
    )
    .means(
        "Nobody answers, and the kernel would go on trying for two minutes. Note when each try \
         began, sleep no longer than the first of them has left, and look at the clock when you \
         wake up: being woken is not yet being late.",
    ),
    check(
        "6.4/default",
        "gives up after a second if nothing else is said, and says how long each took",
        |lab| {
            let (ann, carol) = (lab.host("Ann")?, lab.full_house("Carol")?);
            let quiet = lab.quiet_address()?;
            let targets = [
                (carol.address(), "timed-out"),
                (ann.address(), "connected"),
                (quiet, "refused"),
            ];
            let told = Run::check(lab, &[], &targets.map(|(target, _)| target))?.done()?;
            let times = told.says(&targets)?;
            told.took_at_least(ms(1000))?;
            had_its_time(times[0], ms(1000), lab.patience())?;
            match times[1..].iter().find(|time| **time >= ms(500)) {
                None => Ok(()),
                Some(late) => fail(
                    Kind::Slow,
                    "a few milliseconds for an answer that came at once",
                    format!("{} ms", late.as_millis()),
                ),
            }
        },
    )
    .aside()
    .means(
        "Without `--timeout-ms` each try has 1,000 ms. MS is the time from the beginning of this \
         try to its own verdict: note when that falls, not when all is over.",
    ),
    check(
        "6.4/counts-on",
        "gives each its time once, also when others have news meanwhile",
        |lab| {
            // Her kernel sends the next SYN after a second: that is when Carol has news.
            const TIMEOUT: Duration = ms(1250);
            let (dan, mut carol) = (lab.full_house("Dan")?, lab.full_house("Carol")?);
            let targets = [dan.address(), carol.address()];
            let run = Run::check(lab, &["--timeout-ms", "1250"], &targets)?;
            carol.waits_for_somebody(lab.patience().silence());
            carol.lets_one_in()?;
            let told = run.done()?;
            let says = |carols| told.says(&[(targets[0], "timed-out"), (targets[1], carols)]);
            // The news can come too late on a busy machine. What is asked here is Dan's time.
            let times = says("timed-out").or_else(|_| says("connected"))?;
            had_its_time(times[0], TIMEOUT, lab.patience())?;
            // On any machine: whoever begins anew with her news is not done before this. A program
            // that tries one after another tries her when Dan's time is over.
            if times[0] < times[1].max(ms(1000)) + TIMEOUT {
                return Ok(());
            }
            let expected = "MS of a try that had 1.25 s";
            fail(Kind::Slow, expected, times[0].as_millis().to_string())
        },
    )
    .aside()
    .means(
        "Carol answered after a second, and that woke the program. Dan's time had begun long \
         before, and does not begin anew: sleep for what is left of it, not for all of it again.",
    ),
    check("6.4/usage", "ends with 2 if the time is no number", |lab| {
        let lines: [&[&str]; 3] = [
            &["check", "--timeout-ms", "1s", "127.0.0.1:9"],
            &["check", "--timeout-ms", "", "127.0.0.1:9"],
            &["check", "--timeout-ms"],
        ];
        every_program::refuses(lab, &lines)
    })
    .given()
    .means("`--timeout-ms` takes a whole number of milliseconds. Anything else: exit code 2."),
];
