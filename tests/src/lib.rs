//! The grader: everything that looks at a program from outside.
//!
//! From the ground up, and nothing imports what stands after it in this list: `words` and
//! `finding`, the vocabulary; `workbook`, what the repository holds; `wire`, peers and the
//! tape; `program`, a program under test; `checks`, a file a lab; `verdict`, running them;
//! `report`, telling it; `commands`, a file a verb.

pub mod checks;
pub mod commands;
pub mod docs;
pub mod finding;
pub mod program;
pub mod report;
pub mod verdict;
pub mod wire;
pub mod words;
pub mod workbook;
