//! What a program can leave behind: processes, a port, files.

use std::io::{PipeReader, Read};
use std::net::{SocketAddr, TcpListener};
use std::os::fd::AsFd;
use std::path::Path;
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use anyhow::{Context, Result, bail, ensure};
use rustix::event::{PollFd, PollFlags, Timespec};

use crate::tools::processes_with;

/// The kernel frees a killed process's port and entry a moment after it is waited for.
const SOON: Duration = Duration::from_secs(2);

/// A word that nobody else has on their command line.
pub fn mark() -> String {
    format!("mark-{:016x}", fastrand::u64(..))
}

/// Nothing that bears the mark is left, at once.
pub fn no_process(mark: &str) -> Result<()> {
    let left: Vec<_> = processes_with(mark)
        .into_iter()
        .map(|process| format!("{} {}", process.pid.as_raw_nonzero(), process.command))
        .collect();
    ensure!(left.is_empty(), "left behind: {}", left.join("; "));
    Ok(())
}

/// The port can be listened on again.
pub fn port_is_free(address: SocketAddr) -> Result<()> {
    let deadline = Instant::now() + SOON;
    while let Err(error) = TcpListener::bind(address) {
        if Instant::now() > deadline {
            bail!("{address} is not free: {error}");
        }
        // There is no event for a port that becomes free.
        thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

pub fn folder_is_gone(folder: &Path) -> Result<()> {
    ensure!(!folder.exists(), "{} is left behind", folder.display());
    Ok(())
}

/// No run's folder of that grader is left.
pub fn no_folder_of(grader: u32) -> Result<()> {
    let prefix = format!("socket-workbook-run-{grader}-");
    for entry in fs::read_dir(env::temp_dir())? {
        let name = entry?.file_name();
        let left = name.to_str().is_some_and(|name| name.starts_with(&prefix));
        ensure!(!left, "{} is left behind", name.display());
    }
    Ok(())
}

/// Nothing is left in a folder for temporary files but locks, which stay.
pub fn locks_alone(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_lock = path.extension().is_some_and(|ending| ending == "lock");
        ensure!(is_lock, "{} is left behind", path.display());
    }
    Ok(())
}

/// All who could write into it are gone.
pub fn ends(mut pipe: PipeReader, patience: Duration) -> Result<Vec<u8>> {
    let deadline = Instant::now() + patience;
    let mut all = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        is_readable(&pipe, deadline).context("somebody still holds the pipe")?;
        rustix::io::ioctl_fionbio(&pipe, true)?;
        match pipe.read(&mut chunk) {
            Ok(0) => return Ok(all),
            Ok(count) => all.extend_from_slice(&chunk[..count]),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Something can be read, or accepted.
pub fn is_readable(fd: impl AsFd, deadline: Instant) -> Result<()> {
    let left = deadline.saturating_duration_since(Instant::now());
    let ready = rustix::event::poll(
        &mut [PollFd::new(&fd, PollFlags::IN)],
        Some(&Timespec::try_from(left)?),
    )?;
    ensure!(ready > 0, "nothing came in time");
    Ok(())
}
