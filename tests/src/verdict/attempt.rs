//! One telling of a check's story, and what is left of it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::anyhow;

use crate::checks::{Check, Lab, Subject};
use crate::finding::{Finding, Kind, Step, Stop};
use crate::wire::tape::Event;
use crate::wire::{Patience, Pressure};

/// A story that was told once.
pub struct Attempt {
    pub result: Step,
    pub took: Duration,
    /// How long of that some program had no processor.
    pub lost: Duration,
    pub events: Vec<Event>,
    pub left_out: usize,
    /// What can be said of the programs at the end, the last one first.
    pub quotes: Vec<String>,
    /// The exercise whose `todo!` a program has met.
    pub todo: Option<String>,
}

/// A failure with all that explains it.
#[derive(Clone, Debug)]
pub struct Account {
    pub finding: Finding,
    /// What the program said or was doing at the end.
    pub quote: Option<String>,
    pub events: Vec<Event>,
    pub left_out: usize,
}

pub fn tell(check: &Check, subject: &Arc<Subject>, seed: u64, patience: Patience) -> Attempt {
    let mut lab = Lab::new(Arc::clone(subject), seed, check.id, patience);
    let (start, pressure) = (Instant::now(), Pressure::now());
    let told = catch_unwind(AssertUnwindSafe(|| (check.story)(&mut lab)));
    let result = told.unwrap_or_else(|_| {
        Err(Stop::Broken(anyhow!(
            "the check {} itself panicked",
            check.id
        )))
    });
    let result = result.and_then(|()| lab.saw_no_panic());
    let (took, lost) = (start.elapsed(), pressure.since());
    let (mut quotes, mut todo) = (Vec::new(), None);
    if result.is_err() {
        quotes = lab.quotes();
        todo = lab
            .processes()
            .iter()
            .rev()
            .find_map(|process| process.running().hit_todo());
    }
    let (events, left_out) = lab.tape().read();
    Attempt {
        result,
        took,
        lost,
        events,
        left_out,
        quotes,
        todo,
    }
}

impl Attempt {
    /// Whether a second try, alone on the machine, could tell noise from a fault.
    pub fn may_be_noise(&self) -> bool {
        matches!(&self.result, Err(Stop::Fail(finding)) if finding.may_be_noise())
    }

    /// Whether the grader itself was late, and the story has told nothing.
    pub fn was_disturbed(&self) -> bool {
        matches!(&self.result, Err(Stop::Fail(finding)) if finding.kind == Kind::Disturbed)
    }

    /// Whether others had the processors nearly all the time.
    pub fn was_crowded_out(&self) -> bool {
        self.lost * 4 >= self.took * 3
    }

    /// The account of a failure; the check's own words say what it means if no step knew.
    pub fn account(self, check: &Check, mut finding: Finding) -> Account {
        if finding.means.is_empty() {
            finding.means = check.means.to_string();
        }
        let quote = self.quotes.into_iter().find(|quote| !quote.is_empty());
        Account {
            finding,
            quote,
            events: self.events,
            left_out: self.left_out,
        }
    }
}
