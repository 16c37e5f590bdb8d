//! Lab 02 with nc and socat, and its server with a grader that has not started it.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpStream};
use std::process::Command;
use std::time::Duration;

use libtest_mimic::Failed;
use serde_json::Value;

use super::Meeting;
use super::conversation::{Beside, prints, reference, run, same};
use crate::commands::fixture::{GRADER, finish};

pub static MEETINGS: &[Meeting] = &[
    Meeting {
        name: "02-nc-is-echoed",
        needs: &["nc"],
        takes_place: nc_is_echoed,
    },
    Meeting {
        name: "02-socat-is-echoed-a-large-file",
        needs: &["socat", "sha256sum"],
        takes_place: socat_is_echoed_a_large_file,
    },
    Meeting {
        name: "02-the-client-is-echoed-by-socat",
        needs: &["socat", "sha256sum"],
        takes_place: the_client_is_echoed_by_socat,
    },
    Meeting {
        name: "02-a-server-that-runs-is-graded",
        needs: &[],
        takes_place: a_server_that_runs_is_graded,
    },
    Meeting {
        name: "02-the-client-tells-nc-from-an-echo",
        needs: &["nc"],
        takes_place: the_client_tells_nc_from_an_echo,
    },
];

/// Some bytes of every kind, the same each time.
const MUCH: &str = "seq 1 500000 | gzip -c";

fn nc_is_echoed() -> Result<(), Failed> {
    let server = Beside::server(2)?;
    let port = server.port;
    prints(
        &format!("printf 'one\\ntwo' | nc -N 127.0.0.1 {port}"),
        "one\ntwo",
    )?;
    prints(
        &format!("printf '\\377\\n' | nc -N 127.0.0.1 {port} | od -An -tx1"),
        " ff 0a\n",
    )
}

fn socat_is_echoed_a_large_file() -> Result<(), Failed> {
    let server = Beside::server(2)?;
    let sent = run(&format!("{MUCH} | sha256sum"))?;
    let echoed = run(&format!(
        "{MUCH} | socat -t 10 - TCP:127.0.0.1:{} | sha256sum",
        server.port
    ))?;
    same("through socat", &echoed, &sent)
}

fn the_client_is_echoed_by_socat() -> Result<(), Failed> {
    let echo = echo_by_socat()?;
    let client = format!("{} client --connect 127.0.0.1:{}", reference(2)?, echo.port);
    prints(&format!("{client} 'hello there'"), "hello there")?;
    let sent = run(&format!("{MUCH} | sha256sum"))?;
    let echoed = run(&format!("{MUCH} | {client} | sha256sum"))?;
    same("echoed by socat", &echoed, &sent)
}

fn the_client_tells_nc_from_an_echo() -> Result<(), Failed> {
    let nc = Beside::nc("nc -nlv 127.0.0.1 0")?;
    let client = format!(
        "{} client --connect 127.0.0.1:{} hello",
        reference(2)?,
        nc.port
    );
    let (_, code) = run(&client)?;
    same(&client, code.as_str(), "3")?;
    let heard = nc.last_words()?;
    if heard.ends_with("hello") {
        return Ok(());
    }
    Err(format!("nc did not hear hello:\n{heard}").into())
}

/// What can be asked of a server that runs already passes; the rest is left out, and the server
/// goes on.
fn a_server_that_runs_is_graded() -> Result<(), Failed> {
    let server = Beside::server(2)?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, server.port));
    let folder = tempfile::tempdir()?;
    let json = folder.path().join("report.json");
    let mut grade = Command::new(GRADER);
    grade
        .args(["grade", "2", "--at", &address.to_string(), "--json"])
        .arg(&json);
    let said = finish(grade).map_err(|error| format!("{error:#}"))?;
    if said.code != Some(0) {
        return Err(format!("{said:?}").into());
    }

    let report: Value = serde_json::from_slice(&fs::read(&json)?)?;
    let checks = report["labs"][0]["checks"].as_array().ok_or("no checks")?;
    let mut passed = BTreeSet::new();
    for check in checks {
        let id = check["id"].as_str().ok_or("a check without an id")?;
        let reason = check["finding"].as_str().unwrap_or_default();
        match check["status"].as_str() {
            Some("pass") => drop(passed.insert(id)),
            Some("skipped") if reason.contains("is all that was given") => {}
            _ => return Err(format!("{check:#}").into()),
        }
    }
    if !passed.contains("2.2/echo") || passed.len() == checks.len() {
        return Err(format!("passed: {passed:?}").into());
    }

    let mut ann = TcpStream::connect(address)?;
    ann.set_read_timeout(Some(Duration::from_secs(20)))?;
    ann.write_all(b"still there?")?;
    ann.shutdown(Shutdown::Write)?;
    let mut heard = String::new();
    ann.read_to_string(&mut heard)?;
    same("afterwards", &*heard, "still there?")
}

fn echo_by_socat() -> Result<Beside, Failed> {
    Beside::start(
        "socat -t 10 -d -d TCP-LISTEN:0,bind=127.0.0.1,fork EXEC:cat",
        "listening on AF=2 127.0.0.1:",
    )
}
