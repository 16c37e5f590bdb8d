//! What a program can leave behind: processes, a port, files.

use std::io::{PipeReader, Read};
use std::net::{SocketAddr, TcpListener};
use std::os::fd::AsFd;
use std::path::Path;
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use anyhow::{Context, Result, bail, ensure};
use rustix::event::{PollFd, PollFlags, Timespec};

/// The kernel frees a killed process's port and entry a moment after it is waited for.
const SOON: Duration = Duration::from_secs(2);

/// A word that nobody else has on their command line.
pub fn mark() -> String {
    format!("mark-{:016x}", fastrand::u64(..))
}

/// Nothing that bears the mark is left, at once.
pub fn no_process(mark: &str) -> Result<()> {
    let left = marked(mark);
    ensure!(left.is_empty(), "left behind: {}", left.join("; "));
    Ok(())
}

/// The processes that bear it on their command line or in their environment.
fn marked(mark: &str) -> Vec<String> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let own = std::process::id().to_string();
    entries
        .flatten()
        .filter(|entry| entry.file_name().to_str() != Some(&own))
        .filter_map(|entry| {
            let command = fs::read(entry.path().join("cmdline")).unwrap_or_default();
            let environment = fs::read(entry.path().join("environ")).unwrap_or_default();
            let text = [command.clone(), environment].concat();
            let found = String::from_utf8_lossy(&text).contains(mark);
            let command = String::from_utf8_lossy(&command).replace('\0', " ");
            found.then(|| format!("{} {command}", entry.file_name().display()))
        })
        .collect()
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
