//! What is graded, and how it is run.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::finding::Finding;
use crate::program::Folder;

/// The program under test, and how to run it.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The command and its first arguments; ROLE and options come after them.
    pub words: Vec<OsString>,
    /// A file that is linked into the run's own folder and run there, so that a build in the
    /// middle of a run does not change what is graded.
    pub link: Option<PathBuf>,
    pub folder: Folder,
    /// A server that runs already, and is all that can be graded.
    pub at: Option<SocketAddr>,
    /// What was found when the server did not become ready, also alone on the machine. Then it
    /// need not be waited for again and again.
    pub never_ready: OnceLock<Finding>,
    /// Whether the tapes of its stories say what the kernel knows of each connection.
    pub asks_the_kernel: bool,
}

impl Subject {
    /// A program that was built here; it runs in a folder of the run's own.
    pub fn binary(path: &Path) -> Self {
        let words = vec![path.as_os_str().to_owned()];
        Self {
            words,
            link: Some(path.to_path_buf()),
            folder: Folder::Own,
            at: None,
            never_ready: OnceLock::new(),
            asks_the_kernel: false,
        }
    }

    /// Any command; it runs where the user stands, so that the paths in it mean what they say.
    pub fn command(words: Vec<OsString>) -> Self {
        Self {
            words,
            link: None,
            folder: Folder::Inherited,
            at: None,
            never_ready: OnceLock::new(),
            asks_the_kernel: false,
        }
    }

    /// A server that runs already.
    pub fn at(address: SocketAddr) -> Self {
        Self {
            words: Vec::new(),
            link: None,
            folder: Folder::Own,
            at: Some(address),
            never_ready: OnceLock::new(),
            asks_the_kernel: false,
        }
    }
}
