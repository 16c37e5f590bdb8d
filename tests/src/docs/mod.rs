//! The documents: what in them claims to be code of a source or output of a command, so that
//! the suite can keep it true.

mod blocks;
pub mod book;
mod item;
pub mod picture;
mod refresh;
pub mod section;
mod transcript;
mod written;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

pub use blocks::{Block, Console, Included, Numbers, Place, Run, Stay, blocks};
pub use refresh::{refresh, wanted};
pub use transcript::Command;
pub use written::{How, Written};

/// All documents, in the order of their names; the README first.
pub fn documents(root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut pages = fs::read_dir(root.join("docs/src"))?
        .map(|entry| Ok(entry?.path()))
        .filter(|path| {
            path.as_ref()
                .map_or(true, |path| path.extension().is_some_and(|end| end == "md"))
        })
        .collect::<io::Result<Vec<_>>>()?;
    pages.sort();
    pages.insert(0, root.join("README.md"));
    Ok(pages)
}
