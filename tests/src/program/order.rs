//! What the grader and a guard say to each other: one order with the program's standard
//! streams, then a line of JSON for each thing that happened.

use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use anyhow::{Context, ensure};
use rustix::io::FdFlags;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags,
};
use serde::{Deserialize, Serialize};

use super::spec::{Exit, Spec, Stdin};

/// Standard output, standard error, and perhaps standard input.
const MOST_STREAMS: usize = 3;

/// No command line comes near it.
const LONGEST_ORDER: u64 = 64 << 20;

/// What a guard tells the grader.
#[derive(Debug, Serialize, Deserialize)]
pub enum Report {
    Started {
        pid: u32,
        folder: std::ffi::OsString,
    },
    /// The system refused to run the command: its words, and what they mean.
    NotStarted {
        why: String,
        means: String,
    },
    /// This machine has no worlds.
    NoWorld(String),
    /// The guard itself failed.
    Broken(String),
    Ended(Ended),
    /// Nothing that the program started is left. (Its folder is gone too, or the text says why
    /// not.)
    Gone {
        left: Option<String>,
    },
}

/// The end of a program, with what the kernel counted for it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Ended {
    pub exit: Exit,
    /// The most resident memory that it had at one time, in bytes.
    pub memory_peak: u64,
    pub cpu_time: Duration,
}

/// The program's ends of its standard streams.
pub struct Streams {
    pub stdin: Option<OwnedFd>,
    pub stdout: OwnedFd,
    pub stderr: OwnedFd,
}

/// Hands the order and the streams to a guard.
pub fn give(control: &mut UnixStream, spec: &Spec, streams: Streams) -> anyhow::Result<()> {
    let mut fds = vec![streams.stdout.as_fd(), streams.stderr.as_fd()];
    fds.extend(streams.stdin.as_ref().map(AsFd::as_fd));
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST_STREAMS))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    ensure!(
        ancillary.push(SendAncillaryMessage::ScmRights(&fds)),
        "three descriptors fit their buffer"
    );
    let text = serde_json::to_vec(spec)?;
    let length = (text.len() as u64).to_be_bytes();
    let sent = rustix::net::sendmsg(
        &control,
        &[IoSlice::new(&length)],
        &mut ancillary,
        SendFlags::empty(),
    )?;
    control.write_all(&length[sent..])?;
    control.write_all(&text)?;
    Ok(())
}

/// Receives the order in a guard.
pub fn take(mut control: &UnixStream) -> anyhow::Result<(Spec, Streams)> {
    let mut length = [0; 8];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST_STREAMS))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let got = rustix::net::recvmsg(
        control,
        &mut [IoSliceMut::new(&mut length)],
        &mut ancillary,
        RecvFlags::empty(),
    )?;
    let mut fds = Vec::new();
    for message in ancillary.drain() {
        if let RecvAncillaryMessage::ScmRights(received) = message {
            fds.extend(received);
        }
    }
    for fd in &fds {
        // There is one thread yet: nothing can be started before this is done.
        rustix::io::fcntl_setfd(fd, FdFlags::CLOEXEC)?;
    }
    control.read_exact(&mut length[got.bytes..])?;
    let length = u64::from_be_bytes(length);
    ensure!(length <= LONGEST_ORDER, "an order of {length} bytes");
    let mut text = Vec::new();
    control.take(length).read_to_end(&mut text)?;
    let spec: Spec = serde_json::from_slice(&text).context("the order is cut")?;

    let mut fds = fds.into_iter();
    let stdout = fds.next().context("an order without an output")?;
    let stderr = fds.next().context("an order without a log")?;
    let stdin = match spec.stdin {
        Stdin::Piped => Some(fds.next().context("an order without an input")?),
        Stdin::Empty => None,
    };
    let streams = Streams {
        stdin,
        stdout,
        stderr,
    };
    Ok((spec, streams))
}

/// A guard tells what happened. A grader that is gone hears nothing, and that is fine.
pub fn report(mut control: &UnixStream, report: &Report) -> io::Result<()> {
    let mut line = serde_json::to_vec(report)?;
    line.push(b'\n');
    control.write_all(&line)
}
