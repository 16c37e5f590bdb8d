//! What a client's lines mean: names and commands.

/// The most bytes that a line may have.
pub const LONGEST: usize = 1000;

/// What somebody in the room wants.
pub enum Request {
    /// To say this to all others.
    Text(String),
    /// To know who is there.
    Who,
    /// To say something to one person alone.
    Whisper { to: String, text: String },
    /// To leave.
    Quit,
    /// Something that the room does not know.
    Unknown,
}

/// Whether this can be a name: 1 to 16 ASCII letters and digits. Anything goes into the log and
/// onto other people's screens, so what is not known to be harmless is refused.
// exercise 5.2: tell good names from bad ones
pub fn is_name(text: &[u8]) -> bool {
    (1..=16).contains(&text.len()) && text.iter().all(u8::is_ascii_alphanumeric)
}

/// Tells what a line means. What begins with a slash is for the room and not for the people.
// exercise 5.7: tell commands from what is said to all
pub fn understand(line: &str) -> Request {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    match (word, rest.split_once(' ')) {
        ("/who", None) if rest.is_empty() => Request::Who,
        ("/quit", None) if rest.is_empty() => Request::Quit,
        ("/msg", Some((to, text))) => Request::Whisper {
            to: to.to_string(),
            text: text.to_string(),
        },
        _ if line.starts_with('/') => Request::Unknown,
        _ => Request::Text(line.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_1_to_16_letters_and_digits() {
        for good in ["A", "ann", "Bob2", "0123456789abcdef"] {
            assert!(is_name(good.as_bytes()), "{good}");
        }
        for bad in ["", "0123456789abcdefg", "An n", "Zoë", "/quit", "a-b"] {
            assert!(!is_name(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn a_whisper_has_a_name_and_a_text() {
        assert!(matches!(
            understand("/msg Ann  two  blanks"),
            Request::Whisper { to, text } if to == "Ann" && text == " two  blanks"
        ));
        assert!(matches!(understand("/msg Ann"), Request::Unknown));
        assert!(matches!(understand("/message Ann hi"), Request::Unknown));
    }
}
