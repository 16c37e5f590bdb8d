//! How many clients are served at once: a slot for each, and no more.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

pub struct Slots {
    most: usize,
    taken: AtomicUsize,
}

/// The right to be served. It goes back when it is dropped, and Rust drops it on every way
/// out: after `exit`, after an error, even after a panic. A line at the end of a function that
/// counts down is passed over by the first `?` above it.
pub struct Slot(Arc<Slots>);

impl Slots {
    pub fn new(most: usize) -> Arc<Self> {
        Arc::new(Self {
            most,
            taken: AtomicUsize::new(0),
        })
    }

    /// Takes a slot, if one is free.
    // exercise 4.5: take a slot if one is free
    pub fn claim(self: &Arc<Self>) -> Option<Slot> {
        // Looking and taking in one step: between two steps another thread could take the
        // same slot. `Relaxed`, because the count is all that the threads share by it.
        self.taken
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |taken| {
                (taken < self.most).then_some(taken + 1)
            })
            .ok()?;
        Some(Slot(Arc::clone(self)))
    }
}

impl Drop for Slot {
    // exercise 4.5: give the slot back
    fn drop(&mut self) {
        self.0.taken.fetch_sub(1, Ordering::Relaxed);
    }
}
