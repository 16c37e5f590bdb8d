//! How a program ends when it cannot do what it was asked: one error, one exit code.

use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

use crate::log;

/// Why a program ends before it is done, and the exit code that tells so.
#[derive(Debug)]
pub struct Failure {
    code: u8,
    /// `WHAT: WHY`; empty for an end that says nothing.
    message: String,
    hint: Option<String>,
}

impl Failure {
    /// The network or the system said no: exit 1.
    pub fn system(what: impl Display, why: impl Display) -> Self {
        Self::new(1, what, why)
    }

    /// Asked for something that makes no sense: exit 2. Nothing was opened or sent.
    pub fn usage(what: impl Display, why: impl Display) -> Self {
        Self::new(2, what, why)
    }

    /// The peer broke the protocol, or answered with an error: exit 3.
    pub fn protocol(what: impl Display, why: impl Display) -> Self {
        Self::new(3, what, why)
    }

    /// Time ran out: exit 4.
    pub fn timed_out(what: impl Display, why: impl Display) -> Self {
        Self::new(4, what, why)
    }

    /// Standard output could not be written. A reader that has left, like `head`, wants no
    /// complaint: then the end is a quiet one. Exit 1.
    pub fn stdout(error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self {
                code: 1,
                message: String::new(),
                hint: None,
            }
        } else {
            Self::system("standard output", error)
        }
    }

    /// Adds what the user could do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Display) -> Self {
        self.hint = Some(hint.to_string());
        self
    }

    /// Says it now instead of at the end, for a program that has more to do first. What is left
    /// is the exit code.
    #[must_use]
    pub fn said(self) -> Self {
        self.print();
        Self {
            code: self.code,
            message: String::new(),
            hint: None,
        }
    }

    /// Nobody is left to tell when stderr cannot be written; the exit code still says it.
    fn print(&self) {
        let mut stderr = io::stderr().lock();
        if !self.message.is_empty() {
            let _ = writeln!(stderr, "{} {}", log::red("error:"), self.message);
        }
        if let Some(hint) = &self.hint {
            let _ = writeln!(stderr, "{} {hint}", log::cyan("hint:"));
        }
    }

    fn new(code: u8, what: impl Display, why: impl Display) -> Self {
        Self {
            code,
            message: format!("{what}: {why}"),
            hint: None,
        }
    }
}

/// Turns the result of a program into its exit code, and an error into `error: WHAT: WHY`.
pub fn exit(result: Result<(), Failure>) -> ExitCode {
    let Err(failure) = result else {
        return ExitCode::SUCCESS;
    };
    failure.print();
    ExitCode::from(failure.code)
}
