//! A thread of ours that works beside a story.

use std::io::{self, PipeReader, PipeWriter};
use std::thread::{self, JoinHandle};

/// A thread, until this is dropped: then its end of a pipe is at its end, which it can wait for
/// together with its sockets, and it is waited for.
pub struct Worker {
    stop: Option<PipeWriter>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts `work`, which has to return when the pipe that it is given ends.
    pub fn start(name: &str, work: impl FnOnce(&PipeReader) + Send + 'static) -> io::Result<Self> {
        let (stopped, stop) = io::pipe()?;
        let thread = thread::Builder::new()
            .name(name.into())
            .spawn(move || work(&stopped))?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // If it panicked, its sockets are closed too, and whoever talked to it has noticed.
            let _ = thread.join();
        }
    }
}
