//! What a program does now: whether it rests, and what it waits in.

use super::{Running, system};

impl Running {
    /// Whether any of its threads runs, or would if there were a processor for it. `None` where
    /// that cannot be told.
    pub fn is_busy(&self) -> Option<bool> {
        system::is_busy(self.tree())
    }

    /// Whether a thread of it is in the system call `connect`, and waits there.
    pub fn waits_in_connect(&self) -> bool {
        let waits = system::waits(self.tree());
        waits.iter().any(|wait| wait.contains("in connect"))
    }
}
