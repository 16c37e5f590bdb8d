//! A guide that has its reader write files: `path`, a colon, and below it a block with the whole
//! file, or, as `diff`, with what changes in a file that is there. So a test can follow it.

use std::path::PathBuf;

/// A file that the reader writes, or changes.
#[derive(Debug, PartialEq, Eq)]
pub struct Written {
    /// From the root of the workbook.
    pub path: PathBuf,
    pub text: String,
    pub how: How,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// The block is the file.
    Whole,
    /// The block says what becomes what: lines behind a blank stay, behind `-` go, behind `+`
    /// come. A line `@@` begins another place.
    Changes,
}

impl Written {
    /// What the file holds when it is written; before, it held this, or was not there.
    pub fn over(&self, present: Option<&str>) -> Result<String, String> {
        let shown = self.path.display();
        match (self.how, present) {
            (How::Whole, None) => Ok(self.text.clone()),
            (How::Whole, Some(_)) => Err(format!("{shown} is there already")),
            (How::Changes, None) => Err(format!("there is no {shown} to be changed")),
            (How::Changes, Some(present)) => {
                changed(present, &self.text).map_err(|why| format!("{shown}: {why}"))
            }
        }
    }
}

/// The path that a line names as that of the block below it.
pub fn path_in(line: &str) -> Option<PathBuf> {
    let path = line.strip_prefix('`')?.strip_suffix("`:")?;
    let is_path = path.contains(['/', '.']) && !path.contains(['`', ' ']);
    is_path.then(|| path.into())
}

fn changed(text: &str, changes: &str) -> Result<String, String> {
    // Each line begins behind the end of another: so only whole lines are found.
    let mut text = format!("\n{text}");
    let places = changes.split("@@\n").filter(|place| !place.is_empty());
    for place in places {
        let [before, after] = ['-', '+'].map(|mark| format!("\n{}", side(place, mark)));
        // The second look is from the end: one line end may be that of two places.
        match (text.find(&before), text.rfind(&before)) {
            (Some(first), Some(last)) if first == last => text = text.replacen(&before, &after, 1),
            (None, _) => return Err(format!("it has no such lines:{before}")),
            _ => return Err(format!("it has these lines more than once:{before}")),
        }
    }
    Ok(text.split_off(1))
}

/// The lines that both sides have, and those with this mark.
fn side(place: &str, mark: char) -> String {
    let lines = place.lines().filter_map(|line| {
        line.strip_prefix([' ', mark])
            .or(line.is_empty().then_some(""))
    });
    lines.flat_map(|line| [line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str, how: How) -> Written {
        Written {
            path: "a.rs".into(),
            text: text.into(),
            how,
        }
    }

    #[test]
    fn a_block_becomes_a_file_and_changes_it() {
        let whole = written("one\n\ntwo\nthree\n", How::Whole);
        let text = whole.over(None).unwrap();
        assert!(whole.over(Some(&text)).is_err());
        let changes = written("@@\n one\n+more\n\n@@\n-three\n+four\n", How::Changes);
        let text = changes.over(Some(&text)).unwrap();
        assert_eq!(text, "one\nmore\n\ntwo\nfour\n");
    }

    #[test]
    fn what_cannot_be_found_is_said() {
        let changes = written(" one\n+two\n", How::Changes);
        assert!(changes.over(None).is_err());
        for (text, what) in [
            ("none\n", "no such lines"),
            ("one\none\n", "more than once"),
        ] {
            let why = changes.over(Some(text)).unwrap_err();
            assert!(why.starts_with("a.rs: ") && why.contains(what), "{why}");
        }
    }

    #[test]
    fn only_a_path_with_a_colon_names_a_file() {
        assert_eq!(path_in("`labs/a.rs`:"), Some("labs/a.rs".into()));
        for line in ["labs/a.rs:", "`a b/c`:", "`name`:", "See `a.rs`:", "`a.rs`"] {
            assert_eq!(path_in(line), None, "{line}");
        }
    }
}
