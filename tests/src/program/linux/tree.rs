//! All that a program has started, also what left its process group: the descendants of its
//! guard, which adopts the orphans among them.

use std::fs;
use std::io;

use rustix::process::{
    Pid, Signal, getpid, kill_process, kill_process_group, set_child_subreaper,
    set_parent_process_death_signal,
};

use super::super::spec::StopSignal;

/// A program, as seen from its guard.
#[derive(Clone, Copy)]
pub struct Tree {
    pub guard: u32,
    /// Also the number of its process group.
    pub program: u32,
}

impl Tree {
    /// The processes, without the guard. One that has just begun or ended may be missed.
    pub fn processes(self) -> Vec<u32> {
        let mut found = children(self.guard);
        let mut next = 0;
        while let Some(&pid) = found.get(next) {
            found.extend(children(pid));
            next += 1;
        }
        found
    }
}

/// A process's children, each of which belongs to the thread that started it. (`proc_pid(5)`:
/// the file is there if the kernel was built with it, as all distributions do; where it is
/// not, all of `/proc` is searched.)
fn children(pid: u32) -> Vec<u32> {
    let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for thread in threads.flatten() {
        match fs::read_to_string(thread.path().join("children")) {
            Ok(list) => found.extend(
                list.split_whitespace()
                    .filter_map(|n| n.parse::<u32>().ok()),
            ),
            Err(_) if !thread.path().exists() => {}
            Err(_) => return children_by_search(pid),
        }
    }
    found
}

fn children_by_search(parent: u32) -> Vec<u32> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let pids = entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|&pid| parent_of(pid) == Some(parent)).collect()
}

fn parent_of(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // After the name, which may hold anything: the state, then the parent.
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(1)?.parse().ok()
}

pub fn signal_tree(tree: Tree, signal: StopSignal) {
    let signal = match signal {
        StopSignal::Interrupt => Signal::INT,
        StopSignal::Terminate => Signal::TERM,
        StopSignal::Kill => return kill_tree(tree),
        StopSignal::Pause => Signal::STOP,
        StopSignal::Resume => Signal::CONT,
    };
    send(&tree.processes(), signal);
}

/// Ends them all. First they are stopped, so that none begins another meanwhile.
pub fn kill_tree(tree: Tree) {
    send(&tree.processes(), Signal::STOP);
    send(&tree.processes(), Signal::KILL);
}

/// Ends what is left of a program whose guard was killed.
pub fn kill_group(tree: Tree) {
    if let Some(group) = to_pid(tree.program) {
        // A group that is gone needs no signal.
        let _ = kill_process_group(group, Signal::KILL);
    }
}

fn send(processes: &[u32], signal: Signal) {
    for pid in processes.iter().filter_map(|&pid| to_pid(pid)) {
        // One that has ended meanwhile needs no signal.
        let _ = kill_process(pid, signal);
    }
}

fn to_pid(pid: u32) -> Option<Pid> {
    Pid::from_raw(i32::try_from(pid).ok()?)
}

/// From now on, orphans among the descendants become children of this process.
pub fn adopt_orphans() -> io::Result<()> {
    Ok(set_child_subreaper(Some(getpid()))?)
}

/// This process is to be killed when the thread that started it ends.
pub fn die_with_parent() -> io::Result<()> {
    Ok(set_parent_process_death_signal(Some(Signal::KILL))?)
}
