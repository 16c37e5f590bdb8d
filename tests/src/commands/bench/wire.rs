//! The look-up behind "taken by the program": it is asked after each piece that a check sends.

use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};

use anyhow::{Context, anyhow};

use super::sample::{Sample, row};
use crate::commands::out::tell;
use crate::wire::kernel::{self, Answer};
use crate::workbook::Trouble;

const ROUNDS: usize = 200;

pub fn measure() -> Result<(), Trouble> {
    let here = (Ipv4Addr::LOCALHOST, 0);
    let listener = TcpListener::bind(here).context("cannot listen on 127.0.0.1")?;
    let there = listener.local_addr().context("no address")?;
    let ours = TcpStream::connect(there).context("cannot connect to 127.0.0.1")?;
    let us = ours.local_addr().context("no address")?;
    let taken = listener.accept().context("cannot accept")?;
    if matches!(kernel::socket(us, there), Answer::CannotTell) {
        tell("    This system cannot be asked.");
        return Ok(());
    }
    let asked = Sample::of(ROUNDS, || match kernel::socket(us, there) {
        Answer::Is(_) => Ok(()),
        _ => Err(anyhow!("the kernel does not know our own connection")),
    })?;
    let local = format!(":{:04X} ", us.port());
    let read = Sample::of(ROUNDS, || -> anyhow::Result<()> {
        let table = fs::read_to_string("/proc/net/tcp").context("cannot read /proc/net/tcp")?;
        let found = table.lines().any(|line| line.contains(&local));
        found
            .then_some(())
            .context("our own connection is not in it")
    })?;
    drop(taken);
    tell(row("asking for one socket", &asked, None));
    tell(row("reading /proc/net/tcp", &read, Some(&asked)));
    Ok(())
}
