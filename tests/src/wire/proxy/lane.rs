//! A lane: one direction of a connection, with the faults on it and what waits to be sent.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::load::{Fault, Load, Onward};

pub struct Lane {
    faults: Vec<Box<dyn Fault>>,
    /// What has passed all faults, in order.
    out: VecDeque<Load>,
    /// Nobody is left at its end: what comes is thrown away.
    closed: bool,
    /// The first of `out` waits for the receiver to take what was sent before it.
    waits: Option<Waits>,
    /// How often the receiver was waited for in vain.
    left: u32,
}

struct Waits {
    since: Instant,
    /// When the kernel is asked again.
    again: Instant,
}

/// What the lane's end shall do next.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    Nothing,
    Send,
    /// What was sent must be taken first. Whether it was is asked again and again.
    Wait,
    End,
    Reset,
    Cut,
}

impl Lane {
    /// As much as it holds before it takes no more from the sender: who does not read stops in
    /// the end the one who writes.
    const MOST: usize = 256 * 1024;

    /// Whoever has left so many pieces lie will not take the next ones either.
    const MOST_LEFT: u32 = 4;

    /// Between two questions to the kernel: each costs some microseconds.
    const PAUSE: Duration = Duration::from_micros(50);

    pub fn new(faults: Vec<Box<dyn Fault>>) -> Self {
        Self {
            faults,
            out: VecDeque::new(),
            closed: false,
            waits: None,
            left: 0,
        }
    }

    /// Whether it takes more from its sender.
    pub fn has_room(&self) -> bool {
        self.closed || self.holds() < Self::MOST
    }

    pub fn is_empty(&self) -> bool {
        self.closed || (self.out.is_empty() && self.faults.iter().all(|it| it.due().is_none()))
    }

    pub fn holds(&self) -> usize {
        let held: usize = self.faults.iter().map(|fault| fault.holds()).sum();
        held + self.out.iter().map(Load::weight).sum::<usize>()
    }

    /// Nobody is there any more to whom it could bring anything.
    pub fn close(&mut self) {
        self.closed = true;
        self.out.clear();
        self.faults.clear();
    }

    /// Something comes from the sender. Returns what the faults tell about it.
    pub fn takes(&mut self, load: Load, now: Instant) -> Vec<String> {
        if self.closed {
            return Vec::new();
        }
        let mut notes = Vec::new();
        self.through_faults_from(0, vec![load], now, &mut notes);
        notes
    }

    /// Sends on what was held back until now. Returns what the faults tell about it.
    pub fn passes_due(&mut self, now: Instant) -> Vec<String> {
        let mut notes = Vec::new();
        for at in 0..self.faults.len() {
            let mut onward = Onward::default();
            self.faults[at].passes_due(now, &mut onward);
            notes.append(&mut onward.notes);
            self.through_faults_from(at + 1, onward.loads, now, &mut notes);
        }
        notes
    }

    fn through_faults_from(
        &mut self,
        first: usize,
        mut loads: Vec<Load>,
        now: Instant,
        notes: &mut Vec<String>,
    ) {
        for fault in &mut self.faults[first..] {
            let mut onward = Onward::default();
            for load in loads {
                fault.takes(load, now, &mut onward);
            }
            notes.append(&mut onward.notes);
            loads = onward.loads;
        }
        self.out.extend(loads);
    }

    /// When something held back is due, or the kernel is to be asked again.
    pub fn due(&self) -> Option<Instant> {
        let again = self.waits.as_ref().map(|waits| waits.again);
        let faults = self.faults.iter().filter_map(|fault| fault.due());
        faults.chain(again).min()
    }

    /// Whether it waits for its receiver.
    pub fn waits(&self) -> bool {
        self.waits.is_some()
    }

    /// What is to be done now. `is_taken` tells whether the receiver has read all that was sent;
    /// that it has not is waited for at most as long as `patience`.
    pub fn next(
        &mut self,
        now: Instant,
        patience: Duration,
        is_taken: impl FnOnce() -> bool,
    ) -> Next {
        let (next, apart) = match self.out.front() {
            None => return Next::Nothing,
            Some(Load::Bytes(_)) => return Next::Send,
            Some(Load::End) => return Next::End,
            Some(Load::Piece(_)) => (Next::Send, self.left < Self::MOST_LEFT),
            // Both throw away what the receiver has not read yet.
            Some(Load::Reset) => (Next::Reset, true),
            Some(Load::Cut) => (Next::Cut, true),
        };
        if !apart || is_taken() {
            self.waits = None;
            return next;
        }
        let again = now + Self::PAUSE;
        let waits = self.waits.get_or_insert(Waits { since: now, again });
        if now.duration_since(waits.since) < patience {
            waits.again = again;
            return Next::Wait;
        }
        self.waits = None;
        self.left += 1;
        next
    }

    /// The bytes to send.
    pub fn front(&self) -> &[u8] {
        match self.out.front() {
            Some(Load::Bytes(bytes) | Load::Piece(bytes)) => bytes,
            _ => &[],
        }
    }

    /// So many of them were sent.
    pub fn sent(&mut self, length: usize) {
        match self.out.pop_front() {
            Some(Load::Bytes(bytes) | Load::Piece(bytes)) if length < bytes.len() => {
                // The rest of a piece belongs to it, and waits for nobody.
                self.out.push_front(Load::Bytes(bytes[length..].to_vec()));
            }
            _ => {}
        }
    }

    /// The end was passed on. Only a reset can come after it.
    pub fn ended(&mut self) {
        self.out.pop_front();
    }
}

#[cfg(test)]
mod tests {
    use super::super::coalesce::Coalesce;
    use super::super::load::tests::bytes;
    use super::super::slice::Slice;
    use super::*;

    const LONG: Duration = Duration::from_secs(1);

    fn lane(faults: Vec<Box<dyn Fault>>) -> Lane {
        Lane::new(faults)
    }

    #[test]
    fn faults_work_one_after_another() {
        let now = Instant::now();
        let mut lane = lane(vec![
            Box::new(Coalesce::new(100, LONG)),
            Box::new(Slice::new(4)),
        ]);
        for letter in ["a", "b", "c", "d", "e"] {
            lane.takes(bytes(letter), now);
        }
        assert_eq!(lane.next(now, LONG, || true), Next::Nothing);
        assert!(!lane.is_empty());
        lane.passes_due(now + LONG);
        assert_eq!(lane.front(), b"abcd");
        lane.sent(4);
        assert_eq!(lane.front(), b"e");
    }

    #[test]
    fn a_piece_waits_until_the_one_before_was_taken_but_not_for_ever() {
        let now = Instant::now();
        let mut lane = lane(vec![Box::new(Slice::new(1))]);
        lane.takes(bytes("ab"), now);
        assert_eq!(lane.next(now, LONG, || true), Next::Send);
        lane.sent(1);
        assert_eq!(lane.next(now, LONG, || false), Next::Wait);
        assert!(lane.due().is_some());
        assert_eq!(lane.next(now + LONG, LONG, || false), Next::Send);
    }

    #[test]
    fn a_full_lane_takes_no_more_and_a_closed_one_takes_all() {
        let now = Instant::now();
        let mut lane = lane(Vec::new());
        lane.takes(Load::Bytes(vec![0; Lane::MOST]), now);
        assert!(!lane.has_room());
        lane.sent(1);
        assert!(lane.has_room());
        lane.close();
        lane.takes(bytes("a"), now);
        assert!(lane.is_empty() && lane.has_room());
    }
}
