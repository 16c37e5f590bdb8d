//! Two people. Each has two things going on at the same time: the keyboard and the other end.
//! Nobody knows which of them says something first, so each has a thread that waits for it.

use std::io::{self, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use shared::Failure;

use crate::ear::{Ear, Heard, StillTalking};
use crate::screen::{Keyboard, Screen};

/// The line that ends the conversation.
const END: &[u8] = b"esc";

/// The longest line that the other may say.
const LONGEST: usize = 64 * 1024;

pub fn wait_at(address: SocketAddr) -> Result<(), Failure> {
    let no = |error| Failure::system(address, error);
    let listener = TcpListener::bind(address).map_err(no)?;
    shared::ready(listener.local_addr().map_err(no)?)?;
    let (stream, _) = listener.accept().map_err(no)?;
    // Two are company: whoever comes now is refused.
    drop(listener);
    talk(stream)
}

pub fn go_to(address: &str) -> Result<(), Failure> {
    talk(TcpStream::connect(address).map_err(|error| Failure::system(address, error))?)
}

fn talk(stream: TcpStream) -> Result<(), Failure> {
    // It fails if the other has gone already; then reading tells.
    let _ = stream.set_nodelay(true);
    let stream = Arc::new(stream);
    let (mut ear, talking) = Ear::open(&stream, LONGEST);
    let (mut keyboard, screen) = Screen::open("you: ".to_string())?;
    thread::spawn(move || {
        // Where the other has gone, hearing tells how.
        let _ = send_typed(&mut keyboard, &stream, talking);
    });
    let end = print_heard(&mut ear, &screen);
    screen.close();
    end
}

/// Sends each line that is typed, until there is no more or it is `esc`; then ends this side.
// exercise 5.1: send line after line, and end your side after the last
fn send_typed(
    keyboard: &mut Keyboard,
    mut stream: &TcpStream,
    talking: StillTalking,
) -> io::Result<()> {
    while let Some(mut line) = keyboard.next_line()
        && line != END
    {
        line.push(b'\n');
        stream.write_all(&line)?;
    }
    talking.goodbye();
    // A half-close: what the other is just saying still arrives.
    stream.shutdown(Shutdown::Write)
}

/// Prints each line that the other says, until one of the two has ended it.
// exercise 5.1: print line after line as it comes
fn print_heard(ear: &mut Ear, screen: &Screen) -> Result<(), Failure> {
    loop {
        match ear.next() {
            Heard::Line(line) if line == END => return Ok(()),
            Heard::Line(line) => screen.print(&[b"peer: ", &*line].concat())?,
            Heard::End | Heard::NoEnd => return Ok(()),
            Heard::Failed(_) if ear.said_goodbye() => return Ok(()),
            Heard::Failed(error) => return Err(Failure::system("peer", error)),
            Heard::TooLong => return Err(Failure::protocol("peer", "an endless line")),
        }
    }
}
