//! The pictures of the documents are of real runs, and a run today shows the same.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use grader::docs::picture::{Picture, pictures, say_the_same};
use libtest_mimic::{Failed, Trial};
use tempfile::TempDir;

use crate::commands::fixture::{GRADER, finish};

/// One trial for each picture of a document.
pub fn of_document(root: &Path, page: &Path) -> Vec<Trial> {
    let text = fs::read_to_string(page).unwrap_or_default();
    let found = match pictures(&text) {
        Ok(found) => found,
        Err(why) => {
            let why = format!("{}: {why}", page.display());
            return vec![Trial::test("docs::pictures-are-there", || Err(why.into()))];
        }
    };
    let folder = page.parent().unwrap_or(root);
    let trial = |picture: Picture| {
        let (root, file) = (root.to_path_buf(), folder.join(&picture.file));
        let title = format!("docs::{}-is-what-there-is", picture.file);
        Trial::test(title, move || is_what_there_is(&root, &file, &picture))
    };
    found.into_iter().map(trial).collect()
}

fn is_what_there_is(root: &Path, file: &PathBuf, picture: &Picture) -> Result<(), Failed> {
    let shown = fs::read_to_string(file)?;
    let folder = TempDir::new()?;
    let drawn = folder.path().join("now.svg");
    let mut command = Command::new(GRADER);
    command.args(picture.drawn_into(&drawn)).current_dir(root);
    let said = finish(command).map_err(|error| Failed::from(format!("{error:#}")))?;
    if said.code != Some(0) {
        return Err(format!("it cannot be drawn: {said:?}").into());
    }
    if say_the_same(&shown, &fs::read_to_string(&drawn)?) {
        return Ok(());
    }
    Err(
        "the picture shows something else than a run today: `cargo grader docs` draws it again"
            .into(),
    )
}
