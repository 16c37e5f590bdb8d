//! Waiting: for a socket by poll(2), with a deadline always; for a fact that has no event by
//! asking again.

use std::io;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// What to wait for on a socket.
#[derive(Clone, Copy)]
pub enum For {
    Reading,
    Writing,
    Either,
}

/// Waits until the socket is ready (errors count as ready), or the deadline has come: false.
pub fn until_ready(socket: impl AsFd, what: For, deadline: Instant) -> io::Result<bool> {
    let flags = match what {
        For::Reading => PollFlags::IN,
        For::Writing => PollFlags::OUT,
        For::Either => PollFlags::IN | PollFlags::OUT,
    };
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let timeout = Timespec::try_from(left).map_err(io::Error::other)?;
        match poll(&mut [PollFd::new(&socket, flags)], Some(&timeout)) {
            Ok(0) => return Ok(false),
            Ok(_) => return Ok(true),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// A moment before one comes to a server again: that it has room once more, or a name is free, or
/// a descriptor, it announces to nobody.
pub fn before_coming_again() {
    std::thread::sleep(Duration::from_millis(20));
}

/// Asks again until the answer is yes, or the time is over: false. For facts that the kernel
/// tells when asked and announces to nobody.
pub fn until(patience: Duration, mut asked: impl FnMut() -> bool) -> bool {
    /// Between two questions: each costs some microseconds, and what is waited for is
    /// another process that needs the processor more.
    const PAUSE: Duration = Duration::from_micros(50);
    let deadline = Instant::now() + patience;
    loop {
        if asked() {
            return true;
        }
        if Instant::now() >= deadline {
            return false;
        }
        std::thread::sleep(PAUSE);
    }
}
