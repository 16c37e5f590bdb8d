//! Ports of our own. The labs' default ports are one for the whole machine. Who needs one for itself takes its
//! lock first: a check of `server` without options, the test of a lesson that uses one.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::path::Path;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{LazyLock, PoisonError, RwLock, mpsc};
use std::thread;
use std::time::Duration;

use socket2::{Domain, Socket, Type};

/// The right to use a port, until this is dropped.
#[must_use]
pub struct Held(#[expect(dead_code, reason = "held, and let go of when dropped")] Option<File>);

/// Whoever has the port is done with it sooner. After that it is used without the lock: then
/// it may still be in use, which is seen and said.
const LONGEST: Duration = Duration::from_secs(60);

/// Waits until the port is nobody else's.
pub fn hold(port: u16) -> Held {
    let Ok(file) = lock_file(port) else {
        return Held(None);
    };
    let (locked, turn) = mpsc::channel();
    // A lock cannot be waited for with a deadline; a thread can.
    thread::spawn(move || {
        let file = file.lock().ok().map(|()| file);
        // If the receiver has given up, the lock is let go of at once.
        let _ = locked.send(file);
    });
    Held(turn.recv_timeout(LONGEST).ok().flatten())
}

fn lock_file(port: u16) -> io::Result<File> {
    let user = rustix::process::getuid().as_raw();
    let name = format!("socket-workbook-{user}-port-{port}.lock");
    let open = |folder: &Path| {
        let mut options = File::options();
        let options = options.create(true).truncate(false).write(true);
        options.open(folder.join(&name))
    };
    // Two graders with a `TMPDIR` each have the same ports.
    open(Path::new("/tmp")).or_else(|_| open(&std::env::temp_dir()))
}

/// Held for reading while a process is started: it has all our sockets until its `exec`, and what
/// we close meanwhile stays open.
pub static STARTING: RwLock<()> = RwLock::new(());

/// An address of this machine where nobody listens, on a port that the system gives to nobody of
/// itself, nor another grader to its stories: it stays free until it is used.
pub fn quiet_address() -> Option<SocketAddr> {
    static OWN: LazyLock<Band> = LazyLock::new(Band::own);
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let _nobody = STARTING.write().unwrap_or_else(PoisonError::into_inner);
    (0..Band::PORTS).find_map(|_| {
        // The first port of a band is who it belongs to.
        let step = 1 + NEXT.fetch_add(1, Ordering::Relaxed) % (Band::PORTS - 1);
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, OWN.first + step));
        let is_free = bind_alone(address).is_ok() && UdpSocket::bind(address).is_ok();
        is_free.then_some(address)
    })
}

/// Ports for the stories of this grader alone, as long as it runs.
struct Band {
    first: u16,
    #[expect(dead_code, reason = "bound, and let go of when dropped")]
    /// Bound to the first port, which tells other graders that the band is taken.
    owner: Option<Socket>,
}

impl Band {
    const PORTS: u16 = 600;
    const BANDS: u16 = 20;

    /// All bands lie below the ports that systems hand out for port 0 and for outgoing connections.
    const LOWEST: u16 = 20_000;

    fn own() -> Self {
        // Ports of which a grader before had to let go may not be free at once.
        let favourite = std::process::id() % u32::from(Self::BANDS);
        let favourite = u16::try_from(favourite).unwrap_or(0);
        let band = |at| Self::LOWEST + (favourite + at) % Self::BANDS * Self::PORTS;
        let free = (0..Self::BANDS).find_map(|at| {
            let owner = bind_alone((Ipv4Addr::LOCALHOST, band(at)).into()).ok()?;
            let (first, owner) = (band(at), Some(owner));
            Some(Self { first, owner })
        });
        free.unwrap_or(Self {
            first: band(0),
            owner: None,
        })
    }
}

/// Binds an address that nobody else can bind then, nor had used just before (socket(7): without
/// `SO_REUSEADDR`).
fn bind_alone(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&address.into())?;
    Ok(socket)
}

/// Opens a listener. On port 0 it is tried again with another port when that which the system had
/// chosen was lost to somebody else before `listen`.
pub fn listen_on<T>(
    address: SocketAddr,
    open: impl Fn(SocketAddr) -> io::Result<T>,
) -> io::Result<T> {
    const TRIES: usize = 5;
    let tries = if address.port() == 0 { TRIES } else { 1 };
    for _ in 1..tries {
        match open(address) {
            Err(error) if error.kind() == ErrorKind::AddrInUse => {}
            outcome => return outcome,
        }
    }
    open(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_band_belongs_to_one_grader() {
        let one = Band::own();
        assert!(bind_alone((Ipv4Addr::LOCALHOST, one.first).into()).is_err());
        let other = Band::own();
        assert!(one.first.abs_diff(other.first) >= Band::PORTS);
    }
}
