//! DNS messages, as the server of a story hears and writes them (RFC 1035, section 4).

use std::net::Ipv4Addr;

use crate::finding::{Kind, Step, fail};
use crate::words::quoted;

const HEADER: usize = 12;
const A: u16 = 1;
const CNAME: u16 = 5;
const IN: u16 = 1;

/// A pointer to the name in the question.
pub const AS_ASKED: &[u8] = &[0xc0, 12];

/// A question as it came.
pub struct Question {
    /// Header and question, and nothing behind.
    pub bytes: Vec<u8>,
    /// The name, with dots between its labels.
    pub name: String,
}

impl Question {
    pub fn id(&self) -> u16 {
        number(&self.bytes, 0)
    }

    /// Reads a question for an IPv4 address, and says what is wrong with it if anything is.
    pub fn read(datagram: &[u8]) -> Step<Self> {
        let what = "a DNS question of type A";
        let wrong = |offset: usize, seen: String| {
            let expected = format!("{what}, right at byte {offset}");
            fail(Kind::WrongBytes { offset }, expected, seen)
        };
        if datagram.len() < HEADER {
            let seen = format!("{}, less than a header", quoted(datagram));
            return wrong(0, seen);
        }
        let flags = number(datagram, 2);
        if flags == 0x0100_u16.swap_bytes() {
            return wrong(
                2,
                "flags 0x0001, which is 0x0100 with the low byte first".into(),
            );
        }
        for (bits, right, offset, seen) in [
            (0x8000, 0, 2, "the mark of a response (0x8000) is set"),
            (0x7800, 0, 2, "the kind of question (opcode) is not 0"),
            (
                0x0200,
                0,
                2,
                "the mark of a truncated message (0x0200) is set",
            ),
            (0x0100, 0x0100, 2, "recursion desired (0x0100) is not set"),
        ] {
            if flags & bits != right {
                return wrong(offset, format!("flags {flags:#06x}: {seen}"));
            }
        }
        for (offset, right, of) in [
            (4, 1, "questions"),
            (6, 0, "answers"),
            (8, 0, "authorities"),
        ] {
            let count = number(datagram, offset);
            if count != right {
                return wrong(
                    offset,
                    format!("the number of {of} is {count}, not {right}"),
                );
            }
        }
        let (name, end) = match labels(datagram) {
            Ok(read) => read,
            Err((offset, seen)) => return wrong(offset, seen.into()),
        };
        if datagram.len() < end + 4 {
            return wrong(end, "it ends before type and class".into());
        }
        for (offset, right, of) in [(end, A, "type"), (end + 2, IN, "class")] {
            let seen = number(datagram, offset);
            if seen != right {
                return wrong(offset, format!("the {of} is {seen}, not {right}"));
            }
        }
        // More may follow only if the last count says so (EDNS, for instance).
        let behind = datagram.len() - end - 4;
        if behind > 0 && number(datagram, 10) == 0 {
            let seen = format!("{behind} more bytes behind the question");
            return wrong(end + 4, seen);
        }
        Ok(Self {
            bytes: datagram[..end + 4].to_vec(),
            name,
        })
    }
}

/// The name of a question, with dots, and the place behind it.
fn labels(datagram: &[u8]) -> Result<(String, usize), (usize, &'static str)> {
    let mut name: Vec<String> = Vec::new();
    let mut at = HEADER;
    loop {
        let Some(&length) = datagram.get(at) else {
            return Err((at, "it ends within the name: no 0 behind it"));
        };
        if length > 63 {
            return Err((at, "a label that says it is longer than 63 bytes"));
        }
        at += 1;
        if length == 0 {
            return Ok((name.join("."), at));
        }
        let Some(label) = datagram.get(at..at + usize::from(length)) else {
            return Err((at - 1, "a label that says it is longer than what follows"));
        };
        // A dot within a label is not one between labels.
        name.push(String::from_utf8_lossy(label).replace('.', "\\."));
        at += usize::from(length);
    }
}

fn number(bytes: &[u8], at: usize) -> u16 {
    u16::from_be_bytes([bytes[at], bytes[at + 1]])
}

/// A response, which a story writes and bends as it likes.
#[derive(Clone)]
pub struct Response {
    pub bytes: Vec<u8>,
    /// Where the answers begin.
    pub answers: usize,
}

impl Response {
    /// A response to this question, without an answer yet.
    pub fn to(question: &Question) -> Self {
        let mut response = Self {
            bytes: question.bytes.clone(),
            answers: question.bytes.len(),
        };
        // Response, recursion desired, recursion available.
        response.bytes[2..4].copy_from_slice(&[0x81, 0x80]);
        response.bytes[10..12].fill(0);
        response
    }

    /// An answer: the name that was asked for has this address.
    #[must_use]
    pub fn address(self, address: Ipv4Addr) -> Self {
        self.record(AS_ASKED, A, &address.octets())
    }

    /// An answer: this owner has this address.
    #[must_use]
    pub fn address_of(self, owner: &[u8], address: Ipv4Addr) -> Self {
        self.record(owner, A, &address.octets())
    }

    /// An answer: this owner is an alias of that name.
    #[must_use]
    pub fn alias(self, owner: &[u8], target: &[u8]) -> Self {
        self.record(owner, CNAME, target)
    }

    /// An answer of any type.
    #[must_use]
    pub fn record(mut self, owner: &[u8], kind: u16, contents: &[u8]) -> Self {
        let length = u16::try_from(contents.len()).unwrap_or(u16::MAX);
        self.bytes.extend(owner);
        for number in [kind, IN, 0, 300, length] {
            self.bytes.extend(number.to_be_bytes());
        }
        self.bytes.extend(contents);
        let count = number(&self.bytes, 6) + 1;
        self.set(6, count)
    }

    /// With another number of two bytes at this place.
    #[must_use]
    pub fn set(mut self, at: usize, number: u16) -> Self {
        self.bytes[at..at + 2].copy_from_slice(&number.to_be_bytes());
        self
    }

    /// With this response code: 2 is SERVFAIL, 3 NXDOMAIN.
    #[must_use]
    pub fn code(self, code: u16) -> Self {
        self.set(2, 0x8180 | code)
    }

    /// With the mark of a message that did not fit in a datagram.
    #[must_use]
    pub fn truncated(self) -> Self {
        self.set(2, 0x8380)
    }

    /// Without what comes from there on.
    #[must_use]
    pub fn cut(mut self, at: usize) -> Self {
        self.bytes.truncate(at);
        self
    }
}

/// A name on the wire, in full.
pub fn name(dotted: &str) -> Vec<u8> {
    let mut bytes = open_name(dotted);
    bytes.push(0);
    bytes
}

/// The labels of a name without its end, which a pointer can be.
pub fn open_name(dotted: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for label in dotted.split('.') {
        bytes.push(u8::try_from(label.len()).unwrap_or(63));
        bytes.extend(label.as_bytes());
    }
    bytes
}

/// A pointer to a place in the message.
pub fn pointer(place: usize) -> Vec<u8> {
    (0xc000 | u16::try_from(place).unwrap_or(0))
        .to_be_bytes()
        .into()
}
