//! The client's side of a TLS connection, for two threads: one sends while the other receives.
//!
//! A TCP stream can be used from two threads as it is. A TLS connection cannot: its two
//! directions share keys, counters and alerts. So it is behind a lock, and the rule is that
//! nobody waits for the network while holding it. Who did could wait for ever: the sender for a
//! server that takes no more before somebody takes its answers, and the receiver for the lock.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex, MutexGuard};

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection};
use shared::Failure;

use crate::{handshake, refusal};

pub struct Channel {
    tls: Mutex<ClientConnection>,
    socket: TcpStream,
}

impl Channel {
    /// Shakes hands. If this returns a channel, the server is who it should be.
    pub fn open(
        socket: TcpStream,
        config: ClientConfig,
        name: ServerName<'static>,
    ) -> Result<Self, Failure> {
        let open = || {
            let mut tls =
                ClientConnection::new(Arc::new(config), name).map_err(io::Error::other)?;
            // A record goes out at once, also when the one before is not yet acknowledged.
            socket.set_nodelay(true)?;
            handshake::shake_hands(&mut tls, &socket)?;
            Ok(tls)
        };
        let tls = open().map_err(|error| refusal::failure(&error))?;
        Ok(Self {
            tls: Mutex::new(tls),
            socket,
        })
    }

    /// Reads what the server says; 0 bytes is its `close_notify`.
    pub fn read(&self, piece: &mut [u8]) -> io::Result<usize> {
        loop {
            let outcome = self.tls().reader().read(piece);
            match outcome {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                outcome => return without_more(outcome),
            }
            if let Err(error) = self.fetch() {
                return without_more(Err(error));
            }
        }
    }

    /// Waits for more of the server's records, and decrypts them.
    fn fetch(&self) -> io::Result<()> {
        // This waits, without the lock: `peek` looks at what has come, and leaves it there.
        self.socket.peek(&mut [0])?;
        let mut tls = self.tls();
        tls.read_tls(&mut &self.socket)?;
        tls.process_new_packets().map_err(io::Error::other)?;
        Ok(())
    }

    /// Sends all of a piece.
    pub fn write_all(&self, piece: &[u8]) -> io::Result<()> {
        self.tls().writer().write_all(piece)?;
        self.flush()
    }

    /// Sends `close_notify`: nothing more will come from us. The other direction stays open.
    pub fn end_sending(&self) -> io::Result<()> {
        self.tls().send_close_notify();
        self.flush()
    }

    /// Takes the encrypted records out under the lock, and sends them without it.
    fn flush(&self) -> io::Result<()> {
        let mut records = Vec::new();
        let mut tls = self.tls();
        while tls.wants_write() {
            tls.write_tls(&mut records)?;
        }
        drop(tls);
        (&self.socket).write_all(&records)
    }

    fn tls(&self) -> MutexGuard<'_, ClientConnection> {
        self.tls
            .lock()
            .expect("nothing panics while it holds the lock")
    }
}

/// What it means when nothing more can be read. Anybody on the way can end or reset a TCP
/// connection, for that needs no key. Only the server can say `close_notify`, and then the
/// outcome is 0 bytes; all else is a message that may have been cut short.
// exercise 8.5: tell the end of what the server says from a cut
fn without_more(outcome: io::Result<usize>) -> io::Result<usize> {
    outcome
}
