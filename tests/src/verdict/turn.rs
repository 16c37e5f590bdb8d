//! Whose turn it is: checks that measure time or load have the machine for themselves.
//!
//! A lock on a file, shared by all graders of this user on this machine: an ordinary check
//! holds it together with others, a lone one alone. A second lock is the door to it. The kernel
//! lets go of both when their holder dies.

use std::fs::{File, OpenOptions};
use std::io;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// A turn at the machine, until it is dropped.
pub struct Turn(#[expect(dead_code, reason = "held, and let go of when dropped")] Option<File>);

/// Another grader's lone checks take this long at most. After that the turn is taken without
/// the lock: noise cannot turn a verdict, and a wait without end would.
const LONGEST: Duration = Duration::from_secs(60);

impl Turn {
    /// A turn beside others.
    pub fn beside_others() -> Self {
        Self::take(File::lock_shared)
    }

    /// A turn alone.
    pub fn alone() -> Self {
        Self::take(File::lock)
    }

    fn take(lock: fn(&File) -> io::Result<()>) -> Self {
        let (Ok(door), Ok(room)) = (lock_file("door"), lock_file("room")) else {
            return Self(None);
        };
        let (locked, turn) = mpsc::channel();
        thread::spawn(move || {
            let entered = door.lock().and_then(|()| lock(&room)).map(|()| room);
            // Who waits for the room to be empty keeps the door shut: nobody can slip in.
            drop(door);
            // The receiver may have given up; then the room is left again at once.
            let _ = locked.send(entered);
        });
        Self(turn.recv_timeout(LONGEST).ok().and_then(Result::ok))
    }
}

fn lock_file(name: &str) -> io::Result<File> {
    let user = rustix::process::getuid().as_raw();
    let path = std::env::temp_dir().join(format!("socket-workbook-{user}-{name}.lock"));
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
}
