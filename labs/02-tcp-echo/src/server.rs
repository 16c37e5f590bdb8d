//! The server: sends back every byte, as it comes, one client after another.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use shared::{Failure, log};

/// The most that is read at once. A read takes what is there, which may be less.
const PIECE: usize = 64 * 1024;

/// How long to wait when no connection can be accepted: the next try would fail as well.
const PAUSE: Duration = Duration::from_millis(100);

pub fn run(address: SocketAddr) -> Result<(), Failure> {
    let listener = open(address)?;
    let here = listener
        .local_addr()
        .map_err(|error| Failure::system(address, error))?;
    let closing = Arc::new(Closing::default());
    stop_on_signal(here, &closing)?;
    shared::ready(here)?;
    serve_each(&listener, &closing);
    Ok(())
}

/// Opens the listening socket: from here on the kernel completes handshakes for us, and keeps
/// the connections until `accept` fetches them.
// exercise 2.1: say which address it was when it cannot be had
fn open(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).map_err(|error| {
        Failure::system(address, error).hint("is another server running there? `ss -tlnp` shows it")
    })
}

/// Sends back what the client says until it ends its side.
///
/// TCP carries a stream of bytes and no messages: how it was cut when it was sent is lost on
/// the way, so nothing here may depend on what one read brings.
// exercise 2.2: send back every byte until the client ends its side
fn echo(stream: &mut TcpStream) -> io::Result<()> {
    let mut piece = vec![0; PIECE];
    loop {
        // 0 bytes is how a read tells the end of the stream, and nothing else.
        let length = stream.read(&mut piece)?;
        if length == 0 {
            return Ok(());
        }
        // `write` may take only a part, as much as the send buffer has room for. `write_all`
        // goes on until all is taken.
        stream.write_all(&piece[..length])?;
    }
}

/// Serves clients until the server is asked to stop. Whatever becomes of one of them, the next
/// one gets its turn.
// exercise 2.3: serve the next client too, whatever the last one did
fn serve_each(listener: &TcpListener, closing: &Closing) {
    while !closing.is_asked() {
        match listener.accept() {
            Ok((stream, peer)) => serve(stream, peer, closing),
            // The client left before we came to it, or the process has no descriptor left.
            // Neither is a reason to end.
            Err(error) => {
                log!("accept: {error}");
                thread::sleep(PAUSE);
            }
        }
    }
}

/// Serves one client. An error on its connection is its own: it is logged, and that is all.
fn serve(mut stream: TcpStream, peer: SocketAddr, closing: &Closing) {
    match closing.begin(&stream) {
        Ok(true) => {}
        Ok(false) => return,
        Err(error) => return log!("{peer}: {error}"),
    }
    log!("{peer}: connected");
    match echo(&mut stream) {
        Ok(()) => log!("{peer}: done"),
        Err(error) => log!("{peer}: {error}"),
    }
    closing.end();
}

/// Ends the server on Ctrl-C: the client being served gets what was already read, then its end.
// exercise 2.7: end on Ctrl-C, also while a client says nothing
fn stop_on_signal(here: SocketAddr, closing: &Arc<Closing>) -> Result<(), Failure> {
    let closing = Arc::clone(closing);
    shared::on_stop(move || {
        closing.ask();
        // `accept` may be waiting for a client that never comes. This is one; nobody talks to it.
        let _ = TcpStream::connect(here);
    })
}

/// What the thread of the signal and the thread that serves tell each other.
#[derive(Default)]
struct Closing(Mutex<State>);

#[derive(Default)]
struct State {
    asked: bool,
    /// The connection being served.
    current: Option<TcpStream>,
}

impl Closing {
    /// Asks the server to stop. Ending the reading side makes `read` return the end, even if
    /// it is already waiting; what is still to be written goes out.
    fn ask(&self) {
        let mut state = self.state();
        state.asked = true;
        if let Some(stream) = &state.current {
            // It fails only if the connection is gone, and then `read` has returned anyway.
            let _ = stream.shutdown(Shutdown::Read);
        }
    }

    fn is_asked(&self) -> bool {
        self.state().asked
    }

    /// Notes who is being served; false if it is too late to begin.
    fn begin(&self, stream: &TcpStream) -> io::Result<bool> {
        let mut state = self.state();
        state.current = Some(stream.try_clone()?);
        Ok(!state.asked)
    }

    /// Forgets the connection: as long as a copy of it is open, the client sees no end.
    fn end(&self) {
        self.state().current = None;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0
            .lock()
            .expect("nothing panics while it holds the lock")
    }
}
