//! `docs`: for authors, takes the code in the documents from the sources again, and draws the
//! pictures again that show something else than a run today. What they say of commands stays as it
//! is: that the suite checks, and only an author can tell which is right.

use std::env;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, anyhow};

use super::out::say;
use crate::docs::picture::{Picture, pictures, say_the_same};
use crate::docs::{documents, refresh};
use crate::workbook::{Trouble, Workbook, files};

pub fn run(workbook: &Workbook) -> Result<(), Trouble> {
    let docs = workbook.root.join("docs/src");
    for page in documents(&workbook.root).map_err(|error| Trouble::file("read", &docs, error))? {
        let text = files::read(&page)?;
        let named = page.strip_prefix(&workbook.root).unwrap_or(&page).display();
        let fresh = refresh(&workbook.root, &text).map_err(|why| anyhow!("{named}: {why}"))?;
        if fresh != text {
            files::replace(&page, &fresh)?;
            say(format_args!("{named}: brought up to date"))?;
        }
        for picture in pictures(&text).map_err(|why| anyhow!("{named}: {why}"))? {
            draw(workbook, &page.with_file_name(&picture.file), &picture)?;
        }
    }
    Ok(())
}

/// Draws it beside the old one, and takes its place if it shows anything else.
fn draw(workbook: &Workbook, file: &Path, picture: &Picture) -> Result<(), Trouble> {
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    let drawn = folder.path().join("now.svg");
    let grader = env::current_exe().context("cannot tell where this program is")?;
    let output = Command::new(grader)
        .args(picture.drawn_into(&drawn))
        .current_dir(&workbook.root)
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot draw {}", file.display()))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(anyhow!("cannot draw {}: {said}", file.display()).into());
    }
    let now = files::read(&drawn)?;
    if fs::read_to_string(file).is_ok_and(|before| say_the_same(&before, &now)) {
        return Ok(());
    }
    files::replace(file, &now)?;
    say(format_args!("{}: drawn again", workbook.shown(file)))
}
