//! The guide for authors, followed word for word: what it has its reader write is written, what
//! it has typed is typed, in a copy of the workbook, and what it shows is what there is then.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use grader::docs::{self, Block, Console, Place};
use grader::workbook::Workbook;
use libtest_mimic::{Failed, Trial};

use super::ports_of;
use super::session::Session;

/// The files of the workbook: their paths, and what they hold.
type Files = BTreeMap<PathBuf, Vec<u8>>;

const GUIDE: &str = "docs/src/guide-author.md";

/// What must find a new lab. Without a word of it in the guide, nothing here would prove that.
const FINDS_IT: &[&str] = &[
    "just progress",
    "just start 99",
    "just grade 99\n",
    "just grade 99 --reference",
    "just hint 99.1",
    "just lesson 99",
    "just mistakes 99.1 --reveal",
    "just book",
    "-- conventions",
];

pub fn trial(root: &Path) -> Trial {
    let root = root.to_path_buf();
    Trial::test("docs::guide-author-can-be-followed", move || follow(&root))
}

fn follow(root: &Path) -> Result<(), Failed> {
    let Some(mut files) = tracked(root)? else {
        eprintln!("skipped: this is no git repository, or there is no git");
        return Ok(());
    };
    let mut consoles = Vec::new();
    for block in docs::blocks(&fs::read_to_string(root.join(GUIDE))?)? {
        match block {
            Block::Written(file) => {
                let present = files.get(&file.path).map(|bytes| str::from_utf8(bytes));
                let text = file.over(present.transpose()?)?;
                files.insert(file.path, text.into_bytes());
            }
            Block::Console(console) if console.place == Place::InACopy => consoles.push(console),
            Block::Console(_) | Block::Included(_) => {}
        }
    }
    nothing_is_left_out(&consoles)?;

    call_it_another_version(&mut files)?;
    let target = Workbook::at(root)?.target();
    let copy = target.join("workbook-scratch/author");
    become_these(&copy, &files)?;
    // The copy has a target folder of its own. What is built on the way to it goes where the
    // workbook has it too: no dependency is built twice. (A cargo before 1.91 builds them again.)
    let prelude = format!(
        "unset CARGO_TARGET_DIR CARGO_BUILD_TARGET_DIR\nexport CARGO_BUILD_BUILD_DIR='{}'\n",
        target.display()
    );
    let mut session =
        Session::new(&copy, "guide-author", ports_of("99", &consoles)).after(&prelude);
    consoles
        .iter()
        .try_for_each(|console| session.run(console))?;
    session.end()?;
    Ok(())
}

fn nothing_is_left_out(consoles: &[Console]) -> Result<(), Failed> {
    let typed: String = consoles
        .iter()
        .flat_map(|console| &console.commands)
        .flat_map(|command| [command.typed.as_str(), "\n"])
        .collect();
    match FINDS_IT.iter().find(|line| !typed.contains(**line)) {
        None => Ok(()),
        Some(line) => Err(format!("the guide does not type `{}`", line.trim()).into()),
    }
}

/// To cargo, two workspaces with the same packages at the same places in them are one: each would
/// take what was built of the other for its own.
fn call_it_another_version(files: &mut Files) -> Result<(), Failed> {
    let manifest = files.get_mut(Path::new("Cargo.toml"));
    let manifest = manifest.ok_or("the workbook has no Cargo.toml")?;
    let version = format!("version = \"{}\"", env!("CARGO_PKG_VERSION"));
    let text = String::from_utf8(manifest.clone())?;
    if text.matches(&version).count() != 1 {
        return Err(format!("Cargo.toml does not have `{version}` once").into());
    }
    let other = "version = \"0.0.99\"";
    *manifest = text.replace(&version, other).into_bytes();
    Ok(())
}

/// All files of the workbook that belong to it, and what they hold; None where git cannot say.
fn tracked(root: &Path) -> Result<Option<Files>, Failed> {
    let listed = Command::new("git")
        .arg("-C")
        .arg(root)
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    let Some(listed) = listed.ok().filter(|listed| listed.status.success()) else {
        return Ok(None);
    };
    let names = String::from_utf8(listed.stdout)?;
    let mut files = BTreeMap::new();
    for name in names.split_terminator('\0') {
        // What is deleted, and not yet for git, is listed as well.
        if root.join(name).is_file() {
            let bytes = fs::read(root.join(name)).map_err(|error| format!("{name}: {error}"))?;
            files.insert(name.into(), bytes);
        }
    }
    Ok(Some(files))
}

/// Makes a folder hold these files and no others, but for what was built there. What is right
/// already is left alone: cargo goes by time stamps.
fn become_these(folder: &Path, files: &Files) -> Result<(), Failed> {
    fs::create_dir_all(folder)?;
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next)? {
            let path = entry?.path();
            let name = path.strip_prefix(folder)?;
            if path.is_dir() {
                if files.keys().any(|file| file.starts_with(name)) {
                    open.push(path);
                } else if name != Path::new("target") {
                    fs::remove_dir_all(&path)?;
                }
            } else if !files.contains_key(name) {
                fs::remove_file(&path)?;
            }
        }
    }
    for (name, bytes) in files {
        let path = folder.join(name);
        if fs::read(&path).is_ok_and(|present| present == *bytes) {
            continue;
        }
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(&path, bytes)?;
    }
    Ok(())
}
