//! Writing to a program that reads when it likes, or never.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::os::fd::AsFd;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec};

/// Writes all of it, as fast as the program reads, until the deadline.
pub fn write_by(pipe: &mut File, mut bytes: &[u8], deadline: Option<Instant>) -> io::Result<()> {
    while !bytes.is_empty() {
        match pipe.write(bytes) {
            Ok(count) => bytes = &bytes[count..],
            Err(error) if error.kind() == ErrorKind::WouldBlock => wait_for_room(pipe, deadline)?,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn wait_for_room(pipe: &File, deadline: Option<Instant>) -> io::Result<()> {
    let left = match deadline {
        Some(deadline) => match deadline.checked_duration_since(Instant::now()) {
            Some(left) => Some(Timespec::try_from(left).map_err(io::Error::other)?),
            None => return Err(ErrorKind::TimedOut.into()),
        },
        None => None,
    };
    let fd = pipe.as_fd();
    match rustix::event::poll(&mut [PollFd::new(&fd, PollFlags::OUT)], left.as_ref()) {
        Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
