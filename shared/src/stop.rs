//! The end by Ctrl-C (SIGINT) or by `kill` (SIGTERM).

use std::process;
use std::thread;
use std::time::Duration;

use crate::Failure;

/// How long a program may take to end after it was asked to. It promises 2 s.
const GRACE: Duration = Duration::from_secs(1);

/// Runs `ask` once, on a thread of its own, at the first SIGINT or SIGTERM. It is to ask the
/// rest of the program to finish. What has not ended `GRACE` later is ended, with exit 0: a
/// client that never reads must not hold up the end.
pub fn on_stop(ask: impl FnOnce() + Send + 'static) -> Result<(), Failure> {
    let mut ask = Some(ask);
    ctrlc::set_handler(move || {
        let Some(ask) = ask.take() else { return };
        // `thread::spawn` would panic when the system gives no more threads.
        let alarm = thread::Builder::new().spawn(end_in_time);
        ask();
        if alarm.is_err() {
            end_in_time();
        }
    })
    .map_err(|error| Failure::system("cannot listen for Ctrl-C", error))
}

fn end_in_time() {
    thread::sleep(GRACE);
    process::exit(0);
}
