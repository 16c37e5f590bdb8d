//! What the kernel knows about a connection: whether the program has taken what it was sent.
//!
//! "Taken" means that the bytes left the kernel, no more. It is what lets a peer cut a stream
//! where it likes: sent piece by piece, each taken before the next one goes, every piece
//! arrives in a read of its own.

use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::time::Duration;

use super::wait;

/// Waits until the program has read what was sent to it so far. That it has not is no finding:
/// it may be right not to read, or to look without taking: then the answer is no.
///
/// `ours` is our socket, `to` the address of the program's socket. Where the kernel cannot be
/// asked, this is a small wait.
pub fn until_taken(
    socket: impl AsFd,
    ours: SocketAddr,
    to: SocketAddr,
    patience: Duration,
) -> bool {
    wait::until(patience, || is_taken(&socket, ours, to))
}

/// Whether the program has read by now what was sent to it so far.
pub fn is_taken(socket: impl AsFd, ours: SocketAddr, to: SocketAddr) -> bool {
    unacknowledged(&socket) == 0
        && match facts::socket(ours, to) {
            Answer::Is(socket) => socket.unread == 0,
            Answer::NoSuchSocket => true,
            Answer::CannotTell => {
                std::thread::sleep(facts::SMALL_WAIT);
                true
            }
        }
}

/// Waits until the program has accepted the connection: until then it waits in the backlog. That it
/// has not is no finding. Where the kernel cannot be asked, this is a small wait.
pub fn until_accepted(ours: SocketAddr, to: SocketAddr, patience: Duration) -> bool {
    wait::until(patience, || match socket(ours, to) {
        Answer::Is(socket) => !socket.waits_to_be_accepted(),
        Answer::NoSuchSocket => true,
        Answer::CannotTell => {
            std::thread::sleep(facts::SMALL_WAIT);
            true
        }
    })
}

/// How many bytes of what was sent to the program it has not read, as far as the kernel tells:
/// each that it reads makes them fewer.
pub fn under_way(socket: impl AsFd, ours: SocketAddr, to: SocketAddr) -> u64 {
    u64::from(unacknowledged(socket)) + u64::from(unread(ours, to).unwrap_or_default())
}

/// How many bytes of a TCP stream lie in the program's receive buffer, if the kernel tells.
pub fn unread(ours: SocketAddr, to: SocketAddr) -> Option<u32> {
    match facts::socket(ours, to) {
        Answer::Is(socket) => Some(socket.unread),
        _ => None,
    }
}

/// One end of a connection, as the kernel has it now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Socket {
    /// A number of the kernel's own, see [`Socket::state`].
    state: u8,
    /// Bytes that have come, and that its program has not read.
    pub unread: u32,
    /// Bytes that its program has written, and that the other end has not acknowledged.
    pub unacknowledged: u32,
    /// A file of some process. Without one, it waits to be accepted, or was closed.
    has_file: bool,
}

/// What the kernel says when it is asked for a socket.
pub enum Answer {
    Is(Socket),
    NoSuchSocket,
    CannotTell,
}

/// The socket whose own address is `to`, and whose peer is `ours`.
pub fn socket(ours: SocketAddr, to: SocketAddr) -> Answer {
    match facts::socket(ours, to) {
        // Where there is no connection, it tells of who listens there.
        Answer::Is(socket) if socket.state() == "LISTEN" => Answer::NoSuchSocket,
        answer => answer,
    }
}

impl Socket {
    /// The states of RFC 9293, 3.3.2, in the order of the kernel's `tcp_states.h`.
    const STATES: [&str; 13] = [
        "UNKNOWN",
        "ESTABLISHED",
        "SYN-SENT",
        "SYN-RECEIVED",
        "FIN-WAIT-1",
        "FIN-WAIT-2",
        "TIME-WAIT",
        "CLOSED",
        "CLOSE-WAIT",
        "LAST-ACK",
        "LISTEN",
        "CLOSING",
        "SYN-RECEIVED",
    ];

    pub fn state(&self) -> &'static str {
        Self::STATES
            .get(usize::from(self.state))
            .unwrap_or(&Self::STATES[0])
    }

    /// Its program has closed it. What it wrote before may still be under way.
    pub fn is_closed(&self) -> bool {
        !self.has_file && !self.waits_to_be_accepted()
    }

    /// The kernel has taken the connection in, and the program has not: that is the backlog.
    pub fn waits_to_be_accepted(&self) -> bool {
        !self.has_file && matches!(self.state(), "ESTABLISHED" | "CLOSE-WAIT" | "SYN-RECEIVED")
    }
}

/// Bytes that were sent and not yet acknowledged by the other side (tcp(7): SIOCOUTQ).
fn unacknowledged(socket: impl AsFd) -> u32 {
    facts::send_queue(socket).unwrap_or(0)
}

#[cfg(all(target_os = "linux", not(feature = "portable")))]
mod facts {
    //! Asked over netlink, see `sock_diag(7)`, in a few microseconds. `/proc/net/tcp` has the
    //! same and takes a thousand times longer.

    use std::cell::RefCell;
    use std::io;
    use std::net::{IpAddr, SocketAddr};
    use std::os::fd::{AsFd, AsRawFd, OwnedFd};
    use std::time::Duration;

    use netlink_packet_core::{NLM_F_REQUEST, NetlinkHeader, NetlinkMessage, NetlinkPayload};
    use netlink_packet_sock_diag::{
        SockDiagMessage,
        constants::{AF_INET, AF_INET6, IPPROTO_TCP},
        inet::{ExtensionFlags, InetRequest, SocketId, StateFlags},
    };
    use rustix::net::{
        AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, netlink, recv, send,
        socket_with,
    };

    use super::{Answer, Socket};

    /// Where the kernel does not tell: long enough for a program that waits in `read`.
    pub const SMALL_WAIT: Duration = Duration::from_millis(15);

    thread_local! {
        static NETLINK: RefCell<Option<OwnedFd>> = const { RefCell::new(None) };
    }

    pub fn socket(ours: SocketAddr, to: SocketAddr) -> Answer {
        NETLINK.with_borrow_mut(|netlink| {
            if netlink.is_none() {
                *netlink = open().ok();
            }
            match netlink.as_ref().map(|netlink| ask(netlink, ours, to)) {
                Some(Ok(answer)) => answer,
                Some(Err(_)) | None => Answer::CannotTell,
            }
        })
    }

    fn open() -> io::Result<OwnedFd> {
        Ok(socket_with(
            AddressFamily::NETLINK,
            SocketType::DGRAM,
            SocketFlags::CLOEXEC,
            Some(netlink::SOCK_DIAG),
        )?)
    }

    /// Asks for the socket whose own address is `to` and whose peer is `ours`.
    fn ask(netlink: &OwnedFd, ours: SocketAddr, to: SocketAddr) -> io::Result<Answer> {
        let request = InetRequest {
            family: if to.is_ipv4() { AF_INET } else { AF_INET6 },
            protocol: IPPROTO_TCP,
            extensions: ExtensionFlags::empty(),
            states: StateFlags::all(),
            socket_id: SocketId {
                source_port: to.port(),
                destination_port: ours.port(),
                source_address: unmapped(to.ip()),
                destination_address: unmapped(ours.ip()),
                interface_id: 0,
                cookie: [0xff; 8],
            },
        };
        let mut header = NetlinkHeader::default();
        header.flags = NLM_F_REQUEST;
        let mut message = NetlinkMessage::new(header, SockDiagMessage::InetRequest(request).into());
        message.finalize();
        let mut bytes = vec![0; message.buffer_len()];
        message.serialize(&mut bytes);
        send(netlink, &bytes, SendFlags::empty())?;

        let mut answer = [0; 4096];
        let (length, _) = recv(netlink, &mut answer, RecvFlags::empty())?;
        let answer = NetlinkMessage::<SockDiagMessage>::deserialize(&answer[..length])
            .map_err(io::Error::other)?;
        Ok(match answer.payload {
            NetlinkPayload::InnerMessage(SockDiagMessage::InetResponse(response)) => {
                let facts = response.header;
                Answer::Is(Socket {
                    state: facts.state,
                    unread: facts.recv_queue,
                    unacknowledged: facts.send_queue,
                    has_file: facts.inode != 0,
                })
            }
            NetlinkPayload::Error(error) if error.raw_code() == -libc::ENOENT => {
                Answer::NoSuchSocket
            }
            _ => Answer::CannotTell,
        })
    }

    fn unmapped(address: IpAddr) -> IpAddr {
        address.to_canonical()
    }

    #[expect(unsafe_code, reason = "SIOCOUTQ has no safe wrapper in a crate we use")]
    pub fn send_queue(socket: impl AsFd) -> Option<u32> {
        let mut bytes: libc::c_int = 0;
        // SAFETY: the descriptor is open, and SIOCOUTQ (= TIOCOUTQ) writes one int.
        let result =
            unsafe { libc::ioctl(socket.as_fd().as_raw_fd(), libc::TIOCOUTQ, &raw mut bytes) };
        (result == 0).then_some(bytes.unsigned_abs())
    }
}

#[cfg(any(not(target_os = "linux"), feature = "portable"))]
mod facts {
    //! Elsewhere than on Linux nobody tells: a small wait has to do. It can only weaken a
    //! stimulus, never flip a verdict.

    use std::net::SocketAddr;
    use std::os::fd::AsFd;
    use std::time::Duration;

    use super::Answer;

    /// Long enough for a program that waits in `read`.
    pub const SMALL_WAIT: Duration = Duration::from_millis(15);

    pub fn socket(_ours: SocketAddr, _to: SocketAddr) -> Answer {
        Answer::CannotTell
    }

    pub fn send_queue(_socket: impl AsFd) -> Option<u32> {
        None
    }
}
