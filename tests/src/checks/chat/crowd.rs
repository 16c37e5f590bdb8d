//! Exercise 5.6: two hundred in the room, some of whom do not read, and some of whom are gone
//! without a word. Nobody else loses, doubles or reorders a line.

use std::collections::BTreeMap;

use super::guest::{Guest, called, is_notice};
use crate::checks::{Check, Lab, check};
use crate::finding::{Kind, Step, fail};
use crate::program::Running;
use crate::wire::{Faults, Peer, ms};
use crate::words::quoted;

/// How many come, and what becomes of some of them.
#[derive(Clone, Copy)]
struct Size {
    people: usize,
    never_read: usize,
    are_gone: usize,
    talk: usize,
}

/// How often each of those who talk does so, and how many lines it is then.
const ROUNDS: usize = 4;
const LINES: usize = 5;

const TWO_HUNDRED: Size = Size {
    people: 200,
    never_read: 20,
    are_gone: 20,
    talk: 10,
};

pub static CHECKS: &[Check] = &[
    check(
        "5.6/crowd",
        "keeps everybody's lines when of 200 some never read and some are gone",
        |lab| {
            const MIB: usize = 1024 * 1024;
            // With room for all that is said nobody can be too slow.
            let server = lab.server_with(&["--queue", "5000"])?;
            let process = server.process()?;
            let memory = process.running().memory_peak();
            for _ in 0..3 {
                let name = called(lab, "early");
                Guest::comes(&server, "an early one", name)?.leaves()?;
            }
            let (threads, descriptors) = {
                let running = process.running();
                (running.threads(), running.descriptors())
            };
            let mut crowd = Crowd::gathers(lab, TWO_HUNDRED, |who| server.connect(who))?;
            crowd.talks(lab)?;
            crowd.compares()?;
            process.grows_less_than(400 * MIB, memory)?;
            drop(crowd);
            process.settles("threads", threads, 20, Running::threads)?;
            process.settles("open descriptors", descriptors, 20, Running::descriptors)
        },
    )
    .long()
    .means(
        "With many in the room something happens to one of them all the time. None of it may cost \
     another one a line: not a full buffer, not an error while writing, not a list that changes \
     while one walks it.",
    ),
    check(
        "5.6/crowd-on-a-road",
        "keeps everybody's lines on a road that cuts them anywhere",
        |lab| {
            let size = Size {
                people: 24,
                never_read: 2,
                are_gone: 4,
                talk: 4,
            };
            comes_by_road(lab, size, Faults::slice(64).there())
        },
    )
    .long(),
];

/// Two hundred by road: more than belongs into a check that a learner waits for.
pub fn two_hundred_by_road(lab: &mut Lab) -> Step {
    let there = Faults::slice(7).there();
    let back = Faults::coalesce(100, ms(2)).back();
    comes_by_road(lab, TWO_HUNDRED, there.and(back))
}

fn comes_by_road(lab: &mut Lab, size: Size, faults: Faults) -> Step {
    let server = lab.server_with(&["--queue", "5000"])?;
    let road = lab.road_to(&server, faults)?;
    let mut crowd = Crowd::gathers(lab, size, |who| road.connect(who))?;
    crowd.talks(lab)?;
    crowd.compares()
}

struct Crowd {
    size: Size,
    /// Those who hear everything; the first of them talk.
    steady: Vec<Guest>,
    never_read: Vec<Guest>,
    will_be_gone: Vec<Guest>,
    gone: Vec<String>,
    word: String,
}

impl Crowd {
    fn gathers(lab: &mut Lab, size: Size, door: impl Fn(&'static str) -> Step<Peer>) -> Step<Self> {
        let mut crowd = Self {
            size,
            steady: Vec::new(),
            never_read: Vec::new(),
            will_be_gone: Vec::new(),
            gone: Vec::new(),
            word: lab.word(),
        };
        for number in 0..size.people {
            let left = size.people - number;
            let draw = usize::try_from(lab.number(1..=left as u64)).unwrap_or(1);
            let (to_be_gone, silent) = (
                size.are_gone - crowd.will_be_gone.len(),
                size.never_read - crowd.never_read.len(),
            );
            let name = format!("G{number}x{}", lab.letters(4));
            let guest = Guest::comes_by(door("one of many")?, name)?;
            match draw {
                draw if draw <= to_be_gone => crowd.will_be_gone.push(guest),
                draw if draw <= to_be_gone + silent => crowd.never_read.push(guest),
                _ => crowd.steady.push(guest),
            }
        }
        Ok(crowd)
    }

    /// Some talk, while others are gone.
    fn talks(&mut self, lab: &mut Lab) -> Step {
        for round in 0..ROUNDS {
            for guest in &mut self.steady[..self.size.talk] {
                let lines: Vec<_> = (1..=LINES)
                    .map(|line| format!("{} {}", self.word, round * LINES + line))
                    .collect();
                guest.says(&lines.join("\n"))?;
            }
            for _ in 0..self.size.are_gone / ROUNDS {
                let last = self.will_be_gone.len() as u64 - 1;
                let at = usize::try_from(lab.number(0..=last)).unwrap_or(0);
                let guest = self.will_be_gone.swap_remove(at);
                self.gone.push(guest.name);
                guest.peer.resets()?;
            }
        }
        Ok(())
    }

    /// Everybody who hears has heard each line of the others once, in order, and of each who is
    /// gone, once.
    fn compares(&mut self) -> Step {
        let talkers: Vec<String> = self.steady[..self.size.talk]
            .iter()
            .map(|guest| guest.name.clone())
            .collect();
        let last = self.steady.len() - 1;
        let mut heard = self.all_have_left_for(last)?;
        let end = format!("{} is all", self.word);
        self.steady[last].says(&end)?;
        let end = format!("[{}] {end}", self.steady[last].name);
        for (at, guest) in self.steady.iter_mut().enumerate() {
            let lines = match at {
                at if at == last => std::mem::take(&mut heard),
                _ => guest.hears_until(&end)?,
            };
            let own = guest.name.clone();
            let others = talkers.iter().filter(|name| **name != own);
            let mut expected: BTreeMap<String, usize> =
                others.map(|name| (name.clone(), 0)).collect();
            follows(&lines, &mut expected, &self.gone, &self.word, &end)?;
        }
        Ok(())
    }

    /// The last of the steady ones reads until all are known to be gone and all is said.
    fn all_have_left_for(&mut self, at: usize) -> Step<Vec<String>> {
        let (mut left, mut said) = (self.gone.len(), self.size.talk * ROUNDS * LINES);
        let mut lines = Vec::new();
        while left > 0 || said > 0 {
            let line = self.steady[at].peer.hears_a_line()?;
            left = left.saturating_sub(usize::from(is_one_who_leaves(&line)));
            said = said.saturating_sub(usize::from(line.starts_with('[')));
            lines.push(line);
        }
        Ok(lines)
    }
}

/// These lines are each talker's, 1 to the last, in order, and who has left, once each.
fn follows(
    lines: &[String],
    heard: &mut BTreeMap<String, usize>,
    gone: &[String],
    word: &str,
    end: &str,
) -> Step {
    let mut left = Vec::new();
    for line in lines.iter().filter(|line| *line != end) {
        if is_one_who_leaves(line) {
            left.push(line.trim_start_matches("* ").trim_end_matches(" left"));
            continue;
        }
        if is_notice(line) {
            continue;
        }
        let talker = heard
            .iter_mut()
            .find(|(name, _)| line.starts_with(&format!("[{name}] ")));
        let Some((name, last)) = talker else {
            return wrong("lines of those who talk", line);
        };
        *last += 1;
        let next = format!("[{name}] {word} {last}");
        if *line != next {
            return wrong(&format!("the line {}", quoted(next.as_bytes())), line);
        }
    }
    if let Some((name, last)) = heard.iter().find(|(_, last)| **last != ROUNDS * LINES) {
        let expected = format!("all {} lines of {name}", ROUNDS * LINES);
        return wrong(&expected, &format!("{last} of them"));
    }
    let mut gone: Vec<&str> = gone.iter().map(String::as_str).collect();
    left.sort_unstable();
    gone.sort_unstable();
    if left == gone {
        return Ok(());
    }
    let expected = format!("of {} who left, once each", gone.len());
    wrong(
        &expected,
        &format!("of {}: {}", left.len(), left.join(", ")),
    )
}

/// Whether one of the crowd leaves: those who were there before it may be late to.
fn is_one_who_leaves(line: &str) -> bool {
    line.starts_with("* G") && line.ends_with(" left")
}

fn wrong(expected: &str, seen: &str) -> Step {
    fail(
        Kind::Unexpected,
        format!("one of many to hear {expected}"),
        seen.to_string(),
    )
}
