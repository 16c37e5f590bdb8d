//! The recorder: everybody who takes part writes to it, from threads of their own, and whoever
//! waits for something to happen waits here.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::lanes::Lanes;
use super::recording::{Recorded, Recording};
use crate::wire::proxy::{Passage, Sight};
use crate::wire::tape::{Event, Tape};

/// Everybody who takes part writes to the same one; a clone is another handle on it.
#[derive(Clone)]
pub struct Recorder(Arc<Shared>);

struct Shared {
    recording: Mutex<Recording>,
    changed: Condvar,
}

impl Recorder {
    pub fn new(lanes: Lanes, is_secret: bool) -> Self {
        let recording = Recording::new(lanes, is_secret);
        Self(Arc::new(Shared {
            recording: Mutex::new(recording),
            changed: Condvar::new(),
        }))
    }

    /// The tape of a program: the client of this number, or after the last client, the server.
    pub fn tape_of(&self, person: usize) -> Tape {
        let recorder = self.clone();
        Tape::heard_by(Box::new(move |event: Event| {
            recorder.change(|recording| recording.happens(person, &event.what));
        }))
    }

    /// What comes to be on the road from now on belongs to the client of this number.
    pub fn begins(&self, client: usize) {
        self.change(|recording| recording.newest = client);
    }

    pub fn passes(&self, passage: &Passage, sight: Sight<'_>) {
        self.change(|recording| recording.passes(passage, sight));
    }

    pub fn stop(&self) {
        self.change(|recording| recording.stopped = true);
    }

    /// Waits until this is so. False: it was not by the deadline, or all is to stop.
    pub fn until(&self, deadline: Instant, mut is_so: impl FnMut(&Recording) -> bool) -> bool {
        let mut recording = self.lock();
        loop {
            if is_so(&recording) {
                return true;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if recording.stopped || left.is_zero() {
                return false;
            }
            recording = self
                .0
                .changed
                .wait_timeout(recording, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    pub fn was_stopped(&self) -> bool {
        self.lock().stopped
    }

    /// Hands over what was recorded; what comes after that is lost.
    pub fn take(&self) -> Recorded {
        self.lock().take()
    }

    fn change(&self, change: impl FnOnce(&mut Recording)) {
        change(&mut self.lock());
        self.0.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Recording> {
        self.0
            .recording
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long a conversation that is over may go on with what is still on its way.
pub const SETTLING: Duration = Duration::from_millis(500);
