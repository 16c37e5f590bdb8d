//! One of our programs and one of others', each in a terminal of its own, none of them for ever.

use std::fmt::Debug;
use std::time::Duration;

use grader::wire::ports;
use grader::workbook::Workbook;
use libtest_mimic::Failed;

use crate::references;
use crate::terminal::{Seen, Terminal};

/// Nobody has much to say. This is long only for a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_secs(20);

/// What to type to start the reference of a lab.
pub fn reference(lab: u32) -> Result<String, Failed> {
    let program = references::program(lab)?;
    Ok(format!("'{}'", program.display()))
}

/// A program that runs beside others; ended when this is dropped.
pub struct Beside {
    terminal: Terminal,
    /// The port on which it listens.
    pub port: u16,
}

impl Beside {
    /// Starts a program that says where it listens, behind the word `before`.
    pub fn start(typed: &str, before: &str) -> Result<Self, Failed> {
        let ready = |shown: &str| port_in(shown, before);
        Self::when(typed, ready)
    }

    /// Starts a program that was told where to listen, and says when it does.
    pub fn start_at(port: u16, typed: &str, says: &str) -> Result<Self, Failed> {
        let ready = |shown: &str| shown.contains(says).then_some(port);
        Self::when(typed, ready)
    }

    /// Starts what has an `nc -nlv 127.0.0.1 0` in it: it says where it listens.
    pub fn nc(typed: &str) -> Result<Self, Failed> {
        Self::start(typed, "Listening on 127.0.0.1 ")
    }

    fn when(typed: &str, ready: impl Fn(&str) -> Option<u16>) -> Result<Self, Failed> {
        let terminal = start(typed)?;
        let (Seen::Enough(shown) | Seen::Ended(shown) | Seen::TooLate(shown)) =
            terminal.wait(PATIENCE, |shown| ready(shown).is_some());
        let port = ready(&shown).ok_or_else(|| format!("`{typed}` is not ready:\n{shown}"))?;
        Ok(Self { terminal, port })
    }

    /// A reference as a server, on a free port.
    pub fn server(lab: u32) -> Result<Self, Failed> {
        let program = reference(lab)?;
        Self::start(
            &format!("{program} server --listen 127.0.0.1:0"),
            "listening on 127.0.0.1:",
        )
    }

    /// Waits until it has ended, for all it has printed behind the line that names the port.
    pub fn last_words(&self) -> Result<String, Failed> {
        let shown = to_the_end(&self.terminal)?;
        Ok(shown.split_once('\n').unwrap_or_default().1.to_string())
    }
}

/// A port that is free now, for programs that cannot say which one they were given.
pub fn free_port() -> Result<u16, Failed> {
    Ok(ports::quiet_address().ok_or("no port is free")?.port())
}

/// Runs commands to their end; what they print, and the exit code of the last one.
pub fn run(typed: &str) -> Result<(String, String), Failed> {
    let terminal = start(&format!("{typed}\necho \"|$?\""))?;
    let shown = to_the_end(&terminal)?;
    let (printed, code) = shown
        .trim_end()
        .rsplit_once('|')
        .ok_or_else(|| format!("`{typed}` ended its shell"))?;
    Ok((printed.to_string(), code.to_string()))
}

/// Runs commands, which are to print this and to end with exit code 0.
pub fn prints(typed: &str, expected: &str) -> Result<(), Failed> {
    let (printed, code) = run(typed)?;
    same(typed, &printed.as_str(), &expected)?;
    same(typed, &code.as_str(), &"0")
}

/// What to type so that a program is given `first`, and `rest` and the end of its input when it
/// has printed so many lines: who ends early may miss what is still on its way.
pub fn typed_to(program: &str, first: &str, lines: usize, rest: &str) -> String {
    format!(
        "gate=$(mktemp -u); mkfifo $gate
         {program} < <(printf '{first}'; read -r _ <$gate; printf '{rest}') | {{
             for _ in $(seq {lines}); do IFS= read -r line && echo \"$line\"; done
             echo >$gate; cat; }}
         rm $gate"
    )
}

/// Says what differs, and where it was seen.
pub fn same<T: PartialEq + Debug + ?Sized>(
    place: &str,
    seen: &T,
    expected: &T,
) -> Result<(), Failed> {
    if seen == expected {
        return Ok(());
    }
    Err(format!("{place}\nexpected {expected:?}\nseen     {seen:?}").into())
}

fn start(typed: &str) -> Result<Terminal, Failed> {
    let workbook = Workbook::open()?;
    Ok(Terminal::start(&workbook.root, typed)?)
}

fn to_the_end(terminal: &Terminal) -> Result<String, Failed> {
    match terminal.wait(PATIENCE, |_| false) {
        Seen::Enough(shown) | Seen::Ended(shown) => Ok(shown),
        Seen::TooLate(shown) => Err(format!("it did not end in time; so far:\n{shown}").into()),
    }
}

fn port_in(shown: &str, before: &str) -> Option<u16> {
    let whole = &shown[..=shown.rfind('\n')?];
    let behind = whole.rsplit_once(before)?.1;
    behind
        .split(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}
