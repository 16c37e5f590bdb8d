//! What each lab needs and no lab teaches: errors with their exit codes, output that
//! survives a closed pipe, the log, and the end by Ctrl-C.
//!
//! No socket call of a lab's subject is in here.
#![forbid(unsafe_code)]

mod failure;
mod log;
mod out;
mod stop;

pub use failure::{Failure, exit};
pub use log::write as write_log;
pub use out::{line, ready, write};
pub use stop::on_stop;
