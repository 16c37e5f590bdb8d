//! What `start` hands out instead of the bodies in `src`, where `todo!` would stand in the way
//! of other exercises. Each is naive code as people write it first, and fails its exercise.

// exercise 8.2
fn load(certificate: &Path, key: &Path) -> Result<Self, Failure> {
    // Fine, as long as both files are there and what they should be.
    Ok(Self {
        chain: certificates(certificate)?,
        key: PrivateKeyDer::from_pem_file(key).unwrap(),
    })
}

// exercise 8.2
fn config(
    identity: Identity,
    verifier: Arc<dyn ClientCertVerifier>,
) -> Result<ServerConfig, rustls::Error> {
    // And as long as they belong together.
    Ok(ServerConfig::builder()
        .with_client_cert_verifier(verifier)
        .with_single_cert(identity.chain, identity.key)
        .unwrap())
}

// exercise 8.4
fn word(_error: &Error) -> Word {
    // Something is wrong. What?
    Word::Protocol
}

// exercise 8.5
fn without_more(outcome: io::Result<usize>) -> io::Result<usize> {
    match outcome {
        // Nothing more can come, so this must be the end. Whose end?
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset
            ) =>
        {
            Ok(0)
        }
        outcome => outcome,
    }
}

// exercise 8.5
fn word_of_a_broken_connection(_error: &io::Error) -> Word {
    Word::Protocol
}

// exercise 8.6
fn left(&self) -> io::Result<Option<Duration>> {
    // The peer takes the time it takes.
    Ok(None)
}

// exercise 8.6
fn let_in(session: Session) {
    // First everything is agreed, then the guest gets its thread. And the next one waits.
    let peer = session.peer;
    if let Some(guest) = session.shake_hands() {
        beside(peer, move || guest.talk());
    }
}

// exercise 8.7
fn verifier(_client_ca: Option<&Path>) -> Result<Arc<dyn ClientCertVerifier>, Failure> {
    // Everybody is welcome.
    Ok(WebPkiClientVerifier::no_client_auth())
}

// exercise 8.7
fn introduce(
    trusting: ConfigBuilder<ClientConfig, WantsClientCert>,
    _own: Identity,
) -> Result<ClientConfig, rustls::Error> {
    // Nobody will ask.
    Ok(trusting.with_no_client_auth())
}
