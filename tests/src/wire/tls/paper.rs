//! What stands in a certificate, and whether two sides would agree on it.

use std::io::Read;

use anyhow::{Context, anyhow, bail};
use rustls::{ClientConnection, Connection, ServerConnection};
use rustls_pki_types::ServerName;
use time::{Date, Month, OffsetDateTime, Time};

use super::certificates::Identity;
use super::settings::{self, Versions};

/// A handshake in memory: a host with this identity, and a visitor who trusts `authority` and
/// goes to `name`. With `visitor`, both have to prove who they are, to the same authority.
pub fn agree(
    host: &Identity,
    visitor: Option<&Identity>,
    authority: &str,
    name: &str,
) -> anyhow::Result<()> {
    let visitors_from = visitor.is_some().then_some(authority);
    let host = settings::of_a_host(host, visitors_from, Versions::Both)?;
    let visitor = settings::of_a_visitor(authority, visitor, Versions::Both)?;
    let name = ServerName::try_from(name.to_string()).context("a name")?;
    let mut host = Connection::from(ServerConnection::new(host)?);
    let mut visitor = Connection::from(ClientConnection::new(visitor, name)?);
    loop {
        let there = carry(&mut visitor, &mut host)?;
        let back = carry(&mut host, &mut visitor)?;
        if !there && !back {
            break;
        }
    }
    if host.is_handshaking() || visitor.is_handshaking() {
        bail!("the handshake came to no end");
    }
    Ok(())
}

/// Brings what one has to say to the other. Whether there was anything.
fn carry(from: &mut Connection, to: &mut Connection) -> anyhow::Result<bool> {
    let mut said = Vec::new();
    while from.wants_write() {
        from.write_tls(&mut said)?;
    }
    let mut rest = &said[..];
    while !rest.is_empty() {
        to.read_tls(&mut rest)?;
        let state = to.process_new_packets()?;
        let mut opened = vec![0; state.plaintext_bytes_to_read()];
        to.reader().read_exact(&mut opened)?;
    }
    Ok(!said.is_empty())
}

/// From when until when a certificate is valid (RFC 5280, 4.1.2.5).
pub fn validity(certificate: &[u8]) -> anyhow::Result<(OffsetDateTime, OffsetDateTime)> {
    let (_, certificate, _) = element(certificate)?;
    let (_, mut fields, _) = element(certificate)?;
    if fields.first() == Some(&0xa0) {
        // The version, which the first one did not write.
        fields = element(fields)?.2;
    }
    for _serial_algorithm_issuer in 0..3 {
        fields = element(fields)?.2;
    }
    let (_, times, _) = element(fields)?;
    let (kind, from, rest) = element(times)?;
    let (until_kind, until, _) = element(rest)?;
    Ok((time_of(kind, from)?, time_of(until_kind, until)?))
}

/// Whether a certificate says that it is an authority's: `basicConstraints` with `cA` true
/// (RFC 5280, 4.2.1.9).
pub fn is_authority(certificate: &[u8]) -> bool {
    const BASIC_CONSTRAINTS: [u8; 5] = [0x06, 0x03, 0x55, 0x1d, 0x13];
    const TRUE: [u8; 3] = [0x01, 0x01, 0xff];
    let at = certificate
        .windows(BASIC_CONSTRAINTS.len())
        .position(|window| window == BASIC_CONSTRAINTS);
    let Some(at) = at else { return false };
    let mut rest = &certificate[at + BASIC_CONSTRAINTS.len()..];
    if rest.starts_with(&TRUE) {
        // The extension is critical.
        rest = &rest[TRUE.len()..];
    }
    // An octet string that holds a sequence, whose first element is `cA`.
    rest.first() == Some(&0x04) && rest.get(4..7) == Some(&TRUE)
}

/// The first element of DER: its kind, what is in it, and what comes after it.
fn element(der: &[u8]) -> anyhow::Result<(u8, &[u8], &[u8])> {
    let short = || anyhow!("the certificate is cut short");
    let (&kind, rest) = der.split_first().ok_or_else(short)?;
    let (&first, mut rest) = rest.split_first().ok_or_else(short)?;
    let mut length = usize::from(first);
    if first & 0x80 != 0 {
        let (digits, after) = rest
            .split_at_checked(usize::from(first & 0x7f))
            .filter(|(digits, _)| digits.len() <= 3)
            .ok_or_else(short)?;
        length = digits
            .iter()
            .fold(0, |length, &digit| length << 8 | usize::from(digit));
        rest = after;
    }
    let (content, after) = rest.split_at_checked(length).ok_or_else(short)?;
    Ok((kind, content, after))
}

/// `YYMMDDHHMMSSZ` (kind 23) or `YYYYMMDDHHMMSSZ` (kind 24).
fn time_of(kind: u8, text: &[u8]) -> anyhow::Result<OffsetDateTime> {
    let text = std::str::from_utf8(text)?;
    let (year, rest) = if kind == 24 {
        text.split_at_checked(4)
    } else {
        text.split_at_checked(2)
    }
    .context("a time without a year")?;
    let mut year: i32 = year.parse()?;
    if kind != 24 {
        year += if year < 50 { 2000 } else { 1900 };
    }
    let pair = |at: usize| -> anyhow::Result<u8> {
        let pair = rest.get(at..at + 2).context("a time that is cut short")?;
        Ok(pair.parse()?)
    };
    let date = Date::from_calendar_date(year, Month::try_from(pair(0)?)?, pair(2)?)?;
    let time = Time::from_hms(pair(4)?, pair(6)?, pair(8)?)?;
    Ok(date.with_time(time).assume_utc())
}

#[cfg(test)]
mod tests {
    use super::super::certificates::{NAMES, certificates};
    use super::*;

    #[test]
    fn our_own_certificates_are_what_they_say() {
        let all = certificates();
        let authority = &all.authority.certificate;
        for name in NAMES {
            agree(&all.host, Some(&all.visitor), authority, name).unwrap();
        }
        for bad in [
            &all.foreign,
            &all.other_name,
            &all.expired,
            &all.not_yet_valid,
        ] {
            assert!(agree(bad, None, authority, NAMES[0]).is_err());
        }
        for bad in [&all.self_signed, &all.authority] {
            assert!(agree(bad, None, authority, NAMES[0]).is_err());
        }
        for bad in [&all.foreign_visitor, &all.self_signed_visitor] {
            assert!(agree(&all.host, Some(bad), authority, NAMES[0]).is_err());
        }
    }

    #[test]
    fn dates_and_authorities_are_read() {
        let all = certificates();
        let now = OffsetDateTime::now_utc();
        let valid = |identity: &Identity| {
            let (from, until) = validity(&identity.der().unwrap().0[0]).unwrap();
            (from < now, until > now)
        };
        assert_eq!(valid(&all.host), (true, true));
        assert_eq!(valid(&all.expired), (true, false));
        assert_eq!(valid(&all.not_yet_valid), (false, true));
        assert!(is_authority(&all.authority.der().unwrap().0[0]));
        assert!(!is_authority(&all.host.der().unwrap().0[0]));
    }
}
