//! Exercise 6.6: a race, in which those named first have a head start.

use std::net::{Ipv6Addr, SocketAddr};
use std::time::Duration;

use super::nowhere::nowhere;
use super::run::{PATIENT, Run, was_visited};
use crate::checks::{Check, check, every_program};
use crate::finding::{Kind, Step, Stop, fail};
use crate::wire::{Host, ms};
use crate::words::time;

/// Nobody starts because of the time.
const NO_STAGGER: [&str; 4] = ["--stagger-ms", "60000", "--timeout-ms", "60000"];

pub static CHECKS: &[Check] = &[
    check(
        "6.6/first",
        "names the first that lets it in, and tries no other then",
        |lab| {
            let (ann, bob) = (lab.host("Ann")?, lab.host("Bob")?);
            let run = Run::race(lab, &NO_STAGGER, &[ann.address(), bob.address()])?;
            run.done()?.names(ann.address())?;
            was_visited(&ann, 1, lab.patience())?;
            was_visited(&bob, 0, lab.patience())
        },
    )
    .means(
        "The first address has the head start. If it answers before that is over, it has won: \
         print it, and end. The others need not even be tried.",
    ),
    check(
        "6.6/stagger",
        "starts each the stagger after the one before: `--stagger-ms`, or 250 ms",
        |lab| {
            let (ann, bob) = (lab.host("Ann")?, lab.host("Bob")?);
            let (carol, dan) = (lab.full_house("Carol")?, lab.full_house("Dan")?);
            let stagger = lab.number(80..=110);
            let number = stagger.to_string();
            let options = [&PATIENT[..], &["--stagger-ms", &number]].concat();
            let by_default = Run::race(lab, &PATIENT, &[dan.address(), bob.address()])?;
            let targets = [carol.address(), carol.address(), ann.address()];
            let run = Run::race(lab, &options, &targets)?;
            let came = run.comes_after(&carol, &ann)?;
            started_no_earlier(came, ms(2 * stagger))?;
            let first = run.done()?;
            first.names(ann.address())?;
            by_default.comes_to(&bob)?;
            started_no_earlier(by_default.elapsed(), ms(250))?;
            let told = by_default.done()?;
            told.names(bob.address())?;
            // Both have had a start of the same length.
            told.took_at_most(first.took + ms(100), lab.patience())
        },
    )
    .means(
        "Carol does not answer, and after the stagger the next address gets its chance, while \
         Carol keeps hers. The third starts two staggers after the first. RFC 8305 recommends \
         250 ms.",
    ),
    check(
        "6.6/failed",
        "starts the next at once when all before it have failed",
        |lab| {
            let ann = lab.host("Ann")?;
            let (quiet, closed) = (lab.quiet_address()?, lab.quiet_address()?);
            let run = Run::race(lab, &NO_STAGGER, &[quiet, closed, ann.address()])?;
            run.done()?.names(ann.address())
        },
    )
    .means(
        "When nothing is under way any more, there is nothing to be patient with. Start the next \
         address without waiting for the stagger.",
    ),
    check(
        "6.6/error",
        "goes on from an address that the system will not even try",
        |lab| {
            let (ann, nowhere) = (lab.host("Ann")?, nowhere()?);
            let run = Run::race(lab, &NO_STAGGER, &[nowhere, nowhere, ann.address()])?;
            run.done()?.names(ann.address())?;
            let run = Run::race(lab, &NO_STAGGER, &[nowhere])?;
            run.done()?.names_nobody(1)
        },
    )
    .means(
        "A connect that fails on the spot has failed like any other: the next, at once, and if \
         there is none, the race is over. There is no socket that would have news of it.",
    ),
    check(
        "6.6/not-all-failed",
        "keeps to the stagger while any before it is still under way",
        |lab| {
            let (ann, carol) = (lab.host("Ann")?, lab.full_house("Carol")?);
            let quiet = lab.quiet_address()?;
            let options = [&PATIENT[..], &["--stagger-ms", "200"]].concat();
            let targets = [carol.address(), quiet, ann.address()];
            let run = Run::race(lab, &options, &targets)?;
            let came = run.comes_after(&carol, &ann)?;
            started_no_earlier(came, ms(400))?;
            run.done()?.names(ann.address())
        },
    )
    .means(
        "The second was refused, but the first may still answer: not all have failed. So the \
         third starts when its time has come, the stagger after the second.",
    ),
    check(
        "6.6/timed-out",
        "starts the next at once when the time of all before it is up",
        |lab| {
            let (ann, carol) = (lab.host("Ann")?, lab.full_house("Carol")?);
            let options = ["--stagger-ms", "60000", "--timeout-ms", "120"];
            let run = Run::race(lab, &options, &[carol.address(), ann.address()])?;
            let came = run.comes_after(&carol, &ann)?;
            started_no_earlier(came, ms(120))?;
            run.done()?.names(ann.address())
        },
    )
    .means("A try that is out of time has failed like one that was refused: the next, at once."),
    check(
        "6.6/stagger-anew",
        "counts the stagger from the start of the one before, whenever that was",
        |lab| {
            let (ann, carol) = (lab.host("Ann")?, lab.full_house("Carol")?);
            let options = ["--stagger-ms", "375", "--timeout-ms", "250"];
            let targets = [carol.address(), carol.address(), ann.address()];
            let run = Run::race(lab, &options, &targets)?;
            let came = run.comes_after(&carol, &ann)?;
            // The second starts when the first is out of time, and has 250 ms as well.
            started_no_earlier(came, ms(500))?;
            run.done()?.names(ann.address())
        },
    )
    .means(
        "The second started early, as the first had failed. The head start of the second is \
         counted from then: set the time of the next start whenever one starts.",
    ),
    check(
        "6.6/early-starts",
        "waits for one stagger after an early start, and not for several",
        |lab| {
            /// By a timetable it would be Ann's turn when nobody waits for her any more.
            const REFUSED: usize = 90;
            let (ann, carol) = (lab.host("Ann")?, lab.full_house("Carol")?);
            let mut targets = vec![lab.quiet_address()?; REFUSED];
            targets.extend([carol.address(), ann.address()]);
            let options = [&PATIENT[..], &["--stagger-ms", "150"]].concat();
            let run = Run::race(lab, &options, &targets)?;
            let came = run.comes_after(&carol, &ann)?;
            started_no_earlier(came, ms(150))?;
            run.done()?.names(ann.address())
        },
    )
    .means(
        "All but one were refused, and each next one started at once. So Carol is tried long before \
         her turn, and Ann one stagger after her: it counts from the start of the one before, and \
         no place in the list has a time of its own.",
    ),
    check(
        "6.6/late-winner",
        "lets an address win that answers after others have started",
        |lab| {
            let mut carol = lab.full_house("Carol")?;
            let quiet = lab.quiet_address()?;
            let options = [&PATIENT[..], &["--stagger-ms", "50"]].concat();
            let run = Run::race(lab, &options, &[carol.address(), quiet])?;
            // The second starts, and is refused. Who has let go of the first ends then.
            run.process.running().wait(lab.patience().glance());
            run.still_runs()?;
            carol.lets_one_in()?;
            run.done()?.names(carol.address())
        },
    )
    .aside()
    .means(
        "The stagger is a head start, and not a timeout: when the next one starts, those before \
         it go on, each until its own time is up.",
    ),
    check(
        "6.6/nobody",
        "ends with 1 when all have failed and none was out of time",
        |lab| {
            let (quiet, closed) = (lab.quiet_address()?, lab.quiet_address()?);
            let run = Run::race(lab, &NO_STAGGER, &[quiet, closed])?;
            run.done()?.names_nobody(1)
        },
    )
    .means("Nobody lets it in: nothing on standard output, `error: …`, and exit code 1."),
    check(
        "6.6/out-of-time",
        "ends with 4 if any was out of time, and gives each its own",
        |lab| {
            let carol = lab.full_house("Carol")?;
            let quiet = lab.quiet_address()?;
            let options = ["--stagger-ms", "150", "--timeout-ms", "200"];
            let other = Run::race(lab, &options, &[carol.address(), quiet])?;
            let run = Run::race(lab, &options, &[quiet, carol.address(), carol.address()])?;
            other.done()?.names_nobody(4)?;
            let told = run.done()?;
            told.names_nobody(4)?;
            // The last one starts 150 ms after the second, and has 200 ms for itself.
            told.took_at_least(ms(350))
        },
    )
    .means(
        "`--timeout-ms` bounds each try, from its own start on. When the last is over, nobody is \
         left: exit code 4 if time ran out for any of them, else 1.",
    ),
    check(
        "6.6/ipv6",
        "goes on from an IPv6 address that fails to IPv4, and back",
        |lab| {
            let any = SocketAddr::from((Ipv6Addr::LOCALHOST, 0));
            let ann = Host::open_at("Ann", any, lab.tape(), lab.patience())
                .map_err(|_| Stop::Skip("this machine has no ::1".into()))?;
            let (bob, quiet) = (lab.host("Bob")?, lab.quiet_address()?);
            let closed = SocketAddr::from((Ipv6Addr::LOCALHOST, quiet.port()));
            let run = Run::race(lab, &NO_STAGGER, &[closed, bob.address()])?;
            run.done()?.names(bob.address())?;
            let run = Run::race(lab, &NO_STAGGER, &[quiet, ann.address()])?;
            run.done()?.names(ann.address())
        },
    )
    .means(
        "This is what the race was invented for: IPv6 first, IPv4 where that does not work. Each \
         try needs a socket of its own family. The winner is printed as it was given.",
    ),
    check(
        "6.6/ends-at-once",
        "does not wait for the losers when there is a winner",
        |lab| {
            let (ann, carol) = (lab.host("Ann")?, lab.full_house("Carol")?);
            let options = [&PATIENT[..], &["--stagger-ms", "20"]].concat();
            let targets = [carol.address(), carol.address(), ann.address()];
            let run = Run::race(lab, &options, &targets)?;
            let mut winner = run.comes_to(&ann)?;
            run.done()?.names(ann.address())?;
            winner.waits_for_the_end()?;
            Ok(())
        },
    )
    .means("The winner is known. Close the others, print it, end."),
    check(
        "6.6/usage",
        "ends with 2 without an address, or with one that is none",
        |lab| {
            let lines: [&[&str]; 5] = [
                &["race"],
                &["race", "localhost:80"],
                &["race", "127.0.0.1"],
                &["race", "[::1]"],
                &["race", "--stagger-ms", "soon", "127.0.0.1:9"],
            ];
            every_program::refuses(lab, &lines)
        },
    )
    .given()
    .means("The same rules as for `check`: `IP:PORT` or `[IP6]:PORT`, and whole numbers."),
];

/// What came this long after the first try was begun no earlier than it should.
fn started_no_earlier(came: Duration, least: Duration) -> Step {
    if came >= least {
        return Ok(());
    }
    fail(
        Kind::Unexpected,
        format!(
            "its turn to come {} after the first's, or later",
            time(least)
        ),
        format!("a connection after {}", time(came)),
    )
}
