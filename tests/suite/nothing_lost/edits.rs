//! What a learner does to their files, sensible or not.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use anyhow::Context;
use fastrand::Rng;

use super::desk::Desk;
use crate::commands::fixture::Outcome;

/// Names that a learner might give to files of a lab.
const NAMES: [&str; 6] = [
    "src/main.rs",
    "src/main.rs",
    "src/mine.rs",
    "Cargo.toml",
    "notes/mine.txt",
    "target/mine",
];

/// Files that are not of one lab, the grader's own among them.
const AROUND: [&str; 9] = [
    "work/Cargo.toml",
    "work/.cargo/config.toml",
    "work/.vscode/settings.json",
    "work/progress.txt",
    "work/hints.txt",
    "work/.lock",
    "work/.new-thought",
    "work/.kept/mine.txt",
    ".vscode/settings.json",
];

/// Does one thing, and says what.
pub fn one(desk: &mut Desk, random: &mut Rng) -> Outcome<String> {
    let labs = labs(desk)?;
    let Some(lab) = random.choice(&labs).cloned() else {
        return around(desk, random);
    };
    let name = shown(desk, &lab);
    let spare = format!("work/mine-{}", random.u32(..1_000_000));
    let away = desk.fixture.path(&spare);
    let files = files(&lab)?;
    let file = random.choice(&files).cloned();
    Ok(match (random.u8(..12), file) {
        (0, _) => {
            desk.remove(&lab)?;
            format!("{name} deleted")
        }
        (1, _) => {
            desk.rename(&lab, &away)?;
            format!("{name} is {spare} now")
        }
        (2, _) => {
            desk.rename(&lab, &away)?;
            let text = desk.text();
            desk.write(&name, text.as_bytes())?;
            format!("{name} is {spare} now, and a file in its place")
        }
        (3, _) => {
            desk.rename(&lab, &away)?;
            symlink(away.file_name().context("a name")?, &lab)?;
            format!("{name} is a link to {spare}")
        }
        (4, _) => {
            desk.lock(&lab)?;
            format!("{name} is read-only")
        }
        (5, Some(file)) => {
            desk.remove(&file)?;
            format!("{} deleted", shown(desk, &file))
        }
        (6, Some(file)) => {
            desk.rename(&file, &away)?;
            symlink(&away, &file)?;
            format!("{} is a link to {spare}", shown(desk, &file))
        }
        (7, Some(file)) => {
            desk.remove(&file)?;
            let (text, path) = (desk.text(), format!("{}/inside", shown(desk, &file)));
            desk.write(&path, text.as_bytes())?;
            format!("{path} is in a folder of that name")
        }
        (8, Some(file)) => {
            desk.lock(&file)?;
            format!("{} is read-only", shown(desk, &file))
        }
        (9 | 10, _) if lab.is_dir() => {
            let path = format!("{name}/{}", NAMES[random.usize(..NAMES.len())]);
            save(desk, &path, random)?
        }
        _ => around(desk, random)?,
    })
}

/// Writes something new into a file, where there can be one.
pub fn save(desk: &mut Desk, path: &str, random: &mut Rng) -> Outcome<String> {
    let place = desk.fixture.path(path);
    let mut above = place.ancestors().skip(1);
    let blocked = above
        .find(|folder| folder.symlink_metadata().is_ok())
        .is_none_or(|folder| !folder.is_dir());
    if place.is_dir() || blocked {
        return Ok(format!("{path} cannot be written"));
    }
    let mut bytes = desk.text().into_bytes();
    if random.u8(..4) == 0 {
        // Not text, but the learner's all the same.
        bytes.extend([0, 0xff, 0xfe]);
    }
    desk.write(path, &bytes)?;
    Ok(format!("{path} saved"))
}

fn around(desk: &mut Desk, random: &mut Rng) -> Outcome<String> {
    let path = AROUND[random.usize(..AROUND.len())];
    let text = desk.text();
    desk.append(path, &format!("# {text}"))?;
    Ok(format!("a line added to {path}"))
}

/// What is in the places of labs, whatever it is.
fn labs(desk: &Desk) -> Outcome<Vec<PathBuf>> {
    let all = ["work/01-greeting", "work/02-farewell"].map(|path| desk.fixture.path(path));
    Ok(all
        .into_iter()
        .filter(|path| path.symlink_metadata().is_ok())
        .collect())
}

/// The files of a lab, not those that links lead to.
fn files(lab: &Path) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![lab.to_path_buf()];
    while let Some(path) = open.pop() {
        let facts = fs::symlink_metadata(&path)?;
        if facts.is_dir() {
            for entry in fs::read_dir(&path)? {
                open.push(entry?.path());
            }
        } else if facts.is_file() && path != lab {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn shown(desk: &Desk, path: &Path) -> String {
    let relative = path.strip_prefix(desk.fixture.path("")).unwrap_or(path);
    relative.display().to_string()
}
