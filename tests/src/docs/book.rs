//! The book as web pages, which mdBook makes from the documents.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use crate::workbook::{Trouble, Workbook};

/// Where the book begins.
pub fn first_page(workbook: &Workbook) -> PathBuf {
    folder(workbook).join("index.html")
}

/// The page that a document becomes, if it is there and no older than the document.
pub fn page_of(workbook: &Workbook, document: &Path) -> Option<PathBuf> {
    let page = folder(workbook)
        .join(document.file_name()?)
        .with_extension("html");
    let changed = |path: &Path| -> io::Result<SystemTime> { fs::metadata(path)?.modified() };
    (changed(&page).ok()? >= changed(document).ok()?).then_some(page)
}

/// Whether mdBook can be run.
pub fn can_be_made() -> bool {
    quietly(Command::new("mdbook").arg("--version"))
}

/// Makes all pages, and says what mdBook says only if it fails.
pub fn make(workbook: &Workbook) -> Result<(), Trouble> {
    let mut mdbook = Command::new("mdbook");
    mdbook.arg("build").arg(workbook.root.join("docs"));
    let output = mdbook
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Trouble::io("run", Path::new("mdbook"), &error))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(anyhow::anyhow!("mdbook cannot make the book: {said}").into())
}

/// Gets mdBook by cargo, which shows how it goes.
pub fn install_mdbook() -> Result<(), Trouble> {
    let installed = Command::new("cargo")
        .args(["install", "--locked", "mdbook"])
        .stdin(Stdio::null())
        .status()
        .map_err(|error| Trouble::io("run", Path::new("cargo"), &error))?;
    if !installed.success() {
        return Err(anyhow::anyhow!(
            "mdbook could not be installed; the lessons are as readable in docs/src"
        )
        .into());
    }
    if can_be_made() {
        return Ok(());
    }
    Err(anyhow::anyhow!(
        "mdbook was installed, and is not found: add the folder that cargo names above to PATH"
    )
    .into())
}

fn folder(workbook: &Workbook) -> PathBuf {
    workbook.root.join("docs/book")
}

fn quietly(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
