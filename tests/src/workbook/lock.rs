//! One at a time: a lock on the learner's folder, across processes.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::{Trouble, files};

/// What is done under the lock takes milliseconds; this is for one who was stopped in the middle.
const PATIENCE: Duration = Duration::from_secs(5);

/// Held until it is dropped.
pub struct Lock(#[expect(dead_code, reason = "open is what it has to be")] Option<File>);

/// Waits until nobody else changes what is in `folder`, and makes it if need be.
pub fn take(folder: &Path) -> Result<Lock, Trouble> {
    files::make_folder(folder)?;
    let path = folder.join(".lock");
    let file = open(&path).map_err(|error| Trouble::io("write", &path, &error))?;
    let (done, outcome) = mpsc::channel();
    thread::spawn(move || {
        let locked = file.lock();
        let _ = done.send(locked.map(|()| file));
    });
    match outcome.recv_timeout(PATIENCE) {
        Ok(Ok(file)) => Ok(Lock(Some(file))),
        // Some network file systems have no locks. There one goes without.
        Ok(Err(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(Lock(None)),
        Ok(Err(error)) => Err(Trouble::io("lock", &path, &error)),
        Err(_) => Err(Trouble::file(
            "lock",
            &path,
            "another command is at work here; try again",
        )),
    }
}

/// As it is: nothing is written into it, whosever file it may be.
fn open(path: &Path) -> io::Result<File> {
    let opened = File::options().append(true).create(true).open(path);
    match opened.as_ref().map_err(io::Error::kind) {
        // To look at what cannot be written, reading is enough.
        Err(io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem) => {
            File::open(path)
        }
        _ => opened,
    }
}
