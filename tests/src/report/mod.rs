//! Telling what came of it: in the terminal, as a ladder, as a picture or a page, as JSON.

pub mod crossing;
pub mod difference;
mod html;
mod json;
pub mod ladder;
pub mod live;
mod markup;
pub mod milestone;
pub mod page;
mod picture;
mod progress_bar;
pub mod scene;
pub mod standing;
mod story;
pub mod style;
mod svg;
pub mod terminal;

pub use json::{BEGINNING as JSON_BEGINNING, Report, write as write_json};
pub use picture::{Format, Picture};
pub use progress_bar::{Progress, Waiting};
