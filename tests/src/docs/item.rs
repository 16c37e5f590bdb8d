//! Finds one item in a Rust source, with the comments and attributes that belong to it.
//!
//! It relies on rustfmt: an item ends at the first line of its own indentation that closes it.

/// The text of `item` (`fn echo`, `struct State`, `impl Closing`, `const PIECE` …, or a check by
/// its id, `check 2.4/half-close`), moved to the left margin. The line that marks an exercise is for the workbook, and left out.
pub fn item<'a>(source: &'a str, item: &str) -> Result<String, String> {
    let lines: Vec<&str> = source.lines().collect();
    let mut heads = (0..lines.len()).filter(|&at| begins(&lines, at, item));
    let head = heads
        .next()
        .ok_or_else(|| format!("there is no `{item}`"))?;
    if heads.next().is_some() {
        return Err(format!("there is more than one `{item}`"));
    }
    let indent = lines[head].len() - lines[head].trim_start().len();
    let belongs = |line: &&&str| {
        let text = line.trim_start();
        text.starts_with("//") || text.starts_with("#[")
    };
    let start = head - lines[..head].iter().rev().take_while(belongs).count();
    let end = end(&lines, head, indent).ok_or_else(|| format!("`{item}` never ends"))?;
    let text = |line: &'a str| line.get(indent..).unwrap_or("");
    Ok(lines[start..=end]
        .iter()
        .filter(|line| !line.trim_start().starts_with("// exercise "))
        .flat_map(|line| [text(line), "\n"])
        .collect())
}

/// Whether the item begins in this line, `pub`, `const` and the like before it or not.
fn begins(lines: &[&str], line: usize, item: &str) -> bool {
    if let Some(id) = item.strip_prefix("check ") {
        let next = lines.get(line + 1).map_or("", |next| next.trim());
        return lines[line].trim() == "check(" && next == format!("\"{id}\",");
    }
    let line = lines[line];
    let Some(at) = line.find(item) else {
        return false;
    };
    let before = line[..at].trim();
    let behind = line[at + item.len()..].chars().next();
    let only_qualified = before
        .split_whitespace()
        .all(|word| word.starts_with("pub") || ["const", "async", "unsafe"].contains(&word));
    only_qualified && !behind.is_some_and(|next| next.is_alphanumeric() || next == '_')
}

fn end(lines: &[&str], head: usize, indent: usize) -> Option<usize> {
    if lines[head].ends_with([';', '}']) {
        return Some(head);
    }
    (head + 1..lines.len()).find(|&at| {
        let text = lines[at].trim_start();
        let closes = text.starts_with('}')
            || (text.starts_with([')', ']']) && text.ends_with(';'))
            || text.ends_with(',');
        closes && lines[at].len() - text.len() == indent
    })
}

#[cfg(test)]
mod tests {
    use super::item;

    const SOURCE: &str = "\
const PIECE: usize = 4;

/// Echoes.
// exercise 2.2: echo
#[inline]
pub fn echo(
    a: u8,
) -> u8 {
    if a > 1 {
        a
    } else {
        1
    }
}

fn echo_all() {}

impl Closing {
    /// Asks.
    fn ask(&self) {
        self.state();
    }
}
";

    #[test]
    fn an_item_comes_with_what_belongs_to_it() {
        let echo = item(SOURCE, "fn echo").unwrap();
        assert!(
            echo.starts_with("/// Echoes.\n#[inline]\npub fn echo("),
            "{echo}"
        );
        assert!(echo.ends_with("    }\n}\n"), "{echo}");
    }

    #[test]
    fn a_method_moves_to_the_margin() {
        assert_eq!(
            item(SOURCE, "fn ask").unwrap(),
            "/// Asks.\nfn ask(&self) {\n    self.state();\n}\n"
        );
    }

    #[test]
    fn items_of_one_line_end_there() {
        assert_eq!(
            item(SOURCE, "const PIECE").unwrap(),
            "const PIECE: usize = 4;\n"
        );
        assert_eq!(item(SOURCE, "fn echo_all").unwrap(), "fn echo_all() {}\n");
    }

    #[test]
    fn a_check_goes_to_the_end_of_its_last_word() {
        let checks = "    check(\n        \"2.1/a\",\n    )\n    .given(),\n    check(\n";
        assert_eq!(
            item(checks, "check 2.1/a").unwrap(),
            "check(\n    \"2.1/a\",\n)\n.given(),\n"
        );
    }

    #[test]
    fn what_is_missing_or_ambiguous_is_said() {
        assert!(item(SOURCE, "fn missing").is_err());
        assert!(item("fn a() {}\nfn a() {}\n", "fn a").is_err());
    }
}
