//! Code in a document, compared with its source or taken from there again.

use std::fs;
use std::path::Path;

use super::blocks::{Block, Included, blocks};
use super::item::item;

/// What the source says now.
pub fn wanted(root: &Path, code: &Included) -> Result<String, String> {
    let named = code.path.display();
    let source =
        fs::read_to_string(root.join(&code.path)).map_err(|error| format!("{named}: {error}"))?;
    item(&source, &code.item).map_err(|why| format!("{named}: {why}"))
}

/// The document with all its code as the sources have it now.
pub fn refresh(root: &Path, text: &str) -> Result<String, String> {
    let lines: Vec<&str> = text.lines().collect();
    let mut fresh = String::with_capacity(text.len());
    let mut taken = 0;
    for block in blocks(text)? {
        let Block::Included(code) = block else {
            continue;
        };
        fresh.extend(
            lines[taken..code.lines.start]
                .iter()
                .flat_map(|line| [line, "\n"]),
        );
        fresh.push_str(&wanted(root, &code)?);
        taken = code.lines.end;
    }
    fresh.extend(lines[taken..].iter().flat_map(|line| [line, "\n"]));
    Ok(fresh)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_code_changes() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("a.rs"), "fn a() {\n    new();\n}\n").unwrap();
        let document = |code: &str| {
            format!("# Title\n\n<!-- from a.rs: fn a -->\n```rust\n{code}```\n\nThe end.\n")
        };
        let fresh = refresh(root.path(), &document("fn a() {\n}\n")).unwrap();
        assert_eq!(fresh, document("fn a() {\n    new();\n}\n"));
        assert_eq!(refresh(root.path(), &fresh).unwrap(), fresh);
    }
}
