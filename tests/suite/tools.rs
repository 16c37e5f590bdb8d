//! Tools that the machine may have or not, and programs that are waited for.

use std::env;
use std::process::Child;
use std::time::Duration;

use grader::wire::wait;
use libtest_mimic::Failed;

/// Whether a command of this name can be started.
pub fn installed(name: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(name).is_file())
}

/// Waits for a program's end, and returns its exit code, if it was not ended by a signal.
pub fn exit_code(child: &mut Child, patience: Duration) -> Result<Option<i32>, Failed> {
    let mut ended = None;
    wait::until(patience, || {
        ended = child.try_wait().transpose();
        ended.is_some()
    });
    let status = ended.ok_or("it does not end")??;
    Ok(status.code())
}
