//! Rust as stretches of code, comments and literals: enough to tell whether a piece of it was
//! changed, and where a function ends. It need not compile.

/// What a stretch of a source is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Code,
    Comment,
    /// A string or a character, with its quotes.
    Literal,
}

/// The code without comments, blanks, and the commas that rustfmt adds at the end of a list.
pub fn essence(text: &str) -> String {
    let mut out = String::new();
    for (kind, stretch) in stretches(text) {
        match kind {
            Kind::Comment => {}
            Kind::Literal => out.push_str(stretch),
            Kind::Code => {
                for c in stretch.chars().filter(|c| !c.is_whitespace()) {
                    if matches!(c, ')' | ']' | '}') && out.ends_with(',') {
                        out.pop();
                    }
                    out.push(c);
                }
            }
        }
    }
    out
}

/// The code alone, each byte in its place: comments and literals are blanks.
pub fn bare(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (kind, stretch) in stretches(text) {
        if kind == Kind::Code {
            out.push_str(stretch);
            continue;
        }
        for c in stretch.chars() {
            match c {
                '\n' => out.push(c),
                _ => out.extend(std::iter::repeat_n(' ', c.len_utf8())),
            }
        }
    }
    out
}

/// The whole text, in its order.
fn stretches(text: &str) -> Vec<(Kind, &str)> {
    let mut found = Vec::new();
    let (mut code, mut at) = (0, 0);
    let mut before = ' ';
    while let Some(c) = text[at..].chars().next() {
        if let Some((kind, length)) = special(&text[at..], before) {
            found.push((Kind::Code, &text[code..at]));
            found.push((kind, &text[at..at + length]));
            at += length;
            code = at;
            before = ' ';
        } else {
            at += c.len_utf8();
            before = c;
        }
    }
    found.push((Kind::Code, &text[code..]));
    found
}

/// The comment or the literal that the text begins with, and its length.
fn special(text: &str, before: char) -> Option<(Kind, usize)> {
    if text.starts_with("//") {
        let end = text.find('\n').unwrap_or(text.len());
        return Some((Kind::Comment, end));
    }
    if text.starts_with("/*") {
        return Some((Kind::Comment, block_comment(text)));
    }
    let length = match text.chars().next()? {
        '"' => quoted(text, '"'),
        '\'' if is_character(text) => quoted(text, '\''),
        'r' if !is_in_name(before) || ['b', 'c'].contains(&before) => raw_string(text)?,
        _ => return None,
    };
    Some((Kind::Literal, length))
}

pub fn is_in_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// They may stand in each other.
fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// To the quote that ends it.
fn quoted(text: &str, quote: char) -> usize {
    let mut rest = text.char_indices().skip(1);
    while let Some((at, c)) = rest.next() {
        match c {
            '\\' => drop(rest.next()),
            _ if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// A character such as `'"'`, and not the quote of a lifetime.
fn is_character(text: &str) -> bool {
    let mut rest = text.chars().skip(1);
    rest.next() == Some('\\') || rest.next() == Some('\'')
}

/// `r"…"` or `r#"…"#`, and not a name that begins with r.
fn raw_string(text: &str) -> Option<usize> {
    let hashes = text[1..].bytes().take_while(|&byte| byte == b'#').count();
    let inside = text[1 + hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let start = hashes + 2;
    let length = inside.find(&end).map(|at| at + end.len());
    Some(start + length.unwrap_or(inside.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layout_and_comments_make_no_difference() {
        let one = "fn a(x: u8) { b(x, 1) // here\n /* and /* there */ */ }";
        let other = "fn a(\n    x: u8,\n) {\n    b(\n        x,\n        1,\n    )\n}";
        assert_eq!(essence(one), essence(other));
    }

    #[test]
    fn strings_and_characters_are_kept() {
        for text in [
            r#""a // b""#,
            r"'\''",
            r##"r#"a " b"#"##,
            r"'/' // x",
            r"'a str",
            "'\\u{1F600}'",
        ] {
            let kept = essence(text);
            let expected = match text {
                "'/' // x" => "'/'",
                "'a str" => "'astr",
                same => same,
            };
            assert_eq!(kept, expected);
        }
        assert_ne!(essence(r#"f("a b")"#), essence(r#"f("ab")"#));
    }

    #[test]
    fn bare_code_keeps_its_places() {
        let text = "a(\"é{\", '}', 'x: r) /* { \n é */ + b // }";
        let bare = bare(text);
        assert_eq!(bare.len(), text.len());
        assert!(!bare.contains(['{', '}', 'é', '"']), "{bare}");
        assert_eq!(bare.find("+ b"), text.find("+ b"));
        assert_eq!(bare.matches('\n').count(), 1);
    }

    #[test]
    fn what_never_ends_ends_with_the_text() {
        for text in ["\"a", "/* /* */", "r#\"a\"", "'\\", "//", "'", "r#", "é'é"] {
            assert_eq!(bare(text).len(), text.len(), "{text}");
        }
    }
}
