//! What a program has left when it ended, and what a check looks at in it.

use std::net::SocketAddr;

use super::backtrace;
use crate::finding::{Finding, Kind, Step, fail};
use crate::program::Exit;
use crate::words::{count, is_coloured, quoted};

/// What a program has left when it ended.
#[derive(Debug)]
pub struct Done {
    pub exit: Exit,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
}

impl Done {
    /// It ended with one of these exit codes.
    pub fn exits(&self, allowed: &[i32]) -> Step<&Self> {
        if matches!(self.exit, Exit::Code(code) if allowed.contains(&code)) {
            return Ok(self);
        }
        let codes: Vec<_> = allowed.iter().map(i32::to_string).collect();
        let mut finding = Finding::new(
            Kind::Exit,
            format!("the program to end with exit code {}", codes.join(" or ")),
            self.exit.to_string(),
        );
        if self.panicked() {
            finding = finding.means(
                "The program panicked. An error that can happen on any day, like a port in use \
                 or a host that is unknown, is no bug of the program: return it from `main` as \
                 a `Failure`, with the exit code that tells which it was.",
            );
        }
        Err(finding.into())
    }

    /// There was nobody to talk to: it says so, on standard error alone, with exit code 1.
    pub fn found_nobody(&self) -> Step {
        self.exits(&[1])?.prints("")?.complains("")?;
        Ok(())
    }

    /// It was ended by a signal, or chose to end because of one: not with exit code 0, and
    /// without a backtrace.
    pub fn was_interrupted(&self) -> Step {
        let expected = "the program to end because of the signal, with another exit code than 0";
        if self.exit == Exit::Code(0) {
            return fail(Kind::Exit, expected, self.exit.to_string());
        }
        self.is_quiet()
    }

    /// No panic, no backtrace.
    pub fn is_quiet(&self) -> Step {
        if self.panicked() {
            return fail(
                Kind::Output,
                "no panic and no backtrace",
                "one on standard error",
            );
        }
        Ok(())
    }

    /// Its output has no reader any more. It ended with 1 because of that, and made no fuss.
    pub fn ended_quietly(&self) -> Step {
        self.exits(&[1])?.is_quiet()?;
        let stderr = String::from_utf8_lossy(&self.stderr);
        let fuss = stderr.lines().find(|line| {
            let line = line.to_ascii_lowercase();
            line.starts_with("error") || line.starts_with("exception ignored")
        });
        match fuss {
            None => Ok(()),
            Some(line) => fail(
                Kind::Output,
                "a quiet end, since nobody reads on",
                format!("{} on standard error", quoted(line.as_bytes())),
            ),
        }
    }

    /// Standard output holds exactly this.
    pub fn prints(&self, expected: impl AsRef<[u8]>) -> Step<&Self> {
        let expected = expected.as_ref();
        if self.stdout == expected {
            return Ok(self);
        }
        let same = self
            .stdout
            .iter()
            .zip(expected)
            .take_while(|(a, b)| a == b)
            .count();
        let from = same.saturating_sub(8);
        let at = if from == 0 {
            String::new()
        } else {
            format!(", from byte {from} on")
        };
        fail(
            Kind::Output,
            format!("{} on standard output{at}", quoted(&expected[from..])),
            format!("{}{at}", quoted(&self.stdout[from..])),
        )
    }

    /// Its lines on standard output.
    pub fn lines(&self) -> Vec<String> {
        String::from_utf8_lossy(&self.stdout)
            .lines()
            .map(str::to_string)
            .collect()
    }

    /// Standard error holds a line `error: …` and no panic. For the later exercises of a lab:
    /// what stands in such a line is graded with the first.
    pub fn reports_an_error(&self) -> Step<&Self> {
        let is_one = |line: &str| {
            line.strip_prefix("error: ")
                .is_some_and(|why| !why.is_empty())
        };
        self.has_an_error("a line `error: …` on standard error", is_one)
    }

    /// Standard error holds a line `error: WHAT: WHY` and no panic. `naming` must be in it.
    pub fn complains(&self, naming: &str) -> Step<&Self> {
        self.complains_naming_all(&[naming])
    }

    /// The same, of an address: its host and its port, in whatever form.
    pub fn complains_of(&self, address: SocketAddr) -> Step<&Self> {
        self.complains_naming_all(&[&address.ip().to_string(), &address.port().to_string()])
    }

    fn complains_naming_all(&self, naming: &[&str]) -> Step<&Self> {
        let mut expected = "a line `error: WHAT: WHY` on standard error".to_string();
        if naming.iter().any(|name| !name.is_empty()) {
            expected += &format!(" that names {}", naming.join(" and "));
        }
        self.has_an_error(&expected, |line| {
            has_the_form(line) && naming.iter().all(|name| line.contains(name))
        })
    }

    fn has_an_error(&self, expected: &str, is_one: impl Fn(&str) -> bool) -> Step<&Self> {
        let stderr = String::from_utf8_lossy(&self.stderr);
        if self.panicked() {
            return fail(Kind::Output, expected, "a panic");
        }
        if is_coloured(&self.stderr) {
            let expected = "plain text on a standard error that is no terminal";
            return fail(Kind::Output, expected, "colour codes in it");
        }
        if stderr.lines().any(is_one) {
            return Ok(self);
        }
        let seen = match stderr.lines().count() {
            0 => "standard error is empty".to_string(),
            lines => format!(
                "{} on standard error, the last: {}",
                count(lines, "line"),
                quoted(stderr.lines().last().unwrap_or_default().as_bytes())
            ),
        };
        fail(Kind::Output, expected, seen)
    }

    /// Standard error holds a line `error: NAME: …` for this name, and no panic.
    pub fn blames(&self, name: &str) -> Step<&Self> {
        self.complains(name)?;
        let stderr = String::from_utf8_lossy(&self.stderr);
        let start = format!("error: {name}:");
        if stderr.lines().any(|line| line.starts_with(&start)) {
            return Ok(self);
        }
        let line = stderr.lines().find(|line| line.contains(name));
        fail(
            Kind::Output,
            format!("a line `{start} …` on standard error"),
            quoted(line.unwrap_or_default().as_bytes()),
        )
    }

    /// Whether standard error tells of a panic or shows a backtrace.
    pub fn panicked(&self) -> bool {
        backtrace::find(&String::from_utf8_lossy(&self.stderr)).is_some()
    }
}

/// `error: WHAT: WHY`: a name or an address may have colons in it, but no blank behind them.
fn has_the_form(line: &str) -> bool {
    line.strip_prefix("error: ")
        .and_then(|line| line.split_once(": "))
        .is_some_and(|(what, why)| !what.trim().is_empty() && !why.trim().is_empty())
}
