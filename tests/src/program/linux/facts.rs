//! What a program holds and has used, from `/proc`. All numbers are sums over its processes.

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};

use super::Tree;

/// The processor time, in steps of 10 ms.
pub fn cpu_time(tree: Tree) -> Option<Duration> {
    let ticks_a_second = rustix::param::clock_ticks_per_second();
    let ticks = sum(tree, |pid| {
        let stat = read(pid, "stat")?;
        let (_, rest) = stat.rsplit_once(')')?;
        // proc_pid_stat(5): utime, stime, and the same of children that were waited for.
        let times = rest.split_whitespace().skip(11).take(4);
        Some(times.filter_map(|time| time.parse::<u64>().ok()).sum())
    })?;
    Some(Duration::from_millis(ticks * 1000 / ticks_a_second))
}

/// Resident memory, in bytes.
pub fn memory(tree: Tree) -> Option<u64> {
    let page = rustix::param::page_size() as u64;
    let pages = sum(tree, |pid| {
        read(pid, "statm")?.split_whitespace().nth(1)?.parse().ok()
    })?;
    Some(pages * page)
}

/// The most resident memory that each has had, in bytes.
pub fn memory_peak(tree: Tree) -> Option<u64> {
    Some(sum(tree, |pid| status(pid, "VmHWM:"))? * 1024)
}

pub fn threads(tree: Tree) -> Option<usize> {
    count(sum(tree, |pid| status(pid, "Threads:")))
}

pub fn descriptors(tree: Tree) -> Option<usize> {
    count(sum(tree, |pid| {
        Some(fs::read_dir(format!("/proc/{pid}/fd")).ok()?.count() as u64)
    }))
}

/// Whether all its processes stand still, as on Ctrl-Z: `proc_pid_stat(5)`, state T.
pub fn is_stopped(tree: Tree) -> Option<bool> {
    let moving = sum(tree, |pid| {
        let stat = read(pid, "stat")?;
        let (_, rest) = stat.rsplit_once(')')?;
        Some(u64::from(!rest.trim_start().starts_with('T')))
    })?;
    Some(moving == 0)
}

/// Allows `more` descriptors beyond the lowest number that is free now: with 0, no other can be
/// had. Whether that was possible. See prlimit(2): it changes the limit of a process that runs.
pub fn allow_descriptors(tree: Tree, more: u64) -> bool {
    let pids = tree.processes();
    !pids.is_empty() && pids.into_iter().all(|pid| allow(pid, more).is_some())
}

fn allow(pid: u32, more: u64) -> Option<()> {
    let numbers = fs::read_dir(format!("/proc/{pid}/fd")).ok()?;
    let open: BTreeSet<u64> = numbers
        .filter_map(|number| number.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    let free = (0..=u64::from(u32::MAX)).find(|number| !open.contains(number))?;
    let process = Pid::from_raw(i32::try_from(pid).ok()?)?;
    let limit = getrlimit(Resource::Nofile);
    let current = Some((free + more).min(limit.maximum.unwrap_or(u64::MAX)));
    prlimit(Some(process), Resource::Nofile, Rlimit { current, ..limit })
        .ok()
        .map(drop)
}

/// `None` if there is no process that can be asked.
fn sum(tree: Tree, fact: impl Fn(u32) -> Option<u64>) -> Option<u64> {
    tree.processes()
        .into_iter()
        .filter_map(fact)
        .reduce(|a, b| a + b)
}

fn count(sum: Option<u64>) -> Option<usize> {
    usize::try_from(sum?).ok()
}

fn read(pid: u32, file: &str) -> Option<String> {
    fs::read_to_string(format!("/proc/{pid}/{file}")).ok()
}

/// The number behind a name in `/proc/PID/status`.
fn status(pid: u32, name: &str) -> Option<u64> {
    let status = read(pid, "status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}
