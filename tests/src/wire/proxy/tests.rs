//! Roads between real sockets.

mod datagrams;
mod faults;

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use socket2::SockRef;

use super::*;
use crate::words::escaped;

const LULL: Duration = Duration::from_millis(30);

/// More than anything here takes.
const LONG: Duration = Duration::from_secs(10);

struct Scene {
    road: Road,
    server: TcpListener,
    seen: Arc<Mutex<Vec<Passage>>>,
}

fn anywhere() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 0).into()
}

/// A port that nobody listens on, and that the system gives to nobody.
fn nowhere() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 1).into()
}

fn scene(faults: Faults) -> Scene {
    let server = TcpListener::bind(anywhere()).unwrap();
    let to = server.local_addr().unwrap();
    scene_to(server, to, faults)
}

fn scene_to(server: TcpListener, to: SocketAddr, faults: Faults) -> Scene {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sink = {
        let seen = Arc::clone(&seen);
        Box::new(move |passage: &Passage, _: Sight<'_>| seen.lock().unwrap().push(passage.clone()))
    };
    let road = Road::open(anywhere(), to, faults, 7, Patience::default(), sink).unwrap();
    Scene { road, server, seen }
}

impl Scene {
    /// Both ends of a connection over the road.
    fn connect(&self) -> (TcpStream, TcpStream) {
        let client = TcpStream::connect(self.road.address()).unwrap();
        let (server, _) = self.server.accept().unwrap();
        for socket in [&client, &server] {
            socket.set_read_timeout(Some(LONG)).unwrap();
            socket.set_write_timeout(Some(LONG)).unwrap();
            socket.set_nodelay(true).unwrap();
        }
        (client, server)
    }
}

/// What each read brings, until the end or an error.
fn reads(socket: &mut TcpStream) -> (Vec<Vec<u8>>, Option<ErrorKind>) {
    let (mut reads, mut buffer) = (Vec::new(), vec![0; 1 << 20]);
    loop {
        match socket.read(&mut buffer) {
            Ok(0) => return (reads, None),
            Ok(length) => reads.push(buffer[..length].to_vec()),
            Err(error) => {
                assert_ne!(
                    error.kind(),
                    ErrorKind::WouldBlock,
                    "no end after {reads:?}"
                );
                return (reads, Some(error.kind()));
            }
        }
    }
}

fn reset(socket: TcpStream) {
    let linger = Some(Duration::ZERO);
    SockRef::from(&socket).set_linger(linger).unwrap();
}

fn is_reset(result: io::Result<usize>) -> bool {
    matches!(result, Err(error) if error.kind() == ErrorKind::ConnectionReset)
}

#[test]
fn a_road_without_faults_carries_all_and_keeps_half_closes_apart() {
    let scene = scene(Faults::none());
    let (mut client, mut server) = scene.connect();
    let said: Vec<u8> = (0..200_000)
        .map(|at| u8::try_from(at % 251).unwrap())
        .collect();
    let echo = std::thread::spawn(move || {
        let mut heard = Vec::new();
        server.read_to_end(&mut heard).unwrap();
        // Only the client's direction has ended.
        server.write_all(&heard).unwrap();
    });
    client.write_all(&said).unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    let mut heard = Vec::new();
    client.read_to_end(&mut heard).unwrap();
    assert!(heard == said, "{} bytes came back", heard.len());
    echo.join().unwrap();
}

#[test]
fn a_reset_is_passed_on_as_a_reset_after_what_came_before_it() {
    let scene = scene(Faults::none());
    let (mut client, mut server) = scene.connect();
    server.write_all(b"last words").unwrap();
    let mut heard = [0; 10];
    client.read_exact(&mut heard).unwrap();
    reset(server);
    assert!(is_reset(client.read(&mut heard)));
    let (client, mut server) = scene.connect();
    reset(client);
    assert!(is_reset(server.read(&mut heard)));
}

#[test]
fn a_reset_after_a_half_close_is_passed_on_too() {
    let scene = scene(Faults::none());
    let (mut client, server) = scene.connect();
    server.shutdown(Shutdown::Write).unwrap();
    assert_eq!(client.read(&mut [0]).unwrap(), 0);
    reset(server);
    let deadline = Instant::now() + LONG;
    while client.write(b"x").is_ok() {
        assert!(Instant::now() < deadline, "no reset came");
    }
}

#[test]
fn where_nobody_listens_the_client_is_reset() {
    let scene = scene_to(
        TcpListener::bind(anywhere()).unwrap(),
        nowhere(),
        Faults::none(),
    );
    let mut client = TcpStream::connect(scene.road.address()).unwrap();
    client.set_read_timeout(Some(LONG)).unwrap();
    assert!(is_reset(client.read(&mut [0])));
    let seen = scene.seen.lock().unwrap();
    assert!(seen.iter().any(|it| matches!(it.what, What::Refused)));
}

#[test]
fn slices_arrive_in_reads_of_their_own() {
    let scene = scene(Faults::slice(2).there());
    let (mut client, mut server) = scene.connect();
    client.write_all(b"hello").unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    let (came, _) = reads(&mut server);
    assert_eq!(came, [&b"he"[..], b"ll", b"o"]);
    // Nothing is cut on the way back.
    server.write_all(b"hello").unwrap();
    drop(server);
    assert_eq!(reads(&mut client).0, [b"hello"]);
}

#[test]
fn what_is_held_back_arrives_in_one_read() {
    let scene = scene(Faults::coalesce(1000, LONG));
    let (mut client, mut server) = scene.connect();
    for letter in b"hello" {
        client.write_all(&[*letter]).unwrap();
    }
    client.shutdown(Shutdown::Write).unwrap();
    assert_eq!(reads(&mut server).0, [b"hello"]);
}

#[test]
fn a_lull_lets_go_what_is_held_back() {
    let scene = scene(Faults::coalesce(1000, LULL));
    let (mut client, mut server) = scene.connect();
    let start = Instant::now();
    client.write_all(b"hello").unwrap();
    let mut heard = [0; 9];
    assert_eq!(server.read(&mut heard).unwrap(), 5);
    assert!(start.elapsed() >= LULL);
}

#[test]
fn what_is_delayed_comes_no_sooner() {
    let scene = scene(Faults::delay(LULL, Duration::ZERO));
    let (mut client, mut server) = scene.connect();
    let start = Instant::now();
    client.write_all(b"hello").unwrap();
    drop(client);
    let (came, _) = reads(&mut server);
    assert_eq!(came.concat(), b"hello");
    assert!(start.elapsed() >= LULL);
}

#[test]
fn a_receiver_that_does_not_read_stops_the_sender() {
    let scene = scene(Faults::none());
    let (client, mut server) = scene.connect();
    client.set_write_timeout(Some(LULL)).unwrap();
    let (piece, mut sent) = (vec![7; 64 * 1024], 0);
    while let Ok(length) = (&client).write(&piece) {
        sent += length;
        assert!(sent < 64 << 20, "the road takes all");
    }
    drop(client);
    let came: usize = reads(&mut server).0.iter().map(Vec::len).sum();
    assert_eq!(came, sent);
}

#[test]
fn many_take_the_road_at_once() {
    let scene = scene(Faults::slice(3));
    let mut pairs: Vec<_> = (0..60).map(|_| scene.connect()).collect();
    for (at, (client, _)) in pairs.iter_mut().enumerate() {
        client.write_all(format!("I am {at}").as_bytes()).unwrap();
        client.shutdown(Shutdown::Write).unwrap();
    }
    for (at, (_, server)) in pairs.iter_mut().enumerate() {
        assert_eq!(reads(server).0.concat(), format!("I am {at}").as_bytes());
    }
}

#[test]
fn when_the_road_ends_nothing_of_it_is_left() {
    let scene = scene(Faults::delay(LONG, Duration::ZERO));
    let (mut client, mut server) = scene.connect();
    client.write_all(b"never arrives").unwrap();
    let address = scene.road.address();
    drop(scene.road);
    assert!(client.read(&mut [0]).is_err() || client.read(&mut [0]).unwrap() == 0);
    assert_eq!(reads(&mut server).0, Vec::<Vec<u8>>::new());
    TcpListener::bind(address).unwrap();
}

#[test]
fn all_that_passes_is_told_in_its_order() {
    let scene = scene(Faults::slice(1).there());
    let (mut client, mut server) = scene.connect();
    client.write_all(b"hi").unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    reads(&mut server);
    drop(server);
    reads(&mut client);
    drop(scene.road);
    let seen = scene.seen.lock().unwrap();
    let told = |side: Side| -> Vec<String> {
        let here = seen.iter().filter(|passage| passage.side == side);
        here.map(|passage| match &passage.what {
            What::Sent(bytes) => format!("sent {}", escaped(&bytes.head)),
            What::Got(bytes) => format!("got {}", escaped(&bytes.head)),
            what => format!("{what:?}"),
        })
        .collect()
    };
    assert_eq!(
        told(Side::Client),
        ["Connected", "got hi", "GotEnd", "SentEnd"]
    );
    assert_eq!(
        told(Side::Server),
        ["Connected", "sent h", "sent i", "SentEnd", "GotEnd"]
    );
}
