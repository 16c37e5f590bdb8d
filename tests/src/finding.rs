//! What a step of a check can say besides "fine": the vocabulary of every layer above.

use std::fmt;

/// The result of one step of a check.
pub type Step<T = ()> = Result<T, Stop>;

/// Why a check went no further.
#[derive(Debug)]
pub enum Stop {
    /// The program did something that the contract forbids.
    Fail(Box<Finding>),
    /// It cannot be checked here; the text says why.
    Skip(String),
    /// The grader itself failed. This says nothing about the program.
    Broken(anyhow::Error),
}

/// What was expected, and what was seen instead.
#[derive(Clone, Debug)]
pub struct Finding {
    pub kind: Kind,
    /// `Ann to hear "hello"`: completes the sentence "Expected …".
    pub expected: String,
    /// `the end of the stream after 3 bytes`: completes the sentence "Seen: …".
    pub seen: String,
    /// What this usually means, in whole sentences; empty if the check's own words are enough.
    pub means: String,
}

/// How a program can be wrong. Only silence and slowness may come from a busy machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing came in time, or not all of it.
    Silence,
    /// Something took too long.
    Slow,
    /// The grader itself was late: what came of it says nothing about the program.
    Disturbed,
    /// A server said nothing of being ready.
    NotReady,
    /// Other bytes than expected came, first at this offset.
    WrongBytes { offset: usize },
    /// More came than there should be.
    Unexpected,
    /// The stream ended before it should.
    EarlyEnd,
    /// The connection was reset.
    Reset,
    /// No connection was to be had.
    Refused,
    /// The program ended when it should run, or with another exit code.
    Exit,
    /// Standard output or standard error holds something else than it should.
    Output,
    /// The program holds more than it may: memory, descriptors, threads.
    Resources,
    /// The program could not be started.
    NotStarted,
}

impl Finding {
    pub fn new(kind: Kind, expected: impl Into<String>, seen: impl Into<String>) -> Self {
        Self {
            kind,
            expected: expected.into(),
            seen: seen.into(),
            means: String::new(),
        }
    }

    #[must_use]
    pub fn means(mut self, text: impl Into<String>) -> Self {
        self.means = text.into();
        self
    }

    /// Whether a second try alone on the machine could tell noise from a fault.
    pub fn may_be_noise(&self) -> bool {
        matches!(self.kind, Kind::Silence | Kind::Slow | Kind::NotReady)
    }
}

impl From<Finding> for Stop {
    fn from(finding: Finding) -> Self {
        Self::Fail(Box::new(finding))
    }
}

impl From<anyhow::Error> for Stop {
    fn from(error: anyhow::Error) -> Self {
        Self::Broken(error)
    }
}

/// A step fails: `fail(Kind::Silence, "…", "…")`.
pub fn fail<T>(kind: Kind, expected: impl Into<String>, seen: impl Into<String>) -> Step<T> {
    Err(Finding::new(kind, expected, seen).into())
}

/// Adds to a failing step what it usually means, where the step itself cannot know.
pub trait Means {
    #[must_use]
    fn or_means(self, text: &str) -> Self;
}

impl<T> Means for Step<T> {
    fn or_means(self, text: &str) -> Self {
        self.map_err(|stop| match stop {
            Stop::Fail(mut finding) => {
                finding.means = text.to_string();
                Stop::Fail(finding)
            }
            other => other,
        })
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}; seen: {}", self.expected, self.seen)?;
        if !self.means.is_empty() {
            write!(f, ". {}", self.means)?;
        }
        Ok(())
    }
}
