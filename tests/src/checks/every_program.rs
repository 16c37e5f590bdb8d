//! What every program promises, whatever its lab: stories that several labs tell.

use std::io;
use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

use socket2::{Domain, Socket, Type};

use super::{Done, Lab, Server};
use crate::finding::{Means, Step, Stop};
use crate::program::{Spec, Stdin, StopSignal, World};

/// A server says that it could not have its address, and ends with exit code 1.
pub fn cannot_have(lab: &mut Lab, taken: SocketAddr) -> Step<Done> {
    let done = lab.run(["server", "--listen", &taken.to_string()])?;
    done.exits(&[1])?.prints("")?.complains("")?;
    Ok(done)
}

/// A server does not share an address with another program that would: `SO_REUSEPORT` lets two
/// sockets of one user have the same port, and then nobody knows which of them a client gets.
pub fn shares_with_nobody(lab: &mut Lab) -> Step {
    let (_tcp, _udp, taken) = shared_address(lab)?;
    cannot_have(lab, taken).or_means(
        "Another program listens there that would share its port (SO_REUSEPORT), and so would \
         yours: then the kernel deals the clients out between the two. Leave that option away. \
         What a server needs to come back at once is SO_REUSEADDR.",
    )?;
    Ok(())
}

/// An address where we listen, for streams and for datagrams, ready to share it.
fn shared_address(lab: &Lab) -> Step<(Socket, Socket, SocketAddr)> {
    let open = |address: SocketAddr, kind| -> io::Result<Socket> {
        let socket = Socket::new(Domain::for_address(address), kind, None)?;
        socket.set_reuse_port(true)?;
        socket.bind(&address.into())?;
        Ok(socket)
    };
    // Not on port 0: the system may give out one that is shared already.
    let address = lab.quiet_address()?;
    let both = open(address, Type::STREAM)
        .and_then(|tcp| tcp.listen(8).map(|()| tcp))
        .and_then(|tcp| Ok((tcp, open(address, Type::DGRAM)?)));
    match both {
        Ok((tcp, udp)) => Ok((tcp, udp, address)),
        Err(error) => Err(Stop::Skip(format!(
            "no port was to be had to share: {error}"
        ))),
    }
}

/// Each of these command lines makes no sense, and ends with exit code 2.
pub fn refuses(lab: &mut Lab, lines: &[&[&str]]) -> Step {
    for words in lines {
        lab.run(*words)?.exits(&[2])?.prints("")?;
    }
    Ok(())
}

/// A server that has served somebody prints its ready line, and nothing else to its end.
pub fn prints_nothing_more(lab: &Lab, server: &Server) -> Step {
    server.prints_nothing_more()?;
    // What lay in a buffer comes out at the end. How it ends is for another exercise.
    let process = server.process()?;
    process.running().signal(StopSignal::Terminate)?;
    let patience = lab.patience().at_most(Duration::from_secs(2));
    process.running().wait(patience);
    server.prints_nothing_more()
}

/// A server that nobody talks to ends on Ctrl-C.
pub fn stops_when_idle(lab: &mut Lab) -> Step {
    let server = lab.server()?;
    settles_in(lab);
    server.process()?.stops_on(StopSignal::Interrupt)
}

/// Gives a program that has only just said that it is ready the time to get ready for signals,
/// too: the line promises that of clients alone, and nothing tells of the other.
pub fn settles_in(lab: &Lab) {
    thread::sleep(lab.patience().glance() / 2);
}

/// A client told to connect to this name, where it is the address of this machine, and where
/// there are no others but `localhost`.
pub fn client_in_a_world_with(name: &str, port: u16, lab: &Lab, words: &[&str]) -> Spec {
    let server = format!("{name}:{port}");
    let words = [&["client", "--connect", &server], words].concat();
    let mut spec = lab.spec(words, Stdin::Empty);
    spec.world = Some(World {
        hosts: format!("127.0.0.1 localhost {name}\n"),
        resolv: "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n".into(),
        nsswitch: Some("hosts: files\n".into()),
        hostname: None,
    });
    spec
}

/// A client says that nobody has the name that it was told, and ends with exit code 1.
pub fn finds_no_such_host(lab: &mut Lab, words: &[&str]) -> Step {
    /// A resolver that asks a DNS server where there is none takes this long at most.
    const A_RESOLVER_GIVES_UP: Duration = Duration::from_millis(4_500);
    let name = format!("{}.invalid", lab.word());
    let mut spec = client_in_a_world_with(&name, 7000, lab, words);
    if let Some(world) = &mut spec.world {
        world.hosts = "127.0.0.1 localhost\n".into();
    }
    let done = lab.start(spec)?.done_within(A_RESOLVER_GIVES_UP)?;
    done.found_nobody()
}
