//! The client of the room: prints what the room says, and says what is typed.

use std::io::{self, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::thread;

use shared::Failure;

use crate::ear::{Ear, Heard, StillTalking};
use crate::screen::{Keyboard, Screen};

/// The longest line that the room may say: a line of somebody's with a name before it, or a
/// list of some thousand names.
const LONGEST: usize = 64 * 1024;

pub fn run(address: &str, name: &str) -> Result<(), Failure> {
    if name.is_empty() || name.contains(['\r', '\n']) {
        return Err(Failure::usage(
            "NAME",
            "a name is one line, and not an empty one",
        ));
    }
    let stream = TcpStream::connect(address).map_err(|error| Failure::system(address, error))?;
    // It fails if the server has gone already; then reading tells.
    let _ = stream.set_nodelay(true);
    let stream = Arc::new(stream);
    let (mut ear, talking) = Ear::open(&stream, LONGEST);
    let (mut keyboard, screen) = Screen::open(format!("[{name}] "))?;
    let end = join(&mut ear, &stream, name, &screen).and_then(|()| {
        thread::spawn(move || {
            // Where the server has gone, hearing tells how.
            let _ = say_typed(&mut keyboard, &stream, talking);
        });
        print_room(&mut ear, &screen)
    });
    screen.close();
    end
}

/// Answers the question for the name, and waits until the room has let us in.
// exercise 5.8: say the name when you are asked, and tell a yes from a no
fn join(ear: &mut Ear, mut stream: &TcpStream, name: &str, screen: &Screen) -> Result<(), Failure> {
    let question = hear_line(ear)?;
    screen.print(&question)?;
    // Where it fails the server has gone, and may have said why.
    let _ = stream.write_all(format!("{name}\n").as_bytes());
    let answer = hear_line(ear)?;
    screen.print(&answer)?;
    if answer.starts_with(b"* in the room:") {
        return Ok(());
    }
    Err(Failure::protocol(name, "the room did not take the name"))
}

/// Sends each line that is typed, until there is no more or it is `/quit`.
// exercise 5.8: send line after line, and end your side after the last
fn say_typed(
    keyboard: &mut Keyboard,
    mut stream: &TcpStream,
    talking: StillTalking,
) -> io::Result<()> {
    let last_words: &[u8] = loop {
        match keyboard.next_line() {
            None => break b"",
            Some(line) if line == b"/quit" => break b"/quit\n",
            Some(line) => stream.write_all(&[&*line, b"\n"].concat())?,
        }
    };
    talking.goodbye();
    stream.write_all(last_words)?;
    stream.shutdown(Shutdown::Write)
}

/// Prints all that the room says, until it is over. What the end means depends on who wanted it.
// exercise 5.8: print line after line, and tell a wanted end from others
fn print_room(ear: &mut Ear, screen: &Screen) -> Result<(), Failure> {
    let mut last = Vec::new();
    loop {
        match ear.next() {
            Heard::Line(line) => {
                screen.print(&line)?;
                last = line;
            }
            Heard::End | Heard::Failed(_) if is_refusal(&last) => {
                let why = String::from_utf8_lossy(&last);
                return Err(Failure::protocol("sent away", why));
            }
            Heard::NoEnd => return Ok(()),
            Heard::End | Heard::Failed(_) if ear.said_goodbye() => return Ok(()),
            other => return Err(gone(other)),
        }
    }
}

/// Whether this is why the room closes on somebody. People's words begin with their names.
fn is_refusal(line: &[u8]) -> bool {
    matches!(line, b"* line too long" | b"* not utf-8")
}

/// Waits for a line where nothing else will do.
fn hear_line(ear: &mut Ear) -> Result<Vec<u8>, Failure> {
    match ear.next() {
        Heard::Line(line) => Ok(line),
        other => Err(gone(other)),
    }
}

/// The error that it is when the room has gone, or talks nonsense.
fn gone(heard: Heard) -> Failure {
    match heard {
        Heard::Failed(error) => Failure::system("the room is gone", error),
        Heard::TooLong => Failure::protocol("the room", "an endless line"),
        _ => Failure::system("the room is gone", "it has ended the connection"),
    }
}
