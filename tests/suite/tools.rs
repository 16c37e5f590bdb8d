//! Tools that the machine may have or not, and programs that are waited for or looked for.

use std::process::Child;
use std::time::Duration;
use std::{env, fs};

use anyhow::{Result, bail};
use grader::finding::Stop;
use grader::wire::wait;
use rustix::process::Pid;

const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// Whether a command of this name can be started.
pub fn installed(name: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(name).is_file())
}

/// A browser that can be started without a screen; none, with a word, where there is none.
pub fn browser() -> Option<&'static str> {
    let found = BROWSERS.into_iter().find(|name| installed(name));
    if found.is_none() {
        eprintln!("skipped: no {} here", BROWSERS.join(", "));
    }
    found
}

/// Waits for a program's end, and returns its exit code, if it was not ended by a signal. One
/// that does not end in time is ended.
pub fn exit_code(child: &mut Child, patience: Duration) -> Result<Option<i32>> {
    let mut ended = None;
    wait::until(patience, || {
        ended = child.try_wait().transpose();
        ended.is_some()
    });
    let Some(status) = ended else {
        child.kill()?;
        child.wait()?;
        bail!("it does not end");
    };
    Ok(status?.code())
}

/// A process, and what it was started with.
pub struct Process {
    pub pid: Pid,
    pub command: String,
}

/// The other processes that bear a word on their command line or in their environment. Only
/// Linux can be asked for them.
pub fn processes_with(word: &str) -> Vec<Process> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter_map(|entry| {
            let number = entry.file_name().to_str()?.parse().ok()?;
            let pid = Pid::from_raw(number).filter(|pid| *pid != rustix::process::getpid())?;
            let read = |name| fs::read(entry.path().join(name)).unwrap_or_default();
            let (command, environment) = (read("cmdline"), read("environ"));
            let bears = |text: &[u8]| String::from_utf8_lossy(text).contains(word);
            (bears(&command) || bears(&environment)).then(|| Process {
                pid,
                command: String::from_utf8_lossy(&command).replace('\0', " "),
            })
        })
        .collect()
}

/// Why a step went no further, in words.
pub fn said(stop: Stop) -> String {
    match stop {
        Stop::Fail(finding) => finding.to_string(),
        Stop::Skip(why) => format!("skipped: {why}"),
        Stop::Broken(error) => format!("{error:#}"),
    }
}
