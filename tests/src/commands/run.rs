//! `run N ROLE…`: builds a program and becomes it, so that Ctrl-C, standard input and the exit
//! code are the program's own.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitCode};

use clap::Args;

use super::out;
use crate::workbook::{Trouble, Workbook};

#[derive(Args)]
pub struct Options {
    /// The lab: 2 or tcp-echo
    lab: String,
    /// The role and its options, as in `server --listen 127.0.0.1:0`; with --reference among
    /// them, the program run is the reference
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "ROLE …"
    )]
    words: Vec<OsString>,
}

pub fn run(workbook: &Workbook, options: Options) -> Result<ExitCode, Trouble> {
    let lab = workbook.find_only_lab(&options.lab)?;
    let (words, whose) = split(options.words);
    let built = match whose {
        Whose::Reference => workbook.build_references(&[lab])?,
        Whose::Own => workbook.work()?.build(&[lab])?,
    };
    // One lab was asked for, and one outcome is there.
    for built in built {
        match built.program {
            Ok(program) => return Err(become_it(&program, &words)),
            Err(errors) => out::show_errors(&errors),
        }
    }
    Ok(ExitCode::FAILURE)
}

enum Whose {
    Own,
    Reference,
}

/// `--reference` may stand anywhere before a `--`: no lab has an option of that name.
fn split(mut words: Vec<OsString>) -> (Vec<OsString>, Whose) {
    let ours = words
        .iter()
        .take_while(|word| *word != "--")
        .position(|word| word == "--reference");
    match ours {
        Some(at) => {
            words.remove(at);
            (words, Whose::Reference)
        }
        None => (words, Whose::Own),
    }
}

/// Returns only if it could not.
#[cfg(unix)]
fn become_it(program: &Path, words: &[OsString]) -> Trouble {
    use std::os::unix::process::CommandExt;

    let error = Command::new(program).args(words).exec();
    Trouble::io("run", program, &error)
}
