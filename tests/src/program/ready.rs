//! Waiting for the ready line: the one line that says "clients can connect now, there".

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::Running;
use super::seen::Seen;
use crate::finding::{Finding, Kind, Step};
use crate::words::escaped;

/// A first line longer than this is none.
const LONGEST_LINE: usize = 1024;

const EXPECTED: &str = "the line `listening on IP:PORT` on standard output";

/// Waits for it; how it can be missing is told apart.
pub fn wait(running: &Running, seen: &Seen, patience: Duration) -> Step<SocketAddr> {
    let line = seen.until(Instant::now() + patience, |state| {
        let head = state.stdout.head();
        match head.iter().position(|&byte| byte == b'\n') {
            Some(end) => Some(Some(head[..end].to_vec())),
            None if head.len() > LONGEST_LINE => Some(Some(head[..LONGEST_LINE].to_vec())),
            None => (state.ended.is_some() || state.guard_is_gone).then_some(None),
        }
    });
    match line {
        Some(Some(line)) => address_in(&String::from_utf8_lossy(&line)),
        Some(None) => Err(ended_before(running).into()),
        None => Err(never_came(running).into()),
    }
}

fn address_in(line: &str) -> Step<SocketAddr> {
    let said = line.strip_suffix('\r').unwrap_or(line);
    let address = said
        .strip_prefix("listening on ")
        .and_then(|address| address.parse::<SocketAddr>().ok());
    match address {
        Some(address) if address.port() != 0 => Ok(address),
        Some(_) => Err(Finding::new(
            Kind::Output,
            EXPECTED,
            format!("`{}`", beginning(said.as_bytes())),
        )
        .means(
            "Port 0 asks the system for a free port. Which one it chose, the bound socket \
                 knows: ask it for its local address.",
        )
        .into()),
        None => Err(Finding::new(
            Kind::Output,
            EXPECTED,
            format!("`{}`", beginning(said.as_bytes())),
        )
        .means(
            "A server's first line on standard output is the ready line, and nothing else \
                 goes there: everything it logs goes to standard error.",
        )
        .into()),
    }
}

// What it said on standard error, or waits in, stands beside every finding anyway.

fn ended_before(running: &Running) -> Finding {
    let ended = running.exit().map_or_else(
        || "it ended".to_string(),
        |exit| format!("it ended: {exit}"),
    );
    let said = running.stdout();
    let seen = if said.is_empty() {
        ended
    } else {
        format!("`{}`, then {ended}", beginning(&said))
    };
    Finding::new(Kind::Exit, EXPECTED, seen)
}

fn never_came(running: &Running) -> Finding {
    let said = running.stdout();
    if !said.is_empty() {
        let seen = format!("`{}`, without a line end", beginning(&said));
        return Finding::new(Kind::NotReady, EXPECTED, seen).means(
            "A line ends with a line feed: without it nobody can know that it is all there.",
        );
    }
    match running.listens_on().first() {
        Some(place) => {
            let seen = format!("nothing, though it listens on {place} already");
            Finding::new(Kind::NotReady, EXPECTED, seen).means(
                "Standard output is a pipe here, not a terminal, and then many languages keep \
                 what is printed in a buffer until it is full. Flush it right after the ready \
                 line.",
            )
        }
        None => Finding::new(Kind::NotReady, EXPECTED, "nothing"),
    }
}

fn beginning(output: &[u8]) -> String {
    escaped(output[..output.len().min(200)].trim_ascii_end())
}
