//! What a guard asks of the kernel for its children, in the few calls that no safe crate has.

use std::io;
use std::mem;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::sync::mpsc::Sender;
use std::thread;
use std::time::Duration;

use rustix::process::{Resource, Rlimit};

use super::super::order::Ended;
use super::super::spec::Exit;
use super::super::system;

/// What a guard waits for.
pub enum Event {
    /// The program itself has ended.
    Ended(Ended),
    /// Nothing of the program is left.
    NoneLeft,
    /// The grader has seen enough, or is gone.
    Enough,
}

/// Lets no signal end this process before its work is done, and takes back what its parent
/// ignored: a child of a shell's background job ignores SIGINT, and would hand that on.
#[expect(
    unsafe_code,
    reason = "no safe crate sets dispositions and masks as they are"
)]
pub fn deaf_to_signals() {
    for signal in 1..=libc::SIGSYS {
        // A closed socket is an error to us, not the end; std resets it for the program.
        if signal != libc::SIGPIPE {
            // SAFETY: SIG_DFL is no handler of ours, and there is one thread yet.
            unsafe { libc::signal(signal, libc::SIG_DFL) };
        }
    }
    // SAFETY: the set is filled before it is read, and lives on this stack.
    unsafe {
        let mut all: libc::sigset_t = mem::zeroed();
        libc::sigfillset(&raw mut all);
        libc::sigprocmask(libc::SIG_BLOCK, &raw const all, std::ptr::null_mut());
    }
}

/// Lets the program begin with an empty mask, without core dumps, with as many descriptors as
/// it may have; and lets it die with its guard, should somebody kill that.
#[expect(
    unsafe_code,
    reason = "std knows no safe way to act between fork and exec"
)]
pub fn start_clean(command: &mut Command, descriptors: Option<u64>) {
    let begin = move || {
        // SAFETY: as above.
        unsafe {
            let mut none: libc::sigset_t = mem::zeroed();
            libc::sigemptyset(&raw mut none);
            libc::sigprocmask(libc::SIG_SETMASK, &raw const none, std::ptr::null_mut());
        }
        limit(Resource::Core, 0)?;
        if let Some(descriptors) = descriptors {
            limit(Resource::Nofile, descriptors)?;
        }
        system::die_with_parent()
    };
    // SAFETY: only system calls, no memory is taken, no lock held.
    unsafe { command.pre_exec(begin) };
}

/// Both limits: a program may raise the lower one, and some runtimes do.
fn limit(resource: Resource, most: u64) -> io::Result<()> {
    let most = rustix::process::getrlimit(resource)
        .maximum
        .map_or(most, |already| already.min(most));
    let limit = Rlimit {
        current: Some(most),
        maximum: Some(most),
    };
    Ok(rustix::process::setrlimit(resource, limit)?)
}

/// Waits for every child, those adopted too, on a thread of its own.
pub fn reap(program: u32, events: Sender<Event>) {
    thread::spawn(move || {
        while let Some((pid, ended)) = wait_for_any() {
            if pid == program && events.send(Event::Ended(ended)).is_err() {
                return;
            }
        }
        // A guard that has stopped listening is about to end itself.
        let _ = events.send(Event::NoneLeft);
    });
}

/// The next child that ends; `None` once there are no children any more.
#[expect(
    unsafe_code,
    reason = "no safe crate gives what a child has used along with its end"
)]
fn wait_for_any() -> Option<(u32, Ended)> {
    loop {
        let mut status = 0;
        // SAFETY: a structure of numbers, for which all zeros is a value.
        let mut usage: libc::rusage = unsafe { mem::zeroed() };
        // SAFETY: both places are ours and outlive the call.
        let pid = unsafe { libc::wait4(-1, &raw mut status, 0, &raw mut usage) };
        if let Ok(pid) = u32::try_from(pid) {
            return Some((pid, ended(status, &usage)));
        }
        if io::Error::last_os_error().kind() != io::ErrorKind::Interrupted {
            return None;
        }
    }
}

fn ended(status: i32, usage: &libc::rusage) -> Ended {
    let exit = if libc::WIFSIGNALED(status) {
        Exit::Signal(libc::WTERMSIG(status))
    } else {
        Exit::Code(libc::WEXITSTATUS(status))
    };
    // getrusage(2): kilobytes on Linux and the BSDs, bytes on macOS.
    let unit = if cfg!(target_vendor = "apple") {
        1
    } else {
        1024
    };
    Ended {
        exit,
        memory_peak: u64::try_from(usage.ru_maxrss).unwrap_or(0) * unit,
        cpu_time: time(usage.ru_utime) + time(usage.ru_stime),
    }
}

fn time(time: libc::timeval) -> Duration {
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    let micros = u64::try_from(time.tv_usec).unwrap_or(0);
    Duration::from_secs(seconds) + Duration::from_micros(micros)
}
