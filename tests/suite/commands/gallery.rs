//! `mistakes` shows how an exercise goes wrong: in words to everybody, and in code to who has
//! passed it or asks for it.

use anyhow::ensure;

use super::fixture::{Fixture, Outcome};

/// A mistake in the small lab of the fixture, whose check is the real one of that number: it
/// fails the program for what it prints.
const MISTAKE: &str = "\
check: 1.1/name
says: standard output

It says another word, and nobody has asked for that one.

--- a/src/main.rs
+++ b/src/main.rs
@@ -7,5 +7,5 @@
 /// The word.
 // exercise 1.1: say the word
 fn word() -> &'static str {
-    \"answer\"
+    \"oops\"
 }
";

const PATH: &str = "tests/mistakes/01-greeting/1.1-another-word.patch";

pub fn waits_to_be_asked_for(fixture: &Fixture) -> Outcome {
    fixture.write(PATH, MISTAKE)?;
    let said = fixture.grader("mistakes 1.1")?;
    ensure!(said.stdout.is_empty(), "it shows something: {said:?}");
    let words = ["1.1 is not passed yet", "1.1 --list", "1.1 --reveal"];
    said.complains(2, &words)?;
    let said = fixture.grader("mistakes 1.1 --list")?.went_well()?.stdout;
    ensure!(
        said.contains("1.1 Say a word: 1 known mistake\n")
            && said.contains("another-word\n    It says another word"),
        "it does not tell them: {said}"
    );
    ensure!(!said.contains("oops"), "it shows the code: {said}");
    fixture
        .grader("mistakes 1.1 other")?
        .complains(2, &["called other", "there are another-word"])?;
    fixture
        .grader("mistakes 1")?
        .complains(2, &["whole lab", "1.1 to 1.2"])?;
    ensure!(!fixture.path("work").exists(), "asking made work/");
    Ok(())
}

pub fn shows_how_it_fails(fixture: &Fixture) -> Outcome {
    fixture.write(PATH, MISTAKE)?;
    fixture.write("work/progress.txt", "greeting/word passed 2026-11-21\n")?;
    for line in ["mistakes 1.1", "mistakes 1.1 1.1-another-word"] {
        let said = fixture.grader(line)?;
        ensure!(said.code == Some(0), "{line}: {said:?}");
        let said = said.stdout;
        for words in [
            "1 of 1  another-word",
            "    + ours         labs/01-greeting/src/main.rs:10",
            "    -     \"oops\"\n    +     \"answer\"\n",
            "  ✗ 1.1/name",
            "Expected",
            "\"oops!\\n\"",
        ] {
            ensure!(said.contains(words), "{words:?} is missing: {said}");
        }
        ensure!(!said.contains('\u{1b}'), "it is coloured: {said}");
        let long = said.lines().find(|line| line.chars().count() > 80);
        ensure!(long.is_none(), "over 80 columns: {long:?}");
    }
    Ok(())
}

/// What an author has got wrong is said in a line, with the file that it is in.
pub fn says_what_is_wrong(fixture: &Fixture) -> Outcome {
    let wrong = [
        (MISTAKE.replace("/// The word.", "/// A word."), "main.rs"),
        (MISTAKE.replace("check: ", "chekc: "), "check:"),
        (MISTAKE.replace("1.1/name", "1.1/none"), "1.1/none"),
    ];
    for (text, why) in wrong {
        fixture.write(PATH, &text)?;
        let mut said = fixture.grader("mistakes 1.1 --reveal")?;
        // Before its own last word there may be cargo's.
        let last = said.stderr.lines().next_back().unwrap_or_default();
        said.stderr = format!("{last}\n");
        said.complains(3, &["1.1-another-word", why])?;
    }
    Ok(())
}
