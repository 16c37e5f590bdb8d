//! A Cargo workspace beside the workbook's own: code in it that does not compile breaks
//! nothing else, and yet no dependency is built twice.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use super::{Trouble, Workbook, files};

/// The manifest of such a workspace: the workbook's own versions, editions and profiles, since
/// cargo reuses only what was built from exactly the same. `up` leads from there to the root.
/// `needs` is the manifests of its members: cargo warns of a profile for what nobody uses.
pub fn manifest(
    workbook: &Workbook,
    members: &str,
    up: &str,
    needs: &str,
) -> Result<String, Trouble> {
    let root = files::read(&workbook.root.join("Cargo.toml"))?;
    let mut text = format!("[workspace]\nresolver = \"3\"\nmembers = [{members}]\n");
    let mut wanted = false;
    for line in root.lines().filter(|line| !line.starts_with('#')) {
        if line.starts_with('[') {
            wanted = is_shared(line, needs);
            if wanted {
                text.push('\n');
            }
        }
        if wanted && !line.is_empty() {
            let line = line.replace("path = \"", &format!("path = \"{up}"));
            text.push_str(&line);
            text.push('\n');
        }
    }
    Ok(text)
}

/// Whether a table of the workbook's manifest is for the other workspace as well.
fn is_shared(header: &str, needs: &str) -> bool {
    match header.trim_end_matches(']').split_once(".package.") {
        Some((_, package)) => {
            let key = package.trim_matches('"');
            needs
                .lines()
                .any(|line| line.split(['.', ' ', '=']).next() == Some(key))
        }
        None => {
            ["[workspace.package]", "[workspace.dependencies]"].contains(&header)
                || header.starts_with("[profile.")
        }
    }
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
