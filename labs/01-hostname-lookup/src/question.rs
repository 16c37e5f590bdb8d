//! Writing a DNS question, byte by byte (RFC 1035, section 4).

use shared::Failure;

/// The length of the header, in front of every question and answer.
pub const HEADER: usize = 12;

/// The type of an IPv4 address, and the class of the Internet.
pub const TYPE_A: u16 = 1;
pub const CLASS_IN: u16 = 1;

/// "I am not the one to walk from server to server: do that for me."
const RECURSION_DESIRED: u16 = 0x0100;

/// The most bytes of a label, which is a part between dots: more do not fit in the six bits of
/// its length.
const LONGEST_LABEL: u8 = 63;

/// The most bytes of a name without a dot at its end: 255 on the wire.
const LONGEST_NAME: usize = 253;

/// The number by which the answer is known. Whoever can guess it can answer before the server
/// does, so it comes from the system's source of randomness, which nobody can foresee.
// exercise 1.7: draw a random id
pub fn random_id() -> Result<u16, Failure> {
    let mut bytes = [0; 2];
    getrandom::fill(&mut bytes).map_err(|error| Failure::system("no random number", error))?;
    Ok(u16::from_ne_bytes(bytes))
}

/// Writes the question for the IPv4 addresses of `name`.
pub fn write(id: u16, name: &str) -> Result<Vec<u8>, Failure> {
    let mut message = header(id);
    message.extend(encode(name)?);
    message.extend(TYPE_A.to_be_bytes());
    message.extend(CLASS_IN.to_be_bytes());
    Ok(message)
}

/// Writes the header: six numbers of two bytes each. They go out with the high byte first, as
/// everywhere in the protocols of the Internet.
// exercise 1.7: write the header of a question
fn header(id: u16) -> Vec<u8> {
    // The last four say how many entries each section has: one question, and nothing else.
    let numbers = [id, RECURSION_DESIRED, 1, 0, 0, 0];
    numbers.into_iter().flat_map(u16::to_be_bytes).collect()
}

/// Writes a name as DNS has it on the wire: each label after a byte with its length, no dots,
/// and at the end the root, which is a label of no bytes.
// exercise 1.7: write a name as labels, and refuse one that cannot be written
fn encode(name: &str) -> Result<Vec<u8>, Failure> {
    // A dot at the end means "from the root, with nothing added", which is what we ask anyway.
    let dotted = name.strip_suffix('.').unwrap_or(name);
    if dotted.len() > LONGEST_NAME {
        return Err(Failure::usage(name, "a name has at most 253 bytes"));
    }
    let mut bytes = Vec::new();
    for label in dotted.split('.') {
        match u8::try_from(label.len()) {
            Ok(0) => return Err(Failure::usage(name, "a label is empty")),
            Ok(length) if length <= LONGEST_LABEL => bytes.push(length),
            _ => return Err(Failure::usage(name, "a label has at most 63 bytes")),
        }
        bytes.extend(label.as_bytes());
    }
    bytes.push(0);
    Ok(bytes)
}
