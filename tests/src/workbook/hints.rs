//! How many hints of an exercise the learner has asked for: `work/hints.txt`, a line each.

use super::{Exercise, Lab, Trouble, Workbook, files, lock};

/// 0 while nothing was handed out yet: there is nowhere to note it.
pub fn seen(workbook: &Workbook, lab: &Lab, exercise: &Exercise) -> Result<usize, Trouble> {
    let lines = lines(workbook)?;
    let counts = lab.names().filter_map(|name| {
        let key = format!("{name}/{} ", exercise.name);
        lines
            .iter()
            .find_map(|line| line.strip_prefix(&key)?.parse().ok())
    });
    Ok(counts.max().unwrap_or(0))
}

pub fn note(
    workbook: &Workbook,
    lab: &Lab,
    exercise: &Exercise,
    count: usize,
) -> Result<(), Trouble> {
    let work = workbook.root.join("work");
    if !work.is_dir() || seen(workbook, lab, exercise)? >= count {
        return Ok(());
    }
    let _lock = lock::take(&work)?;
    let key = format!("{}/{} ", lab.name, exercise.name);
    let mut lines = lines(workbook)?;
    lines.retain(|line| !line.starts_with(&key));
    lines.push(format!("{key}{count}"));
    files::replace(&work.join("hints.txt"), &(lines.join("\n") + "\n"))
}

fn lines(workbook: &Workbook) -> Result<Vec<String>, Trouble> {
    let path = workbook.root.join("work/hints.txt");
    let text = files::read_if_any(&path)?.unwrap_or_default();
    Ok(text.lines().map(String::from).collect())
}
