//! Who is being served: how many at most, and who is told when the server is asked to stop.

use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, Weak};

/// How many are served at once. Each has a thread and its buffers.
const MOST: usize = 1024;

/// What the thread of the signal and the threads that serve tell each other.
#[derive(Default)]
pub struct Closing(Mutex<State>);

#[derive(Default)]
struct State {
    asked: bool,
    /// The connections being served. `Weak`, because being listed here must not keep a
    /// connection open: it closes when the last `Arc` of it is dropped.
    served: Vec<Weak<TcpStream>>,
}

impl Closing {
    /// Asks all who serve to come to an end. They wait in `read` for a client that may never
    /// say another word; ending the reading side makes `read` return the end of the stream.
    /// What they are still writing goes out.
    pub fn ask(&self) {
        let mut state = self.state();
        state.asked = true;
        for stream in state.served.iter().filter_map(Weak::upgrade) {
            // It fails only if the connection is gone, and then `read` has returned anyway.
            let _ = stream.shutdown(Shutdown::Read);
        }
    }

    pub fn is_asked(&self) -> bool {
        self.state().asked
    }

    /// Notes a connection that is to be served, or says why it cannot be.
    pub fn begin(&self, stream: &Arc<TcpStream>) -> Result<(), &'static str> {
        let mut state = self.state();
        state.served.retain(|served| served.strong_count() > 0);
        if state.asked {
            return Err("the server is closing");
        }
        if state.served.len() >= MOST {
            return Err("too many at once");
        }
        state.served.push(Arc::downgrade(stream));
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0
            .lock()
            .expect("nothing panics while it holds the lock")
    }
}
