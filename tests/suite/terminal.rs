//! A shell command with all that it starts, and all that it prints. Whatever becomes of it,
//! nothing is left running when this is dropped.

use std::io::{self, PipeReader, Read};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};

/// The most that is kept of what a command prints.
const MOST_OUTPUT: usize = 1 << 20;

/// How long a program may take to end after SIGTERM.
const GRACE: Duration = Duration::from_secs(3);

/// A shell in a process group of its own.
pub struct Terminal {
    shell: Child,
    screen: Arc<Screen>,
}

#[derive(Default)]
struct Screen {
    shown: Mutex<Shown>,
    changed: Condvar,
}

#[derive(Default)]
struct Shown {
    bytes: Vec<u8>,
    /// Nobody is left who could print.
    ended: bool,
}

/// What was on the screen when waiting was over.
pub enum Seen {
    /// What was waited for.
    Enough(String),
    /// The end of all output, before that.
    Ended(String),
    /// Time ran out.
    TooLate(String),
}

impl Terminal {
    /// Starts bash on a script. What it prints is not coloured, and nothing can be typed.
    pub fn start(root: &Path, script: &str) -> io::Result<Self> {
        let (reader, writer) = io::pipe()?;
        let mut bash = Command::new("bash");
        bash.args(["-c", script])
            .current_dir(root)
            .env("NO_COLOR", "1")
            .env("TERM", "dumb")
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::null())
            .stdout(writer.try_clone()?)
            .stderr(writer)
            .process_group(0);
        for loud in [
            "RUST_BACKTRACE",
            "RUST_LOG",
            "CARGO_TERM_COLOR",
            "CLICOLOR_FORCE",
            "FORCE_COLOR",
        ] {
            bash.env_remove(loud);
        }
        for name in grader::workbook::left_by_another_cargo() {
            bash.env_remove(name);
        }
        let shell = bash.spawn()?;
        // `bash` holds the writing end; as long as it did, the reader would see no end.
        drop(bash);
        let screen = Arc::new(Screen::default());
        let shows = Arc::clone(&screen);
        thread::spawn(move || shows.fill(reader));
        Ok(Self { shell, screen })
    }

    /// Waits until what was printed so far is enough.
    pub fn wait(&self, patience: Duration, enough: impl Fn(&str) -> bool) -> Seen {
        let text = |shown: &Shown| String::from_utf8_lossy(&shown.bytes).into_owned();
        let (shown, waited) = self
            .screen
            .changed
            .wait_timeout_while(self.screen.shown(), patience, |shown| {
                !shown.ended && !enough(&text(shown))
            })
            .unwrap_or_else(PoisonError::into_inner);
        let text = text(&shown);
        if enough(&text) {
            Seen::Enough(text)
        } else if waited.timed_out() {
            Seen::TooLate(text)
        } else {
            Seen::Ended(text)
        }
    }

    fn signal_all(&self, signal: Signal) {
        // The shell was not waited for yet, so its number still belongs to this group alone.
        let group = i32::try_from(self.shell.id()).ok().and_then(Pid::from_raw);
        if let Some(group) = group {
            // It fails if all have ended already.
            let _ = kill_process_group(group, signal);
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.signal_all(Signal::TERM);
        self.wait(GRACE, |_| false);
        self.signal_all(Signal::KILL);
        let _ = self.shell.wait();
    }
}

impl Screen {
    fn fill(&self, mut output: PipeReader) {
        let mut piece = [0; 8192];
        loop {
            // An error is an end too: there is nothing more to be read.
            let length = output.read(&mut piece).unwrap_or(0);
            let mut shown = self.shown();
            let room = MOST_OUTPUT - shown.bytes.len();
            shown.bytes.extend_from_slice(&piece[..length.min(room)]);
            shown.ended = length == 0;
            self.changed.notify_all();
            if length == 0 {
                return;
            }
        }
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
