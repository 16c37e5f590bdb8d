//! Standard output: results only, seen at once, and no panic when the reader has gone.
//!
//! `println!` panics when standard output is a pipe that nobody reads any more
//! (`server | head -1`). These return that as an ordinary failure.

use std::fmt::Display;
use std::io::{self, Write};
use std::net::SocketAddr;

use crate::Failure;

/// Prints bytes as they are, and flushes.
pub fn write(bytes: &[u8]) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    stdout
        .write_all(bytes)
        .and_then(|()| stdout.flush())
        .map_err(|error| Failure::stdout(&error))
}

/// Prints one line, and flushes.
pub fn line(text: impl Display) -> Result<(), Failure> {
    write(format!("{text}\n").as_bytes())
}

/// Prints the line that tells whoever started a server that clients can connect.
///
/// `address` is the real one, from `local_addr()`: port 0 has become a number there.
pub fn ready(address: SocketAddr) -> Result<(), Failure> {
    line(format_args!("listening on {address}"))
}
