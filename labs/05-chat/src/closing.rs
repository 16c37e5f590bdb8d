//! The end of the server: who is woken when it is asked to stop. The work of lab 04.

use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, Weak};

/// What the thread of the signal and the threads that serve tell each other.
#[derive(Default)]
pub struct Closing(Mutex<State>);

#[derive(Default)]
struct State {
    asked: bool,
    /// The connections being served. `Weak`: being listed here keeps none of them open.
    served: Vec<Weak<TcpStream>>,
}

impl Closing {
    /// Asks all who serve to come to an end: their `read` returns the end of the stream.
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

    /// Notes a connection that is to be served; false if it is too late to begin.
    pub fn begin(&self, stream: &Arc<TcpStream>) -> bool {
        let mut state = self.state();
        state.served.retain(|served| served.strong_count() > 0);
        state.served.push(Arc::downgrade(stream));
        !state.asked
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0
            .lock()
            .expect("nothing panics while it holds the lock")
    }
}
