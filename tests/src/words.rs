//! How amounts, times and bytes are written for people.

use std::time::Duration;

/// The most bytes that are quoted in a sentence.
const QUOTED: usize = 48;

/// An amount of bytes: `1 byte`, `12 bytes`, `64 KiB`.
pub fn bytes(amount: usize) -> String {
    const KIB: usize = 1024;
    const MIB: usize = KIB * KIB;
    match amount {
        1 => "1 byte".into(),
        _ if amount >= MIB && amount.is_multiple_of(MIB) => format!("{} MiB", amount / MIB),
        _ if amount >= 10 * KIB && amount.is_multiple_of(KIB) => format!("{} KiB", amount / KIB),
        _ => format!("{} bytes", grouped(amount)),
    }
}

/// A number of things: `1 line`, `3 lines`.
pub fn count(number: usize, one: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        _ => format!("{} {one}s", grouped(number)),
    }
}

/// Whether a text is coloured: whether it has codes for a terminal that set how the next letters
/// look, like `ESC [31m` (SGR in ECMA-48). An ESC alone may be anybody's byte.
pub fn is_coloured(text: &[u8]) -> bool {
    let parameters = |byte: &u8| byte.is_ascii_digit() || b";:".contains(byte);
    (0..text.len()).any(|at| {
        let code = text[at..].strip_prefix(b"\x1b[");
        code.is_some_and(|code| code.iter().find(|byte| !parameters(byte)) == Some(&b'm'))
    })
}

/// Bytes as Rust would write them between quotes, cut in the middle where they are long.
pub fn quoted(text: &[u8]) -> String {
    if text.len() <= QUOTED {
        return format!("\"{}\"", escaped(text));
    }
    let (head, tail) = (&text[..QUOTED - 16], &text[text.len() - 12..]);
    format!(
        "\"{}\" … \"{}\" ({})",
        escaped(head),
        escaped(tail),
        bytes(text.len())
    )
}

/// Bytes as they are where they are printable text, else escaped.
pub fn escaped(text: &[u8]) -> String {
    let mut escaped = String::new();
    for piece in text.utf8_chunks() {
        for letter in piece.valid().chars() {
            match letter {
                '\0' => escaped.push_str("\\0"),
                '\'' => escaped.push(letter),
                _ => escaped.extend(letter.escape_debug()),
            }
        }
        for byte in piece.invalid() {
            escaped += format!("\\x{byte:02x}").as_str();
        }
    }
    escaped
}

/// A time with as many digits as say something: `0.3 ms`, `12 ms`, `1.50 s`.
pub fn time(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1000.0;
    match ms {
        _ if ms < 10.0 => format!("{ms:.1} ms"),
        _ if ms < 1000.0 => format!("{ms:.0} ms"),
        _ => format!("{:.2} s", ms / 1000.0),
    }
}

fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coloured_text_has_codes_that_set_colours() {
        assert!(is_coloured(b"\x1b[31merror\x1b[0m: no"));
        assert!(is_coloured(b"\x1b\x1b[1;38:5:9mno"));
        assert!(is_coloured(b"no\x1b[m"));
        assert!(!is_coloured(b"partial: m\x1b\x1b[1"));
        assert!(!is_coloured(b"cleared\x1b[2K[31m"));
    }

    #[test]
    fn amounts_read_as_people_write_them() {
        assert_eq!(bytes(1), "1 byte");
        assert_eq!(bytes(1024), "1,024 bytes");
        assert_eq!(bytes(65_536), "64 KiB");
        assert_eq!(bytes(65_507), "65,507 bytes");
        assert_eq!(bytes(16 << 20), "16 MiB");
    }

    #[test]
    fn any_byte_can_be_quoted() {
        assert_eq!(quoted(b"Ann's \xff\0\r\n"), "\"Ann's \\xff\\0\\r\\n\"");
        assert!(quoted(&[b'x'; 1000]).len() < 100);
    }
}
