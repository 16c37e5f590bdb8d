//! Builds programs with cargo: many at once, each with its own outcome.

use std::path::{Path, PathBuf};

use super::cargo::{self, Effort};
use super::{Lab, Trouble, Work, Workbook, files, outcome, stamps};

/// A package that can be built to a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    pub name: String,
    pub folder: PathBuf,
}

/// What came of building a package.
#[derive(Clone, Debug)]
pub struct Built {
    pub package: Package,
    /// The program, or why there is none. After a check it is only what the compiler left.
    pub program: Result<PathBuf, CompileErrors>,
    /// The compiler's warnings, as it shows them.
    pub warnings: Vec<String>,
}

#[derive(Clone, Debug, Default)]
pub struct CompileErrors {
    /// As the compiler shows them.
    pub text: String,
    pub count: usize,
    /// The first of them in a line, without colour.
    pub first: String,
    /// Where the first of them ends in the text.
    pub first_ends: usize,
}

impl Package {
    /// The package in a folder, by the name in its manifest, else by the name it should have.
    pub fn in_folder(folder: &Path, usual: &str) -> Self {
        let manifest = files::read(&folder.join("Cargo.toml")).unwrap_or_default();
        let named = manifest
            .parse::<toml::Table>()
            .ok()
            .and_then(|manifest| Some(manifest.get("package")?.get("name")?.as_str()?.to_string()));
        Self {
            name: named.unwrap_or_else(|| usual.to_string()),
            folder: folder.to_path_buf(),
        }
    }
}

impl Workbook {
    /// Builds the references of these labs.
    pub fn build_references(&self, labs: &[&Lab]) -> Result<Vec<Built>, Trouble> {
        let packages: Vec<_> = labs
            .iter()
            .map(|lab| Package::in_folder(&lab.folder, &lab.name))
            .collect();
        self.build(&self.root, &packages)
    }

    /// Builds packages of the workspace in this folder, all in one run of cargo. The outcomes
    /// are in the order of the packages.
    pub fn build(&self, workspace: &Path, packages: &[Package]) -> Result<Vec<Built>, Trouble> {
        self.compile(workspace, packages, Effort::Build)
    }

    /// The same as far as the compiler finds errors and warnings, which is quicker.
    pub fn check(&self, workspace: &Path, packages: &[Package]) -> Result<Vec<Built>, Trouble> {
        self.compile(workspace, packages, Effort::Check)
    }

    fn compile(
        &self,
        workspace: &Path,
        packages: &[Package],
        effort: Effort,
    ) -> Result<Vec<Built>, Trouble> {
        if packages.is_empty() {
            return Ok(Vec::new());
        }
        let target = self.target();
        let stamps: Vec<_> = packages
            .iter()
            .map(|package| stamps::freshen(&target, package))
            .collect();
        let names: Vec<_> = packages
            .iter()
            .map(|package| package.name.as_str())
            .collect();
        let report = cargo::build(workspace, &target, &names, effort)?;
        let own_manifests = workspace != self.root;
        let built = outcome::sort_out(packages, &report, own_manifests, effort)?;
        for (built, stamp) in built.iter().zip(stamps) {
            if let Ok(program) = &built.program {
                stamp.note(program);
            }
        }
        Ok(built)
    }
}

impl Work<'_> {
    /// Builds the learner's programs of these labs.
    pub fn build(&self, labs: &[&Lab]) -> Result<Vec<Built>, Trouble> {
        let packages = labs
            .iter()
            .map(|lab| self.package(lab))
            .collect::<Result<Vec<_>, _>>()?;
        self.refresh()?;
        self.workbook.build(&self.folder, &packages)
    }
}
