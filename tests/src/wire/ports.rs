//! Ports of our own. The labs' default ports are one for the whole machine. Who needs one for itself takes its
//! lock first: a check of `server` without options, the test of a lesson that uses one.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

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

/// An address of this machine where nobody listens, on a port that the system gives to nobody of
/// itself: it stays free until it is used.
pub fn quiet_address() -> Option<SocketAddr> {
    /// Below the ports that systems hand out for port 0 and for outgoing connections.
    const RANGE: std::ops::Range<u16> = 20_000..32_000;
    static NEXT: AtomicU32 = AtomicU32::new(0);
    (0..100).find_map(|_| {
        // Two graders on one machine begin in different places.
        let step = NEXT.fetch_add(1, Ordering::Relaxed) + std::process::id() % 997 * 12;
        let step = u16::try_from(step % u32::from(RANGE.end - RANGE.start)).unwrap_or(0);
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, RANGE.start + step));
        let is_free = TcpListener::bind(address).is_ok() && UdpSocket::bind(address).is_ok();
        is_free.then_some(address)
    })
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
