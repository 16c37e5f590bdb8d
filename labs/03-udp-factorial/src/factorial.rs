//! The arithmetic: N! in decimal digits, of any length.

use num_bigint::BigUint;

/// N! in decimal digits. Up to 20! a machine word holds it.
pub fn factorial(n: u64) -> String {
    match n {
        0..=20 => in_a_word(n).to_string(),
        _ => in_many_words(n).to_string(),
    }
}

/// The product of all numbers from 1 to N. Of no numbers at all it is 1, so 0! needs no case of
/// its own.
// exercise 3.2: multiply the numbers from 1 to N
fn in_a_word(n: u64) -> u64 {
    (1..=n).product()
}

/// The same, in as many words as it takes: 21! already has more than 64 bits.
// exercise 3.4: multiply in numbers that grow
fn in_many_words(n: u64) -> BigUint {
    (1..=n).product()
}
