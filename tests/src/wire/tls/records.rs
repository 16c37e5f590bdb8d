//! What of TLS can be seen on the wire: its records, for the tape.
//!
//! A record is a type, a version, a length, and that many bytes (RFC 8446, 5.1). Most are
//! encrypted: then how long they are is all that an onlooker learns.

use crate::wire::tape::{Tape, What};
use crate::words::{bytes, quoted};

/// Records that go on the tape each way; more would leave no room for the rest.
const MOST_ON_TAPE: usize = 60;

/// The records of one connection, both ways.
#[derive(Default)]
pub struct Records {
    came: OneWay,
    went: OneWay,
}

impl Records {
    pub fn came(&mut self, piece: &[u8], who: &str, tape: &Tape) {
        pass(&mut self.came, piece, "◀", who, tape);
    }

    pub fn went(&mut self, piece: &[u8], who: &str, tape: &Tape) {
        pass(&mut self.went, piece, "▶", who, tape);
    }
}

fn pass(way: &mut OneWay, piece: &[u8], arrow: &str, who: &str, tape: &Tape) {
    if way.told >= MOST_ON_TAPE {
        return;
    }
    way.pass(piece, |begins| {
        tape.write(who, What::Note(format!("TLS {arrow} {}", begins.what)));
    });
}

/// A stream of records, which comes in any pieces.
#[derive(Default)]
pub struct OneWay {
    /// The beginning of a record: its header and at most two bytes more.
    head: Vec<u8>,
    /// How much of the record is still to come, and is of no interest.
    left: usize,
    told: usize,
    /// This was no TLS, and what follows cannot be read as such.
    lost: bool,
}

/// A record whose beginning has come.
pub struct Begins {
    /// `client hello, 512 bytes`
    pub what: String,
    /// `TLS 1.2`: what its header says, which in TLS 1.3 is no more than a habit.
    pub version: Option<String>,
    /// Where it began in the piece that came now; 0 if that was before.
    pub at: usize,
}

impl OneWay {
    const HEADER: usize = 5;

    /// Takes the next piece, and tells of each record that can be named by now.
    pub fn pass(&mut self, whole: &[u8], mut tell: impl FnMut(Begins)) {
        let (mut piece, mut at) = (whole, 0);
        while !piece.is_empty() && !self.lost {
            if self.left > 0 {
                let length = self.left.min(piece.len());
                self.left -= length;
                piece = &piece[length..];
                continue;
            }
            if self.head.is_empty() {
                at = whole.len() - piece.len();
            }
            if self.head.is_empty() && !(20..=23).contains(&piece[0]) {
                self.lost = true;
                let (what, version) = (format!("no TLS: {}", quoted(piece)), None);
                return tell(Begins { what, version, at });
            }
            self.head.push(piece[0]);
            piece = &piece[1..];
            let &[kind, major, minor, high, low, ref first @ ..] = &self.head[..] else {
                continue;
            };
            let length = usize::from(u16::from_be_bytes([high, low]));
            if first.len() < length.min(2) {
                continue;
            }
            let what = named(kind, first, length);
            let version = version(major, minor);
            tell(Begins { what, version, at });
            self.told += 1;
            self.left = length + Self::HEADER - self.head.len();
            self.head.clear();
        }
    }
}

fn version(major: u8, minor: u8) -> Option<String> {
    match (major, minor) {
        (3, 1..) => Some(format!("TLS 1.{}", minor - 1)),
        _ => None,
    }
}

/// A record in words.
fn named(kind: u8, first: &[u8], length: usize) -> String {
    let length_of = bytes(length);
    match (kind, first) {
        (20, _) => "change of cipher".into(),
        (21, &[_, description]) if length == 2 => {
            format!("alert: {}", alert(description))
        }
        (21, _) => format!("alert, encrypted, {length_of}"),
        (22, [1, _]) => format!("client hello, {length_of}"),
        (22, [2, _]) => format!("server hello, {length_of}"),
        (22, [11, _]) => format!("certificate, {length_of}"),
        (22, _) => format!("handshake, {length_of}"),
        _ => format!("encrypted, {length_of}"),
    }
}

fn alert(description: u8) -> String {
    format!("{:?}", rustls::AlertDescription::from(description))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_told_however_they_are_cut() {
        let stream = [
            &[22, 3, 1, 0, 3, 1, 0, 0][..],
            &[20, 3, 3, 0, 1, 1],
            &[23, 3, 3, 0, 4, 9, 9, 9, 9],
            &[21, 3, 3, 0, 2, 2, 40],
            b"GET /",
        ]
        .concat();
        for size in [1, 2, 7, 100] {
            let (mut way, mut told) = (OneWay::default(), Vec::new());
            for piece in stream.chunks(size) {
                way.pass(piece, |begins| told.push(begins.what));
            }
            assert_eq!(
                told[..4],
                [
                    "client hello, 3 bytes",
                    "change of cipher",
                    "encrypted, 4 bytes",
                    "alert: HandshakeFailure"
                ]
            );
            assert!(told[4].starts_with("no TLS: \"G"), "{told:?}");
        }
    }
}
