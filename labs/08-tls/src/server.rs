//! The server's door: it says who the server is, accepts clients, and gives each a thread.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crossbeam::sync::WaitGroup;
use rustls::ServerConfig;
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use shared::{Failure, log};

use crate::closing::Closing;
use crate::identity::{Identity, authorities, unusable};
use crate::session::{House, Session};

/// How long to wait when no connection can be accepted: the next try would fail as well.
const PAUSE: Duration = Duration::from_millis(100);

pub struct Options {
    pub listen: SocketAddr,
    pub certificate: PathBuf,
    pub key: PathBuf,
    pub client_ca: Option<PathBuf>,
}

pub fn run(options: &Options) -> Result<(), Failure> {
    let identity = Identity::load(&options.certificate, &options.key)?;
    let tls = config(identity, verifier(options.client_ca.as_deref())?)
        .map_err(|error| unusable(&options.certificate, error))?;
    let listener = TcpListener::bind(options.listen).map_err(|error| {
        Failure::system(options.listen, error)
            .hint("is another server running there? `ss -tlnp` shows it")
    })?;
    let here = listener
        .local_addr()
        .map_err(|error| Failure::system(options.listen, error))?;
    let house = Arc::new(House {
        tls: Arc::new(tls),
        closing: Closing::default(),
    });
    stop_on_signal(here, Arc::clone(&house))?;
    shared::ready(here)?;
    let unfinished = WaitGroup::new();
    serve_each(&listener, &house, &unfinished);
    // From here on nobody can connect.
    drop(listener);
    // Each session has a clone of this. When all are dropped, all are finished.
    unfinished.wait();
    Ok(())
}

/// All that TLS needs to know of us: who we are, and how we find out who the client is. Versions
/// and algorithms are the library's choice: TLS 1.2 and 1.3, and only what is good today.
// exercise 8.2: a certificate and a key that do not fit are an error, and no panic
fn config(
    identity: Identity,
    verifier: Arc<dyn ClientCertVerifier>,
) -> Result<ServerConfig, rustls::Error> {
    ServerConfig::builder()
        .with_client_cert_verifier(verifier)
        .with_single_cert(identity.chain, identity.key)
}

/// Whom the server lets in: everybody, or those for whom an authority in the file vouches.
// exercise 8.7: with an authority for clients, let in nobody else
fn verifier(client_ca: Option<&Path>) -> Result<Arc<dyn ClientCertVerifier>, Failure> {
    let Some(file) = client_ca else {
        return Ok(WebPkiClientVerifier::no_client_auth());
    };
    let roots = Arc::new(authorities(file)?);
    let verifier = WebPkiClientVerifier::builder(roots)
        .build()
        .map_err(|error| unusable(file, error))?;
    Ok(verifier)
}

/// Lets clients in until the server is asked to stop.
fn serve_each(listener: &TcpListener, house: &Arc<House>, unfinished: &WaitGroup) {
    while !house.closing.is_asked() {
        match listener.accept() {
            Ok((stream, peer)) => {
                let stream = Arc::new(stream);
                if let Err(why) = house.closing.begin(&stream) {
                    log!("{peer}: turned away: {why}");
                    continue;
                }
                let_in(Session::new(stream, peer, house, unfinished));
            }
            // The client left before we came to it, or the process has no descriptor left.
            // Neither is a reason to end.
            Err(error) => {
                log!("accept: {error}");
                thread::sleep(PAUSE);
            }
        }
    }
}

/// Serves a client beside the others, from its very first byte: a handshake is a conversation,
/// and the client may be slow in it, or say nothing at all.
// exercise 8.6: no client may hold up the next, not even in its handshake
fn let_in(session: Session) {
    beside(session.peer, move || session.serve());
}

/// Does something on a thread of its own. `thread::spawn` panics when the system gives no more
/// threads; this says so.
fn beside(peer: SocketAddr, what: impl FnOnce() + Send + 'static) {
    let thread = thread::Builder::new().name(peer.to_string()).spawn(what);
    if let Err(error) = thread {
        log!("{peer}: no thread for it: {error}");
    }
}

/// Ends the server on Ctrl-C: what was read is answered, and each client gets its `close_notify`.
fn stop_on_signal(here: SocketAddr, house: Arc<House>) -> Result<(), Failure> {
    shared::on_stop(move || {
        house.closing.ask();
        // `accept` may be waiting for a client that never comes. This is one; nobody talks to it.
        let _ = TcpStream::connect(here);
    })
}
