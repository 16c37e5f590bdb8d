//! The server: lets clients in, as many as come, and treats them all in the way it was told.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crossbeam::sync::WaitGroup;
use shared::{Failure, log};

use crate::closing::Closing;
use crate::session::{Manner, Mode, Session};

/// How long to wait when no connection can be accepted: the next try would fail as well.
const PAUSE: Duration = Duration::from_millis(100);

pub struct Options {
    pub listen: SocketAddr,
    pub mode: Mode,
    /// The time that each byte of an answer takes in mode drip.
    pub drip: Duration,
    /// How long a client may take for a line; `None` is for ever.
    pub line: Option<Duration>,
}

pub fn run(options: &Options) -> Result<(), Failure> {
    let listener = TcpListener::bind(options.listen).map_err(|error| {
        Failure::system(options.listen, error)
            .hint("is another server running there? `ss -tlnp` shows it")
    })?;
    let here = listener
        .local_addr()
        .map_err(|error| Failure::system(options.listen, error))?;
    let closing = Arc::new(Closing::default());
    stop_on_signal(here, Arc::clone(&closing))?;
    shared::ready(here)?;
    let unfinished = WaitGroup::new();
    serve_each(&listener, options, &closing, &unfinished);
    // From here on nobody can connect. Who is being answered gets the answer.
    drop(listener);
    unfinished.wait();
    Ok(())
}

fn serve_each(
    listener: &TcpListener,
    options: &Options,
    closing: &Arc<Closing>,
    unfinished: &WaitGroup,
) {
    // Connections that nobody reads, in mode noread.
    let mut held = Vec::new();
    while !closing.is_asked() {
        // A reset leaves an error on its socket. This asks for it without reading.
        held.retain(|stream: &TcpStream| matches!(stream.take_error(), Ok(None)));
        let (stream, peer) = match listener.accept() {
            Ok(accepted) => accepted,
            // The client left before we came to it, or the process has no descriptor left.
            // Neither is a reason to end.
            Err(error) => {
                log!("accept: {error}");
                thread::sleep(PAUSE);
                continue;
            }
        };
        let manner = match options.mode {
            Mode::Normal => Manner::Answers,
            Mode::Drip => Manner::Drips(options.drip),
            Mode::Silent => Manner::Listens,
            Mode::Noread => {
                log!("{peer}: held");
                held.push(stream);
                continue;
            }
        };
        serve_beside(Session {
            stream: Arc::new(stream),
            peer,
            manner,
            line: options.line,
            closing: Arc::clone(closing),
            _unfinished: unfinished.clone(),
        });
    }
}

/// Serves a client on a thread of its own. However slow it is, it is slow for itself alone.
fn serve_beside(session: Session) {
    let peer = session.peer;
    // `thread::spawn` panics when the system gives no more threads; this says so.
    let thread = thread::Builder::new()
        .name(peer.to_string())
        .spawn(move || session.serve());
    if let Err(error) = thread {
        log!("{peer}: no thread for it: {error}");
    }
}

/// Ends the server on Ctrl-C: who is being answered gets the answer, then all get their end.
fn stop_on_signal(here: SocketAddr, closing: Arc<Closing>) -> Result<(), Failure> {
    shared::on_stop(move || {
        closing.ask();
        // `accept` may be waiting for a client that never comes. This is one; nobody talks to it.
        let _ = TcpStream::connect(here);
    })
}
