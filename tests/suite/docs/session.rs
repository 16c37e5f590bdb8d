//! The commands of one document, run in its order as a reader would type them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use grader::docs::{Command, Console, Numbers, Run, Stay};
use grader::wire::ports::{self, Held};

use crate::terminal::{Seen, Terminal};
use crate::tools::installed;

use super::output::compare;

/// How long the commands of one block may take; the first one of all may have to build.
const PATIENCE: Duration = Duration::from_secs(300);

/// How long the log of a background program may take to be complete at its end.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// What the shell prints behind the output of each command: no program prints this.
const MARK: char = '\u{1e}';

/// Prints it, and leaves `$?` as the command left it.
const PRINT_MARK: &str = "__code=$?; printf '\\036'; (exit $__code)";

/// The documents say `just`; where it is not installed, they are as true with `cargo grader`.
const JUST: &str = "command -v just >/dev/null || just() { cargo grader \"$@\"; }\n";

/// Runs the blocks of one document.
pub struct Session {
    root: PathBuf,
    /// What the shell is told before all else.
    prelude: String,
    document: String,
    background: Vec<Background>,
    /// The ports that the document uses, and the right to use them.
    ports: Vec<u16>,
    held: Vec<Held>,
}

/// A program that runs beside the blocks that follow it.
struct Background {
    terminal: Terminal,
    expected: Vec<String>,
    numbers: Numbers,
    line: usize,
}

impl Session {
    pub fn new(root: &Path, document: &str, ports: Vec<u16>) -> Self {
        Self {
            root: root.into(),
            prelude: JUST.into(),
            document: document.into(),
            background: Vec::new(),
            ports,
            held: Vec::new(),
        }
    }

    /// The same with a word to the shell before each block.
    pub fn after(self, prelude: &str) -> Self {
        Self {
            prelude: format!("{JUST}{prelude}"),
            ..self
        }
    }

    pub fn run(&mut self, console: &Console) -> Result<(), String> {
        if console.stay == Stay::Background {
            self.end()?;
        }
        if let Some(why) = reason_not_to(&console.run) {
            eprintln!("{}:{}: not run: {why}", self.document, console.line);
            return Ok(());
        }
        self.hold_ports_for(console);
        match console.stay {
            Stay::UntilDone => self.run_all(console),
            Stay::Background | Stay::BesideAnother => self.begin(console),
        }
        .map_err(|why| format!("{}:{}: {why}", self.document, console.line))
    }

    /// Nobody else uses the document's ports while it does. Checks take them for themselves,
    /// so they are let go of for a command that runs checks.
    fn hold_ports_for(&mut self, console: &Console) {
        let grades = |typed: &str| {
            ["just demo", "just grade", "just mistakes", "cargo test"]
                .iter()
                .any(|word| typed.contains(word))
        };
        if console
            .commands
            .iter()
            .any(|command| grades(&command.typed))
        {
            self.held.clear();
        } else if self.held.is_empty() {
            self.held = self.ports.iter().copied().map(ports::hold).collect();
        }
    }

    /// Ends the background programs, the last one first. By now each must have printed all that
    /// the document shows.
    pub fn end(&mut self) -> Result<(), String> {
        while let Some(running) = self.background.pop() {
            let Background {
                expected, numbers, ..
            } = &running;
            shows(&running.terminal, expected, *numbers, LAST_WORDS)
                .map_err(|why| format!("{}:{}: {why}", self.document, running.line))?;
        }
        Ok(())
    }

    /// Starts a background program and waits for its first line, by which a server says that
    /// it is ready. The rest, its log, comes while the next blocks talk to it.
    fn begin(&mut self, console: &Console) -> Result<(), String> {
        let Command { typed, prints } = &console.commands[0];
        let terminal = self.shell(typed)?;
        let first = &prints[..prints.len().min(1)];
        shows(&terminal, first, console.numbers, PATIENCE)?;
        self.background.push(Background {
            terminal,
            expected: prints.clone(),
            numbers: console.numbers,
            line: console.line,
        });
        Ok(())
    }

    /// Runs the commands in one shell, so that `$?` and variables mean what they mean at a prompt.
    fn run_all(&self, console: &Console) -> Result<(), String> {
        let Console {
            commands, numbers, ..
        } = console;
        let script: Vec<String> = commands
            .iter()
            .map(|command| format!("{}\n{PRINT_MARK}", command.typed))
            .collect();
        let terminal = self.shell(&script.join("\n"))?;
        let done = |shown: &str| shown.matches(MARK).count() == commands.len();
        let (shown, end) = match terminal.wait(PATIENCE, done) {
            Seen::Enough(shown) => (shown, ""),
            Seen::Ended(shown) => (shown, "the shell ended in the middle"),
            Seen::TooLate(shown) => (shown, "it did not end in time"),
        };
        let outputs: Vec<&str> = shown.split(MARK).collect();
        for (command, output) in commands.iter().zip(&outputs) {
            let expected = command.prints.join("\n");
            compare(&expected, output, *numbers)
                .map_err(|difference| format!("$ {}\n{end}{difference}", command.typed))?;
        }
        if end.is_empty() {
            Ok(())
        } else {
            Err(end.into())
        }
    }

    fn shell(&self, typed: &str) -> Result<Terminal, String> {
        let script = format!("{}{typed}", self.prelude);
        Terminal::start(&self.root, &script)
            .map_err(|error| format!("bash cannot be started: {error}"))
    }
}

fn reason_not_to(run: &Run) -> Option<String> {
    match run {
        Run::Always => None,
        Run::Never(why) => Some(why.clone()),
        Run::With(tools) => {
            let tool = tools.iter().find(|tool| !installed(tool))?;
            Some(format!("{tool} is not installed"))
        }
    }
}

/// Waits until a program has printed these lines, and perhaps more.
fn shows(
    terminal: &Terminal,
    lines: &[String],
    numbers: Numbers,
    patience: Duration,
) -> Result<(), String> {
    let expected = format!("{}\n...", lines.join("\n"));
    let complete = |shown: &str| compare(&expected, shown, numbers).is_ok();
    match terminal.wait(patience, |shown| lines.is_empty() || complete(shown)) {
        Seen::Enough(_) => Ok(()),
        Seen::Ended(shown) | Seen::TooLate(shown) => compare(&expected, &shown, numbers),
    }
}
