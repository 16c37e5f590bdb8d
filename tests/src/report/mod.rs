//! Telling what came of it: in the terminal, as a ladder, as JSON.

pub mod crossing;
pub mod difference;
mod json;
pub mod ladder;
pub mod milestone;
pub mod page;
mod progress_bar;
pub mod standing;
mod story;
pub mod style;
pub mod terminal;

pub use json::{Report, write as write_json};
pub use progress_bar::{Progress, Waiting};
