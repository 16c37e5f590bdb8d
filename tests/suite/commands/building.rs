//! What is run is what the files hold; what cannot be built is said.

use std::fs::File;
use std::io;
use std::time::{Duration, SystemTime};

use anyhow::{bail, ensure};

use super::fixture::{Fixture, GRADER, Outcome, finish};

pub fn no_cargo(fixture: &Fixture) -> Outcome {
    fixture.grader("start 1")?.went_well()?;
    let mut command = fixture.command(GRADER, &["run", "1"]);
    command
        .env_remove("CARGO")
        .env("PATH", fixture.path("labs"));
    finish(command)?.complains(3, &["cargo", "rustup"])?;
    Ok(())
}

/// What runs is what the files hold, whatever their time stamps say.
pub fn run_builds_what_is_there(fixture: &Fixture) -> Outcome {
    let path = "work/01-greeting/src/main.rs";
    let runs = |expected: &str| {
        let said = fixture.grader("run 1")?;
        let same = said.code == Some(0) && said.stdout == format!("{expected}\n");
        ensure!(same, "{expected} was expected: {said:?}");
        Outcome::Ok(())
    };
    let stamp = |time: SystemTime| -> io::Result<()> {
        File::options()
            .append(true)
            .open(fixture.path(path))?
            .set_modified(time)
    };
    let says = |word: &str| format!("fn main() {{\n    println!(\"{word}\");\n}}\n");
    fixture.grader("start 1")?.went_well()?;
    fixture.write(path, &says("one"))?;
    runs("one")?;
    fixture.write(path, &says("two"))?;
    runs("two")?;
    let long_ago = SystemTime::now() - Duration::from_secs(86_400);
    fixture.write(path, &says("one"))?;
    stamp(long_ago)?;
    runs("one")?;
    // Built by hand in between, and then restored.
    fixture.write(path, &says("three"))?;
    let mut by_hand = fixture.command("cargo", &["build", "--quiet"]);
    by_hand.current_dir(fixture.path("work"));
    finish(by_hand)?.went_well()?;
    fixture.write(path, &says("one"))?;
    stamp(long_ago)?;
    runs("one")?;
    let said = fixture.grader("run 1 --reference")?;
    ensure!(
        said.stdout == "answer!\n",
        "the reference is another: {said:?}"
    );
    Ok(())
}

/// Without git nobody knows whether the answers were edited, and so nothing is said of it.
pub fn says_nothing_of_edits_without_git(fixture: &Fixture) -> Outcome {
    fixture.grader("start 1")?.went_well()?;
    let mut command = fixture.command(GRADER, &["grade", "1"]);
    command.env("GIT_CEILING_DIRECTORIES", fixture.path(""));
    let said = finish(command)?;
    ensure!(
        said.stdout.contains("0 of") && !said.stdout.contains("has changes"),
        "{said:?}"
    );
    Ok(())
}

pub fn broken_code_breaks_nothing_else(fixture: &Fixture) -> Outcome {
    fixture.grader("start 1")?.went_well()?;
    fixture.grader("start 2 --from 2.2")?.went_well()?;
    fixture.write(
        "work/01-greeting/src/main.rs",
        "fn main() { let x: u8 = \"\"; }",
    )?;
    let said = fixture.grader("run 1")?;
    if said.code != Some(1) || !said.stderr.contains("E0308") || !said.stderr.contains("one error")
    {
        bail!("the compiler's error is not shown: {said:?}");
    }
    let other = fixture.grader("run 2")?;
    if other.stdout != "answer?\n" {
        bail!("lab 02 suffers: {other:?}");
    }
    fixture.write("work/01-greeting/Cargo.toml", "[package\n")?;
    // With colour, too, as `watch` asks for it: then cargo would colour its own words.
    for colour in ["0", "1"] {
        let mut command = fixture.command(GRADER, &["run", "1"]);
        command.env("CLICOLOR_FORCE", colour);
        let said = finish(command)?;
        ensure!(
            said.code == Some(1) && said.stderr.contains("Cargo.toml"),
            "the broken manifest is not named: {said:?}"
        );
    }
    Ok(())
}
