//! Writing to a program that reads when it likes, or never.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

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

/// Writes as much of it as the program reads before it pauses for this long, and returns how
/// much that was.
pub fn write_while_read(pipe: &mut File, bytes: &[u8], pause: Duration) -> io::Result<usize> {
    let mut written = 0;
    while written < bytes.len() {
        match write_by_piece(pipe, &bytes[written..], Instant::now() + pause) {
            Ok(count) => written += count,
            // It waits, or wants no more.
            Err(error) if matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::BrokenPipe) => {
                break;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(written)
}

fn write_by_piece(pipe: &mut File, bytes: &[u8], deadline: Instant) -> io::Result<usize> {
    loop {
        match pipe.write(bytes) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                wait_for_room(pipe, Some(deadline))?;
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            result => return result,
        }
    }
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
