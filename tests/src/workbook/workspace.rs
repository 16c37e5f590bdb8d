//! A Cargo workspace beside the workbook's own: code in it that does not compile breaks
//! nothing else, and yet no dependency is built twice.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use super::{Trouble, Workbook, files};

/// The manifest of such a workspace: the workbook's own versions, editions and profiles, since
/// cargo reuses only what was built from exactly the same. `up` leads from there to the root.
pub fn manifest(workbook: &Workbook, members: &str, up: &str) -> Result<String, Trouble> {
    let root = files::read(&workbook.root.join("Cargo.toml"))?;
    let mut text = format!("[workspace]\nresolver = \"3\"\nmembers = [{members}]\n");
    let mut wanted = false;
    for line in root.lines().filter(|line| !line.starts_with('#')) {
        if line.starts_with('[') {
            wanted = ["[workspace.package]", "[workspace.dependencies]"].contains(&line)
                || line.starts_with("[profile");
            if wanted {
                text.push('\n');
            }
        }
        if wanted && !line.is_empty() {
            // Writing to a String cannot fail.
            let _ = writeln!(
                text,
                "{}",
                line.replace("path = \"", &format!("path = \"{up}"))
            );
        }
    }
    Ok(text)
}

/// A lock file for it: the workbook's own, and what else is locked there already. Cargo drops
/// what nobody needs, and asks no registry about what stands here.
pub fn lock(workbook: &Workbook, present: Option<&str>) -> Result<String, Trouble> {
    let mut text = files::read(&workbook.root.join("Cargo.lock"))?;
    let known: BTreeSet<_> = packages(&text).map(name).map(String::from).collect();
    for package in packages(present.unwrap_or_default()) {
        if !known.contains(name(package)) {
            // Writing to a String cannot fail.
            let _ = write!(text, "\n[[package]]\n{}\n", package.trim());
        }
    }
    Ok(text)
}

fn packages(lock: &str) -> impl Iterator<Item = &str> {
    lock.split("[[package]]\n").skip(1)
}

/// Two packages of the same name are two versions of it: the workbook's is the one to have.
fn name(package: &str) -> &str {
    package.lines().next().unwrap_or_default()
}

/// A path as it may stand between the quotes of a TOML string.
pub fn quoted(path: &Path) -> String {
    path.display()
        .to_string()
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
}
