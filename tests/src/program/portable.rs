//! What the grader asks of a kernel about programs, where that kernel is not Linux: process
//! groups instead of whole trees, and no facts. Checks that need a fact are skipped.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};

use super::spec::{StopSignal, World};

/// A program, as seen from its guard.
#[derive(Clone, Copy)]
pub struct Tree {
    #[expect(dead_code, reason = "what only Linux can ask for")]
    pub guard: u32,
    /// Also the number of its process group.
    pub program: u32,
}

pub fn adopt_orphans() -> io::Result<()> {
    Ok(())
}

pub fn die_with_parent() -> io::Result<()> {
    Ok(())
}

pub fn enter(_world: &World) -> Result<(), String> {
    Err("only Linux has them".to_string())
}

pub fn signal_tree(tree: Tree, signal: StopSignal) {
    kill(
        tree,
        match signal {
            StopSignal::Interrupt => Signal::INT,
            StopSignal::Terminate => Signal::TERM,
            StopSignal::Kill => Signal::KILL,
            StopSignal::Pause => Signal::STOP,
            StopSignal::Resume => Signal::CONT,
        },
    );
}

pub fn kill_tree(tree: Tree) {
    kill(tree, Signal::KILL);
}

pub fn kill_group(tree: Tree) {
    kill(tree, Signal::KILL);
}

fn kill(tree: Tree, signal: Signal) {
    let group = i32::try_from(tree.program).ok().and_then(Pid::from_raw);
    if let Some(group) = group {
        // A group that is gone needs no signal.
        let _ = kill_process_group(group, signal);
    }
}

pub fn waits(_tree: Tree) -> Vec<String> {
    Vec::new()
}

pub fn is_busy(_tree: Tree) -> Option<bool> {
    None
}

pub fn cpu_time(_tree: Tree) -> Option<Duration> {
    None
}

pub fn memory(_tree: Tree) -> Option<u64> {
    None
}

pub fn memory_peak(_tree: Tree) -> Option<u64> {
    None
}

pub fn is_stopped(_tree: Tree) -> Option<bool> {
    None
}

pub fn allow_descriptors(_tree: Tree, _more: u64) -> bool {
    false
}

pub fn descriptors(_tree: Tree) -> Option<usize> {
    None
}

pub fn threads(_tree: Tree) -> Option<usize> {
    None
}

pub fn listens_on(_tree: Tree) -> Vec<SocketAddr> {
    Vec::new()
}
