//! Reading a DNS answer, of which nothing is sure but that a datagram came (RFC 1035, section 4).

use std::net::Ipv4Addr;

use crate::question::{CLASS_IN, HEADER, TYPE_A};
use crate::reader::{Malformed, Reader};

/// The type of an alias: "the name that you mean is another".
const TYPE_CNAME: u16 = 5;

/// Parts of the header's second number.
const RESPONSE: u16 = 0x8000;
const TRUNCATED: u16 = 0x0200;
const RESPONSE_CODE: u16 = 0x000f;

/// How many aliases are followed one after another. Where they lead in a circle, this ends it.
const MOST_ALIASES: usize = 32;

/// Why an answer brings no address.
pub enum Trouble {
    /// It cannot be read, or not all of it is there.
    Malformed(Malformed),
    /// It says that there is none, or that the server cannot tell.
    Refused(String),
}

impl From<Malformed> for Trouble {
    fn from(why: Malformed) -> Self {
        Self::Malformed(why)
    }
}

/// What an answer says, one thing of one name.
struct Record {
    owner: Vec<u8>,
    says: Says,
}

enum Says {
    Address(Ipv4Addr),
    Alias(Vec<u8>),
    SomethingElse,
}

/// Whether a datagram is the response to this question: marked as one, with the same id and the
/// same question over again. Anything less, and whoever sends us a datagram is believed.
// exercise 1.8: tell the response to this question from any other datagram
pub fn belongs_to(asked: &[u8], datagram: &[u8]) -> bool {
    let mut header = Reader::new(datagram, 0);
    let (Ok(id), Ok(flags), Ok(questions)) = (header.bytes(2), header.number(), header.number())
    else {
        return false;
    };
    let question = &asked[HEADER..];
    id == &asked[..2]
        && flags & RESPONSE != 0
        && questions == 1
        // Some servers write the name in another case. The lengths between the labels are below
        // 64, and no letters.
        && datagram
            .get(HEADER..asked.len())
            .is_some_and(|same| same.eq_ignore_ascii_case(question))
}

/// Reads the addresses in the response to a question, one or more.
pub fn read(response: &[u8]) -> Result<Vec<Ipv4Addr>, Trouble> {
    let mut reader = Reader::new(response, 2);
    let flags = reader.number()?;
    let _questions = reader.number()?;
    let answers = reader.number()?;
    accept(flags)?;

    let mut reader = Reader::new(response, HEADER);
    let name = reader.name()?;
    let (_kind, _class) = (reader.number()?, reader.number()?);
    let mut records = Vec::new();
    for _ in 0..answers {
        records.push(record(&mut reader)?);
    }

    let addresses = addresses_of(&name, &records);
    if addresses.is_empty() {
        return Err(Trouble::Refused("it has no IPv4 address".into()));
    }
    Ok(addresses)
}

/// Looks at the flags, before anything else is read: is there an answer, and all of it?
// exercise 1.8: refuse a response that is truncated, or that says no
fn accept(flags: u16) -> Result<(), Trouble> {
    if flags & TRUNCATED != 0 {
        // The rest could be had over TCP, which is another story. Half an answer is none.
        return Err("the answer is truncated: it was too long for a datagram".into());
    }
    match flags & RESPONSE_CODE {
        0 => Ok(()),
        2 => Err(Trouble::Refused("the server failed (SERVFAIL)".into())),
        3 => Err(Trouble::Refused("no such name (NXDOMAIN)".into())),
        5 => Err(Trouble::Refused("the server will not say (REFUSED)".into())),
        code => Err(Trouble::Refused(format!("the server says no, code {code}"))),
    }
}

/// Reads one record: owner, type, class, seconds it may be kept, and contents with their length.
// exercise 1.8: read one record of an answer
fn record(reader: &mut Reader) -> Result<Record, Malformed> {
    let owner = reader.name()?;
    let (kind, class) = (reader.number()?, reader.number()?);
    let _seconds = reader.bytes(4)?;
    let length = reader.number()?;
    let mut contents = reader.part(length.into())?;
    let says = match (class, kind) {
        (CLASS_IN, TYPE_A) => {
            let bytes = contents.rest().try_into();
            let bytes: [u8; 4] = bytes.map_err(|_| "an address that has not 4 bytes")?;
            Says::Address(bytes.into())
        }
        (CLASS_IN, TYPE_CNAME) => Says::Alias(contents.name()?),
        _ => Says::SomethingElse,
    };
    Ok(Record { owner, says })
}

/// The addresses of a name, or of the name that it is an alias of. Records of other owners were
/// not asked for, and who sends them may have reasons of his own.
// exercise 1.8: find the addresses of a name among the records, also behind aliases
fn addresses_of(name: &[u8], records: &[Record]) -> Vec<Ipv4Addr> {
    let mut owner = name;
    for _ in 0..MOST_ALIASES {
        let mut addresses = Vec::new();
        let mut alias = None;
        for record in records.iter().filter(|record| record.owner == owner) {
            match &record.says {
                Says::Address(address) => addresses.push(*address),
                Says::Alias(target) => alias = Some(target),
                Says::SomethingElse => {}
            }
        }
        match alias {
            Some(target) if addresses.is_empty() => owner = target,
            _ => return addresses,
        }
    }
    Vec::new()
}
