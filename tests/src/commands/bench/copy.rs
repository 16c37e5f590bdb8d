//! A copy of the workbook in which a learner has done everything: nobody's own work is touched.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::workbook::{Lab, Trouble, Workbook, files};

/// Makes it in the target folder. It has a fixed place there, so that cargo need not build again
/// what it has built in it before.
pub fn with_done(workbook: &Workbook, labs: &[&Lab]) -> Result<Workbook, Trouble> {
    let root = workbook.target().join("workbook-scratch/bench-workbook");
    for folder in ["labs", "shared"] {
        copy(&workbook.root.join(folder), &root.join(folder))?;
    }
    copy_file(&workbook.root.join("Cargo.lock"), &root.join("Cargo.lock"))?;
    files::make_folder(&root.join("tests"))?;
    files::remove_folder(&root.join("work"))?;
    // The grader itself is not in it.
    let manifest = files::read(&workbook.root.join("Cargo.toml"))?;
    let manifest = manifest.lines().map(|line| match line {
        line if line.starts_with("members = ") => "members = [\"labs/*\", \"shared\"]",
        line => line,
    });
    let manifest = manifest.collect::<Vec<_>>().join("\n") + "\n";
    files::replace(&root.join("Cargo.toml"), &manifest)?;
    let copy = Workbook::at(&root)?;
    for lab in labs {
        let all: BTreeSet<_> = lab.exercises.iter().map(|exercise| exercise.id).collect();
        copy.work()?.start(lab, &all)?;
    }
    Ok(copy)
}

fn copy(from: &Path, to: &Path) -> Result<(), Trouble> {
    for path in files::files_below(from)? {
        copy_file(&from.join(&path), &to.join(&path))?;
    }
    Ok(())
}

/// What is the same keeps its time: it need not be built again.
fn copy_file(from: &Path, to: &Path) -> Result<(), Trouble> {
    let wrong = |error| Trouble::io("copy", from, &error);
    let bytes = fs::read(from).map_err(wrong)?;
    if fs::read(to).is_ok_and(|present| present == bytes) {
        return Ok(());
    }
    files::make_folder(to.parent().unwrap_or(to))?;
    fs::write(to, bytes).map_err(wrong)
}
