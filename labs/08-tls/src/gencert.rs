//! The role `gencert`: makes the certificates, and writes them where they are not in the way of
//! others, the keys so that nobody else can read them.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use shared::Failure;

use crate::certificates::{self, Certificates};

/// Who may read a certificate, and who a key: the owner alone, as the system counts it.
const PUBLIC: u32 = 0o644;
const SECRET: u32 = 0o600;

pub struct Options {
    pub names: Vec<String>,
    pub folder: PathBuf,
    pub days: u32,
    pub existing: Existing,
}

/// What becomes of files that are there already.
#[derive(Clone, Copy, PartialEq)]
pub enum Existing {
    Keep,
    Replace,
}

pub fn run(options: &Options) -> Result<(), Failure> {
    let names = certificates::alternative_names(&options.names)?;
    let made = certificates::make(names, options.days)
        .map_err(|error| Failure::system("cannot make certificates", error))?;
    let Certificates {
        authority,
        server,
        client,
    } = &made;
    // The authority's key is not among them: nobody can sign anything more with it.
    write_all(
        options,
        &[
            ("ca.pem", authority, PUBLIC),
            ("cert.pem", &server.certificate, PUBLIC),
            ("key.pem", &server.key, SECRET),
            ("client.pem", &client.certificate, PUBLIC),
            ("client-key.pem", &client.key, SECRET),
        ],
    )
}

/// Writes all files, or none if one of them is there already.
fn write_all(options: &Options, files: &[(&str, &String, u32)]) -> Result<(), Failure> {
    let path = |name: &str| options.folder.join(name);
    if options.existing == Existing::Keep
        && let Some(path) = files.iter().map(|file| path(file.0)).find(is_there)
    {
        return Err(Failure::system(path.display(), "it exists already")
            .hint("--force replaces it, and the key in it is gone then"));
    }
    fs::create_dir_all(&options.folder)
        .map_err(|error| Failure::system(options.folder.display(), error))?;
    for (name, pem, mode) in files {
        let path = path(name);
        write(&path, pem, *mode, options.existing)
            .map_err(|error| Failure::system(path.display(), error))?;
    }
    Ok(())
}

/// A link that leads nowhere is there too.
fn is_there(path: &PathBuf) -> bool {
    fs::symlink_metadata(path).is_ok()
}

fn write(path: &Path, pem: &str, mode: u32, existing: Existing) -> io::Result<()> {
    if existing == Existing::Replace && is_there(&path.to_path_buf()) {
        // A new file, and not the old one with new content: that would keep its old mode.
        fs::remove_file(path)?;
    }
    create(path, mode)?.write_all(pem.as_bytes())
}

/// Makes a file that only those may read whom `mode` allows, from its first moment on: between
/// making it and forbidding it afterwards, anybody could open it, and who has it open reads on.
// exercise 8.1: make the file with its mode, and never open one that is there
fn create(path: &Path, mode: u32) -> io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(path)
}
