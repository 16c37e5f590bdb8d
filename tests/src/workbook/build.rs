//! Builds programs with cargo: many at once, each with its own outcome.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::anyhow;

use super::cargo::{self, Message, Report};
use super::{Lab, Trouble, Work, Workbook, files, stamps};

/// The most of a compiler's words that is kept for each package.
const MOST_TEXT: usize = 64 * 1024;

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
    /// The program, or why there is none.
    pub program: Result<PathBuf, CompileErrors>,
    /// The compiler's warnings, as it shows them.
    pub warnings: Vec<String>,
}

#[derive(Clone, Debug, Default)]
pub struct CompileErrors {
    /// As the compiler shows them.
    pub text: String,
    pub count: usize,
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
        let report = cargo::build(workspace, &target, &names)?;
        let own_manifests = workspace != self.root;
        let built = sort_out(packages, &report, own_manifests)?;
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

/// Gives each package what is its own of the report.
fn sort_out(
    packages: &[Package],
    report: &Report,
    own_manifests: bool,
) -> Result<Vec<Built>, Trouble> {
    let mut found: BTreeMap<PathBuf, Found> = BTreeMap::new();
    for message in &report.messages {
        match message {
            Message::Said {
                manifest_path,
                message,
            } => {
                let text = message.rendered.as_deref().unwrap_or(&message.message);
                if message.message.contains("linker") && message.message.contains("not found") {
                    return Err(no_linker());
                }
                found
                    .entry(real(manifest_path))
                    .or_default()
                    .add(&message.level, text);
            }
            Message::Made {
                manifest_path,
                executable: Some(program),
            } => {
                found.entry(real(manifest_path)).or_default().program = Some(program.clone());
            }
            _ => {}
        }
    }
    let mut built = Vec::new();
    for package in packages {
        let found = found
            .remove(&real(&package.folder.join("Cargo.toml")))
            .unwrap_or_default();
        let program = match found.program {
            Some(program) => Ok(program),
            None if found.errors.count > 0 => Err(found.errors),
            None => Err(without_compiler(report, own_manifests)?),
        };
        built.push(Built {
            package: package.clone(),
            program,
            warnings: found.warnings,
        });
    }
    Ok(built)
}

#[derive(Default)]
struct Found {
    program: Option<PathBuf>,
    errors: CompileErrors,
    warnings: Vec<String>,
}

impl Found {
    fn add(&mut self, level: &str, text: &str) {
        // The compiler's own summary of what it has said before.
        let is_summary = text.contains("aborting due to")
            || text.contains(" warning emitted")
            || text.contains(" warnings emitted");
        if is_summary {
            return;
        }
        if level.starts_with("error") {
            self.errors.count += 1;
            if self.errors.text.len() + text.len() <= MOST_TEXT {
                self.errors.text.push_str(text);
                self.errors.text.push('\n');
            }
        } else if level == "warning" {
            self.warnings.push(text.to_string());
        }
    }
}

/// No program, and no word of the compiler: it did not come to that. A manifest that cannot be
/// read is an error of its author; anything else says nothing about the program.
fn without_compiler(report: &Report, own_manifests: bool) -> Result<CompileErrors, Trouble> {
    let said: Vec<_> = report
        .words
        .iter()
        .skip_while(|line| !line.starts_with("error"))
        .cloned()
        .collect();
    let text = said.join("\n");
    let at_fault = ["manifest", "required by package", "Cargo.toml"];
    if own_manifests && at_fault.iter().any(|word| text.contains(word)) {
        return Ok(CompileErrors {
            text: text + "\n",
            count: 1,
        });
    }
    let why = if text.is_empty() {
        "it does not say why".to_string()
    } else {
        text
    };
    Err(Trouble::Broken(anyhow!("cargo could not build: {why}")))
}

fn no_linker() -> Trouble {
    Trouble::Broken(anyhow!(
        "there is no C compiler, and Rust needs one to link programs: install one (Debian and \
         Ubuntu: `apt install gcc`, Fedora: `dnf install gcc`, macOS: `xcode-select --install`)"
    ))
}

fn real(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())
}
