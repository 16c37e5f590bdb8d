//! What a request says: `[#ID ]N`. Everything in here came from the network, from anybody.

use std::fmt;

/// The longest request that is read, in bytes.
pub const LONGEST: usize = 64;

/// Why a request gets no factorial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    NotANumber,
    Negative,
    TooLarge,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotANumber => "ERR not-a-number",
            Self::Negative => "ERR negative",
            Self::TooLarge => "ERR too-large",
        })
    }
}

/// The text of a datagram. What is too long, or is no ASCII, is no request.
// exercise 3.3: refuse what is no text, or too long
pub fn text(datagram: &[u8]) -> Result<&str, Refusal> {
    match str::from_utf8(datagram) {
        Ok(text) if text.is_ascii() && text.len() <= LONGEST => Ok(text),
        _ => Err(Refusal::NotANumber),
    }
}

/// Splits `#17 5` into `#17 `, which the answer begins with, and `5`. Without an ID the first
/// part is empty.
// exercise 3.2: take the ID off, with its blank
pub fn split_id(text: &str) -> (&str, &str) {
    if let Some((id, _)) = text.split_once(' ')
        && let Some(digits) = id.strip_prefix('#')
        && (1..=10).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
    {
        text.split_at(id.len() + 1)
    } else {
        ("", text)
    }
}

/// Reads N, a number of 1 to 20 digits.
// exercise 3.3: refuse what is no number, and what is negative
pub fn number(text: &str) -> Result<u64, Refusal> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    // `parse` alone would take a `+` before the digits, too.
    if !(1..=20).contains(&unsigned.len()) || !unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Refusal::NotANumber);
    }
    if unsigned.len() < text.len() {
        return Err(Refusal::Negative);
    }
    // 20 digits may be more than a word holds. Its factorial is out of reach either way.
    Ok(text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_one_to_ten_digits_and_a_blank() {
        assert_eq!(split_id("#0123456789 5"), ("#0123456789 ", "5"));
        for text in ["5", "#5", "# 5", "#01234567890 5", "#1a 5", "1 5"] {
            assert_eq!(split_id(text), ("", text));
        }
    }

    #[test]
    fn a_number_is_one_to_twenty_digits() {
        assert_eq!(number("007"), Ok(7));
        assert_eq!(number("99999999999999999999"), Ok(u64::MAX));
        assert_eq!(number("-0"), Err(Refusal::Negative));
        for text in ["", "-", "+5", "--5", "5.0", "5 5", "1e3", "0x5", "- 5"] {
            assert_eq!(number(text), Err(Refusal::NotANumber), "{text:?}");
        }
    }
}
