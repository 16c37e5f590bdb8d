//! `trace` with the references: what it draws is what was said, all that it writes can be read
//! by those it is for, and when it ends nothing of it is left.

mod browser;
mod drawn;
mod ending;

use std::path::Path;
use std::process::Command;

use libtest_mimic::{Failed, Trial};
use serde_json::Value;
use tempfile::TempDir;

use super::commands::fixture::{GRADER, Said, finish};
use super::references::references;

pub fn trials() -> Vec<Trial> {
    let promises = [drawn::PROMISES, ending::PROMISES, browser::PROMISES];
    let trial = |&(name, promise): &(&str, Promise)| Trial::test(format!("trace::{name}"), promise);
    promises.into_iter().flatten().map(trial).collect()
}

type Promise = fn() -> Result<(), Failed>;

/// The grader at the root of the workbook, and a folder where it may leave nothing.
struct Trace {
    folder: TempDir,
}

/// What a trace has said and drawn.
struct Drawn {
    said: Said,
    svg: String,
    page: String,
}

impl Trace {
    fn new() -> Result<Self, Failed> {
        Ok(Self {
            folder: TempDir::new()?,
        })
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn command(&self, words: &[&str]) -> Result<Command, Failed> {
        let temporary = self.folder.path().join("temporary");
        std::fs::create_dir_all(&temporary)?;
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut command = Command::new(GRADER);
        command
            .args(words)
            .current_dir(root)
            .env("TMPDIR", temporary);
        for name in grader::workbook::left_by_another_cargo() {
            command.env_remove(name);
        }
        Ok(command)
    }

    /// Traces the reference of a lab, into a picture and into a page.
    fn draws(&self, lab: &str, words: &[&str]) -> Result<Drawn, Failed> {
        // Built once for all, and before anybody looks at a clock.
        references()?;
        let (svg, page) = (self.path("drawn.svg"), self.path("drawn.html"));
        let mut all = vec!["trace", lab, "--reference", "--svg", &svg, "--html", &page];
        all.extend(words);
        let said = finish(self.command(&all)?)?;
        if said.code != Some(0) {
            return Err(format!("{said:?}").into());
        }
        let drawn = Drawn {
            said,
            svg: std::fs::read_to_string(svg)?,
            page: std::fs::read_to_string(page)?,
        };
        drawn.fits()?;
        self.is_left_clean()?;
        Ok(drawn)
    }

    /// Locks are files that stay; all else was somebody's.
    fn is_left_clean(&self) -> Result<(), Failed> {
        for entry in self.folder.path().join("temporary").read_dir()? {
            let path = entry?.path();
            if path.extension().is_none_or(|ending| ending != "lock") {
                return Err(format!("{} was left", path.display()).into());
            }
        }
        Ok(())
    }
}

impl Drawn {
    /// What holds for all of them: lines that fit, XML that is such, and nothing from elsewhere.
    fn fits(&self) -> Result<(), Failed> {
        let wide =
            self.said.stdout.lines().find(|line| {
                textwrap::core::display_width(line) > 80 && !line.contains("drawn into")
            });
        if let Some(line) = wide {
            return Err(format!("too wide: {line}").into());
        }
        if self.said.stdout.contains('\x1b') {
            return Err("colours, and no terminal".into());
        }
        roxmltree::Document::parse(&self.svg)?;
        for (name, text) in [("picture", &self.svg), ("page", &self.page)] {
            let elsewhere = text.replace("http://www.w3.org/2000/svg", "");
            if elsewhere.contains("http:") || elsewhere.contains("https:") {
                return Err(format!("the {name} is not complete in itself").into());
            }
        }
        Ok(())
    }

    /// What the page's script reads.
    fn record(&self) -> Result<Value, Failed> {
        let (_, rest) = self
            .page
            .split_once("id=\"record\">")
            .ok_or("no record in the page")?;
        let (record, _) = rest
            .split_once("</script>")
            .ok_or("the record has no end")?;
        Ok(serde_json::from_str(record)?)
    }

    fn steps(&self) -> Result<Vec<Value>, Failed> {
        let steps = self.record()?["steps"].as_array().cloned();
        Ok(steps.ok_or("no steps")?)
    }

    /// All bytes that went from one to another.
    fn bytes(&self, way: &str) -> Result<Vec<u8>, Failed> {
        let mut bytes = Vec::new();
        for step in self.steps()?.iter().filter(|step| step["who"] == way) {
            for part in ["head", "tail"] {
                bytes.extend(from_hex(step[part].as_str().unwrap_or_default())?);
            }
        }
        Ok(bytes)
    }

    /// What the picture says, in its order.
    fn sayings(&self) -> Result<Vec<String>, Failed> {
        sayings(&self.svg)
    }
}

fn sayings(svg: &str) -> Result<Vec<String>, Failed> {
    let picture = roxmltree::Document::parse(svg)?;
    let said = |node: &roxmltree::Node| node.attribute("class") == Some("said");
    let nodes = picture.descendants().filter(said);
    Ok(nodes
        .filter_map(|node| node.text().map(String::from))
        .collect())
}

fn from_hex(hex: &str) -> Result<Vec<u8>, Failed> {
    (0..hex.len())
        .step_by(2)
        .map(|at| Ok(u8::from_str_radix(&hex[at..at + 2], 16)?))
        .collect()
}

/// One of these holds what is looked for.
fn any(lines: &[String], what: &str) -> Result<(), Failed> {
    if lines.iter().any(|line| line.contains(what)) {
        return Ok(());
    }
    Err(format!("no {what:?} in {lines:#?}").into())
}
