//! From saving a file to the verdict: `watch` in a terminal of its own, and beside it the same
//! edit with plain `cargo run`, in turns.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, ensure};

use super::copy;
use super::sample::{Sample, row};
use super::terminal::Terminal;
use crate::commands::out::tell;
use crate::report::Progress;
use crate::workbook::{Lab, Scratch, Starter, Trouble, Workbook, left_by_another_cargo};

/// The exercises that are graded, and the file that is saved.
const EDITED: [(&str, &str); 2] = [("2.4", "src/client.rs"), ("4.4", "src/server.rs")];

/// The first time everything has to be built.
const PATIENCE: Duration = Duration::from_secs(600);

pub fn measure(workbook: &Workbook, rounds: u32) -> Result<(), Trouble> {
    let mut labs = Vec::new();
    for (exercise, _) in EDITED {
        labs.push(workbook.find_only_exercise(exercise)?.0);
    }
    let copy = copy::with_done(workbook, &labs)?;
    for (lab, (exercise, file)) in labs.into_iter().zip(EDITED) {
        let plain = Plain::new(workbook, lab)?;
        let watched = copy.root.join("work").join(lab.folder_name()).join(file);
        let watch = Terminal::start(watch(workbook, &copy, exercise)?)?;
        let passed = format!("{exercise} is passed.");
        watch.waits_for(&passed, PATIENCE)?;
        plain.run()?;
        let progress = Progress::over(rounds as usize);
        let (mut with_watch, mut with_cargo) = (Sample::default(), Sample::default());
        for round in 0..rounds {
            let start = Instant::now();
            edit(&watched, round)?;
            watch.waits_for(&passed, PATIENCE)?;
            with_watch.add(start.elapsed());
            let start = Instant::now();
            edit(&plain.folder.join(file), round)?;
            plain.run()?;
            with_cargo.add(start.elapsed());
            progress.one_more(exercise);
        }
        progress.end();
        let number = lab.number;
        let plain = format!("lab {number:02}, plain `cargo run`");
        tell(row(&plain, &with_cargo, None));
        let verdict = format!("lab {number:02}, the verdict on {exercise}");
        tell(row(&verdict, &with_watch, Some(&with_cargo)));
    }
    Ok(())
}

fn watch(workbook: &Workbook, copy: &Workbook, exercise: &str) -> anyhow::Result<Command> {
    let mut command = Command::new(env::current_exe().context("where is this program?")?);
    command
        .args(["watch", exercise])
        .current_dir(&copy.root)
        .env("CARGO_TARGET_DIR", workbook.target())
        .env("TERM", "xterm");
    Ok(command)
}

/// The same program, under a name of its own, and cargo alone.
struct Plain {
    folder: PathBuf,
    target: PathBuf,
}

impl Plain {
    fn new(workbook: &Workbook, lab: &Lab) -> Result<Self, Trouble> {
        let name = format!("bench-{}", lab.name);
        let all: BTreeSet<_> = lab.exercises.iter().map(|exercise| exercise.id).collect();
        let mut scratch = Scratch::open(workbook, &name)?;
        scratch.put(&name, &Starter::named(&name, lab, &all)?.files)?;
        let built = scratch.build()?.into_iter().next();
        let built = built.ok_or_else(|| anyhow!("nothing was built"))?;
        Ok(Self {
            folder: built.package.folder,
            target: workbook.target(),
        })
    }

    fn run(&self) -> anyhow::Result<()> {
        cargo(&self.folder, &self.target, &["run"], &["--", "--help"])
    }
}

/// Runs cargo as everybody does, quietly.
pub fn cargo(folder: &Path, target: &Path, what: &[&str], words: &[&str]) -> anyhow::Result<()> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(what)
        .args(["--quiet", "--target-dir"])
        .arg(target)
        .args(words)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    for name in left_by_another_cargo() {
        command.env_remove(name);
    }
    let status = command.status().context("cannot run cargo")?;
    ensure!(status.success(), "cargo ended with {status}");
    Ok(())
}

/// One line is another, and the file is saved as editors do it: beside, and renamed.
fn edit(path: &Path, round: u32) -> Result<(), Trouble> {
    const MARK: &str = "const _: u32 = ";
    let wrong = |error| Trouble::io("edit", path, &error);
    let text = fs::read_to_string(path).map_err(wrong)?;
    let kept = text.lines().filter(|line| !line.starts_with(MARK));
    let kept = kept.collect::<Vec<_>>().join("\n");
    let beside = path.with_extension("rs~");
    fs::write(&beside, format!("{kept}\n{MARK}{round};\n")).map_err(wrong)?;
    fs::rename(&beside, path).map_err(wrong)
}
