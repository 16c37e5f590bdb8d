//! A scene in a file: as SVG or as HTML, by the ending of its name.

use std::path::{Path, PathBuf};

use anyhow::Context;

use super::scene::Scene;
use super::{html, svg};
use crate::workbook::{Trouble, files};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Svg,
    Html,
}

/// A file that a scene will be drawn into.
pub struct Picture {
    path: PathBuf,
    format: Format,
}

impl Picture {
    /// By the ending of its name; `option` is what it was given to.
    pub fn by_name(option: &str, path: &Path) -> Result<Self, Trouble> {
        let ending = path.extension().and_then(|ending| ending.to_str());
        match ending {
            Some("svg") => Self::of(Format::Svg, option, path),
            Some("html" | "htm") => Self::of(Format::Html, option, path),
            _ => Err(Trouble::usage(format!(
                "{option} {}: give a name that ends in .svg or .html",
                path.display()
            ))),
        }
    }

    /// Asks before anything runs whether the file can be written.
    pub fn of(format: Format, option: &str, path: &Path) -> Result<Self, Trouble> {
        let beginning = match format {
            Format::Svg => svg::BEGINNING,
            Format::Html => html::BEGINNING,
        };
        let path = files::place_of_report(option, path, beginning)?;
        Ok(Self { path, format })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn draw(&self, scene: &Scene) -> Result<(), Trouble> {
        let text = match self.format {
            Format::Svg => svg::draw(scene),
            Format::Html => html::page(scene).context("cannot write the page")?,
        };
        files::replace(&self.path, &text)
    }
}
