//! What a piece of Rust says, without how it is laid out: to tell whether it was changed.

use std::iter::Peekable;
use std::str::Chars;

/// The code without comments, blanks, and the commas that rustfmt adds at the end of a list.
pub fn essence(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text.chars().peekable();
    let mut before = ' ';
    while let Some(c) = rest.next() {
        match c {
            '/' if rest.peek() == Some(&'/') => while rest.next_if(|&c| c != '\n').is_some() {},
            '/' if rest.peek() == Some(&'*') => skip_block_comment(&mut rest),
            '"' => copy_string(&mut rest, &mut out),
            '\'' => copy_quote(&mut rest, &mut out),
            'r' if !is_in_name(before) || ['b', 'c'].contains(&before) => {
                copy_raw_string(&mut rest, &mut out);
            }
            ')' | ']' | '}' => {
                if out.ends_with(',') {
                    out.pop();
                }
                out.push(c);
            }
            _ if c.is_whitespace() => {}
            _ => out.push(c),
        }
        before = c;
    }
    out
}

fn is_in_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn skip_block_comment(rest: &mut Peekable<Chars>) {
    let mut depth = 0;
    let mut last = '/';
    for c in rest.by_ref() {
        match (last, c) {
            ('/', '*') => depth += 1,
            ('*', '/') => depth -= 1,
            _ => {
                last = c;
                continue;
            }
        }
        if depth == 0 {
            return;
        }
        // The same star or slash cannot belong to two marks.
        last = ' ';
    }
}

fn copy_string(rest: &mut Peekable<Chars>, out: &mut String) {
    out.push('"');
    while let Some(c) = rest.next() {
        out.push(c);
        match c {
            '\\' => out.extend(rest.next()),
            '"' => return,
            _ => {}
        }
    }
}

/// A character such as `'"'`, or the quote of a lifetime.
fn copy_quote(rest: &mut Peekable<Chars>, out: &mut String) {
    out.push('\'');
    let mut ahead = rest.clone();
    let first = ahead.next();
    if first == Some('\\') || ahead.next() == Some('\'') {
        let escaped = rest.next() == Some('\\');
        out.extend(first);
        if escaped {
            out.extend(rest.next());
        }
        for c in rest.by_ref() {
            out.push(c);
            if c == '\'' {
                return;
            }
        }
    }
}

/// `r"…"` or `r#"…"#`, or a name that begins with r.
fn copy_raw_string(rest: &mut Peekable<Chars>, out: &mut String) {
    out.push('r');
    let mut ahead = rest.clone();
    let mut hashes = 0;
    while ahead.next_if_eq(&'#').is_some() {
        hashes += 1;
    }
    if ahead.next() != Some('"') {
        return;
    }
    let end = format!("\"{}", "#".repeat(hashes));
    out.extend(rest.by_ref().take(hashes + 1));
    let start = out.len();
    for c in rest.by_ref() {
        out.push(c);
        if out[start..].ends_with(&end) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::essence;

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
}
