//! A pool: a fixed number of threads, and a queue of clients in front of them.

use std::thread;

use crossbeam::channel::{self, Sender};
use shared::Failure;

use crate::session::Session;

/// How many clients may wait. Each holds a descriptor and some of the kernel's memory.
const WAITING: usize = 64;

/// The queue's end. When it is dropped, the workers finish what they do and go home.
pub struct Pool {
    queue: Sender<Session>,
}

impl Pool {
    /// Starts the workers. They all take from the same queue: a crossbeam channel may have
    /// many receivers, and hands each session to one of them.
    // exercise 4.8: start the workers, each taking one client after another from the queue
    pub fn start(workers: u16) -> Result<Self, Failure> {
        // Room also for those whom a free worker is just about to take.
        let (queue, waiting) = channel::bounded::<Session>(WAITING + usize::from(workers));
        for number in 1..=workers {
            let waiting = waiting.clone();
            thread::Builder::new()
                .name(format!("worker {number}"))
                .spawn(move || waiting.iter().for_each(Session::serve))
                .map_err(|error| Failure::system("cannot start a worker", error))?;
        }
        Ok(Self { queue })
    }

    /// Puts a client into the queue; gives it back if the queue is full. Waiting for room here
    /// would stop the thread that accepts.
    // exercise 4.8: put a client into the queue if there is room
    pub fn offer(&self, session: Session) -> Result<(), Session> {
        self.queue
            .try_send(session)
            .map_err(channel::TrySendError::into_inner)
    }
}
