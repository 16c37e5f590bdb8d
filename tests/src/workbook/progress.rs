//! Which exercises were passed, and when: a text file, `work/progress.txt`, a line each.
//!
//! ```text
//! tcp-echo/half-close passed 2026-11-21
//! ```
//!
//! Names outlive numbers: a lab that moves or is renamed keeps what was passed. A line that says
//! nothing to us stays as it is.

use std::path::PathBuf;

use super::{Exercise, Lab, Trouble, Workbook, calendar, files, lock};

pub struct Progress {
    folder: PathBuf,
    lines: Vec<String>,
}

impl Progress {
    pub fn open(workbook: &Workbook) -> Result<Self, Trouble> {
        let folder = workbook.root.join("work");
        let lines = read(&folder)?;
        Ok(Self { folder, lines })
    }

    pub fn has_passed(&self, lab: &Lab, exercise: &Exercise) -> bool {
        lab.names().any(|name| {
            let line = format!("{name}/{} passed", exercise.name);
            let is_it = |known: &String| {
                known
                    .strip_prefix(&line)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
            };
            self.lines.iter().any(is_it)
        })
    }

    pub fn has_passed_all(&self, lab: &Lab) -> bool {
        lab.exercises
            .iter()
            .all(|exercise| self.has_passed(lab, exercise))
    }

    /// Notes these as passed, today. What was noted before keeps its date.
    pub fn mark_passed(&mut self, lab: &Lab, exercises: &[&Exercise]) -> Result<(), Trouble> {
        let is_new = |progress: &Self| exercises.iter().any(|own| !progress.has_passed(lab, own));
        if !is_new(self) {
            return Ok(());
        }
        let _lock = lock::take(&self.folder)?;
        // Another `grade` may have noted something in the meantime.
        self.lines = read(&self.folder)?;
        for exercise in exercises {
            if !self.has_passed(lab, exercise) {
                let day = calendar::today();
                self.lines
                    .push(format!("{}/{} passed {day}", lab.name, exercise.name));
            }
        }
        let text = self.lines.join("\n") + "\n";
        files::replace(&self.folder.join("progress.txt"), &text)
    }
}

fn read(folder: &std::path::Path) -> Result<Vec<String>, Trouble> {
    let text = files::read_if_any(&folder.join("progress.txt"))?.unwrap_or_default();
    Ok(text.lines().map(String::from).collect())
}
