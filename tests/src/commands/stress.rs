//! `stress [WHAT] --times N --busy B`: the same checks again and again, idle and under load,
//! counting every outcome that is not the usual one.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use clap::Args;

use super::out::tell;
use super::target::{Part, Target, choose, prepare};
use crate::report::{Progress, ladder, style};
use crate::verdict::{Job, Outcome, Status, measure_patience, run as run_checks};
use crate::workbook::{Trouble, Workbook};

#[derive(Args)]
pub struct Options {
    /// What to run: 2, 2.4 or 2.4/half-close; without it, every lab's reference
    selection: Option<String>,
    #[command(flatten)]
    target: Target,
    /// How often each check runs: the first half idle, the second under load
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    times: u32,
    /// How many busy loops make the load
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u32).range(0..=64))]
    busy: u32,
}

pub fn run(workbook: &Workbook, options: &Options) -> Result<ExitCode, Trouble> {
    style::set_up();
    let mut target = options.target.clone();
    // Nobody's unfinished work is put under stress unless it is named.
    target.reference |= target.is_own();
    let parts = choose(workbook, options.selection.as_deref(), &target)?;
    let programs = prepare(workbook, &target, &parts)?;
    let mut odd = 0;
    for (part, program) in parts.iter().zip(programs) {
        let subject = program.map_err(|errors| Trouble::Broken(anyhow::anyhow!(errors.text)))?;
        let job = Job {
            subject: Arc::new(subject),
            checks: part.checks.clone(),
            seed: 0,
            untouched: [].into(),
            own: false,
            known_wrong: false,
        };
        odd += stress(part, job, options);
    }
    Ok(if odd == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}

/// Runs the checks of one lab as often as was asked, and returns how many outcomes were odd.
fn stress(part: &Part, mut job: Job, options: &Options) -> usize {
    let mut tallies = Tallies::default();
    let is_reference = options.target.is_own() || options.target.reference;
    let idle = options.times.div_ceil(2);
    let progress = Progress::over(job.checks.len() * options.times as usize);
    let mut load = None;
    for round in 0..options.times {
        if round == idle {
            load = Some(Load::of(options.busy));
        }
        job.seed = fastrand::u64(..);
        let outcomes = run_checks(&job, measure_patience(), options.target.pace(), |outcome| {
            progress.one_more(outcome.check.id);
        });
        for outcome in &outcomes {
            let usual = match outcome.status {
                Status::Skipped => Status::Skipped,
                _ if is_reference => Status::Pass,
                status => status,
            };
            tallies.count(outcome, usual, job.seed, load.is_some());
        }
    }
    drop(load);
    progress.end();
    tallies.tell(part, options)
}

/// Busy loops, until it is dropped.
struct Load {
    over: Arc<AtomicBool>,
    loops: Vec<thread::JoinHandle<()>>,
}

impl Load {
    fn of(busy: u32) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let loops = (0..busy)
            .map(|_| {
                let over = Arc::clone(&over);
                thread::spawn(move || {
                    let mut work = 0_u64;
                    while !over.load(Ordering::Relaxed) {
                        work = black_box(work.wrapping_add(1));
                    }
                })
            })
            .collect();
        Self { over, loops }
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        for busy in self.loops.drain(..) {
            // A busy loop has nothing to panic about.
            let _ = busy.join();
        }
    }
}

/// How often each check came out how.
#[derive(Default)]
struct Tallies(BTreeMap<&'static str, Tally>);

struct Tally {
    /// A pass for a reference; for any other program, what came of it first.
    usual: Status,
    counts: BTreeMap<Status, usize>,
    /// The first outcomes that were not the usual one, told in full.
    odd: Vec<String>,
}

impl Tally {
    /// What could not be run here, as where a port is in use, says nothing about the check.
    fn is_odd(&self, status: Status) -> bool {
        status != self.usual && status != Status::Skipped
    }
}

/// So many odd outcomes of a check are told in full.
const TOLD: usize = 3;

impl Tallies {
    fn count(&mut self, outcome: &Outcome, usual: Status, seed: u64, loaded: bool) {
        let tally = self.0.entry(outcome.check.id).or_insert_with(|| Tally {
            usual,
            counts: BTreeMap::new(),
            odd: Vec::new(),
        });
        *tally.counts.entry(outcome.status).or_default() += 1;
        if tally.is_odd(outcome.status) && tally.odd.len() < TOLD {
            let when = if loaded { "under load" } else { "idle" };
            tally.odd.push(told(outcome, seed, when));
        }
    }

    fn tell(&self, part: &Part, options: &Options) -> usize {
        let name = format!("Lab {:02}  {}", part.lab.number, part.lab.title);
        let (times, busy) = (options.times, options.busy);
        tell(format!(
            "\n{}: {times} times, half of them beside {busy} busy loops\n",
            style::strong(&name)
        ));
        let mut odd = 0;
        for (id, tally) in &self.0 {
            let others: usize = tally
                .counts
                .iter()
                .filter(|(status, _)| tally.is_odd(**status))
                .map(|(_, count)| count)
                .sum();
            odd += others;
            let counts: Vec<_> = tally
                .counts
                .iter()
                .map(|(status, count)| format!("{count} {status:?}"))
                .collect();
            let mark = if others == 0 {
                style::good("✓")
            } else {
                style::bad("✗")
            };
            tell(format!("  {mark} {id:<28} {}", counts.join(", ")));
            for story in &tally.odd {
                tell(story);
            }
        }
        let outcomes: usize = self
            .0
            .values()
            .flat_map(|tally| tally.counts.values())
            .sum();
        tell(format!(
            "\n  {odd} of {outcomes} outcomes were not the usual ones of their checks"
        ));
        odd
    }
}

fn told(outcome: &Outcome, seed: u64, when: &str) -> String {
    let mut text = format!(
        "    {when}, seed {seed}: {:?} after {:?}",
        outcome.status, outcome.took
    );
    if let Some(account) = &outcome.account {
        let quote = account.quote.as_deref().unwrap_or_default();
        text += &format!("\n    {}\n    program: {quote}\n", account.finding);
        text += &ladder::draw(&account.events, account.left_out).join("\n");
    }
    if let Some(why) = outcome.broken.as_ref().or(outcome.reason.as_ref()) {
        text += &format!("\n    {why}");
    }
    text
}
