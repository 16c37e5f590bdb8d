//! What the workbook holds: its labs and exercises, their starters, the learner's work.

mod at_hand;
pub mod build;
mod calendar;
mod cargo;
mod code;
pub(crate) mod colour;
pub mod comparison;
pub(crate) mod files;
pub mod front_door;
mod functions;
mod handed_out;
pub(crate) mod hints;
pub mod lab;
mod lock;
pub mod mistakes;
mod outcome;
pub mod progress;
pub mod regions;
pub mod scratch;
pub mod selection;
mod stamps;
pub mod starter;
pub mod trouble;
pub mod work;
mod workspace;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub use at_hand::Next;
pub use build::{Built, CompileErrors, Package};
pub use cargo::left_by_another_cargo;
pub use lab::{Exercise, ExerciseId, Lab};
pub use progress::Progress;
pub use scratch::Scratch;
pub use selection::Selection;
pub use starter::Starter;
pub use trouble::Trouble;
pub use work::Work;

/// The workbook: the folder that this was built in, or the one the user stands in.
#[derive(Clone, Debug)]
pub struct Workbook {
    pub root: PathBuf,
    /// In the order of their numbers.
    pub labs: Vec<Lab>,
}

impl Workbook {
    /// Opens the workbook around the current folder, else the one the grader was built in.
    pub fn open() -> Result<Self, Trouble> {
        let here = env::current_dir().ok();
        let around = here
            .as_deref()
            .and_then(|here| here.ancestors().find(|path| is_root(path)));
        let root = match around {
            Some(root) => root.to_path_buf(),
            None => built_in().to_path_buf(),
        };
        Self::at(&root)
    }

    /// Opens the workbook in this folder.
    pub fn at(root: &Path) -> Result<Self, Trouble> {
        if !is_root(root) {
            return Err(Trouble::usage(
                "no workbook here: go into its folder, the one with labs/, shared/ and tests/",
            ));
        }
        let mut labs = Vec::new();
        for folder in files::folders_in(&root.join("labs"))? {
            if let Some(number) = number_of(&folder) {
                labs.push(Lab::read(&folder, number)?);
            }
        }
        labs.sort_by_key(|lab| lab.number);
        Ok(Self {
            root: root.to_path_buf(),
            labs,
        })
    }

    /// The learner's workspace.
    pub fn work(&self) -> Result<Work<'_>, Trouble> {
        Work::open(self)
    }

    pub fn lab(&self, number: u32) -> Option<&Lab> {
        self.labs.iter().find(|lab| lab.number == number)
    }

    /// The path as a learner would type it, seen from the root.
    pub fn shown(&self, path: &Path) -> String {
        path.strip_prefix(&self.root)
            .unwrap_or(path)
            .display()
            .to_string()
    }

    /// The lesson of a lab.
    pub fn lesson(&self, lab: &Lab) -> PathBuf {
        self.root
            .join("docs/src")
            .join(format!("{}.md", lab.folder_name()))
    }

    /// Where cargo puts what it builds: the same folder that this grader was built in, so that
    /// no dependency is built twice.
    pub fn target(&self) -> PathBuf {
        if let Some(folder) = env::var_os("CARGO_TARGET_DIR").filter(|value| !value.is_empty()) {
            return self.root.join(folder);
        }
        let exe = env::current_exe().unwrap_or_default();
        let ours = exe
            .ancestors()
            .find(|path| path.join("CACHEDIR.TAG").is_file());
        match ours {
            Some(target) if same_folder(&self.root, built_in()) => target.to_path_buf(),
            _ => self.root.join("target"),
        }
    }

    /// A sentence for who wrote the answers into `labs/` instead of `work/`.
    pub fn labs_were_edited(&self, lab: &Lab) -> Option<String> {
        // `git diff` would compare any two folders where there is no repository; this fails.
        let changes = Command::new("git")
            .arg("-C")
            .arg(&self.root)
            .args(["status", "--porcelain", "--untracked-files=no", "--"])
            .arg(&lab.folder)
            .stdin(Stdio::null())
            .output()
            .ok()?;
        (changes.status.success() && !changes.stdout.is_empty()).then(|| {
            let folder = lab.folder_name();
            format!(
                "labs/{folder} has changes, and is not what was graded: your program is the one \
                 in work/{folder} (`git diff labs/{folder}` shows what was changed)"
            )
        })
    }
}

fn is_root(path: &Path) -> bool {
    ["labs", "shared", "tests"]
        .iter()
        .all(|name| path.join(name).is_dir())
}

fn built_in() -> &'static Path {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests)
}

fn same_folder(one: &Path, other: &Path) -> bool {
    match (fs::canonicalize(one), fs::canonicalize(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

/// The number in `02-tcp-echo`.
fn number_of(folder: &Path) -> Option<u32> {
    let name = folder.file_name()?.to_str()?;
    let (number, rest) = name.split_once('-')?;
    if rest.is_empty() {
        None
    } else {
        lab::plain_number(number)
    }
}
