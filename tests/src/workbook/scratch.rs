//! A workspace for programs of our own making: starters in all stages, and known mistakes. It
//! lies in the target folder, and what has not changed there is not built again.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::{Built, Package, Trouble, Workbook, files, workspace};

pub struct Scratch<'a> {
    workbook: &'a Workbook,
    folder: PathBuf,
    packages: Vec<Package>,
    manifests: String,
    /// Whether a manifest is another than the last time: what it needs may not be locked yet.
    needs: Change,
    purpose: Purpose,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Change {
    None,
    Some,
}

/// What the programs are built for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Development,
    OneRun,
}

impl<'a> Scratch<'a> {
    /// A workspace of this name; what is in it from the last time goes, unless it is put again.
    pub fn open(workbook: &'a Workbook, name: &str) -> Result<Self, Trouble> {
        let folder = workbook.target().join("workbook-scratch").join(name);
        files::make_folder(&folder)?;
        Ok(Self {
            workbook,
            folder,
            packages: Vec::new(),
            manifests: String::new(),
            needs: Change::None,
            purpose: Purpose::Development,
        })
    }

    /// The same for programs that nobody debugs or changes: they take a third less time to
    /// build, and a sixth of the room. A panic says its file and line all the same.
    #[must_use]
    pub fn for_one_run(self) -> Self {
        Self {
            purpose: Purpose::OneRun,
            ..self
        }
    }

    /// Puts a package there. Its name must be its own among all that is built in the workbook.
    pub fn put(&mut self, name: &str, files: &BTreeMap<PathBuf, String>) -> Result<(), Trouble> {
        let folder = self.folder.join(name);
        files::make_folder(&folder)?;
        for path in files::files_below(&folder)? {
            if !files.contains_key(&path) {
                let path = folder.join(path);
                fs::remove_file(&path).map_err(|error| Trouble::io("remove", &path, &error))?;
            }
        }
        for (path, text) in files {
            let change = replace_if_changed(&folder.join(path), text)?;
            if path == Path::new("Cargo.toml") {
                self.manifests.push_str(text);
                if change == Change::Some {
                    self.needs = Change::Some;
                }
            }
        }
        self.packages.push(Package {
            name: name.to_string(),
            folder,
        });
        Ok(())
    }

    /// Builds all that was put there, in one run of cargo.
    pub fn build(&self) -> Result<Vec<Built>, Trouble> {
        self.prepare()?;
        self.workbook.build(&self.folder, &self.packages)
    }

    /// The same for some of it, by their names.
    pub fn build_only(&self, names: &BTreeSet<&str>) -> Result<Vec<Built>, Trouble> {
        self.prepare()?;
        let mut packages = self.packages.clone();
        packages.retain(|package| names.contains(package.name.as_str()));
        self.workbook.build(&self.folder, &packages)
    }

    /// The same as far as the compiler finds errors and warnings, which is quicker.
    pub fn check(&self) -> Result<Vec<Built>, Trouble> {
        self.prepare()?;
        self.workbook.check(&self.folder, &self.packages)
    }

    /// Writes the workspace around the packages.
    fn prepare(&self) -> Result<(), Trouble> {
        let names: BTreeSet<_> = self.packages.iter().map(|package| &package.name).collect();
        let members: Vec<_> = names.iter().map(|name| format!("\"{name}\"")).collect();
        let up = format!("{}/", workspace::quoted(&self.workbook.root));
        let mut manifest =
            workspace::manifest(self.workbook, &members.join(", "), &up, &self.manifests)?;
        if self.purpose == Purpose::OneRun {
            // By their names: what they depend on stays as it was built for all.
            let lean = "debug = false\nincremental = false\nstrip = \"debuginfo\"\n";
            let profile = |name| format!("\n[profile.dev.package.{name}]\n{lean}");
            manifest.extend(names.iter().map(profile));
        }
        let change = replace_if_changed(&self.folder.join("Cargo.toml"), &manifest)?;
        let lock = self.folder.join("Cargo.lock");
        let present = files::read_if_any(&lock)?;
        if present.is_none() || change == Change::Some || self.needs == Change::Some {
            files::replace(&lock, &workspace::lock(self.workbook, present.as_deref())?)?;
        }
        self.remove_others(&names)
    }

    fn remove_others(&self, names: &BTreeSet<&String>) -> Result<(), Trouble> {
        for folder in files::folders_in(&self.folder)? {
            let name = folder
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if !names.contains(&name) {
                files::remove_folder(&folder)?;
            }
        }
        Ok(())
    }
}

/// Leaves a file alone that is right already: cargo goes by its time stamp.
fn replace_if_changed(path: &Path, text: &str) -> Result<Change, Trouble> {
    if files::read_if_any(path)?.as_deref() == Some(text) {
        return Ok(Change::None);
    }
    files::replace(path, text)?;
    Ok(Change::Some)
}
