//! Asked for what does not exist, or in a workbook where something is not what it should be.

use std::fs::{self, File};
use std::io;
use std::process::Stdio;

use anyhow::{bail, ensure};

use super::fixture::{Fixture, GRADER, Outcome, finish, finish_writing_elsewhere};

pub fn what_does_not_exist(fixture: &Fixture) -> Outcome {
    for command in ["start", "reset", "lesson", "run", "grade"] {
        for lab in [
            "3",
            "99999999999",
            "+1",
            "-1x",
            "nonsense",
            "1.1.1",
            "/",
            "é",
        ] {
            let said = fixture.grader(&format!("{command} {}", lab.trim_start_matches('-')))?;
            said.complains(2, &["no lab", "01-greeting, 02-farewell"])?;
        }
    }
    for command in ["start", "reset", "run"] {
        let said = fixture.grader(&format!("{command} 1.2"))?;
        said.complains(2, &["1.2 is an exercise", "give 1"])?;
    }
    fixture
        .grader("hint 1.9")?
        .complains(2, &["no exercise 1.9", "1.1 to 1.2"])?;
    fixture
        .grader("hint 1")?
        .complains(2, &["whole lab", "1.1 to 1.2"])?;
    fixture
        .grader("start 1 --from 1.9")?
        .complains(2, &["no exercise 1.9"])?;
    fixture
        .grader("start 1 --from 2.1")?
        .complains(2, &["another lab"])?;
    fixture
        .grader("reset 1")?
        .complains(2, &["not been started", "start 1"])?;
    fixture
        .grader("run 1 x")?
        .complains(2, &["not been started", "start 1"])?;
    fixture
        .grader("lesson 2")?
        .complains(3, &["02-farewell.md"])?;
    ensure!(
        !fixture.path("work").exists(),
        "asking for nonsense made work/"
    );
    Ok(())
}

pub fn what_cannot_be_graded(fixture: &Fixture) -> Outcome {
    let cases: [(&[&str], &[&str]); 8] = [
        (&["1"], &["not been started", "start 1"]),
        (&["1.9"], &["no exercise 1.9", "1.1 to 1.2"]),
        (&["1.1/none"], &["no check 1.1/none", "1.1/"]),
        (&["1/none"], &["1/none is no check"]),
        (&["--program", "x"], &["which lab", "grade 2 --program"]),
        (&["--at", "127.0.0.1:9"], &["which lab"]),
        (&["1", "--program", ""], &["--program is empty"]),
        (&["1", "--program", "'x"], &["--program 'x", "quote"]),
    ];
    for (words, says) in cases {
        let words = [&["grade"], words].concat();
        finish(fixture.command(GRADER, &words))?.complains(2, says)?;
    }
    // What the command line itself does not understand is said with a word on `--help`.
    let said = fixture.grader("grade 1 --at nowhere")?;
    let first = said.stderr.lines().next().unwrap_or_default();
    ensure!(
        said.code == Some(2) && first.starts_with("error: ") && first.contains("'nowhere'"),
        "{said:?}"
    );
    ensure!(!fixture.path("work").exists(), "nonsense made work/");
    Ok(())
}

pub fn a_file_for_a_folder(fixture: &Fixture) -> Outcome {
    fixture.write("work", "mine")?;
    for line in ["start 1", "reset 1", "progress", "run 1", "hint 1.1"] {
        let said = fixture.grader(line)?;
        // A hint needs no work/.
        if line != "hint 1.1" {
            said.complains(3, &["work", "a file", "move it away"])?;
        }
    }
    if fixture.read("work")? != "mine" {
        bail!("the file was overwritten");
    }
    fs::remove_file(fixture.path("work"))?;
    fixture.grader("start 1")?.went_well()?;
    fixture.write("work/.kept", "mine")?;
    fixture
        .grader("reset 1")?
        .complains(3, &[".kept", "move it away"])?;
    fixture.read("work/01-greeting/src/main.rs")?;
    // A file in the place of a lab is the learner's, too.
    fixture.write("work/02-farewell", "mine")?;
    fixture
        .grader("start 2")?
        .complains(2, &["nothing was changed"])?;
    let same = fixture.read("work/02-farewell")? == "mine";
    ensure!(same, "the file was overwritten");
    Ok(())
}

pub fn a_folder_for_a_file(fixture: &Fixture) -> Outcome {
    fixture.grader("start 1")?.went_well()?;
    for path in ["work/progress.txt", "work/hints.txt"] {
        fs::create_dir(fixture.path(path))?;
    }
    fixture
        .grader("progress")?
        .complains(3, &["progress.txt", "move the folder away"])?;
    fixture
        .grader("hint 1.1")?
        .complains(3, &["hints.txt", "move the folder away"])?;
    fs::remove_dir(fixture.path("work/progress.txt"))?;
    fs::write(fixture.path("work/progress.txt"), [0xff, 0xfe, 0])?;
    fixture
        .grader("progress")?
        .complains(3, &["progress.txt", "move it away"])?;
    ensure!(
        fs::read(fixture.path("work/progress.txt"))? == [0xff, 0xfe, 0],
        "it was overwritten"
    );
    Ok(())
}

/// A report takes the place of an older report, and of nothing else.
pub fn a_report_takes_nobodys_place(fixture: &Fixture) -> Outcome {
    let places = [
        ("--json", "mine.rs", "fn main() {}\n"),
        ("--json", "settings.json", "{}\n"),
        (
            "--ladder",
            "mine.svg",
            "<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>\n",
        ),
        (
            "--ladder",
            "notes.html",
            "<!DOCTYPE html>\n<html><p>mine</p></html>\n",
        ),
    ];
    for (option, path, text) in places {
        fixture.write(path, text)?;
        fixture
            .grader(&format!("grade 1.1 {option} {path}"))?
            .complains(2, &[path, "something else", "another name"])?;
        ensure!(fixture.read(path)? == text, "{path} was overwritten");
    }
    fixture
        .grader("grade 1.1 --json /dev/null")?
        .complains(2, &["/dev/null", "no file"])?;
    let older = "{\n  \"schema\": 1,\n";
    for (path, text) in [("empty.json", ""), ("older.json", older)] {
        fixture.write(path, text)?;
        fixture
            .grader(&format!("grade 1.1 --json {path}"))?
            .complains(2, &["start 1"])?;
    }
    Ok(())
}

pub fn broken_lab_toml(fixture: &Fixture) -> Outcome {
    let good = fixture.read("labs/01-greeting/lab.toml")?;
    let broken = [
        (
            good.replace("title = \"Say a word\"", "title = Say a word"),
            "line 7",
        ),
        (good.replace("name = \"word\"", "nmae = \"word\""), "nmae"),
        (good.replace("title = \"Say a word\"\n", ""), "title"),
        (good.replace("id = \"1.2\"", "id = \"1.3\""), "1.3"),
        (good.replace("name = \"mark\"", "name = \"word\""), "word"),
        (String::new(), "name"),
    ];
    for (text, word) in broken {
        fixture.write("labs/01-greeting/lab.toml", &text)?;
        for line in ["start 2", "progress", "hint 1.1"] {
            let words = ["labs/01-greeting/lab.toml", word, "git checkout"];
            fixture.grader(line)?.complains(3, &words)?;
        }
    }
    fs::remove_file(fixture.path("labs/01-greeting/lab.toml"))?;
    fixture
        .grader("progress")?
        .complains(3, &["labs/01-greeting/lab.toml"])?;
    Ok(())
}

pub fn broken_markers(fixture: &Fixture) -> Outcome {
    let good = fixture.read("labs/01-greeting/src/main.rs")?;
    let broken = [
        (
            good.replace("// exercise 1.1: say the word\n", "// exercise 1.1: x\n\n"),
            "no function",
        ),
        (
            good.replace("// exercise 1.1", "// exercise one"),
            "one is no exercise",
        ),
        (
            good.replace("-> char {\n    '!'\n}", "-> char { '!' }"),
            "body",
        ),
    ];
    for (text, word) in broken {
        fixture.write("labs/01-greeting/src/main.rs", &text)?;
        fixture
            .grader("start 1")?
            .complains(3, &["main.rs", "line ", word])?;
        if fixture.path("work/01-greeting").exists() {
            bail!("half a lab was handed out");
        }
    }
    Ok(())
}

/// A reader that has left is no error; a device that is full is one.
pub fn nobody_reads(fixture: &Fixture) -> Outcome {
    for line in ["progress", "hint 1.1", "lesson 1"] {
        let words: Vec<_> = line.split_whitespace().collect();
        let into = |stdout: Stdio| {
            let mut command = fixture.command(GRADER, &words);
            command.stdout(stdout);
            finish_writing_elsewhere(command)
        };
        let (reader, writer) = io::pipe()?;
        drop(reader);
        into(writer.into())?.went_well()?;
        match File::options().write(true).open("/dev/full") {
            Ok(full) => drop(into(full.into())?.complains(3, &["standard output"])?),
            Err(_) => eprintln!("skipped: there is no /dev/full here"),
        }
    }
    Ok(())
}
