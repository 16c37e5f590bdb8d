//! The same seed gives the same stimulus: what our people send in a check is decided by the seed
//! and the check alone, and not by the clock, a port, or the order in which threads run.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use grader::checks::{self, Check, Lab, Subject};
use grader::finding::Stop;
use grader::verdict::{Turn, measure_patience};
use grader::wire::tape::{Event, PROGRAM, What};
use libtest_mimic::{Failed, Trial};

use super::references::references;

/// Any number is as good as any other.
const SEED: u64 = 20_260_707;

/// As much of what one sends is compared: the tape keeps long things in little.
const COMPARED: usize = 256;

/// In these the buffers or the clock say how much is sent: as much as is taken, or until something
/// happens. What it is, is the same.
const OPEN_ENDED: &[&str] = &[
    "2.3/descriptors",
    "2.6/server-memory",
    "2.7/never-reads",
    "3.7/clock",
    "4.2/never-reads",
    "4.4/memory",
    "4.7/in-time",
    "4.8/waits",
];

pub fn trials() -> Vec<Trial> {
    checks::all()
        .map(|check| {
            let name = format!("seeds::{}", check.id);
            Trial::test(name, move || sends_the_same(check))
        })
        .collect()
}

fn sends_the_same(check: &'static Check) -> Result<(), Failed> {
    let lab = check.exercise().lab;
    let subject = references()?.get(&lab).ok_or("the lab has no reference")?;
    let (Some(first), Some(second)) = (sent(check, subject)?, sent(check, subject)?) else {
        return Ok(());
    };
    let is_open = OPEN_ENDED.contains(&check.id) || first.is_cut || second.is_cut;
    let people: BTreeSet<_> = first.people.keys().chain(second.people.keys()).collect();
    let differ: Vec<_> = people
        .into_iter()
        .filter_map(|who| {
            let (one, other) = (first.people.get(who), second.people.get(who));
            let same = match (one, other) {
                (Some(one), Some(other)) if is_open => one.begins_like(other),
                _ => one == other || is_open,
            };
            (!same).then(|| format!("{who}:\n  {one:?}\n  {other:?}"))
        })
        .collect();
    if differ.is_empty() {
        Ok(())
    } else {
        Err(differ.join("\n").into())
    }
}

/// What was sent in one telling of a story.
struct Telling {
    people: BTreeMap<String, Words>,
    /// More happened than the tape holds.
    is_cut: bool,
}

/// Tells the story, unless it cannot be told here.
fn sent(check: &Check, subject: &Arc<Subject>) -> Result<Option<Telling>, Failed> {
    let _turn = if check.alone {
        Turn::alone()
    } else {
        Turn::beside_others()
    };
    let mut lab = Lab::new(Arc::clone(subject), SEED, check.id, measure_patience());
    match (check.story)(&mut lab) {
        Ok(()) => {}
        Err(Stop::Skip(why)) => {
            eprintln!("skipped: {}: {why}", check.id);
            return Ok(None);
        }
        // Whether it passes is for other tests to say.
        Err(_) => return Ok(None),
    }
    let (events, left_out) = lab.tape().read();
    let ids = ids(&events);
    let mut people: BTreeMap<String, Words> = BTreeMap::new();
    for event in events.iter().filter(|event| event.who != PROGRAM) {
        let words = people.entry(event.who.clone()).or_default();
        if let What::Sent(excerpt) = &event.what {
            let head = without(&event.who, &excerpt.head, &ids);
            words.add(&head, excerpt.length - (excerpt.head.len() - head.len()));
        }
    }
    Ok(Some(Telling {
        people,
        is_cut: left_out > 0,
    }))
}

/// What the program has drawn by itself, and gets back in answers: the `#17` of lab 03.
fn ids(events: &[Event]) -> Vec<Vec<u8>> {
    let got = events.iter().filter_map(|event| match &event.what {
        What::Got(excerpt) => Some(&excerpt.head),
        _ => None,
    });
    let ids = got.filter_map(|datagram| {
        let mut words = datagram.strip_prefix(b"#")?.split(|&byte| byte == b' ');
        let id = words.next()?;
        let is_id = (1..=10).contains(&id.len()) && id.iter().all(u8::is_ascii_digit);
        (is_id && words.next().is_some()).then(|| id.to_vec())
    });
    ids.collect()
}

/// A datagram without the ID at its beginning, if it has one. What the DNS has there is the
/// program's, or made from it.
fn without(who: &str, datagram: &[u8], ids: &[Vec<u8>]) -> Vec<u8> {
    if who == "DNS server" {
        return datagram.get(2..).unwrap_or_default().to_vec();
    }
    for id in ids {
        let mut places = datagram.windows(id.len()).take(4);
        if let Some(at) = places.position(|part| part == id) {
            return [&datagram[..at], &datagram[at + id.len()..]].concat();
        }
    }
    datagram.to_vec()
}

/// What one of our people has sent.
#[derive(Default, PartialEq, Eq)]
struct Words {
    beginning: Vec<u8>,
    length: usize,
}

impl Words {
    fn add(&mut self, head: &[u8], length: usize) {
        let whole = self.beginning.len() == self.length;
        if whole {
            self.beginning.extend_from_slice(head);
            self.beginning.truncate(COMPARED);
        }
        self.length += length;
    }

    fn begins_like(&self, other: &Self) -> bool {
        let both = self.beginning.len().min(other.beginning.len());
        self.beginning[..both] == other.beginning[..both]
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let beginning = String::from_utf8_lossy(&self.beginning);
        write!(f, "{} bytes: {beginning:?}", self.length)
    }
}
