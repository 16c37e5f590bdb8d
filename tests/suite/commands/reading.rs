//! Lessons are read where the learner is: in the terminal, or in a browser if there is one.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use anyhow::ensure;

use super::fixture::{Fixture, GRADER, Outcome, Said, finish};
use crate::pty::Pty;

const LESSON: &str = "\
# Greeting

Say **hello**, as `word` does, [here](02-farewell.md).

<!-- drawn by: just trace 1 -->
![A wave](wave.svg)

## Step by step

### 1.1 Say a word

```console
$ true
```

### 1.2 End with a mark

| a | b |
|---|---|
| 1 | 2 |

## Questions

1. Why?
   <details><summary>Answer</summary>

   Because.
   </details>
";

/// How long a browser that was started may take to begin.
const PATIENCE: Duration = Duration::from_secs(20);

pub fn a_lesson_is_laid_out(fixture: &Fixture) -> Outcome {
    fixture.write("docs/src/01-greeting.md", LESSON)?;
    let whole = fixture.grader("lesson 1")?.went_well()?.stdout;
    for text in [
        "Greeting\n════════\n",
        "Say hello, as `word` does, here (docs/src/02-farewell.md).",
        "To see it here: just trace 1\n\nPicture: A wave (docs/src/wave.svg)\n",
        "\n    $ true\n",
        " a   b\n───────\n 1   2\n",
        "1.  Why?\n",
        "Answers\n───────\n\n1.  Because.\n",
        "docs/src/01-greeting.md",
    ] {
        ensure!(whole.contains(text), "no {text:?} in:\n{whole}");
    }
    let marks = ["**", "](", "```", "<details", "|--"];
    ensure!(!marks.iter().any(|mark| whole.contains(mark)), "{whole}");
    let step = fixture.grader("lesson 1.2")?.went_well()?.stdout;
    ensure!(step.starts_with("▪ 1.2 End with a mark\n"), "{step}");
    ensure!(!step.contains("true") && !step.contains("Why"), "{step}");
    Ok(())
}

pub fn a_lesson_needs_no_browser(fixture: &Fixture) -> Outcome {
    let without_book = in_browser(fixture, "nothing-here")?.went_well()?.stdout;
    ensure!(without_book.contains("not made yet"), "{without_book}");
    ensure!(without_book.contains("Say hello."), "{without_book}");
    fixture.write("docs/book/01-greeting.html", "<h1>Greeting</h1>")?;
    let without_browser = in_browser(fixture, "nothing-here")?.went_well()?.stdout;
    ensure!(without_browser.contains("No browser"), "{without_browser}");
    ensure!(without_browser.contains("Say hello."), "{without_browser}");
    Ok(())
}

/// Opened where there is one; and not waited for, since some end only with their window.
pub fn a_lesson_opens_in_the_browser(fixture: &Fixture) -> Outcome {
    fixture.write("docs/book/01-greeting.html", "<h1>Greeting</h1>")?;
    have_a_browser(fixture)?;
    let said = in_browser(fixture, "bin")?.went_well()?.stdout;
    ensure!(!said.contains("Say hello."), "it was printed too: {said}");
    opens(fixture)
}

/// A window opens for somebody who sits at a desktop, and for a whole lesson: what is on the
/// screen says which it was.
pub fn a_lesson_is_where_its_reader_is(fixture: &Fixture) -> Outcome {
    fixture.write("docs/src/01-greeting.md", LESSON)?;
    fixture.write("docs/book/01-greeting.html", "<h1>Greeting</h1>")?;
    have_a_browser(fixture)?;
    let (opened, printed) = (
        "Your browser opens docs/book/01-greeting.html",
        "This was docs/",
    );
    for (surroundings, line, shows) in [
        ("DISPLAY=:9", "lesson 1", opened),
        ("WAYLAND_DISPLAY=wayland-9", "lesson 1", opened),
        ("DISPLAY=:9", "lesson 1 --print", printed),
        ("DISPLAY=:9", "lesson 1.2", "End with a mark"),
        ("DISPLAY=:9 SSH_CONNECTION=far-away", "lesson 1", printed),
        ("DISPLAY=", "lesson 1", printed),
    ] {
        // A Mac is a desktop, whatever is in the environment.
        if cfg!(target_os = "macos") && surroundings == "DISPLAY=" {
            continue;
        }
        let terminal = Pty::open(|bash| {
            for name in ["DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION", "SSH_TTY"] {
                bash.env_remove(name);
            }
            bash.current_dir(fixture.path(""));
        })?;
        let path = fixture.path("bin").display().to_string();
        terminal.types(&format!("PATH='{path}' {surroundings} '{GRADER}' {line}\r"))?;
        let what = format!("{shows:?} after {surroundings} {line}");
        terminal.waits_for(&what, PATIENCE, |screen| screen.contains(shows))?;
        if shows == opened {
            opens(fixture)?;
        }
        ensure!(!fixture.path("opened").exists(), "a browser opened: {what}");
    }
    Ok(())
}

/// A browser that notes what it is to open.
fn have_a_browser(fixture: &Fixture) -> Outcome {
    let opened = fixture.path("opened");
    let script = format!(
        "#!/bin/sh\necho \"$1\" > '{0}.new' && /bin/mv '{0}.new' '{0}'\n",
        opened.display()
    );
    for name in ["xdg-open", "open"] {
        let path = format!("bin/{name}");
        fixture.write(&path, &script)?;
        fs::set_permissions(fixture.path(&path), fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}

/// The browser opens the lesson; what it has noted is forgotten then.
fn opens(fixture: &Fixture) -> Outcome {
    let opened = fixture.path("opened");
    let deadline = Instant::now() + PATIENCE;
    while !opened.exists() {
        ensure!(Instant::now() < deadline, "no browser was started");
        // It is nobody's child any more, so that there is nothing else to wait for.
        std::thread::sleep(Duration::from_millis(5));
    }
    let page = fixture.read("opened")?;
    ensure!(
        page.trim().ends_with("docs/book/01-greeting.html"),
        "{page}"
    );
    Ok(fs::remove_file(opened)?)
}

/// `lesson 1 --browser`, where this folder has all programs that there are.
fn in_browser(fixture: &Fixture, programs: &str) -> Outcome<Said> {
    let mut command = fixture.command(GRADER, &["lesson", "1", "--browser"]);
    command.env("PATH", fixture.path(programs));
    finish(command)
}
