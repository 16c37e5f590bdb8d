//! The grader: everything that looks at a program from outside.
//!
//! From the ground up; nothing imports what stands below it in this list.

pub mod checks;
pub mod commands;
pub mod docs;
pub mod finding;
pub mod program;
pub mod report;
pub mod verdict;
pub mod wire;
pub mod workbook;
