//! Everything that can happen while `watch` watches, in one queue: keys, saved files, what comes
//! of a grading, and signals.

use std::io::{self, Write};
use std::path::Path;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::anyhow;
use crossterm::event::{self, KeyEvent, KeyEventKind};
use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{PollWatcher, RecursiveMode, Watcher};

use crate::workbook::Trouble;

/// Who has more to tell waits until some of it has been heard.
const MOST_WAITING: usize = 256;

/// An editor that saves writes, renames and touches within a few milliseconds; what follows this
/// closely is the same save. Nothing depends on it: a later event is a later save.
const ONE_SAVE: Duration = Duration::from_millis(15);

/// A folder that never comes to rest is looked at all the same.
const LONGEST_SAVE: Duration = Duration::from_millis(100);

/// Where the system tells of no changes, the files are looked at this often.
const LOOK_EVERY: Duration = Duration::from_millis(500);

pub enum Event {
    Key(KeyEvent),
    /// Something below the watched folder may have changed.
    Files,
    /// A line of what a grading says on standard error, and the number of that grading.
    Said(u64, String),
    /// All that a grading says on standard output; it ends with that.
    Ended(u64, Vec<u8>),
    /// A signal, or the end of the terminal.
    Stop,
}

pub struct Events {
    sender: SyncSender<Event>,
    queue: Receiver<Event>,
    /// It tells as long as it is there.
    _watcher: Box<dyn Watcher>,
}

impl Events {
    /// Begins to listen. Keys are heard from now on.
    pub fn listen(folder: &Path) -> Result<Self, Trouble> {
        let (sender, queue) = mpsc::sync_channel(MOST_WAITING);
        let watcher = watch(folder, &sender)?;
        let stop = sender.clone();
        ctrlc::set_handler(move || {
            let _ = stop.send(Event::Stop);
        })
        .map_err(|error| anyhow!("cannot handle signals: {error}"))?;
        let keys = sender.clone();
        thread::spawn(move || hear_keys(&keys));
        Ok(Self {
            sender,
            queue,
            _watcher: watcher,
        })
    }

    pub fn sender(&self) -> SyncSender<Event> {
        self.sender.clone()
    }

    /// The next event, whenever it comes.
    pub fn next(&self) -> Option<Event> {
        self.queue.recv().ok()
    }

    /// After a first change of files: what else belongs to the same save is taken with it. Any
    /// other event that came in between.
    pub fn rest_of_the_save(&self) -> Option<Event> {
        let latest = Instant::now() + LONGEST_SAVE;
        while Instant::now() < latest {
            match self.queue.recv_timeout(ONE_SAVE) {
                Ok(Event::Files) => {}
                Ok(other) => return Some(other),
                Err(_) => return None,
            }
        }
        None
    }
}

/// Tells of everything that happens to files below the folder. Which of it matters is told by
/// what the files hold then.
fn watch(folder: &Path, sender: &SyncSender<Event>) -> Result<Box<dyn Watcher>, Trouble> {
    let tell = |sender: SyncSender<Event>| {
        move |event: notify::Result<notify::Event>| {
            let is_reading = event.as_ref().is_ok_and(|event| is_reading(event.kind));
            if !is_reading {
                let _ = sender.send(Event::Files);
            }
        }
    };
    let by_the_system =
        notify::recommended_watcher(tell(sender.clone())).and_then(|mut watcher| {
            watcher.watch(folder, RecursiveMode::Recursive)?;
            Ok(Box::new(watcher) as Box<dyn Watcher>)
        });
    // The system may have no watches left: each user has a number of them.
    by_the_system.or_else(|_| {
        let often = notify::Config::default()
            .with_poll_interval(LOOK_EVERY)
            .with_compare_contents(true);
        let wrong = |error: notify::Error| Trouble::file("watch", folder, error);
        let mut watcher = PollWatcher::new(tell(sender.clone()), often).map_err(wrong)?;
        watcher
            .watch(folder, RecursiveMode::Recursive)
            .map_err(wrong)?;
        Ok(Box::new(watcher) as Box<dyn Watcher>)
    })
}

/// Cargo reads all sources at each build.
fn is_reading(kind: EventKind) -> bool {
    match kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => false,
        EventKind::Access(_) => true,
        _ => false,
    }
}

fn hear_keys(sender: &SyncSender<Event>) {
    loop {
        let heard = match event::read() {
            Ok(event::Event::Key(key)) if key.kind == KeyEventKind::Press => Event::Key(key),
            Ok(_) => continue,
            // Without a terminal there is nobody to watch for.
            Err(_) => Event::Stop,
        };
        let is_last = matches!(heard, Event::Stop);
        if sender.send(heard).is_err() || is_last {
            return;
        }
    }
}

/// What was printed is seen now, not with the next line.
pub fn flush() {
    // A terminal that has gone is noticed by its signal.
    let _ = io::stdout().flush();
}
