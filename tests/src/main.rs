//! The grader's command line; what it can do is in `commands`.

use std::process::ExitCode;

fn main() -> ExitCode {
    grader::program::guard::run_if_asked();
    grader::commands::main()
}
