//! Whatever it is asked, it says clearly what it cannot do, and ends with nothing left.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::time::Duration;

use libtest_mimic::Failed;
use rustix::process::{Pid, Signal, kill_process};

use super::{Promise, Trace, finish};
use crate::references::program;
use crate::tools::exit_code;

pub const PROMISES: &[(&str, Promise)] = &[
    ("ctrl-c-ends-it", ctrl_c_ends_it),
    ("it-ends-in-time", it_ends_in_time),
    ("nobody-reads", nobody_reads),
    ("who-cannot-take-part", who_cannot_take_part),
    ("bad-input-is-one-clear-line", bad_input),
    ("its-help-fits-into-80-columns", its_help_fits),
    ("a-failure-is-drawn", a_failure_is_drawn),
    ("a-failed-connection-has-both-its-ends", both_ends_are_drawn),
    ("without-a-failure-nothing-is-drawn", nothing_is_drawn),
    ("a-ladder-that-cannot-be-written", cannot_be_written),
];

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(60);

/// A probe that waits for a server which says nothing.
const WAITING: [&str; 9] = [
    "trace",
    "7",
    "--reference",
    "--server",
    "--mode silent",
    "--",
    "probe",
    "--read-ms",
    "50000",
];

fn ctrl_c_ends_it() -> Result<(), Failed> {
    let trace = Trace::new()?;
    let page = trace.path("drawn.html");
    let mut command = trace.command(&WAITING[..5])?;
    command
        .args(["--limit", "50s", "--html", &page])
        .args(&WAITING[5..]);
    let mut child = Killed(
        command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?,
    );
    let mut ladder = BufReader::new(child.0.stdout.take().ok_or("no standard output")?);
    let (mut address, mut line) = (None, String::new());
    while !line.contains("\"PING") {
        line.clear();
        if ladder.read_line(&mut line)? == 0 {
            return Err("it ended before".into());
        }
        if let Some((_, rest)) = line.split_once("listening on ") {
            let end = rest.find(|c: char| c != '.' && c != ':' && !c.is_ascii_digit());
            address = Some(rest[..end.unwrap_or(rest.len())].to_string());
        }
    }
    let pid = Pid::from_raw(i32::try_from(child.0.id())?).ok_or("no process")?;
    kill_process(pid, Signal::INT)?;
    let code = exit_code(&mut child.0, LONG)?;
    if code != Some(0) {
        return Err(format!("it ended with {code:?}").into());
    }
    let address = address.ok_or("no address was announced")?;
    if TcpStream::connect(&address).is_ok() {
        return Err(format!("the server still listens on {address}").into());
    }
    if !std::fs::read_to_string(page)?.contains("stopped before its end") {
        return Err("the page does not say how it ended".into());
    }
    trace.is_left_clean()
}

/// Killed when it is dropped, if it has not ended.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn it_ends_in_time() -> Result<(), Failed> {
    let trace = Trace::new()?;
    let mut command = trace.command(&WAITING[..5])?;
    command.args(["--limit", "200ms"]).args(&WAITING[5..]);
    let said = finish(command)?;
    if said.code != Some(0) || !said.stdout.contains("ended after 200 ms") {
        return Err(format!("{said:?}").into());
    }
    trace.is_left_clean()
}

fn nobody_reads() -> Result<(), Failed> {
    let trace = Trace::new()?;
    let (nobody, writer) = std::io::pipe()?;
    drop(nobody);
    let mut command = trace.command(&WAITING)?;
    let mut child = Killed(command.stdout(writer).stderr(Stdio::null()).spawn()?);
    match exit_code(&mut child.0, LONG)? {
        Some(0) => trace.is_left_clean(),
        code => Err(format!("it ended with {code:?}").into()),
    }
}

fn who_cannot_take_part() -> Result<(), Failed> {
    let trace = Trace::new()?;
    for (program, says) in [("false", "exit 1"), ("no-such-program", "cannot be run")] {
        let said = finish(trace.command(&["trace", "2", "--program", program])?)?;
        said.complains(1, &["expected", says])?;
    }
    trace.is_left_clean()
}

fn bad_input() -> Result<(), Failed> {
    let trace = Trace::new()?;
    let folder = trace.path("");
    let nowhere = trace.path("no/such/folder/x.svg");
    let cases: [(&[&str], &str); 11] = [
        (&[], "say which lab"),
        (&["6", "--server", "--mode drip"], "no options"),
        (&["99"], "no lab 99"),
        (&["2", "--drop", "10%"], "lab 02 talks over TCP"),
        (&["3", "--slice", "1"], "lab 03 talks over UDP"),
        (&["1", "--", "resolve", "localhost"], "`query`"),
        (&["8", "--", "gencert"], "`client`"),
        (&["5", "--clients", "3", "--", "duo"], "two people"),
        (&["2", "--html", &folder], "this is no file"),
        (&["2", "--svg", &nowhere], "does not exist"),
        (&["2", "--input", &nowhere], "--input"),
    ];
    for (words, says) in cases {
        let mut all = vec!["trace", "--reference"];
        all.extend(words);
        let said = finish(trace.command(&all)?)?;
        if !said.stdout.is_empty() {
            return Err(format!("{words:?}: {said:?}").into());
        }
        said.complains(2, &[says])?;
    }
    Ok(())
}

fn its_help_fits() -> Result<(), Failed> {
    let said = finish(Trace::new()?.command(&["trace", "--help"])?)?;
    match said.stdout.lines().find(|line| line.chars().count() > 80) {
        Some(line) => Err(format!("too wide: {line}").into()),
        None => Ok(()),
    }
}

/// The first failure, opened as a page and as a picture.
fn a_failure_is_drawn() -> Result<(), Failed> {
    let trace = Trace::new()?;
    for name in ["failure.html", "failure.svg"] {
        let path = trace.path(name);
        let words = ["grade", "2.1", "--program", "false", "--ladder", &path];
        let said = finish(trace.command(&words)?)?;
        if said.code != Some(1) || !said.stdout.contains(" is drawn into ") {
            return Err(format!("{said:?}").into());
        }
        let drawn = std::fs::read_to_string(&path)?;
        for word in [
            "2.1/",
            "✗",
            "listening on IP:PORT",
            "exit 1",
            "false server",
        ] {
            if !drawn.contains(word) {
                return Err(format!("{name}: no {word}").into());
            }
        }
    }
    Ok(())
}

/// The greeting server is no echo. When that is seen, it has a connection.
fn both_ends_are_drawn() -> Result<(), Failed> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let trace = Trace::new()?;
    let path = trace.path("failure.html");
    let greeting = program(4)?;
    let greeting = shell_words::quote(greeting.to_str().ok_or("a path that is not UTF-8")?);
    let words = [
        "grade",
        "2.2/echo",
        "--program",
        &greeting,
        "--ladder",
        &path,
    ];
    let said = finish(trace.command(&words)?)?;
    let drawn = std::fs::read_to_string(&path)?;
    if said.code == Some(1) && drawn.matches("\"state\":\"ESTABLISHED\"").count() >= 2 {
        return Ok(());
    }
    Err(format!("{said:?}").into())
}

fn nothing_is_drawn() -> Result<(), Failed> {
    let trace = Trace::new()?;
    let path = trace.path("failure.html");
    let words = ["grade", "2.1", "--reference", "--ladder", &path];
    let said = finish(trace.command(&words)?)?;
    let is_told = said.stdout.contains("No check has failed") && said.stdout.contains("trace 2");
    if said.code == Some(0) && is_told && !std::path::Path::new(&path).exists() {
        return Ok(());
    }
    Err(format!("{said:?}").into())
}

fn cannot_be_written() -> Result<(), Failed> {
    let trace = Trace::new()?;
    for (name, says) in [
        ("failure.png", ".svg or .html"),
        ("no/such/x.svg", "does not exist"),
    ] {
        let path = trace.path(name);
        let words = ["grade", "2.1", "--reference", "--ladder", &path];
        let said = finish(trace.command(&words)?)?;
        if !said.stdout.is_empty() {
            return Err(format!("something has run: {said:?}").into());
        }
        said.complains(2, &[says, name])?;
    }
    Ok(())
}
