//! The client: sends a message, ends its side, and prints what comes back.

use std::ffi::OsString;
use std::hash::{DefaultHasher, Hasher};
use std::io::{self, Cursor, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::{self, Receiver};
use std::thread;

use shared::Failure;

/// The most that is held in memory of what goes out, and of what comes back.
const PIECE: usize = 64 * 1024;

pub fn run(address: &str, message: Option<OsString>) -> Result<(), Failure> {
    let stream = TcpStream::connect(address).map_err(|error| Failure::system(address, error))?;
    let sending = stream
        .try_clone()
        .map_err(|error| Failure::system(address, error))?;
    let sent = match message {
        Some(text) => spawn_sender(Cursor::new(text.into_encoded_bytes()), sending),
        None => spawn_sender(io::stdin(), sending),
    };
    let received = receive(stream, address)?;
    compare(&sent, &received, address)
}

/// Sends on a thread of its own. Who first sends all and then reads waits for ever once the
/// buffers between the two are full: the server cannot go on until somebody takes its answers.
fn spawn_sender(
    input: impl Read + Send + 'static,
    mut stream: TcpStream,
) -> Receiver<Result<Summary, Failure>> {
    let (report, sent) = mpsc::channel();
    thread::spawn(move || {
        // The report comes before the end: when the server has answered that, it is there.
        let _ = report.send(send(input, &mut stream));
        end_sending(&stream);
    });
    sent
}

/// Sends all of the input, however long it is, a piece at a time.
// exercise 2.6: send an input of any length, holding little of it in memory
fn send(mut input: impl Read, stream: &mut TcpStream) -> Result<Summary, Failure> {
    let mut sent = Summary::default();
    let mut piece = vec![0; PIECE];
    loop {
        let length = input
            .read(&mut piece)
            .map_err(|error| Failure::system("standard input", error))?;
        if length == 0 {
            return Ok(sent);
        }
        sent.add(&piece[..length]);
        // `write` takes as much as the send buffer has room for. `write_all` goes on until
        // all is taken, and waits while the server is slow.
        stream
            .write_all(&piece[..length])
            .map_err(|error| Failure::protocol("cannot send", error))?;
    }
}

/// Tells the server that nothing more will come. The other direction stays open: without this
/// half-close both sides would wait for each other.
// exercise 2.4: end the sending side, so that the server sees the end
fn end_sending(stream: &TcpStream) {
    // It fails if the server has gone; then reading tells so.
    let _ = stream.shutdown(Shutdown::Write);
}

/// Prints what comes back, byte for byte, until the server ends its side.
// exercise 2.5: print any byte as it is, whether it is text or not
fn receive(mut stream: TcpStream, address: &str) -> Result<Summary, Failure> {
    let mut received = Summary::default();
    let mut piece = vec![0; PIECE];
    loop {
        let length = stream
            .read(&mut piece)
            .map_err(|error| Failure::protocol(address, error))?;
        if length == 0 {
            return Ok(received);
        }
        received.add(&piece[..length]);
        shared::write(&piece[..length])?;
    }
}

/// Compares what was sent with what came back.
fn compare(
    sent: &Receiver<Result<Summary, Failure>>,
    received: &Summary,
    address: &str,
) -> Result<(), Failure> {
    match sent.try_recv() {
        Ok(sent) => {
            let sent = sent?;
            if sent.same_as(received) {
                return Ok(());
            }
            let why = format!(
                "sent {} bytes, and {} came back",
                sent.bytes, received.bytes
            );
            Err(Failure::protocol(address, why))
        }
        Err(_) => Err(Failure::protocol(
            address,
            "the server ended before all was sent",
        )),
    }
}

/// What went one way, in little: so that any length can be compared in bounded memory.
#[derive(Default)]
struct Summary {
    bytes: u64,
    hasher: DefaultHasher,
}

impl Summary {
    /// Adds a piece. The hash is of a stream: how it is cut into pieces makes no difference.
    fn add(&mut self, piece: &[u8]) {
        self.bytes += piece.len() as u64;
        self.hasher.write(piece);
    }

    fn same_as(&self, other: &Self) -> bool {
        self.bytes == other.bytes && self.hasher.finish() == other.hasher.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_a_stream_is_cut_makes_no_difference() {
        let (mut whole, mut cut) = (Summary::default(), Summary::default());
        whole.add(b"one stream, two ways");
        b"one stream, two ways"
            .chunks(3)
            .for_each(|piece| cut.add(piece));
        assert!(whole.same_as(&cut));
    }
}
