//! One grading: this executable as `grade N.M`, in a process group of its own, so that nothing of
//! it outlives a save or the end of `watch`: neither the build, nor (its guards see to that) a
//! program under test.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::SyncSender;
use std::thread;

use anyhow::Context;
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::Value;

use super::events::Event;
use crate::workbook::{ExerciseId, Trouble, colour, files};

/// The most of a report that is kept; what is longer is cut.
const MOST_OUTPUT: u64 = 1 << 20;

pub struct Grading {
    /// Which of all gradings this is.
    pub number: u64,
    child: Child,
    report: PathBuf,
    ended: bool,
}

/// What came of a grading.
pub struct Verdict {
    pub code: Option<i32>,
    /// What `grade` prints.
    pub text: String,
    /// The first failure that has a ladder.
    pub ladder: Option<Ladder>,
}

pub struct Ladder {
    pub check: String,
    pub lines: Vec<String>,
}

impl Grading {
    /// Starts grading, with a folder for the report; `events` hears what comes of it.
    pub fn start(
        number: u64,
        exercise: ExerciseId,
        folder: &Path,
        events: &SyncSender<Event>,
    ) -> Result<Self, Trouble> {
        let report = folder.join(format!("{number}.json"));
        let mut command = Command::new(this_executable()?);
        command
            .args(["grade", "--brief", "--json"])
            .arg(&report)
            .arg(exercise.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0);
        if colour::is_wanted() {
            command.env(colour::FORCED, "1");
        }
        let mut child = command.spawn().context("cannot start this program again")?;
        let (output, said) = (child.stdout.take(), child.stderr.take());
        if let (Some(output), Some(said)) = (output, said) {
            follow(number, output, said, events);
        }
        Ok(Self {
            number,
            child,
            report,
            ended: false,
        })
    }

    /// The verdict; its output has come to its end, so there is no wait worth the name.
    pub fn finish(mut self, output: &[u8]) -> Result<Verdict, Trouble> {
        let status: ExitStatus = self.child.wait().context("cannot wait for the grader")?;
        self.ended = true;
        let ladder = first_ladder(&self.report);
        // Without a report there is none to remove; and the whole folder goes at the end.
        let _ = fs::remove_file(&self.report);
        Ok(Verdict {
            code: status.code(),
            text: String::from_utf8_lossy(output).into_owned(),
            ladder,
        })
    }
}

impl Drop for Grading {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        // It was not waited for yet, so its number still belongs to this group alone.
        let group = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        if let Some(group) = group {
            // It fails if all of it has ended already.
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.child.wait();
    }
}

/// Tells of all that a grading says, and then that it has ended: whatever it said last comes before
/// that, or nobody would hear it any more.
fn follow(
    number: u64,
    output: impl Read + Send + 'static,
    said: impl Read + Send + 'static,
    events: &SyncSender<Event>,
) {
    let sender = events.clone();
    let saying = thread::spawn(move || pass_on(number, said, &sender));
    let sender = events.clone();
    thread::spawn(move || {
        let bytes = read_all(output);
        // A thread that panicked has nothing more to say either.
        let _ = saying.join();
        // Who no longer listens has ended this grading.
        let _ = sender.send(Event::Ended(number, bytes));
    });
}

/// Passes on what is said, line by line, whatever bytes are in it.
fn pass_on(number: u64, said: impl Read, events: &SyncSender<Event>) {
    // What cannot be read has come to its end.
    for line in BufReader::new(said).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line).trim_end().to_string();
        if events.send(Event::Said(number, line)).is_err() {
            return;
        }
    }
}

/// This executable, also when the file was replaced by a new build meanwhile.
fn this_executable() -> Result<PathBuf, Trouble> {
    if cfg!(target_os = "linux") {
        return Ok(PathBuf::from("/proc/self/exe"));
    }
    Ok(env::current_exe().context("cannot find this program")?)
}

/// Reads to the end, and keeps what a report may have.
fn read_all(mut pipe: impl Read) -> Vec<u8> {
    let mut kept = Vec::new();
    // What could not be read is missing in the report, and seen there.
    let _ = pipe.by_ref().take(MOST_OUTPUT).read_to_end(&mut kept);
    let _ = std::io::copy(&mut pipe, &mut std::io::sink());
    kept
}

/// None where no report was written, or nothing failed.
fn first_ladder(report: &Path) -> Option<Ladder> {
    let text = files::read_if_any(report).ok()??;
    let report: Value = serde_json::from_str(&text).ok()?;
    let labs = report.get("labs")?.as_array()?;
    let mut checks = labs
        .iter()
        .filter_map(|lab| lab.get("checks")?.as_array())
        .flatten();
    checks.find_map(|check| {
        let drawn = check.get("ladder")?.as_str()?;
        let lines: Vec<_> = drawn.lines().map(String::from).collect();
        (!lines.is_empty()).then_some(Ladder {
            check: check.get("id")?.as_str()?.to_string(),
            lines,
        })
    })
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::sync::mpsc::{self, TryRecvError};
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_end_is_told_after_the_last_word() {
        let (sender, events) = mpsc::sync_channel(8);
        let (said, mut writer) = io::pipe().unwrap();
        follow(7, &b"a report"[..], said, &sender);
        // The report has ended, and the last word is yet to come.
        let early = events.recv_timeout(Duration::from_millis(50));
        assert!(early.is_err());
        writer.write_all(b"error: at last").unwrap();
        drop(writer);
        assert!(matches!(events.recv(), Ok(Event::Said(7, line)) if line == "error: at last"));
        assert!(matches!(events.recv(), Ok(Event::Ended(7, bytes)) if bytes == b"a report"));
    }

    #[test]
    fn any_byte_can_be_said() {
        let (sender, events) = mpsc::sync_channel(8);
        pass_on(7, &b"one\r\n\xff\n\nlast\n"[..], &sender);
        for expected in ["one", "\u{fffd}", "", "last"] {
            assert!(matches!(events.recv(), Ok(Event::Said(7, line)) if line == expected));
        }
        assert!(matches!(events.try_recv(), Err(TryRecvError::Empty)));
    }

    #[test]
    fn who_is_not_heard_says_no_more() {
        let (sender, events) = mpsc::sync_channel(8);
        drop(events);
        let mut said = io::Cursor::new(vec![b'\n'; 1 << 20]);
        pass_on(7, &mut said, &sender);
        assert!(said.position() < 1 << 20);
    }
}
