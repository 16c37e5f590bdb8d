//! Certificates and keys out of PEM files: who we are, and whom we believe.

use std::fmt::Display;
use std::path::Path;

use rustls::RootCertStore;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use shared::Failure;

/// Who we are: a certificate, perhaps with those between it and the authority, and its key.
pub struct Identity {
    pub chain: Vec<CertificateDer<'static>>,
    pub key: PrivateKeyDer<'static>,
}

impl Identity {
    // exercise 8.2: say which file it was when one cannot be used
    pub fn load(certificate: &Path, key: &Path) -> Result<Self, Failure> {
        Ok(Self {
            chain: certificates(certificate)?,
            key: PrivateKeyDer::from_pem_file(key).map_err(|error| unusable(key, error))?,
        })
    }
}

/// The authorities in a file: who is vouched for by one of them is believed.
pub fn authorities(file: &Path) -> Result<RootCertStore, Failure> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(file)? {
        roots
            .add(certificate)
            .map_err(|error| unusable(file, error))?;
    }
    Ok(roots)
}

/// All certificates in a file, at least one.
fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let certificates: Vec<_> = CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect)
        .map_err(|error| unusable(file, error))?;
    if certificates.is_empty() {
        return Err(unusable(file, "no certificate in it"));
    }
    Ok(certificates)
}

pub fn unusable(file: &Path, why: impl Display) -> Failure {
    Failure::system(file.display(), why)
        .hint("`gencert --san NAME --out DIR` makes a set of files that fit together")
}
