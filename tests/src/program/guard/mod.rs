//! The guard of one program: this executable again, as a process of its own.
//!
//! A process group does not hold a grandchild that left it, and a grader that is killed cannot
//! clean up after itself. So the guard stands between the two: orphans of the program become
//! its children, and at the grader's word, or its death (both are the end of the socket that
//! is the guard's standard input), it ends every descendant until none is left and removes the
//! run's folder.

mod children;
mod world;

use std::ffi::OsStr;
use std::io::{self, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, parent_id};
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, Stdio};
use std::sync::PoisonError;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};
use std::{env, fs};

use anyhow::Context;

use self::children::Event;
use super::order::{self, Ended, Report, Streams};
use super::spec::{Exit, Folder, Spec};
use super::{folder, system};
use crate::wire::ports::STARTING;

pub use world::world_is_possible;

/// The first argument that makes this executable a guard.
const ROLE: &str = "__guard";

/// How often the memory of the program is looked at, at most.
const LOOK_EVERY: Duration = Duration::from_millis(25);
/// Of a tree of hundreds of processes and threads, a look takes long: it may take one part in
/// this many of a processor.
const SHARE: u32 = 20;
/// How long a guard tries to end what does not want to end.
const END_PATIENCE: Duration = Duration::from_secs(3);
/// After this, what has come to be since the last look is ended too.
const SWEEP_EVERY: Duration = Duration::from_millis(5);

/// What a person's shell sets for itself, and a program under test must not see.
const NOT_HANDED_ON: [&str; 16] = [
    "PYTHONUNBUFFERED",
    "RUST_BACKTRACE",
    "RUST_LIB_BACKTRACE",
    "RUST_LOG",
    "NO_COLOR",
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "FORCE_COLOR",
    "http_proxy",
    "HTTP_PROXY",
    "https_proxy",
    "HTTPS_PROXY",
    "all_proxy",
    "ALL_PROXY",
    "no_proxy",
    "NO_PROXY",
];

/// Becomes a guard if this process was started as one. The first line of every `main` whose
/// executable starts programs.
pub fn run_if_asked() {
    let mut arguments = env::args_os().skip(1);
    if arguments.next().as_deref() != Some(OsStr::new(ROLE)) {
        return;
    }
    if arguments.next().as_deref() == Some(OsStr::new(world::TRIAL)) {
        process::exit(world::trial());
    }
    process::exit(main());
}

/// Starts a guard that listens to the other end of this socket.
pub fn spawn(control: UnixStream) -> anyhow::Result<Child> {
    let _starting = STARTING.read().unwrap_or_else(PoisonError::into_inner);
    guard_command()?
        .stdin(OwnedFd::from(control))
        .stdout(Stdio::null())
        .spawn()
        .context("cannot start this executable again, as the guard of a program")
}

/// This executable, also when the file was replaced by a new build meanwhile.
fn guard_command() -> io::Result<Command> {
    let executable = if cfg!(target_os = "linux") {
        PathBuf::from("/proc/self/exe")
    } else {
        env::current_exe()?
    };
    let mut command = Command::new(executable);
    command.arg0("grader").arg(ROLE);
    Ok(command)
}

fn main() -> i32 {
    // Its own session: a Ctrl-C in the terminal is for the grader alone.
    let _ = rustix::process::setsid();
    children::deaf_to_signals();
    let Ok(control) = io::stdin().as_fd().try_clone_to_owned() else {
        return 3;
    };
    let control = UnixStream::from(control);
    match run(&control) {
        Ok(()) => 0,
        Err(error) => {
            // Of a grader that is gone there is nobody to tell.
            let _ = order::report(&control, &Report::Broken(format!("{error:#}")));
            3
        }
    }
}

fn run(control: &UnixStream) -> anyhow::Result<()> {
    let (spec, streams) = order::take(control)?;
    if let Some(world) = &spec.world
        && let Err(why) = world::enter(world)
    {
        return Ok(order::report(control, &Report::NoWorld(why))?);
    }
    system::adopt_orphans().context("cannot become the parent of orphans")?;
    let place = folder::make(parent_id()).context("cannot make a folder for the run")?;
    let program = match start(&spec, streams, &place) {
        Ok(program) => program.id(),
        Err(refused) => {
            folder::remove(&place)?;
            return Ok(order::report(control, &refused)?);
        }
    };
    let folder = place.clone().into_os_string();
    // A grader that is gone is noticed below.
    let _ = order::report(
        control,
        &Report::Started {
            pid: program,
            folder,
        },
    );

    let tree = system::Tree {
        guard: process::id(),
        program,
    };
    let (events, hear) = mpsc::channel();
    children::reap(program, events.clone());
    wait_for_the_word(control.try_clone()?, events);
    let all_gone = watch(tree, spec.memory, &hear, control);
    let survivors = (!all_gone && !end(tree, &hear))
        .then(|| "some of its processes cannot be ended".to_string());
    let folder = folder::remove(&place)
        .err()
        .map(|error| format!("the folder {} is left behind: {error}", place.display()));
    let left = survivors.or(folder);
    let _ = order::report(control, &Report::Gone { left });
    Ok(())
}

/// Starts the program with signals at their defaults and in a clean environment.
fn start(spec: &Spec, streams: Streams, place: &Path) -> Result<Child, Report> {
    let linked = spec.link.as_ref().map(|executable| {
        // Where it cannot be linked or copied, the original does as well.
        folder::link(executable, place).unwrap_or_else(|_| executable.clone())
    });
    let program = match (&linked, spec.words.first()) {
        (Some(linked), _) => linked.as_os_str(),
        (None, Some(word)) => word,
        (None, None) => return Err(Report::Broken("an empty command".to_string())),
    };
    let mut command = Command::new(program);
    command.args(spec.words.iter().skip(1)).args(&spec.args);
    for name in NOT_HANDED_ON {
        command.env_remove(name);
    }
    command.env("TMPDIR", place);
    for (name, value) in &spec.env {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    if spec.folder == Folder::Own {
        command.current_dir(place);
    }
    command
        .stdin(streams.stdin.map_or_else(Stdio::null, Stdio::from))
        .stdout(streams.stdout)
        .stderr(streams.stderr)
        .process_group(0);
    children::start_clean(&mut command, spec.descriptors);
    command.spawn().map_err(|error| refused(program, &error))
}

/// Why a program could not be started, for somebody who has just written its name.
fn refused(program: &OsStr, error: &io::Error) -> Report {
    let name = program.to_string_lossy();
    let path = Path::new(program);
    let is_path = path.components().count() > 1;
    let means = match error.kind() {
        // execvp(3): "permission denied" also if a folder of the PATH may not be looked into.
        io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied if !is_path => format!(
            "No program of that name that you may run is in the PATH. If it is a file in this \
             folder, write ./{name}."
        ),
        io::ErrorKind::NotFound if fs::symlink_metadata(path).is_ok() => {
            "The file is there, but what should run it is not: look at the interpreter in its \
             first line."
                .to_string()
        }
        io::ErrorKind::NotFound => "There is no such file.".to_string(),
        io::ErrorKind::PermissionDenied if path.is_dir() => {
            "It is a folder, not a program.".to_string()
        }
        io::ErrorKind::PermissionDenied => {
            format!("It is not executable. `chmod +x {name}` makes it so.")
        }
        _ => String::new(),
    };
    Report::NotStarted {
        why: format!("`{name}` cannot be run: {error}"),
        means,
    }
}

/// The grader says one word, and says it by closing its end, or by dying.
fn wait_for_the_word(mut control: UnixStream, events: Sender<Event>) {
    thread::spawn(move || {
        let _ = control.read(&mut [0]);
        events.send(Event::Enough)
    });
}

/// Watches the program until the grader's word. Whether nothing of it is left by then.
fn watch(tree: system::Tree, most_memory: u64, hear: &Receiver<Event>, to: &UnixStream) -> bool {
    let mut all_gone = false;
    let mut too_much = false;
    let mut next_look = Instant::now() + LOOK_EVERY;
    loop {
        let left = next_look.saturating_duration_since(Instant::now());
        match hear.recv_timeout(left) {
            Ok(Event::Ended(ended)) => {
                let exit = if too_much {
                    Exit::OutOfMemory
                } else {
                    ended.exit
                };
                let _ = order::report(to, &Report::Ended(Ended { exit, ..ended }));
            }
            Ok(Event::NoneLeft) => all_gone = true,
            Ok(Event::Enough) | Err(mpsc::RecvTimeoutError::Disconnected) => return all_gone,
            Err(mpsc::RecvTimeoutError::Timeout) => {
                let began = Instant::now();
                if !all_gone && system::memory(tree).is_some_and(|used| used > most_memory) {
                    too_much = true;
                    system::kill_tree(tree);
                }
                next_look = Instant::now() + LOOK_EVERY.max(began.elapsed() * SHARE);
            }
        }
    }
}

/// Ends everything that the program left, until the kernel says that there is nothing. Whether
/// it came to that.
fn end(tree: system::Tree, hear: &Receiver<Event>) -> bool {
    let deadline = Instant::now() + END_PATIENCE;
    while Instant::now() < deadline {
        system::kill_tree(tree);
        let sweep = Instant::now() + SWEEP_EVERY;
        loop {
            let left = sweep.saturating_duration_since(Instant::now());
            match hear.recv_timeout(left) {
                Ok(Event::NoneLeft) => return true,
                Ok(_) => {}
                Err(_) => break,
            }
        }
    }
    false
}
