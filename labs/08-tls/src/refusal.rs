//! Why there was no conversation, or only a part of one: a word each.

use std::fmt::{self, Display, Formatter};
use std::io;

use rustls::{CertificateError, Error};
use shared::Failure;

/// What was wrong with the server, or with what it said.
pub enum Word {
    UnknownIssuer,
    NameMismatch,
    Expired,
    NotYetValid,
    Truncated,
    Refused,
    Protocol,
}

/// The failure that an error on a TLS connection is. The library puts its own errors into those
/// of I/O.
pub fn failure(error: &io::Error) -> Failure {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
    let word = match inner {
        Some(error) => word(error),
        None if error.kind() == io::ErrorKind::TimedOut => {
            return Failure::timed_out("tls", "the handshake took too long")
                .hint("does a TLS server listen there at all?");
        }
        None => word_of_a_broken_connection(error),
    };
    Failure::protocol("tls", &word).hint(format_args!("{} ({error})", word.advice()))
}

/// Names what TLS found wrong. To mix these up costs people hours: an expired certificate needs
/// a new certificate, a foreign one needs another `--ca`, and a wrong name another name.
// exercise 8.4: a word for each refusal
fn word(error: &Error) -> Word {
    match error {
        // A signature that is not the issuer's: it has the name of one that we know, and is
        // another.
        Error::InvalidCertificate(
            CertificateError::UnknownIssuer | CertificateError::BadSignature,
        ) => Word::UnknownIssuer,
        Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => Word::NameMismatch,
        Error::InvalidCertificate(
            CertificateError::Expired | CertificateError::ExpiredContext { .. },
        ) => Word::Expired,
        Error::InvalidCertificate(
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. },
        ) => Word::NotYetValid,
        Error::AlertReceived(_) => Word::Refused,
        _ => Word::Protocol,
    }
}

/// An end or a reset of the TCP connection: it has no word in TLS, and needs one.
// exercise 8.5: a connection that was cut has a word too
fn word_of_a_broken_connection(_error: &io::Error) -> Word {
    Word::Truncated
}

impl Word {
    fn advice(&self) -> &'static str {
        match self {
            Self::UnknownIssuer => "no authority in --ca vouches for this server",
            Self::NameMismatch => "the certificate is another server's; --server-name asks for it",
            Self::Expired => "the server needs a new certificate",
            Self::NotYetValid => "is this machine's clock right?",
            Self::Truncated => "the connection ended, and the server did not say so",
            Self::Refused => "the server does not want to go on; its log may say more",
            Self::Protocol => "is this a TLS server?",
        }
    }
}

impl Display for Word {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::UnknownIssuer => "unknown-issuer",
            Self::NameMismatch => "name-mismatch",
            Self::Expired => "expired",
            Self::NotYetValid => "not-yet-valid",
            Self::Truncated => "truncated",
            Self::Refused => "refused",
            Self::Protocol => "protocol",
        })
    }
}
