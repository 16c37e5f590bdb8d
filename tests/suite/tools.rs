//! Tools that the machine may have or not.

use std::env;

/// Whether a command of this name can be started.
pub fn installed(name: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(name).is_file())
}
