//! What a run of cargo means for each of the packages that it built.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::anyhow;

use super::cargo::{Diagnostic, Effort, Message, Report};
use super::{Built, CompileErrors, Package, Trouble};

/// The most of a compiler's words that is kept for each package.
const MOST_TEXT: usize = 64 * 1024;

/// Gives each package what is its own of the report.
pub fn sort_out(
    packages: &[Package],
    report: &Report,
    own_manifests: bool,
    effort: Effort,
) -> Result<Vec<Built>, Trouble> {
    let mut found: BTreeMap<PathBuf, Found> = BTreeMap::new();
    for message in &report.messages {
        match message {
            Message::Said {
                manifest_path,
                message,
            } => {
                if message.message.contains("linker") && message.message.contains("not found") {
                    return Err(no_linker());
                }
                found.entry(real(manifest_path)).or_default().add(message);
            }
            Message::Made {
                manifest_path,
                target,
                executable,
                filenames,
            } => {
                let made = executable.as_ref().or(match effort {
                    Effort::Check => filenames.first(),
                    Effort::Build => None,
                });
                let found = found.entry(real(manifest_path)).or_default();
                let made = made.map(|path| (target.name.clone(), path.clone()));
                found.programs.extend(made);
            }
            Message::Other => {}
        }
    }
    let mut built = Vec::new();
    for package in packages {
        let found = found
            .remove(&real(&package.folder.join("Cargo.toml")))
            .unwrap_or_default();
        let program = match found.program(&package.name) {
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

/// What was found out about one package.
#[derive(Default)]
struct Found {
    /// By name: a learner may have added programs of their own.
    programs: BTreeMap<String, PathBuf>,
    errors: CompileErrors,
    warnings: Vec<String>,
}

impl Found {
    /// The program that has the name of the package, else the only one there is.
    fn program(&self, package: &str) -> Option<PathBuf> {
        self.programs
            .get(package)
            .or_else(|| self.programs.values().next())
            .cloned()
    }

    fn add(&mut self, diagnostic: &Diagnostic) {
        let Diagnostic {
            level,
            message,
            rendered,
        } = diagnostic;
        let text = rendered.as_deref().unwrap_or(message);
        // The compiler's own summary of what it has said before.
        if message.starts_with("aborting due to") || message.ends_with("emitted") {
            return;
        }
        if level.starts_with("error") {
            self.errors.count += 1;
            if self.errors.text.len() + text.len() <= MOST_TEXT {
                self.errors.text.push_str(text);
                self.errors.text.push('\n');
            }
            if self.errors.count == 1 {
                self.errors.first_ends = self.errors.text.len();
                self.errors.first = format!("{level}: {message}");
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
            first: said.first().cloned().unwrap_or_default(),
            first_ends: text.len(),
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
