//! The references talk to programs that nobody here wrote. Both ends being ours, they could
//! agree on the same mistake.

mod chat;
mod conversation;
mod hostname_lookup;
mod nonblocking_connect;
mod tcp_echo;
mod threaded_greeting;
mod timeouts;
mod tls;
mod udp_factorial;

use std::process::Command;
use std::sync::LazyLock;

use libtest_mimic::{Failed, Trial};

use super::commands::fixture::finish;
use super::tools::installed;

/// A conversation with other programs, and which of them have to be installed for it.
struct Meeting {
    name: &'static str,
    needs: &'static [&'static str],
    takes_place: fn() -> Result<(), Failed>,
}

pub fn trials() -> Vec<Trial> {
    [
        hostname_lookup::MEETINGS,
        tcp_echo::MEETINGS,
        udp_factorial::MEETINGS,
        threaded_greeting::MEETINGS,
        chat::MEETINGS,
        nonblocking_connect::MEETINGS,
        timeouts::MEETINGS,
        tls::MEETINGS,
    ]
    .into_iter()
    .flatten()
    .map(trial)
    .collect()
}

fn trial(meeting: &'static Meeting) -> Trial {
    Trial::test(format!("interop::{}", meeting.name), move || {
        if let Some(tool) = meeting.needs.iter().find(|tool| !is_there(tool)) {
            let tool = if *tool == "nc" { "OpenBSD's nc" } else { tool };
            eprintln!(
                "skipped: interop::{}: {tool} is not installed",
                meeting.name
            );
            return Ok(());
        }
        (meeting.takes_place)()?;
        Ok(())
    })
}

/// Of several kinds of nc, only that of OpenBSD understands what is typed here.
fn is_there(tool: &str) -> bool {
    static NC: LazyLock<bool> = LazyLock::new(|| {
        let mut help = Command::new("nc");
        help.arg("-h");
        finish(help).is_ok_and(|said| (said.stdout + &said.stderr).contains("OpenBSD"))
    });
    installed(tool) && (tool != "nc" || *NC)
}
