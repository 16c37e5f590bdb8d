//! What the screens of a course must show.

use anyhow::ensure;
use grader::workbook::Lab;

use crate::commands::fixture::Outcome;

/// All of this is there, each after the one before.
pub fn shows(screen: &str, words: &[&str]) -> Outcome {
    let mut rest = screen;
    for word in words {
        let found = rest.split_once(word);
        ensure!(found.is_some(), "{word:?} is missing:\n{screen}");
        rest = found.map_or("", |(_, after)| after);
    }
    Ok(())
}

/// What there is now, what to read, where to begin, and how to go on.
pub fn handed_out(screen: &str, lab: &Lab) -> Outcome {
    let first = &lab.exercises[0];
    let folder = format!("work/{}", lab.folder_name());
    shows(
        screen,
        &[
            &format!("Lab {:02}, {}, is in {folder}.", lab.number, lab.title),
            &format!("just lesson {}", lab.number),
            &format!("{folder}/src/"),
            &format!("exercise {}: {}", first.id, first.title),
        ],
    )
}

/// A lab is passed: what was learnt is said.
pub fn lab_is_done(screen: &str, lab: &Lab) -> Outcome {
    let done = format!("Lab {:02} is done: {}", lab.number, lab.title);
    shows(screen, &[&done, "What you know now"])?;
    says_what_was_learnt(screen, lab)
}

/// The last lab is passed: what is said of it has begun above the screen.
pub fn all_is_done(screen: &str, lab: &Lab) -> Outcome {
    says_what_was_learnt(screen, lab)?;
    shows(
        screen,
        &[
            "You",
            "the grader",
            "─▶│",
            "★ That was the last exercise of all. Congratulations!",
            "something of",
        ],
    )
}

fn says_what_was_learnt(screen: &str, lab: &Lab) -> Outcome {
    let said = screen.split_whitespace().collect::<Vec<_>>().join(" ");
    for sentence in &lab.learnt {
        ensure!(
            said.contains(sentence.as_str()),
            "{sentence:?} is missing:\n{screen}"
        );
    }
    Ok(())
}
