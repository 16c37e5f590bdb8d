//! Lab 06, non-blocking connect: its checks, a file for each exercise.

mod nowhere;
mod run;

pub mod at_once;
pub mod close;
pub mod in_time;
pub mod race;
pub mod so_error;
pub mod start;
pub mod writable;
