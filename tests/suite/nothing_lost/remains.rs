//! What commands leave behind that were killed: nothing, once another has run.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

use super::desk::Desk;
use super::typed::{self, Fate, Line};
use crate::commands::fixture::Outcome;

/// As long as a guard may take to end what will not end, and more.
const PATIENCE: Duration = Duration::from_secs(20);

/// After one more command that comes to its end, nothing is left of those that did not.
pub fn nothing_is_left(desk: &mut Desk) -> Outcome {
    no_process_is_left(&desk.fixture.path(""))?;
    desk.unlock()?;
    for line in ["start 2", "grade 2.1", "reset 2"].map(Line::of) {
        typed::carry_out(desk, &line, Fate::Ends)?;
        desk.lacks_nothing(&line)?;
    }
    let root = desk.fixture.path("");
    no_process_is_left(&root)?;
    ensure!(!root.join("work/.making").exists(), "work/.making is left");
    for folder in [
        "work",
        "work/.handed-out",
        "work/.cargo",
        "work/.vscode",
        ".vscode",
        "tmp",
    ] {
        let Ok(entries) = fs::read_dir(root.join(folder)) else {
            continue;
        };
        for entry in entries {
            let name = entry?.file_name().to_string_lossy().into_owned();
            let ours = ["socket-workbook-run-", "socket-workbook-new-"];
            ensure!(
                !ours.iter().any(|part| name.contains(part)),
                "{folder}/{name} is left"
            );
        }
    }
    Ok(())
}

/// No process has this folder in its environment or on its command line, soon.
#[cfg(target_os = "linux")]
fn no_process_is_left(folder: &Path) -> Outcome {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::process::{PidfdFlags, pidfd_open};

    use crate::tools::processes_with;

    let folder = folder.to_string_lossy().trim_end_matches('/').to_string();
    let deadline = Instant::now() + PATIENCE;
    for process in processes_with(&folder) {
        // One that ended meanwhile is none that is left.
        let Ok(end) = pidfd_open(process.pid, PidfdFlags::empty()) else {
            continue;
        };
        let left = deadline.saturating_duration_since(Instant::now());
        let left = Timespec::try_from(left).context("a time")?;
        let mut ends = [PollFd::new(&end, PollFlags::IN)];
        let ended = poll(&mut ends, Some(&left))?;
        ensure!(ended == 1, "{} is left", process.command);
    }
    Ok(())
}

/// Elsewhere no process can be asked for its environment.
#[cfg(not(target_os = "linux"))]
fn no_process_is_left(_: &Path) -> Outcome {
    Ok(())
}
