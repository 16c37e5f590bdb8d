//! Why a command of the grader could not do what it was asked: one clear line, one exit code.

use std::fmt;
use std::io;
use std::path::Path;

/// Either the one who typed can do something about it, or the grader could not do its work.
#[derive(Debug)]
pub enum Trouble {
    /// Asked for something that does not exist or makes no sense; the text says what does.
    Usage(String),
    /// The grader itself failed: a file, the disk, cargo. This says nothing about any program.
    Broken(anyhow::Error),
    /// Whoever read our output has left (`just lesson 2 | head`). Nothing is wrong.
    ReaderLeft,
}

impl Trouble {
    pub fn usage(text: impl Into<String>) -> Self {
        Self::Usage(text.into())
    }

    /// `WHAT PATH: WHY`, as in `cannot write work/Cargo.toml: No space left on device`.
    pub fn file(what: &str, path: &Path, why: impl fmt::Display) -> Self {
        Self::Broken(anyhow::anyhow!("cannot {what} {}: {why}", path.display()))
    }

    /// The same, where the system said no; with what to do about it where that is known.
    pub fn io(what: &str, path: &Path, error: &io::Error) -> Self {
        let advice = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "; make room, ",
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                "; make it writable for you, "
            }
            io::ErrorKind::InvalidData | io::ErrorKind::NotADirectory => "; move it away, ",
            io::ErrorKind::IsADirectory => "; a file is needed there: move the folder away, ",
            _ => return Self::file(what, path, error),
        };
        Self::file(what, path, format!("{error}{advice}then try again"))
    }

    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Broken(_) => 3,
            Self::ReaderLeft => 0,
        }
    }
}

impl From<anyhow::Error> for Trouble {
    fn from(error: anyhow::Error) -> Self {
        Self::Broken(error)
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(text) => f.write_str(text),
            Self::Broken(error) => {
                // Some errors (of TOML, of cargo) bring line ends and drawings along.
                let chain = format!("{error:#}");
                f.write_str(&chain.split_whitespace().collect::<Vec<_>>().join(" "))
            }
            Self::ReaderLeft => Ok(()),
        }
    }
}

impl std::error::Error for Trouble {}
