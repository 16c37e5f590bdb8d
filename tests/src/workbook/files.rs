//! Files that are there as a whole or not at all, and errors that name them.

use std::fs::{self, Permissions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::Trouble;

/// No file that is read whole is larger; a larger one is not what it should be.
const MOST_BYTES: u64 = 4 << 20;

/// What the name of a file begins with that is not whole yet. Nobody else would call one so.
const NEW: &str = ".socket-workbook-new-";

pub fn read(path: &Path) -> Result<String, Trouble> {
    let wrong = |error: io::Error| Trouble::io("read", path, &error);
    let mut text = String::new();
    let file = fs::File::open(path).map_err(wrong)?;
    let length = file
        .take(MOST_BYTES + 1)
        .read_to_string(&mut text)
        .map_err(wrong)?;
    if length as u64 > MOST_BYTES {
        return Err(Trouble::file("read", path, "it is larger than 4 MiB"));
    }
    Ok(text)
}

/// None where there is no such file.
pub fn read_if_any(path: &Path) -> Result<Option<String>, Trouble> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        _ => read(path).map(Some),
    }
}

/// Writes a file that did not exist before, and the folders above it.
pub fn write_new(path: &Path, text: &str) -> Result<(), Trouble> {
    make_folder(path.parent().unwrap_or(path))?;
    fs::write(path, text).map_err(|error| Trouble::io("write", path, &error))
}

/// Replaces a file at once: whatever happens, it holds the old text or the new.
pub fn replace(path: &Path, text: &str) -> Result<(), Trouble> {
    let folder = path.parent().unwrap_or(path);
    make_folder(folder)?;
    let written = || -> io::Result<()> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(NEW).permissions(for_everybody());
        let mut file = builder.tempfile_in(folder)?;
        file.write_all(text.as_bytes())?;
        // A full disk may be noticed only here, and then the old file is still in its place.
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    };
    written().map_err(|error| Trouble::io("write", path, &error))
}

/// Temporary files are private by default; these are as any other, less what umask takes away.
#[cfg(unix)]
fn for_everybody() -> Permissions {
    std::os::unix::fs::PermissionsExt::from_mode(0o666)
}

/// Where a report goes that was asked for by this option: the place as an absolute path. Asks before
/// anything runs, not after, whether it can be written there.
pub fn place_of_report(option: &str, path: &Path, beginning: &str) -> Result<PathBuf, Trouble> {
    let path = std::path::absolute(path).map_err(|error| Trouble::file("write", path, error))?;
    let refused = |why: &str| {
        let shown = path.display();
        Err(Trouble::usage(format!("{option} {shown}: {why}")))
    };
    let Some(folder) = path.parent().filter(|folder| folder.is_dir()) else {
        return refused("its folder does not exist; give a file in one that does");
    };
    if let Some(why) = in_the_way(&path, beginning) {
        return refused(why);
    }
    // A report is put in its place as a whole, so the folder is what must be writable.
    if let Err(error) = tempfile::tempfile_in(folder) {
        return Err(Trouble::io("write", &path, &error));
    }
    Ok(path)
}

/// Why a report may not be written to this place: something else is there. A report that begins
/// like this may be replaced by the next one.
fn in_the_way(path: &Path, beginning: &str) -> Option<&'static str> {
    let facts = fs::metadata(path).ok()?;
    if !facts.is_file() {
        return Some("this is no file; give the name of one");
    }
    let mut present = Vec::new();
    let read = fs::File::open(path)
        .and_then(|file| file.take(beginning.len() as u64).read_to_end(&mut present));
    let is_report = read.is_ok() && beginning.as_bytes().starts_with(&present);
    let is_whole = present.len() == beginning.len() || present.is_empty();
    (!is_report || !is_whole)
        .then_some("something else is in this file, and stays there; give another name")
}

/// Removes what writers have left in a folder that were killed in the middle. Nobody may be
/// writing there: the caller has the lock that all writers take.
pub fn sweep(folder: &Path) -> Result<(), Trouble> {
    if !folder.is_dir() {
        return Ok(());
    }
    for path in entries(folder)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_file = fs::symlink_metadata(&path).is_ok_and(|facts| facts.is_file());
        if name.starts_with(NEW) && is_file {
            fs::remove_file(&path).map_err(|error| Trouble::io("remove", &path, &error))?;
        }
    }
    Ok(())
}

pub fn make_folder(path: &Path) -> Result<(), Trouble> {
    fs::create_dir_all(path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => Trouble::file(
            "make the folder",
            path,
            "a file is in its place; move it away, then try again",
        ),
        _ => Trouble::io("make the folder", path, &error),
    })
}

pub fn rename(from: &Path, to: &Path) -> Result<(), Trouble> {
    fs::rename(from, to).map_err(|error| {
        let what = format!("move {} to", from.display());
        Trouble::io(&what, to, &error)
    })
}

/// Removes a folder and all in it, if it is there. Only for what can be made again.
pub fn remove_folder(path: &Path) -> Result<(), Trouble> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Trouble::io("remove", path, &error))
        }
        _ => Ok(()),
    }
}

/// The folders in a folder, by name.
pub fn folders_in(folder: &Path) -> Result<Vec<PathBuf>, Trouble> {
    Ok(entries(folder)?
        .into_iter()
        .filter(|path| path.is_dir())
        .collect())
}

/// All files below a folder, as paths relative to it, by name.
pub fn files_below(folder: &Path) -> Result<Vec<PathBuf>, Trouble> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for path in entries(&next)? {
            if path.is_dir() && !path.is_symlink() {
                open.push(path);
            } else if let Ok(relative) = path.strip_prefix(folder) {
                found.push(relative.to_path_buf());
            }
        }
    }
    found.sort();
    Ok(found)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Trouble> {
    let wrong = |error| Trouble::io("look into", folder, &error);
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(wrong)? {
        paths.push(entry.map_err(wrong)?.path());
    }
    paths.sort();
    Ok(paths)
}
