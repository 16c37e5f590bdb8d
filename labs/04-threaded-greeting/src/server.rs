//! The server's door: it accepts clients, and finds somebody to serve each of them.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crossbeam::sync::WaitGroup;
use shared::{Failure, log};

use crate::closing::Closing;
use crate::parting::Ushers;
use crate::pool::Pool;
use crate::session::{self, House, Session};
use crate::slots::Slots;

/// How long to wait when no connection can be accepted: the next try would fail as well.
const PAUSE: Duration = Duration::from_millis(100);

pub struct Options {
    pub listen: SocketAddr,
    pub max_conn: usize,
    /// 0 is a thread for each client.
    pub workers: u16,
    pub delay: Duration,
    pub idle: Option<Duration>,
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
    let door = Door::new(options, Arc::clone(&closing))?;
    stop_on_signal(here, closing)?;
    shared::ready(here)?;
    door.serve_each(&listener);
    // From here on nobody can connect.
    drop(listener);
    door.close();
    Ok(())
}

struct Door {
    slots: Arc<Slots>,
    pool: Option<Pool>,
    house: Arc<House>,
    /// Each session has a clone of this. When all are dropped, all are finished.
    unfinished: WaitGroup,
}

impl Door {
    fn new(options: &Options, closing: Arc<Closing>) -> Result<Self, Failure> {
        let workers = usize::from(options.workers);
        let fewer_workers = workers > 0 && workers < options.max_conn;
        // With fewer workers than that, never so many are served, and who waits does not count.
        let most = if fewer_workers {
            usize::MAX
        } else {
            options.max_conn
        };
        Ok(Self {
            slots: Slots::new(most),
            pool: (workers > 0)
                .then(|| Pool::start(options.workers))
                .transpose()?,
            house: Arc::new(House {
                delay: options.delay,
                idle: options.idle,
                closing,
                ushers: Ushers::start()?,
            }),
            unfinished: WaitGroup::new(),
        })
    }

    /// Lets clients in until the server is asked to stop.
    fn serve_each(&self, listener: &TcpListener) {
        while !self.house.closing.is_asked() {
            match listener.accept() {
                Ok((stream, peer)) => self.let_in(Arc::new(stream), peer),
                // The client left before we came to it, or the process has no descriptor left.
                // Neither is a reason to end.
                Err(error) => {
                    log!("accept: {error}");
                    thread::sleep(PAUSE);
                }
            }
        }
    }

    /// Finds somebody to serve the client, or says that there is nobody.
    fn let_in(&self, stream: Arc<TcpStream>, peer: SocketAddr) {
        // Small answers go out at once, also when the one before is not yet acknowledged
        // (Nagle's algorithm would hold them back). It fails if the client has gone.
        let _ = stream.set_nodelay(true);
        let Some(slot) = self.slots.claim() else {
            return self.turn_away(stream, peer);
        };
        let session = Session {
            slot,
            stream,
            peer,
            house: Arc::clone(&self.house),
            unfinished: self.unfinished.clone(),
        };
        match &self.pool {
            None => serve_beside(session),
            Some(pool) => {
                if let Err(session) = pool.offer(session) {
                    self.turn_away(session.stream, peer);
                }
            }
        }
    }

    /// The first bytes of a connection always find room in its buffer: this does not wait.
    fn turn_away(&self, stream: Arc<TcpStream>, peer: SocketAddr) {
        log!("{peer}: turned away");
        // It fails if the client has gone, and then nobody is left to be told.
        let _ = session::say(&stream, "ERR busy");
        self.house.ushers.see_out(stream, self.unfinished.clone());
    }

    /// Waits until all who are served have their answer.
    fn close(self) {
        let Self {
            pool, unfinished, ..
        } = self;
        // Without its queue the workers end, after those in it, who are not served any more.
        drop(pool);
        unfinished.wait();
    }
}

/// Serves a client on a thread of its own, so that the next one can be let in meanwhile.
// exercise 4.2: serve the client beside the others
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
// exercise 4.7: end on Ctrl-C, also while clients say nothing
fn stop_on_signal(here: SocketAddr, closing: Arc<Closing>) -> Result<(), Failure> {
    shared::on_stop(move || {
        closing.ask();
        // `accept` may be waiting for a client that never comes. This is one; nobody talks to it.
        let _ = TcpStream::connect(here);
    })
}
