//! The labs' default ports are one for the whole machine. Who uses one takes its lock first,
//! so that neither another test nor another run of the suite is in the way.

use std::fs::File;
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// How long a port may be held by somebody else.
const PATIENCE: Duration = Duration::from_secs(300);

/// The right to use a port, until this is dropped.
pub struct Held(#[expect(dead_code, reason = "an open file is what holds a lock")] File);

/// The port that lab `number` uses by default.
pub fn of_lab(number: u16) -> u16 {
    7000 + number
}

/// Takes the ports. They are taken in order, so that no two wait for each other.
pub fn hold(mut ports: Vec<u16>) -> Result<Vec<Held>, String> {
    ports.sort_unstable();
    ports.dedup();
    ports.into_iter().map(hold_one).collect()
}

fn hold_one(port: u16) -> Result<Held, String> {
    let path = std::env::temp_dir().join(format!("socket-workbook-port-{port}.lock"));
    let file = open(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let (taken, wait) = mpsc::channel();
    // A lock cannot be waited for with a deadline; a thread can.
    thread::spawn(move || taken.send(file.lock().map(|()| Held(file))));
    match wait.recv_timeout(PATIENCE) {
        Ok(Ok(held)) => Ok(held),
        Ok(Err(error)) => Err(format!("{}: {error}", path.display())),
        Err(_) => Err(format!(
            "port {port} is still in use by another run of the suite"
        )),
    }
}

fn open(path: &Path) -> std::io::Result<File> {
    File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
}
