//! That something is going on: a line on a terminal, while checks run.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A line that counts; nothing where standard error is no terminal.
pub struct Progress(ProgressBar);

impl Progress {
    pub fn over(checks: usize) -> Self {
        let bar = ProgressBar::new(checks as u64);
        if let Ok(style) = ProgressStyle::with_template("  {pos}/{len} checks  {bar:30}  {msg}") {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// One more is done.
    pub fn one_more(&self, id: &str) {
        self.0.set_message(id.to_string());
        self.0.inc(1);
    }

    /// Takes the line away.
    pub fn end(&self) {
        self.0.finish_and_clear();
    }
}

/// A line that says which check is running; nothing where standard error is no terminal.
pub struct Waiting(ProgressBar);

impl Waiting {
    pub fn on(id: &str) -> Self {
        /// Often enough to be seen to go on, and seldom enough to cost nothing.
        const TICK: Duration = Duration::from_millis(250);
        let line = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("  {spinner}  {msg}") {
            line.set_style(style);
        }
        line.set_message(id.to_string());
        line.enable_steady_tick(TICK);
        Self(line)
    }

    /// Takes the line away.
    pub fn end(&self) {
        self.0.finish_and_clear();
    }
}
