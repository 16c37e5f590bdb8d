//! What is in the certificates: an authority, and two that it vouches for.

use std::net::IpAddr;
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose, SanType,
};
use rustls_pki_types::DnsName;
use shared::Failure;
use time::OffsetDateTime;

/// All of them as PEM: text between `-----BEGIN …-----` and `-----END …-----`.
pub struct Certificates {
    pub authority: String,
    pub server: Identity,
    pub client: Identity,
}

/// A certificate and the private key to it.
pub struct Identity {
    pub certificate: String,
    pub key: String,
}

/// From when until when certificates are valid.
#[derive(Clone, Copy)]
struct Validity {
    from: OffsetDateTime,
    until: OffsetDateTime,
}

/// Makes an authority, lets it sign two certificates, and forgets its key.
pub fn make(names: Vec<SanType>, days: u32) -> Result<Certificates, rcgen::Error> {
    let from = OffsetDateTime::now_utc();
    let until = from + Duration::from_secs(u64::from(days) * 24 * 60 * 60);
    let validity = Validity { from, until };

    let key = KeyPair::generate()?;
    let params = validity.of(authority(&key)?);
    // Somebody has to be believed without proof: the authority vouches for itself.
    let authority = CertifiedIssuer::self_signed(params, key)?;
    let server = leaf("server", names, ExtendedKeyUsagePurpose::ServerAuth);
    let client = leaf("client", Vec::new(), ExtendedKeyUsagePurpose::ClientAuth);
    Ok(Certificates {
        authority: authority.pem(),
        server: sign(&validity.of(server), &authority)?,
        client: sign(&validity.of(client), &authority)?,
    })
}

/// What the server is to be called. A client looks for an address among the addresses, and for
/// a name among the names: `127.0.0.1` as a name would never be found.
// exercise 8.1: tell addresses from names, and refuse what is neither
pub fn alternative_names(given: &[String]) -> Result<Vec<SanType>, Failure> {
    given
        .iter()
        .map(|name| {
            if let Ok(address) = name.parse::<IpAddr>() {
                return Ok(SanType::IpAddress(address));
            }
            // A star may stand for the first label: `*.example.org`.
            let rest = name.strip_prefix("*.").unwrap_or(name);
            let text = match DnsName::try_from(rest) {
                Ok(_) => name.as_str().try_into(),
                Err(error) => return Err(Failure::usage(format!("--san {name:?}"), error)),
            };
            text.map(SanType::DnsName)
                .map_err(|error| Failure::usage(format!("--san {name:?}"), error))
        })
        .collect()
}

/// The authority's certificate says that it is one, and may sign.
// exercise 8.1: say that this one may sign others
fn authority(key: &KeyPair) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    // Who verifies a certificate looks for its issuer by name. So no two authorities have the
    // same: a part of its key's hash is in it.
    let id = params.key_identifier(key);
    let id = id.iter().take(4).map(|byte| format!("{byte:02x}"));
    params.distinguished_name = called(&format!("Socket Workbook CA {}", id.collect::<String>()));
    Ok(params)
}

/// A certificate that vouches for nobody else: whose it is, and what for.
// exercise 8.1: say whom this one is about, and what it may be used for
fn leaf(who: &str, names: Vec<SanType>, purpose: ExtendedKeyUsagePurpose) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = called(&format!("Socket Workbook {who}"));
    params.subject_alt_names = names;
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![purpose];
    params.use_authority_key_identifier_extension = true;
    params
}

/// Makes a key, and has the authority sign that it belongs to whom the certificate is about.
fn sign(
    params: &CertificateParams,
    authority: &CertifiedIssuer<'_, KeyPair>,
) -> Result<Identity, rcgen::Error> {
    let key = KeyPair::generate()?;
    Ok(Identity {
        certificate: params.signed_by(&key, authority)?.pem(),
        key: key.serialize_pem(),
    })
}

fn called(name: &str) -> DistinguishedName {
    let mut called = DistinguishedName::new();
    called.push(DnType::CommonName, name);
    called
}

impl Validity {
    fn of(self, mut params: CertificateParams) -> CertificateParams {
        params.not_before = self.from;
        params.not_after = self.until;
        params
    }
}
