//! Somebody at the keyboard of a program under test: types lines, and reads what it prints.

use std::time::{Duration, Instant};

use crate::checks::{Done, Lab, Process};
use crate::finding::{Kind, Step, fail};
use crate::wire::Patience;
use crate::words::quoted;

pub struct Typist {
    pub process: Process,
    patience: Patience,
    sat_down: Instant,
    /// How much of the output was read already.
    read: usize,
}

impl Typist {
    pub fn at(process: Process, lab: &Lab) -> Self {
        Self {
            process,
            patience: lab.patience(),
            sat_down: Instant::now(),
            read: 0,
        }
    }

    pub fn types(&self, text: &str) -> Step {
        self.process.running().writes(text.as_bytes())
    }

    /// Ends the input, as Ctrl-D does.
    pub fn types_no_more(&self) {
        self.process.running().stdin_ends();
    }

    pub fn done(&self) -> Step<Done> {
        self.process.done()
    }

    /// Reads exactly this line next.
    pub fn reads(&mut self, expected: &str) -> Step {
        let line = self.reads_a_line(expected)?;
        if line == expected {
            return Ok(());
        }
        fail(
            Kind::Output,
            shown(expected),
            format!("the line {}", quoted(line.as_bytes())),
        )
    }

    /// Reads the next line; `expected` says what it should be, if none comes.
    pub fn reads_a_line(&mut self, expected: &str) -> Step<String> {
        let from = self.read;
        let whole = |out: &[u8]| {
            let rest = out.get(from..)?;
            let end = rest.iter().position(|byte| *byte == b'\n')?;
            Some(String::from_utf8_lossy(&rest[..end]).into_owned())
        };
        let out = self
            .process
            .stdout_until(|out| whole(out).is_some(), self.waits_for());
        let Some(line) = out.as_deref().and_then(whole) else {
            return self.read_nothing(expected);
        };
        self.read += line.len() + 1;
        Ok(line)
    }

    /// A program that has only just been started has its start before it.
    fn waits_for(&self) -> Duration {
        let starting = self.patience.start() + self.patience.silence();
        let left = starting.saturating_sub(self.sat_down.elapsed());
        left.max(self.patience.silence())
    }

    fn read_nothing(&self, expected: &str) -> Step<String> {
        if let Some(end) = self.process.end() {
            let seen = format!("the program ended first: {end}");
            return fail(Kind::Exit, shown(expected), seen);
        }
        let rest = self.process.running().stdout().split_off(self.read);
        let seen = match &*rest {
            [] => "nothing more was printed".to_string(),
            rest => format!("{} and no line end", quoted(rest)),
        };
        fail(Kind::Silence, shown(expected), seen)
    }
}

fn shown(line: &str) -> String {
    format!("the line {} on standard output", quoted(line.as_bytes()))
}
