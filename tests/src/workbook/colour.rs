//! Whether what is printed may be coloured: one answer for our words and for the compiler's.

use std::env;
use std::io::{self, IsTerminal};

/// Has a program colour what it prints into a pipe: its reader shows it on a terminal
/// (<https://bixense.com/clicolors>).
pub const FORCED: &str = "CLICOLOR_FORCE";

/// On a terminal that knows colours, and not with `NO_COLOR` (<https://no-color.org>).
pub fn is_wanted() -> bool {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty());
    if set("NO_COLOR").is_some() {
        return false;
    }
    if set(FORCED).is_some_and(|value| value != "0") {
        return true;
    }
    io::stdout().is_terminal() && set("TERM").is_none_or(|term| term != "dumb")
}
