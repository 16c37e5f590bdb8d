//! How rustls is set up for our hosts and visitors. All of them verify whom they talk to: a
//! grader that did not would not see a server that shows a wrong certificate.

use std::sync::Arc;

use anyhow::Context;
use rustls::crypto::{CryptoProvider, ring};
use rustls::server::WebPkiClientVerifier;
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, RootCertStore, ServerConfig, SupportedProtocolVersion};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use super::certificates::Identity;

/// Which versions of TLS somebody speaks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Versions {
    Both,
    Only12,
    Only13,
}

impl Versions {
    fn all(self) -> &'static [&'static SupportedProtocolVersion] {
        static BOTH: [&SupportedProtocolVersion; 2] = [&TLS13, &TLS12];
        match self {
            Self::Both => &BOTH,
            Self::Only13 => &BOTH[..1],
            Self::Only12 => &BOTH[1..],
        }
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// The certificates of authorities in a PEM file.
pub fn roots(pem: &str) -> anyhow::Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        roots
            .add(certificate.context("a certificate is broken")?)
            .context("a certificate is no authority's")?;
    }
    Ok(roots)
}

/// For a host with this certificate. With `visitors_from`, it asks its visitors for one of theirs,
/// signed by that authority.
pub fn of_a_host(
    identity: &Identity,
    visitors_from: Option<&str>,
    versions: Versions,
) -> anyhow::Result<Arc<ServerConfig>> {
    let builder = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(versions.all())
        .context("these versions of TLS")?;
    let builder = match visitors_from {
        None => builder.with_no_client_auth(),
        Some(authority) => builder.with_client_cert_verifier(
            WebPkiClientVerifier::builder_with_provider(roots(authority)?.into(), provider())
                .build()
                .context("the authority of the visitors")?,
        ),
    };
    let (chain, key) = identity.der()?;
    Ok(Arc::new(
        builder
            .with_single_cert(chain, key)
            .context("the certificate and its key")?,
    ))
}

/// For a visitor who trusts this authority, and has this certificate to show if one is asked for.
pub fn of_a_visitor(
    authority: &str,
    identity: Option<&Identity>,
    versions: Versions,
) -> anyhow::Result<Arc<ClientConfig>> {
    let builder = ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(versions.all())
        .context("these versions of TLS")?
        .with_root_certificates(roots(authority)?);
    Ok(Arc::new(match identity {
        None => builder.with_no_client_auth(),
        Some(identity) => {
            let (chain, key) = identity.der()?;
            builder
                .with_client_auth_cert(chain, key)
                .context("the visitor's certificate and its key")?
        }
    }))
}
