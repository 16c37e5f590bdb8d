//! Exercise 5.6: one who does not read holds up nobody, and is dropped in the end.

use super::guest::{Guest, two};
use crate::checks::{Check, Lab, check};
use crate::finding::{Kind, Step, Stop, fail};
use crate::words::{bytes, quoted};

/// Bytes of a line, about.
const LINE: usize = 990;

/// Lines that are said before anybody has heard them. It is far below the queues of these
/// stories: who reads is never too slow.
const BATCH: usize = 100;

/// More than any system holds for somebody who does not read.
const MOST: usize = 32 * 1024 * 1024;

pub static CHECKS: &[Check] = &[
    check(
        "5.6/holds-up-nobody",
        "goes on while one does not read, and drops that one in the end",
        |lab| {
            const QUEUE: usize = 300;
            let server = lab.server_with(&["--queue", &QUEUE.to_string()])?;
            let (mut ann, mut bob) = two(lab, &server)?;
            let mut carol = Guest::joins_and_never_reads(lab, &server, "Carol")?;
            bob.hears_of_joining(&carol)?;
            let mut talk = Talk::new(lab);
            talk.until_dropped(&mut ann, &mut bob, &[&carol], QUEUE)?;
            // It was said once, and all is as before.
            talk.a_batch(&mut ann, &mut bob, &mut Vec::new())?;
            carol.peer.waits_for_the_end()?;
            Ok(())
        },
    )
    .means(
        "Writing to somebody who does not read waits once the system's buffers are full. Whoever \
         writes for the room must not wait with it: put the line into that client's queue, and let \
         a thread of its own send it. When the queue is full, drop the client, and say `left`.",
    ),
    check(
        "5.6/fewer",
        "never drops one for whom fewer lines wait than the queue has room for",
        |lab| {
            const QUEUE: usize = 5000;
            const LINES: usize = QUEUE - 5 * BATCH;
            let server = lab.server_with(&["--queue", &QUEUE.to_string()])?;
            let (mut ann, mut bob) = two(lab, &server)?;
            // A system that may choose keeps many MiB, and nothing would wait in the program.
            let mut carol = Guest::joins_with_room_for(64 * 1024, lab, &server, "Carol")?;
            bob.hears_of_joining(&carol)?;
            let mut talk = Talk::new(lab);
            while talk.waiting_for(&carol).unwrap_or(talk.said) < LINES {
                talk.a_batch(&mut ann, &mut bob, &mut Vec::new())?;
            }
            let heard = carol.hears_until(&talk.line(&ann, talk.said))?;
            talk.is_all_of(&ann, &heard)?;
            ann.says("still there?")?;
            carol.hears(&format!("[{}] still there?", ann.name))
        },
    )
    .means(
        "Somebody may be slow for a while. Until `queue` lines wait in the program, beyond what the \
         system has taken, nobody is dropped, and no line is: when the client reads, it hears all \
         of them, in order.",
    ),
    check(
        "5.6/several",
        "drops each of four who do not read, once",
        |lab| {
            const QUEUE: usize = 150;
            let server = lab.server_with(&["--queue", &QUEUE.to_string()])?;
            let (mut ann, mut bob) = two(lab, &server)?;
            let mut others = Vec::new();
            for who in ["Carol", "Dan", "Eve", "Fay"] {
                let guest = Guest::joins_and_never_reads(lab, &server, who)?;
                bob.hears_of_joining(&guest)?;
                others.push(guest);
            }
            let mut talk = Talk::new(lab);
            let all: Vec<_> = others.iter().collect();
            talk.until_dropped(&mut ann, &mut bob, &all, QUEUE)?;
            talk.a_batch(&mut ann, &mut bob, &mut Vec::new())?;
            let again = &others[0].name;
            Guest::joins_again(lab, &server, "another Carol", again)?;
            Ok(())
        },
    )
    .means(
        "To tell the others that one is dropped may show that another one is too slow as well. \
         Each of them leaves once.",
    ),
];

/// Ann talks, and Bob hears it.
pub struct Talk {
    text: String,
    pub said: usize,
}

impl Talk {
    pub fn new(lab: &mut Lab) -> Self {
        Self {
            text: lab.letters(LINE),
            said: 0,
        }
    }

    pub fn line(&self, ann: &Guest, number: usize) -> String {
        format!("[{}] {number} {}", ann.name, self.text)
    }

    /// Ann says some lines, and Bob hears them all, and of some who leave meanwhile.
    pub fn a_batch(&mut self, ann: &mut Guest, bob: &mut Guest, leave: &mut Vec<String>) -> Step {
        let numbers = self.said + 1..=self.said + BATCH;
        let lines: Vec<_> = numbers
            .clone()
            .map(|number| format!("{number} {}", self.text))
            .collect();
        ann.says(&lines.join("\n"))?;
        for number in numbers {
            self.is_heard(ann, bob, number, leave)?;
        }
        self.said += BATCH;
        Ok(())
    }

    fn is_heard(
        &self,
        ann: &Guest,
        bob: &mut Guest,
        number: usize,
        leave: &mut Vec<String>,
    ) -> Step {
        loop {
            let line = bob.peer.hears_a_line()?;
            if let Some(at) = leave
                .iter()
                .position(|name| line == format!("* {name} left"))
            {
                leave.remove(at);
                continue;
            }
            let expected = self.line(ann, number);
            if line == expected {
                return Ok(());
            }
            return fail(
                Kind::Unexpected,
                format!("Bob to hear the line {}", quoted(expected.as_bytes())),
                format!("the line {}", quoted(line.as_bytes())),
            );
        }
    }

    /// How many lines wait in the program for somebody who has read none of them, or a few more
    /// than that: what was said and the system does not hold. If the kernel tells.
    fn waiting_for(&self, guest: &Guest) -> Option<usize> {
        let held = usize::try_from(guest.peer.held_by_the_system()?).ok()?;
        // No line is longer: its name, its number and its end have fewer than 24 bytes.
        Some(self.said.saturating_sub(held / (LINE + 24)))
    }

    /// Ann talks until Bob has heard that all of these have left.
    fn until_dropped(
        &mut self,
        ann: &mut Guest,
        bob: &mut Guest,
        who: &[&Guest],
        queue: usize,
    ) -> Step {
        let mut leave: Vec<_> = who.iter().map(|guest| guest.name.clone()).collect();
        while !leave.is_empty() {
            if self.said * LINE > MOST {
                return fail(
                    Kind::Unexpected,
                    "all who do not read to be dropped at last",
                    format!("{} stay, with {} for each", leave.len(), bytes(MOST)),
                );
            }
            let mut here = who.iter().filter(|guest| leave.contains(&guest.name));
            let overdue = here.find_map(|guest| Some((guest, self.is_overdue(guest, queue)?)));
            // A room may see who is gone when it has something to say.
            self.a_batch(ann, bob, &mut leave)?;
            if let Some((guest, seen)) = overdue
                && leave.contains(&guest.name)
            {
                is_told_of(guest, bob, seen)?;
            }
        }
        Ok(())
    }

    /// Why the others should have heard by now that somebody has left, if they should.
    fn is_overdue(&self, guest: &Guest, queue: usize) -> Option<String> {
        if guest.peer.is_let_go() {
            return Some("the connection is closed, and nobody hears of it".to_string());
        }
        let waiting = self.waiting_for(guest)?;
        // A thread may have a queueful in hand beside the queue.
        let is_overdue = waiting > 4 * queue + BATCH;
        is_overdue.then(|| {
            format!(
                "{waiting} lines have not left the program, with `--queue {queue}`, and nobody is \
                 dropped"
            )
        })
    }

    /// These are all the lines that were said, each once, in order.
    fn is_all_of(&self, ann: &Guest, heard: &[String]) -> Step {
        let mut expected = (1..=self.said).map(|number| self.line(ann, number));
        let mut heard = heard.iter();
        loop {
            match (expected.next(), heard.next()) {
                (None, None) => return Ok(()),
                (Some(expected), Some(heard)) if expected == *heard => {}
                (expected, heard) => {
                    let shown = |line: Option<&String>| {
                        let line = line.map_or("nothing more", String::as_str);
                        quoted(line.as_bytes())
                    };
                    return fail(
                        Kind::Unexpected,
                        format!("Carol to hear {} next", shown(expected.as_ref())),
                        shown(heard),
                    );
                }
            }
        }
    }
}

/// Bob hears something before anybody says more: that this guest has left, or else it was `seen`
/// in vain.
fn is_told_of(guest: &Guest, bob: &mut Guest, seen: String) -> Step {
    match bob.peer.hears_anything() {
        Err(Stop::Fail(finding)) if finding.kind == Kind::Silence => {
            let expected = format!("Bob to hear `* {} left`", guest.name);
            fail(Kind::Silence, expected, seen)
        }
        other => other.map(drop),
    }
}
