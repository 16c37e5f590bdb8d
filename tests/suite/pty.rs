//! A terminal of the test's own, with a shell in it: one types, and sees what a screen of 80
//! columns and 24 lines shows. Whatever becomes of it, nothing is left running when it is dropped.

use std::fs::File;
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, bail};
use rustix::fs::{Mode, OFlags, open};
use rustix::process::{Pid, Signal, kill_process_group};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Termios, Winsize, tcgetattr, tcsetwinsize};

use crate::commands::fixture::Outcome;

const ROWS: u16 = 24;
const COLUMNS: u16 = 80;

/// What the shell says when it waits for a command.
pub const PROMPT: &str = "$";

pub struct Pty {
    /// The side of the terminal that has keys and a screen.
    front: File,
    /// The side that programs have. While it is open, the terminal outlives them all.
    back: OwnedFd,
    shell: Child,
    screen: Arc<Screen>,
}

struct Screen {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    parser: vt100::Parser,
    /// Nobody is left who could print.
    ended: bool,
}

impl Pty {
    /// Opens a terminal, and starts a shell in it with what `set_up` adds to its surroundings.
    pub fn open(set_up: impl FnOnce(&mut Command)) -> Outcome<Self> {
        let front = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&front)?;
        unlockpt(&front)?;
        let name = ptsname(&front, Vec::new())?;
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let back = open(name.as_c_str(), flags, Mode::empty())?;
        let size = Winsize {
            ws_row: ROWS,
            ws_col: COLUMNS,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&back, size)?;
        let mut bash = Command::new("bash");
        // Without line editing: it would set the terminal's modes itself.
        bash.args(["--norc", "--noprofile", "--noediting", "-i"])
            .env("PS1", format!("{PROMPT} "))
            .env("TERM", "xterm-256color")
            .env("LC_ALL", "C.UTF-8")
            .env_remove("HISTFILE")
            .env_remove("PROMPT_COMMAND");
        set_up(&mut bash);
        let shell = start_on(&back, bash)?;
        let screen = Arc::new(Screen {
            state: Mutex::new(State {
                parser: blank()?,
                ended: false,
            }),
            changed: Condvar::new(),
        });
        let front = File::from(front);
        let (reader, shows) = (front.try_clone()?, Arc::clone(&screen));
        thread::spawn(move || shows.follow(reader));
        Ok(Self {
            front,
            back,
            shell,
            screen,
        })
    }

    /// Presses keys.
    pub fn types(&self, keys: &str) -> Outcome {
        Ok((&self.front).write_all(keys.as_bytes())?)
    }

    /// A blank screen, as behind `clear`.
    pub fn clear(&self) -> Outcome {
        self.screen.state().parser = blank()?;
        Ok(())
    }

    /// Waits until the screen is as it should be, and says what is on it then.
    pub fn waits_for(
        &self,
        what: &str,
        patience: Duration,
        enough: impl Fn(&str) -> bool,
    ) -> Outcome<String> {
        let (state, _) = self
            .screen
            .changed
            .wait_timeout_while(self.screen.state(), patience, |state| {
                !state.ended && !enough(&state.shown())
            })
            .unwrap_or_else(PoisonError::into_inner);
        let shown = state.shown();
        if !enough(&shown) {
            bail!(
                "{what} is not on the screen within {patience:?}:\n{}",
                framed(&shown)
            );
        }
        Ok(shown)
    }

    /// How the terminal is set up for the programs in it.
    pub fn modes(&self) -> Outcome<Termios> {
        Ok(tcgetattr(&self.back)?)
    }

    /// The lines that are wider than the screen, as far as they are in one row.
    pub fn too_wide(&self) -> Vec<String> {
        let state = self.screen.state();
        let screen = state.parser.screen();
        let rows = (0..ROWS).zip(screen.rows(0, COLUMNS));
        rows.filter(|(row, _)| screen.row_wrapped(*row))
            .map(|(_, text)| text)
            .collect()
    }

    /// Whether anything on the screen has a colour, or is bold or dim.
    pub fn is_coloured(&self) -> bool {
        let state = self.screen.state();
        let screen = state.parser.screen();
        let cells = (0..ROWS).flat_map(|row| (0..COLUMNS).map(move |column| (row, column)));
        cells
            .filter_map(|(row, column)| screen.cell(row, column))
            .any(|cell| cell.fgcolor() != vt100::Color::Default || cell.bold() || cell.dim())
    }
}

/// Starts a program as the leader of a session whose terminal this is.
fn start_on(back: &OwnedFd, mut command: Command) -> Outcome<Child> {
    command
        .stdin(Stdio::from(back.try_clone()?))
        .stdout(Stdio::from(back.try_clone()?))
        .stderr(Stdio::from(back.try_clone()?));
    #[expect(
        unsafe_code,
        reason = "a session can only be begun by who will be its leader"
    )]
    // SAFETY: between fork and exec it makes two system calls, and allocates nothing.
    unsafe {
        command.pre_exec(|| {
            rustix::process::setsid()?;
            rustix::process::ioctl_tiocsctty(rustix::stdio::stdin())?;
            Ok(())
        });
    }
    command.spawn().context("cannot start bash")
}

impl Drop for Pty {
    fn drop(&mut self) {
        // The shell leads a session of its own; what runs in it hears that the terminal is gone.
        // Each fails only if it has ended by itself.
        if let Some(shell) = i32::try_from(self.shell.id()).ok().and_then(Pid::from_raw) {
            let foreground = rustix::termios::tcgetpgrp(self.back.as_fd());
            for group in foreground.into_iter().chain([shell]) {
                let _ = kill_process_group(group, Signal::HUP);
                let _ = kill_process_group(group, Signal::KILL);
            }
        }
        let _ = self.shell.wait();
    }
}

impl Screen {
    fn follow(&self, mut front: File) {
        let mut piece = [0; 8192];
        loop {
            // An error is an end too: nobody has the other side any more.
            let length = front.read(&mut piece).unwrap_or(0);
            let mut state = self.state();
            state.parser.process(&piece[..length]);
            state.ended = length == 0;
            self.changed.notify_all();
            if length == 0 {
                return;
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The lines of the screen, without what is blank below and beside them.
    fn shown(&self) -> String {
        let rows = self.parser.screen().rows(0, COLUMNS);
        let lines: Vec<_> = rows.map(|row| row.trim_end().to_string()).collect();
        lines.join("\n").trim_end().to_string()
    }
}

fn blank() -> Outcome<vt100::Parser> {
    let size = |count| NonZeroU16::new(count).context("a screen without lines");
    Ok(vt100::Parser::new(size(ROWS)?, size(COLUMNS)?, 0))
}

fn framed(shown: &str) -> String {
    let edge = "-".repeat(COLUMNS.into());
    format!("{edge}\n{shown}\n{edge}")
}
