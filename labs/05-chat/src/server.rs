//! The server's door: lets clients in, each with threads of its own, and one room for all.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crossbeam::channel::{self, Sender};
use crossbeam::sync::WaitGroup;
use shared::{Failure, log};

use crate::closing::Closing;
use crate::room::{EVENTS, Event, Room};
use crate::session::Session;

/// How long to wait when no connection can be accepted: the next try would fail as well.
const PAUSE: Duration = Duration::from_millis(100);

pub fn run(address: SocketAddr, queue: usize) -> Result<(), Failure> {
    let listener = TcpListener::bind(address).map_err(|error| {
        Failure::system(address, error).hint("is another server running there? `ss -tlnp` shows it")
    })?;
    let here = listener
        .local_addr()
        .map_err(|error| Failure::system(address, error))?;
    let closing = Arc::new(Closing::default());
    let (tell, events) = channel::bounded(EVENTS);
    let hub = thread::Builder::new()
        .name("room".to_string())
        .spawn(move || Room::default().run(&events))
        .map_err(|error| Failure::system("cannot start a thread", error))?;
    let door = Door {
        queue,
        room: tell,
        closing: Arc::clone(&closing),
        unfinished: WaitGroup::new(),
    };
    stop_on_signal(here, closing)?;
    shared::ready(here)?;
    door.let_in_each(&listener);
    // From here on nobody can connect.
    drop(listener);
    let Door {
        room, unfinished, ..
    } = door;
    // With the last sender of events the room ends. It has said goodbye then.
    drop(room);
    let _ = hub.join();
    unfinished.wait();
    Ok(())
}

struct Door {
    queue: usize,
    room: Sender<Event>,
    closing: Arc<Closing>,
    /// Each session has a clone of this. When all are dropped, all are finished.
    unfinished: WaitGroup,
}

impl Door {
    /// Lets clients in until the server is asked to stop.
    fn let_in_each(&self, listener: &TcpListener) {
        while !self.closing.is_asked() {
            match listener.accept() {
                Ok((stream, peer)) => self.let_in(stream, peer),
                // The client left before we came to it, or the process has no descriptor left.
                // Neither is a reason to end.
                Err(error) => {
                    log!("accept: {error}");
                    thread::sleep(PAUSE);
                }
            }
        }
    }

    fn let_in(&self, stream: TcpStream, peer: SocketAddr) {
        // Lines are small, and nobody wants to wait for the next to fill a packet (Nagle's
        // algorithm). It fails if the client has gone.
        let _ = stream.set_nodelay(true);
        let session = Session {
            stream: Arc::new(stream),
            peer,
            queue: self.queue,
            room: self.room.clone(),
            closing: Arc::clone(&self.closing),
            unfinished: self.unfinished.clone(),
        };
        // `thread::spawn` panics when the system gives no more threads; this says so.
        let thread = thread::Builder::new().spawn(move || session.serve());
        if let Err(error) = thread {
            log!("{peer}: no thread for it: {error}");
        }
    }
}

/// Ends the server on Ctrl-C. What was read is passed on first: each session ends after the line
/// that it is at, and when the last has ended, the room says goodbye.
// exercise 5.8: end on Ctrl-C, also while clients say nothing
fn stop_on_signal(here: SocketAddr, closing: Arc<Closing>) -> Result<(), Failure> {
    shared::on_stop(move || {
        closing.ask();
        // `accept` may be waiting for a client that never comes. This is one; nobody talks to it.
        let _ = TcpStream::connect(here);
    })
}
