//! One client of the server, from its handshake to its end.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use crossbeam::sync::WaitGroup;
use rustls::{ServerConfig, ServerConnection, Stream};
use shared::log;

use crate::closing::Closing;
use crate::{handshake, parting};

/// The most that is read at once; a record of TLS carries no more.
const PIECE: usize = 16 * 1024;

/// What is the same for all clients.
pub struct House {
    pub tls: Arc<ServerConfig>,
    pub closing: Closing,
}

/// A client that has connected, and has yet to shake hands.
pub struct Session {
    pub peer: SocketAddr,
    stream: Arc<TcpStream>,
    house: Arc<House>,
    /// The server ends when all of these are dropped.
    _unfinished: WaitGroup,
}

/// A client with whom all is agreed.
pub struct Guest {
    session: Session,
    tls: ServerConnection,
}

impl Session {
    pub fn new(
        stream: Arc<TcpStream>,
        peer: SocketAddr,
        house: &Arc<House>,
        unfinished: &WaitGroup,
    ) -> Self {
        Self {
            stream,
            peer,
            house: Arc::clone(house),
            _unfinished: unfinished.clone(),
        }
    }

    /// Serves the client. An error on its connection is its own: it is logged, and that is all.
    pub fn serve(self) {
        if let Some(guest) = self.shake_hands() {
            guest.talk();
        }
    }

    /// Agrees with the client on keys, and on who is who; `None` if that fails.
    pub fn shake_hands(self) -> Option<Guest> {
        log!("{}: connected", self.peer);
        match self.try_to_shake_hands() {
            Ok(tls) => Some(Guest { session: self, tls }),
            Err(error) => {
                log!("{}: handshake: {error}", self.peer);
                parting::see_out(&self.stream);
                None
            }
        }
    }

    fn try_to_shake_hands(&self) -> io::Result<ServerConnection> {
        // A record goes out at once, also when the one before is not yet acknowledged.
        self.stream.set_nodelay(true)?;
        let mut tls =
            ServerConnection::new(Arc::clone(&self.house.tls)).map_err(io::Error::other)?;
        handshake::shake_hands(&mut tls, &self.stream)?;
        Ok(tls)
    }
}

impl Guest {
    /// Echoes what the guest says, to its end, and says goodbye.
    pub fn talk(mut self) {
        let Session {
            stream,
            peer,
            house,
            ..
        } = &self.session;
        let mut socket = &**stream;
        let echoed = echo(&mut Stream::new(&mut self.tls, &mut socket), &house.closing);
        match echoed {
            // When we are closing ourselves, there is no more to read, and that is our doing.
            Err(error) if !house.closing.is_asked() => match error.kind() {
                io::ErrorKind::UnexpectedEof => log!("{peer}: cut off, without close_notify"),
                _ => log!("{peer}: {error}"),
            },
            _ => match say_goodbye(&mut self.tls, stream) {
                Ok(()) => log!("{peer}: done"),
                Err(error) => log!("{peer}: {error}"),
            },
        }
        parting::see_out(stream);
    }
}

/// Sends back what the client says until it ends its side. What is read and written here is
/// plain; what the socket carries is not.
// exercise 8.2: send back every byte until the client ends its side
fn echo(client: &mut (impl Read + Write), closing: &Closing) -> io::Result<()> {
    let mut piece = vec![0; PIECE];
    loop {
        // 0 bytes is the client's `close_notify`: it has nothing more to say, and goes on
        // listening. An end of the TCP stream without it is an error: `UnexpectedEof`.
        let length = client.read(&mut piece)?;
        if length == 0 {
            return Ok(());
        }
        client.write_all(&piece[..length])?;
        client.flush()?;
        if closing.is_asked() {
            return Ok(());
        }
    }
}

/// Says that this was all, so that the client knows that nobody cut it short.
// exercise 8.2: say that nothing more will come
fn say_goodbye(tls: &mut ServerConnection, mut stream: &TcpStream) -> io::Result<()> {
    tls.send_close_notify();
    while tls.wants_write() {
        tls.write_tls(&mut stream)?;
    }
    Ok(())
}
