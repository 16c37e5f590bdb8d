//! Text within SVG and HTML: whatever it holds, it is shown and never obeyed.

/// Escapes what has a meaning in XML and HTML, and replaces what neither may hold.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // https://www.w3.org/TR/xml/#charsets
            '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}' => {
                escaped.push('\u{fffd}');
            }
            _ => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn nothing_is_obeyed() {
        assert_eq!(
            escape("</script>\"'&\0\x1b"),
            "&lt;/script&gt;&quot;&#39;&amp;\u{fffd}\u{fffd}"
        );
    }
}
