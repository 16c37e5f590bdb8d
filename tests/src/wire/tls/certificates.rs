//! The certificates of the grader's own: good ones, and one for each way to be bad.
//!
//! They are made once in a process: each is a key of its own (ECDSA P-256) and a signature.

use std::sync::LazyLock;

use anyhow::Context;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use time::{Duration, OffsetDateTime};

/// The names of a host of ours: whoever goes to 127.0.0.1 finds it there.
pub const NAMES: [&str; 4] = ["ann.example", "localhost", "127.0.0.1", "::1"];

/// A name that no good certificate has.
pub const ANOTHER_NAME: &str = "bob.example";

/// The same as an address.
pub const ANOTHER_ADDRESS: &str = "192.0.2.7";

/// A certificate with its key, as the two files that hold them.
#[derive(Clone)]
pub struct Identity {
    pub certificate: String,
    pub key: String,
}

impl Identity {
    /// As rustls takes them.
    pub fn der(&self) -> anyhow::Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)> {
        let certificates = CertificateDer::pem_slice_iter(self.certificate.as_bytes())
            .collect::<Result<_, _>>()
            .context("the certificate")?;
        let key = PrivateKeyDer::from_pem_slice(self.key.as_bytes()).context("the key")?;
        Ok((certificates, key))
    }
}

/// All of them. The clients and servers under test trust `authority` alone.
pub struct Certificates {
    pub authority: Identity,
    pub foreign_authority: Identity,
    pub host: Identity,
    /// From an authority that nobody trusts.
    pub foreign: Identity,
    pub other_name: Identity,
    pub expired: Identity,
    pub not_yet_valid: Identity,
    pub self_signed: Identity,
    /// For a visitor who has to show one.
    pub visitor: Identity,
    pub foreign_visitor: Identity,
    pub self_signed_visitor: Identity,
}

/// Those of this process.
pub fn certificates() -> &'static Certificates {
    static ALL: LazyLock<Certificates> =
        LazyLock::new(|| make().expect("a certificate of the usual kind can be made"));
    &ALL
}

fn make() -> Result<Certificates, rcgen::Error> {
    let ours = Authority::new("Examiner's authority")?;
    let foreign = Authority::new("Somebody else's authority")?;
    let host = || leaf(&NAMES, ExtendedKeyUsagePurpose::ServerAuth);
    let visitor = || leaf(&["visitor.example"], ExtendedKeyUsagePurpose::ClientAuth);
    let valid = |from: i64, until: i64| {
        host().map(|mut params| {
            (params.not_before, params.not_after) = days(from, until);
            params
        })
    };
    let other = leaf(&[ANOTHER_NAME], ExtendedKeyUsagePurpose::ServerAuth)?;
    Ok(Certificates {
        host: ours.signs(&host()?)?,
        foreign: foreign.signs(&host()?)?,
        other_name: ours.signs(&other)?,
        expired: ours.signs(&valid(-60, -30)?)?,
        not_yet_valid: ours.signs(&valid(30, 60)?)?,
        self_signed: signs_itself(&host()?)?,
        visitor: ours.signs(&visitor()?)?,
        foreign_visitor: foreign.signs(&visitor()?)?,
        self_signed_visitor: signs_itself(&visitor()?)?,
        authority: ours.identity,
        foreign_authority: foreign.identity,
    })
}

/// A certificate of the usual kind, with all that strict programs want to see in one.
fn leaf(
    names: &[&str],
    purpose: ExtendedKeyUsagePurpose,
) -> Result<CertificateParams, rcgen::Error> {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let mut params = CertificateParams::new(names.clone())?;
    params.distinguished_name = named(&names[0]);
    (params.not_before, params.not_after) = days(-1, 30);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![purpose];
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

struct Authority {
    issuer: Issuer<'static, KeyPair>,
    identity: Identity,
}

impl Authority {
    fn new(name: &str) -> Result<Self, rcgen::Error> {
        let mut params = CertificateParams::new(Vec::new())?;
        params.distinguished_name = named(name);
        // Older than what it signs, and lives longer.
        (params.not_before, params.not_after) = days(-365, 3650);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate()?;
        let identity = Identity {
            certificate: params.self_signed(&key)?.pem(),
            key: key.serialize_pem(),
        };
        Ok(Self {
            issuer: Issuer::new(params, key),
            identity,
        })
    }

    fn signs(&self, params: &CertificateParams) -> Result<Identity, rcgen::Error> {
        let key = KeyPair::generate()?;
        Ok(Identity {
            certificate: params.signed_by(&key, &self.issuer)?.pem(),
            key: key.serialize_pem(),
        })
    }
}

fn signs_itself(params: &CertificateParams) -> Result<Identity, rcgen::Error> {
    let key = KeyPair::generate()?;
    Ok(Identity {
        certificate: params.self_signed(&key)?.pem(),
        key: key.serialize_pem(),
    })
}

fn named(name: &str) -> rcgen::DistinguishedName {
    let mut all = rcgen::DistinguishedName::new();
    all.push(DnType::CommonName, name);
    all
}

/// From so many days from now until so many.
fn days(from: i64, until: i64) -> (OffsetDateTime, OffsetDateTime) {
    let now = OffsetDateTime::now_utc();
    (now + Duration::days(from), now + Duration::days(until))
}
