//! The page as a browser shows it: without a complaint, with a slider that moves.

use std::process::Command;

use libtest_mimic::Failed;
use tempfile::TempDir;

use super::super::commands::fixture::finish;
use super::{Promise, Trace};
use crate::tools::browser;

pub const PROMISES: &[(&str, Promise)] = &[("the-slider-moves", the_slider_moves)];

/// What a reader would do, and what they see after each of it.
const READER: &str = r#"<script>
const seen = [];
const told = () => seen.push(document.getElementById("told").textContent.split(",")[0]);
const press = (key) =>
  document.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
told();
press("ArrowRight"); told();
press("ArrowLeft"); press("ArrowLeft"); told();
const slider = document.getElementById("when");
slider.value = 6; slider.dispatchEvent(new Event("input")); told();
press("End"); told();
press("ArrowRight"); told();
press("Home"); told();
document.querySelectorAll(".step")[3].click(); told();
const moment = ["bytes", "ends", "output"].map((id) => document.getElementById(id).textContent);
document.title = "SEEN " + JSON.stringify({seen, moment, hash: location.hash});
</script></body>"#;

fn the_slider_moves() -> Result<(), Failed> {
    let Some(browser) = browser() else {
        return Ok(());
    };
    let trace = Trace::new()?;
    let drawn = trace.draws("2", &["--", "hello, \u{1f980}"])?;
    let count = drawn.steps()?.len();
    let read = drawn.page.replacen("</body>", READER, 1);
    std::fs::write(trace.path("read.html"), read)?;
    let profile = TempDir::new()?;
    let mut command = Command::new(browser);
    command.args([
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--enable-logging=stderr",
        "--v=0",
        "--dump-dom",
        &format!("--user-data-dir={}", profile.path().display()),
        &format!("file://{}#step=5", trace.path("read.html")),
    ]);
    let shown = finish(command)?;
    let complaints: Vec<_> = shown
        .stderr
        .lines()
        .filter(|line| line.contains("CONSOLE"))
        .collect();
    if !complaints.is_empty() {
        return Err(complaints.join("\n").into());
    }
    let seen: Vec<String> = [5, 6, 4, 7, count, count, 1, 4]
        .map(|step| format!("\"Step {step} of {count}\""))
        .into();
    let expected = format!("SEEN {{\"seen\":[{}]", seen.join(","));
    if !shown.stdout.contains(&expected) || !shown.stdout.contains("\"hash\":\"#step=4\"") {
        let title = shown.stdout.lines().find(|line| line.contains("SEEN"));
        return Err(format!("expected {expected}; seen: {title:?}").into());
    }
    Ok(())
}
