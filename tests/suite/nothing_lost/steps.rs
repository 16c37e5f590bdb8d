//! A command killed just before one of its steps in the file system: the kernel stops it at each
//! of its system calls, and asks us (ptrace(2)). So no step is missed, however short the time is
//! between it and the next.

use std::mem::MaybeUninit;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, ExitStatus};
use std::sync::{LazyLock, mpsc};
use std::{io, ptr, thread};

use anyhow::{Context, bail};
use libc::{c_int, c_long, c_void, pid_t};
use rustix::process::{Pid, Signal, kill_process};

use super::PATIENCE;
use crate::commands::fixture::Outcome;

/// What changes something for others, on every processor.
const STEPS: [c_long; 13] = [
    libc::SYS_write,
    libc::SYS_openat,
    libc::SYS_renameat2,
    libc::SYS_renameat,
    libc::SYS_unlinkat,
    libc::SYS_mkdirat,
    libc::SYS_linkat,
    libc::SYS_symlinkat,
    libc::SYS_ftruncate,
    libc::SYS_fchmod,
    libc::SYS_fchmodat,
    libc::SYS_fsync,
    libc::SYS_flock,
];

/// What has an older form on this one.
#[cfg(target_arch = "x86_64")]
const OLDER_STEPS: [c_long; 7] = [
    libc::SYS_rename,
    libc::SYS_unlink,
    libc::SYS_mkdir,
    libc::SYS_rmdir,
    libc::SYS_link,
    libc::SYS_symlink,
    libc::SYS_chmod,
];
#[cfg(not(target_arch = "x86_64"))]
const OLDER_STEPS: [c_long; 0] = [];

/// Whether this machine lets us look at the steps of what we start.
pub fn can_be_watched() -> bool {
    static PROBED: LazyLock<bool> = LazyLock::new(|| {
        let ended = run_until(&mut Command::new("true"), usize::MAX);
        ended.is_ok_and(|status| status.success())
    });
    *PROBED
}

/// Runs a command as far as its step of this number, from 0.
pub fn run_until(command: &mut Command, step: usize) -> Outcome<ExitStatus> {
    #[expect(unsafe_code, reason = "to be traced, the child has to ask for it")]
    // SAFETY: between fork and exec it makes one system call, and touches no memory.
    unsafe {
        command.pre_exec(|| match libc::ptrace(libc::PTRACE_TRACEME) {
            0 => Ok(()),
            _ => Err(io::Error::last_os_error()),
        });
    }
    let mut child = command.spawn()?;
    let program = pid_t::try_from(child.id())?;
    let pid = Pid::from_raw(program).context("a process without a number")?;
    let (ended, end) = mpsc::channel::<()>();
    let watchdog = thread::spawn(move || {
        let hangs = end.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout);
        if hangs {
            let _ = kill_process(pid, Signal::KILL);
        }
        hangs
    });
    let status = follow(program, step);
    if status.is_err() {
        // Whom nobody follows any more would stand still for ever.
        child.kill()?;
        child.wait()?;
    }
    drop(ended);
    if watchdog.join().is_ok_and(|hangs| hangs) {
        bail!("{command:?}, to be killed at step {step}, does not end");
    }
    status
}

/// Follows a program that has just been loaded, with all its threads, to its end.
fn follow(program: pid_t, step: usize) -> Outcome<ExitStatus> {
    let mut steps = 0;
    let mut loaded = false;
    loop {
        let (thread, status) = wait(program, loaded)?;
        if !libc::WIFSTOPPED(status) {
            if thread == program {
                return Ok(ExitStatus::from_raw(status));
            }
            continue;
        }
        let mut hand_on = 0;
        match libc::WSTOPSIG(status) {
            _ if !loaded => {
                loaded = true;
                let options = libc::PTRACE_O_TRACESYSGOOD
                    | libc::PTRACE_O_TRACECLONE
                    | libc::PTRACE_O_EXITKILL;
                ask(
                    libc::PTRACE_SETOPTIONS,
                    thread,
                    0,
                    usize::try_from(options)?,
                )?;
            }
            // It is about to make a system call, or has just made one.
            signal if signal == libc::SIGTRAP | 0x80 => {
                if is_step(thread)? {
                    if steps == step {
                        let pid = Pid::from_raw(program).context("no number")?;
                        kill_process(pid, Signal::KILL)?;
                        continue;
                    }
                    steps += 1;
                }
            }
            // A thread was started, and is there: each stops once.
            libc::SIGTRAP | libc::SIGSTOP => {}
            signal => hand_on = signal,
        }
        ask(libc::PTRACE_SYSCALL, thread, 0, usize::try_from(hand_on)?)?;
    }
}

/// Waits for the next stop or end of any thread of the program. Before it is loaded it has one.
fn wait(program: pid_t, loaded: bool) -> io::Result<(pid_t, c_int)> {
    let mut status = 0;
    // Only what this very thread has started: other tests have children of their own.
    let options = libc::__WALL | libc::__WNOTHREAD;
    loop {
        #[expect(
            unsafe_code,
            reason = "threads that are traced, no crate of ours waits for"
        )]
        // SAFETY: `status` is ours, and lives as long as the call.
        let thread =
            unsafe { libc::waitpid(if loaded { -1 } else { program }, &raw mut status, options) };
        let error = io::Error::last_os_error();
        if thread > 0 {
            return Ok((thread, status));
        }
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
}

/// Whether the call it stands before changes something.
fn is_step(thread: pid_t) -> io::Result<bool> {
    let mut info = MaybeUninit::<libc::ptrace_syscall_info>::zeroed();
    let size = size_of_val(&info);
    ask(
        libc::PTRACE_GET_SYSCALL_INFO,
        thread,
        size,
        info.as_mut_ptr() as usize,
    )?;
    #[expect(unsafe_code, reason = "what the kernel has written is read")]
    // SAFETY: zeros are valid in all of it, and `op` says which part of the union was written.
    let entry = unsafe {
        let info = info.assume_init();
        (info.op == libc::PTRACE_SYSCALL_INFO_ENTRY).then_some(info.u.entry)
    };
    let Some(entry) = entry else {
        return Ok(false);
    };
    let call = c_long::try_from(entry.nr).unwrap_or(-1);
    // To open a file for reading changes nothing.
    let to_read = call == libc::SYS_openat
        && entry.args[2] & (libc::O_CREAT | libc::O_TRUNC | libc::O_ACCMODE) as u64 == 0;
    Ok((STEPS.contains(&call) || OLDER_STEPS.contains(&call)) && !to_read)
}

/// A thread that was killed meanwhile has nothing to answer: its end comes next.
fn ask(request: libc::c_uint, thread: pid_t, address: usize, data: usize) -> io::Result<()> {
    #[expect(unsafe_code, reason = "no crate of ours asks ptrace")]
    // SAFETY: what is written is written to `data`, which is as large as `address` says.
    let answer = unsafe {
        libc::ptrace(
            request,
            thread,
            ptr::without_provenance_mut::<c_void>(address),
            ptr::with_exposed_provenance_mut::<c_void>(data),
        )
    };
    match (answer, io::Error::last_os_error()) {
        (-1, error) if error.raw_os_error() != Some(libc::ESRCH) => Err(error),
        _ => Ok(()),
    }
}
