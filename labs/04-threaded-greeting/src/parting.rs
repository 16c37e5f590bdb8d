//! The end of a connection, so that the last words arrive.
//!
//! A socket that is closed while bytes of the peer lie unread in it resets the connection:
//! the kernel says that they were lost (RFC 1122, section 4.2.2.13). The reset may destroy
//! what was sent just before and not yet read: "ERR line-too-long", for instance. So: end our
//! side, read on until the peer ends its own, then close.

use std::io::{self, Read};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crossbeam::channel::{self, Sender};
use crossbeam::sync::WaitGroup;
use shared::Failure;

/// How long a client has to end its side after we ended ours.
const GRACE: Duration = Duration::from_millis(500);

/// How much of what it still sends is discarded, and how much at once.
const MOST: usize = 16 * 1024 * 1024;
const PIECE: usize = 64 * 1024;

/// How many may be on their way out; one more is closed at once.
const LEAVING: usize = 64;

/// How many are seen out at the same time.
const USHERS: usize = 4;

/// Sees clients out, on threads of its own: whoever served them is free for the next.
pub struct Ushers(Sender<Leaving>);

struct Leaving {
    stream: Arc<TcpStream>,
    /// Counted from when it was told to go, not from when its turn comes: those who linger
    /// do not make the wait of the others longer.
    deadline: Instant,
    _unfinished: WaitGroup,
}

impl Ushers {
    /// A crossbeam channel may have many receivers; each client goes to one of them.
    pub fn start() -> Result<Self, Failure> {
        let (queue, leaving) = channel::bounded::<Leaving>(LEAVING);
        for number in 1..=USHERS {
            let leaving = leaving.clone();
            thread::Builder::new()
                .name(format!("usher {number}"))
                .spawn(move || leaving.iter().for_each(Leaving::wait_and_close))
                .map_err(|error| Failure::system("cannot start a thread", error))?;
        }
        Ok(Self(queue))
    }

    /// Ends the connection, and lets what was said arrive.
    pub fn see_out(&self, stream: Arc<TcpStream>, unfinished: WaitGroup) {
        half_close(&stream);
        // If too many are leaving, this drops the stream, which closes it.
        let _ = self.0.try_send(Leaving {
            stream,
            deadline: Instant::now() + GRACE,
            _unfinished: unfinished,
        });
    }
}

impl Leaving {
    fn wait_and_close(self) {
        // An error means that the client has gone or lingers. It is closed either way.
        let _ = drain(&self.stream, self.deadline);
    }
}

/// Ends our sending side: the peer hears our last words, then the end.
// exercise 4.4: end our side, so that the client sees an end after the last words
fn half_close(stream: &TcpStream) {
    // It fails if the connection is gone already.
    let _ = stream.shutdown(Shutdown::Write);
}

/// Discards what the client still sends, until it ends its side. Neither one that sends for
/// ever nor one that never ends may hold us: bytes and time are bounded.
// exercise 4.4: discard what is still coming, within bounds
fn drain(mut stream: &TcpStream, deadline: Instant) -> io::Result<()> {
    let mut piece = vec![0; PIECE];
    let mut discarded = 0;
    loop {
        // Never zero, which is no timeout: even if it is late, what is there is taken.
        let left = deadline.saturating_duration_since(Instant::now());
        stream.set_read_timeout(Some(left.max(Duration::from_millis(1))))?;
        let length = stream.read(&mut piece)?;
        discarded += length;
        if length == 0 || discarded > MOST || left.is_zero() {
            return Ok(());
        }
    }
}
