//! What a program waits in: the system call of each of its threads, in words.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use super::Tree;

/// As many different waits as still help.
const MOST_WAITS: usize = 3;

/// What runs at this many looks in a row is busy; at one, it may have had a moment's work.
const LOOKS: usize = 5;
const BETWEEN_LOOKS: Duration = Duration::from_millis(2);

const BUSY: &str = "is busy: it runs without waiting for anything";

/// `waits in accept`, `sleeps`: each once, the first processes first.
pub fn waits(tree: Tree) -> Vec<String> {
    let mut waits = look(tree);
    for _ in 1..LOOKS {
        if !waits.iter().any(|wait| wait == BUSY) {
            break;
        }
        // A sample: that a thread goes on running has no event.
        thread::sleep(BETWEEN_LOOKS);
        waits = look(tree);
    }
    waits.truncate(MOST_WAITS);
    waits
}

/// Whether any of its threads runs, or wants to: a machine that is busy with others makes no
/// difference. `None` if it cannot be told.
pub fn is_busy(tree: Tree) -> Option<bool> {
    let waits = look(tree);
    (!waits.is_empty()).then(|| waits.iter().any(|wait| wait == BUSY))
}

fn look(tree: Tree) -> Vec<String> {
    let mut waits = Vec::new();
    for pid in tree.processes() {
        let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else {
            continue;
        };
        for thread in threads.flatten() {
            let wait = wait_of(&thread.path());
            if let Some(wait) = wait.filter(|wait| !waits.contains(wait)) {
                waits.push(wait);
            }
        }
    }
    waits
}

/// `proc_pid_syscall(5)`: `running`, or the number of the call and its arguments.
fn wait_of(thread: &Path) -> Option<String> {
    let text = fs::read_to_string(thread.join("syscall")).ok()?;
    let mut words = text.split_whitespace();
    let number = words.next()?;
    if number == "running" {
        return is_alive(thread).then(|| BUSY.to_string());
    }
    let number = number.parse::<i64>().ok()?;
    let fd = words
        .next()
        .and_then(|word| u64::from_str_radix(word.trim_start_matches("0x"), 16).ok());
    let of = |fd: Option<u64>| fd.map_or("something", |fd| kind_of(thread, fd));
    Some(match number {
        libc::SYS_accept | libc::SYS_accept4 => "waits in accept, for a connection".to_string(),
        libc::SYS_connect => "waits in connect".to_string(),
        libc::SYS_read | libc::SYS_readv => format!("waits in a read from {}", of(fd)),
        libc::SYS_recvfrom | libc::SYS_recvmsg | libc::SYS_recvmmsg => {
            format!("waits in a receive from {}", of(fd))
        }
        libc::SYS_write | libc::SYS_writev => format!("waits in a write to {}", of(fd)),
        libc::SYS_sendto | libc::SYS_sendmsg | libc::SYS_sendmmsg => {
            format!("waits in a send to {}", of(fd))
        }
        libc::SYS_futex => "waits for a lock or another thread".to_string(),
        libc::SYS_nanosleep | libc::SYS_clock_nanosleep => "sleeps".to_string(),
        libc::SYS_wait4 | libc::SYS_waitid => "waits for a child process".to_string(),
        number if is_a_poll(number) => "waits in poll, for any of its sockets".to_string(),
        // In no call: it ends just now, or a page of its memory has yet to come.
        -1 => "is held up by the system, and not in a call of its own".to_string(),
        number => format!("waits in system call {number}"),
    })
}

#[cfg(target_arch = "x86_64")]
fn is_a_poll(number: i64) -> bool {
    [libc::SYS_poll, libc::SYS_select, libc::SYS_epoll_wait].contains(&number)
        || is_a_poll_everywhere(number)
}

#[cfg(not(target_arch = "x86_64"))]
fn is_a_poll(number: i64) -> bool {
    is_a_poll_everywhere(number)
}

fn is_a_poll_everywhere(number: i64) -> bool {
    [libc::SYS_ppoll, libc::SYS_pselect6, libc::SYS_epoll_pwait].contains(&number)
}

/// What a descriptor is, in words.
fn kind_of(thread: &Path, fd: u64) -> &'static str {
    let target = fs::read_link(thread.join(format!("fd/{fd}"))).unwrap_or_default();
    match target.to_str() {
        _ if fd == 0 => "standard input",
        Some(target) if target.starts_with("socket:") => "a socket",
        _ if fd == 1 => "standard output",
        _ if fd == 2 => "standard error",
        Some(target) if target.starts_with("pipe:") => "a pipe",
        _ => "a file",
    }
}

/// Not a zombie, which "runs" too.
fn is_alive(thread: &Path) -> bool {
    let stat = fs::read_to_string(thread.join("stat")).unwrap_or_default();
    let state = stat
        .rsplit_once(") ")
        .and_then(|(_, rest)| rest.chars().next());
    state.is_some_and(|state| !matches!(state, 'Z' | 'X'))
}
