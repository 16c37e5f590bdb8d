//! The folder of a run: made and removed by the guard, and swept by a later run if the guard
//! could not.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::{env, process};

use rustix::process::{Pid, test_kill_process};

/// What the names of these folders begin with; the number of the grader's process follows.
const PREFIX: &str = "socket-workbook-run-";

/// As deep as a program may nest folders before we leave them to the sweep.
const DEEPEST: usize = 64;

/// A fresh folder that nobody else can look into.
pub fn make(grader: u32) -> io::Result<PathBuf> {
    let place = env::temp_dir();
    loop {
        let path = place.join(format!("{PREFIX}{grader}-{:08x}", fastrand::u32(..)));
        match DirBuilder::new().mode(0o700).create(&path) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
}

/// Puts an executable into the folder, under its own name, and says where it is now: linked,
/// or copied where the folder is on another file system.
pub fn link(executable: &Path, folder: &Path) -> io::Result<PathBuf> {
    let name = executable
        .file_name()
        .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    let place = folder.join(name);
    fs::hard_link(executable, &place).or_else(|_| fs::copy(executable, &place).map(drop))?;
    Ok(place)
}

/// Removes the folder, also what the program made unreadable in it.
pub fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            unlock(folder, DEEPEST)?;
            fs::remove_dir_all(folder)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

fn unlock(folder: &Path, depth: usize) -> io::Result<()> {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if depth > 0 && entry.file_type()?.is_dir() {
            unlock(&entry.path(), depth - 1)?;
        }
    }
    Ok(())
}

/// Removes the folders of graders that are no more. One is left only where a guard was killed
/// too, or the machine stopped; so nothing that goes wrong here is worth a word.
pub fn sweep() {
    let Ok(entries) = fs::read_dir(env::temp_dir()) else {
        return;
    };
    for entry in entries.flatten() {
        let abandoned = entry
            .file_name()
            .to_str()
            .and_then(grader_of)
            .is_some_and(is_gone);
        if abandoned {
            let _ = remove(&entry.path());
        }
    }
}

/// The grader that a folder's name tells of.
fn grader_of(name: &str) -> Option<Pid> {
    let (pid, _) = name.strip_prefix(PREFIX)?.split_once('-')?;
    Pid::from_raw(pid.parse().ok()?)
}

fn is_gone(grader: Pid) -> bool {
    grader.as_raw_nonzero().get().unsigned_abs() != process::id()
        && test_kill_process(grader) == Err(rustix::io::Errno::SRCH)
}
