//! Makes cargo see every change.
//!
//! Cargo goes by time stamps: a source that was changed and has an old one (restored by an
//! editor, unpacked, copied with `cp -p`) is not built again, and the old program would be
//! graded. So what each program was built from is noted by content, and where cargo could be
//! wrong its own note is taken away. Touching the sources would do as well, but they may be open
//! in an editor.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::{Package, files};

/// What a package is about to be built from.
pub struct Stamp {
    note: PathBuf,
    contents: BTreeMap<PathBuf, u64>,
}

/// Makes cargo forget that it has built the package, if what it has built may be something else.
pub fn freshen(target: &Path, package: &Package) -> Stamp {
    let mut hasher = DefaultHasher::new();
    package.folder.hash(&mut hasher);
    let note = format!("{}-{:016x}", package.name, hasher.finish());
    let stamp = Stamp {
        note: target.join("workbook-stamps").join(note),
        contents: contents(&package.folder),
    };
    if stamp.is_doubtful(&package.folder) {
        forget(&target.join("debug"), &package.name);
    }
    stamp
}

impl Stamp {
    /// Notes that this program was built from what was there when the build began.
    pub fn note(&self, program: &Path) {
        let mut text = format!("{} {}\n", modified(program), program.display());
        for (path, hash) in &self.contents {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{hash} {}", path.display());
        }
        // Without the note the next build is one that need not have been: no more than that.
        let _ = files::replace(&self.note, &text);
    }

    /// Whether a source may differ from what the program was built from without looking newer.
    fn is_doubtful(&self, folder: &Path) -> bool {
        let text = fs::read_to_string(&self.note).unwrap_or_default();
        let mut lines = text.lines().filter_map(|line| line.split_once(' '));
        let (built, program) = lines.next().unwrap_or_default();
        let Ok(built) = built.parse::<u128>() else {
            return true;
        };
        if modified(Path::new(program)) != built {
            // Somebody else has built it since, from what we cannot know.
            return true;
        }
        let known: BTreeMap<_, _> = lines.map(|(hash, path)| (Path::new(path), hash)).collect();
        self.contents.iter().any(|(path, hash)| {
            let is_known = known.get(path.as_path()) == Some(&hash.to_string().as_str());
            !is_known && modified(&folder.join(path)) <= built
        })
    }
}

/// Removes cargo's notes on a package: folders named after it, with 16 hexadecimal digits.
fn forget(built: &Path, package: &str) {
    // Cargo's own lock: another build may be writing just there. Without the file there was none.
    // The wait is one that cargo would have had: it takes the lock next.
    let lock = File::options().write(true).open(built.join(".cargo-lock"));
    let _locked = lock.and_then(|file| file.lock().map(|()| file));
    for folder in files::folders_in(&built.join(".fingerprint")).unwrap_or_default() {
        let name = folder
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        let digits = name
            .strip_prefix(package)
            .and_then(|rest| rest.strip_prefix('-'));
        let is_its_own = digits.is_some_and(|digits| {
            digits.len() == 16 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        });
        if is_its_own {
            // Then cargo builds by its own judgement, which is nearly always right.
            let _ = files::remove_folder(&folder);
        }
    }
}

/// The files that a program is built from, as paths relative to the folder of its package.
pub fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut all = files::files_below(folder).unwrap_or_default();
    all.retain(|path| {
        path.extension()
            .is_some_and(|kind| kind == "rs" || kind == "toml")
            && !path.starts_with("target")
    });
    all
}

/// What each source holds, in little.
pub fn contents(folder: &Path) -> BTreeMap<PathBuf, u64> {
    sources(folder)
        .into_iter()
        .filter_map(|path| {
            let mut hasher = DefaultHasher::new();
            fs::read(folder.join(&path)).ok()?.hash(&mut hasher);
            Some((path, hasher.finish()))
        })
        .collect()
}

/// Nanoseconds since 1970; 0 if there is no such file.
fn modified(path: &Path) -> u128 {
    let time = fs::metadata(path).and_then(|facts| facts.modified());
    time.ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
        .map_or(0, |time| time.as_nanos())
}
