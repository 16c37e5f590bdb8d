//! What is asked of a program's start, and how its end is told.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// More than any program of the workbook has a use for, and what every machine can spare.
pub const DEFAULT_MEMORY: u64 = 1 << 30;

/// A program to be started.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Spec {
    /// The command, already split: the program and its first arguments.
    pub words: Vec<OsString>,
    /// The role and its options.
    pub args: Vec<OsString>,
    /// Variables to set, or to remove, on top of the clean environment.
    pub env: Vec<(String, Option<String>)>,
    pub folder: Folder,
    pub stdin: Stdin,
    pub stdout: Stdout,
    /// An executable that is linked into the run's folder and started from there in place of
    /// `words[0]`: a build that goes on meanwhile cannot change what is graded.
    pub link: Option<PathBuf>,
    /// Names of its own, for a program that looks up names.
    pub world: Option<World>,
    /// Bytes of resident memory, of all its processes, above which it is ended.
    pub memory: u64,
    /// How many file descriptors each of its processes may have.
    pub descriptors: Option<u64>,
}

impl Spec {
    /// A command as it is, in the run's folder, with nothing on its standard input.
    pub fn new(words: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        Self {
            words: words.into_iter().map(Into::into).collect(),
            args: Vec::new(),
            env: Vec::new(),
            folder: Folder::Own,
            stdin: Stdin::Empty,
            stdout: Stdout::Kept,
            link: None,
            world: None,
            memory: DEFAULT_MEMORY,
            descriptors: None,
        }
    }

    /// The command line as a person would type it, without the folder of what was built here,
    /// and of a hundred arguments as many as say what they are.
    pub fn command_line(&self) -> String {
        const FIRST: usize = 8;
        const LAST: usize = 2;
        let built = self.link.as_deref().and_then(Path::file_name);
        let first = built
            .or(self.words.first().map(OsString::as_os_str))
            .unwrap_or_default();
        let others = self
            .words
            .iter()
            .skip(1)
            .chain(&self.args)
            .map(OsString::as_os_str);
        let words = std::iter::once(first).chain(others);
        let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
        let typed = |words: &[_]| shell_words::join(words);
        match words.len() {
            count if count > 3 * (FIRST + LAST) => format!(
                "{} … {}",
                typed(&words[..FIRST]),
                typed(&words[count - LAST..])
            ),
            _ => typed(&words),
        }
    }
}

/// Where a program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Folder {
    /// In the run's own folder, which is removed with it.
    Own,
    /// Where the grader was started: a command of the user's may name files there.
    Inherited,
}

/// What a program has as its standard input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stdin {
    /// Nothing: the end, at once.
    Empty,
    /// What the check writes.
    Piped,
}

/// Where a program's standard output goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stdout {
    /// To the check.
    Kept,
    /// Into a pipe whose reader has gone.
    ReaderGone,
}

/// The names that a program finds on its machine: the texts of files in `/etc`, and the
/// machine's own name.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct World {
    pub hosts: String,
    pub resolv: String,
    pub nsswitch: Option<String>,
    pub hostname: Option<String>,
}

/// The signals that a check sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopSignal {
    Interrupt,
    Terminate,
    Kill,
    /// Stand still, as on Ctrl-Z: what is sent to it meanwhile waits.
    Pause,
    /// Go on after that.
    Resume,
}

impl StopSignal {
    pub fn name(self) -> &'static str {
        match self {
            Self::Interrupt => "SIGINT",
            Self::Terminate => "SIGTERM",
            Self::Kill => "SIGKILL",
            Self::Pause => "SIGSTOP",
            Self::Resume => "SIGCONT",
        }
    }
}

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Exit {
    Code(i32),
    /// A signal ended it.
    Signal(i32),
    /// The grader ended it: it took more memory than it may.
    OutOfMemory,
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Code(code) => write!(f, "exit {code}"),
            Self::Signal(signal) => match signal_name(signal) {
                Some(name) => write!(f, "killed by {name}"),
                None => write!(f, "killed by signal {signal}"),
            },
            Self::OutOfMemory => write!(f, "ended by the grader: it took too much memory"),
        }
    }
}

fn signal_name(signal: i32) -> Option<&'static str> {
    Some(match signal {
        libc::SIGHUP => "SIGHUP",
        libc::SIGINT => "SIGINT",
        libc::SIGQUIT => "SIGQUIT",
        libc::SIGILL => "SIGILL",
        libc::SIGTRAP => "SIGTRAP",
        libc::SIGABRT => "SIGABRT",
        libc::SIGBUS => "SIGBUS",
        libc::SIGFPE => "SIGFPE",
        libc::SIGKILL => "SIGKILL",
        libc::SIGSEGV => "SIGSEGV",
        libc::SIGPIPE => "SIGPIPE",
        libc::SIGALRM => "SIGALRM",
        libc::SIGTERM => "SIGTERM",
        libc::SIGUSR1 => "SIGUSR1",
        libc::SIGUSR2 => "SIGUSR2",
        libc::SIGXCPU => "SIGXCPU",
        libc::SIGSYS => "SIGSYS",
        _ => return None,
    })
}
