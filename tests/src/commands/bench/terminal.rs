//! A terminal for a program that wants one, and what it prints there.

use std::fs::File;
use std::io::Read;
use std::process::{Child, Command};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use rustix::fs::{Mode, OFlags, open};
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

/// How long a program may take to end when it is asked to.
const GRACE: Duration = Duration::from_secs(5);

/// A program in a terminal; it is ended when this is dropped.
pub struct Terminal {
    program: Child,
    printed: Receiver<Vec<u8>>,
}

impl Terminal {
    pub fn start(mut command: Command) -> anyhow::Result<Self> {
        let front = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)
            .context("the system has no terminal to give")?;
        grantpt(&front)?;
        unlockpt(&front)?;
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let back = open(
            ptsname(&front, Vec::new())?.as_c_str(),
            flags,
            Mode::empty(),
        )?;
        let size = Winsize {
            ws_row: 24,
            ws_col: 80,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&back, size)?;
        let program = command
            .stdin(back.try_clone()?)
            .stdout(back.try_clone()?)
            .stderr(back)
            .spawn()
            .with_context(|| format!("cannot start {command:?}"))?;
        let (sender, printed) = mpsc::channel();
        let mut front = File::from(front);
        thread::spawn(move || {
            let mut piece = [0; 4096];
            // An error is the end too: the program has let go of the terminal.
            while let Ok(length @ 1..) = front.read(&mut piece) {
                if sender.send(piece[..length].to_vec()).is_err() {
                    return;
                }
            }
        });
        Ok(Self { program, printed })
    }

    /// Waits until this is printed. What was printed before counts no more.
    pub fn waits_for(&self, words: &str, patience: Duration) -> anyhow::Result<()> {
        let deadline = Instant::now() + patience;
        let mut seen = Vec::new();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(piece) = self.printed.recv_timeout(left) else {
                bail!(
                    "{words:?} was never printed: {}",
                    String::from_utf8_lossy(&seen)
                );
            };
            seen.extend(piece);
            if String::from_utf8_lossy(&seen).contains(words) {
                return Ok(());
            }
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // Asked to end, it leaves nothing behind. Each of these fails only if it has ended.
        if let Some(pid) = i32::try_from(self.program.id())
            .ok()
            .and_then(Pid::from_raw)
        {
            let _ = kill_process(pid, Signal::TERM);
        }
        let deadline = Instant::now() + GRACE;
        let left = || deadline.saturating_duration_since(Instant::now());
        while self.printed.recv_timeout(left()).is_ok() {}
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}
