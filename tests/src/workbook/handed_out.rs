//! What was handed out, and what the learner has made of it.
//!
//! A copy of each starter stays in `work/.handed-out/`. A region counts as untouched while the
//! learner's file still holds it, however it is laid out; nothing is assumed about the rest of
//! the learner's code, which need not even be Rust.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::code::essence;
use super::{ExerciseId, files, regions};

/// Whether each region of the exercise is still as it was handed out.
pub fn is_untouched(handed_out: &Path, own: &Path, exercise: ExerciseId) -> bool {
    let mut seen = false;
    for path in files::files_below(handed_out).unwrap_or_default() {
        let Ok(given) = fs::read_to_string(handed_out.join(&path)) else {
            return false;
        };
        let regions = regions::regions(&given).unwrap_or_default();
        let regions = regions.iter().filter(|region| region.exercise == exercise);
        let given: Vec<_> = regions
            .map(|region| essence(&region.whole(&given)))
            .collect();
        if given.is_empty() {
            continue;
        }
        let Ok(present) = fs::read_to_string(own.join(&path)) else {
            return false;
        };
        let present = essence(&present);
        if !given.iter().all(|region| present.contains(region)) {
            return false;
        }
        seen = true;
    }
    seen
}

/// Whether no region of the exercise was left for the learner to fill in.
pub fn is_done(handed_out: &Path, exercise: ExerciseId) -> bool {
    let all = files::files_below(handed_out).unwrap_or_default();
    all.iter().all(|path| {
        let given = fs::read_to_string(handed_out.join(path)).unwrap_or_default();
        let regions = regions::regions(&given).unwrap_or_default();
        regions.iter().all(|region| region.exercise != exercise)
    })
}

/// Whether anything at all differs from what was handed out.
pub fn is_changed(handed_out: &Path, own: &Path) -> bool {
    let files = |folder| -> BTreeSet<_> {
        let all = files::files_below(folder).unwrap_or_default();
        all.into_iter()
            .filter(|path| !path.starts_with("target"))
            .collect()
    };
    let given = files(handed_out);
    given != files(own)
        || given.iter().any(|path| {
            match (fs::read(handed_out.join(path)), fs::read(own.join(path))) {
                (Ok(given), Ok(present)) => given != present,
                _ => true,
            }
        })
}
