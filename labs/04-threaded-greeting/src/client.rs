//! The client: says names, one after another, and prints the answers.

use std::io::Write;
use std::net::TcpStream;

use shared::Failure;

use crate::lines::{LONGEST_NAME, Line, Lines};

/// The longest line that a server may answer: `Hello, NAME!`.
const LONGEST_ANSWER: usize = LONGEST_NAME + "Hello, !".len();

pub fn run(address: &str, names: &[String]) -> Result<(), Failure> {
    for name in names {
        check(name)?;
    }
    let stream = TcpStream::connect(address).map_err(|error| Failure::system(address, error))?;
    let mut server = Server {
        address,
        lines: Lines::new(&stream, LONGEST_ANSWER),
        stream: &stream,
    };
    converse(&mut server, names)
}

/// Prints the welcome, then each answer, and says goodbye.
// exercise 4.1: print the welcome and the answer to each name, then say exit
fn converse(server: &mut Server, names: &[String]) -> Result<(), Failure> {
    server.print_answer()?;
    for name in names {
        server.say(name);
        server.print_answer()?;
    }
    server.say("exit");
    Ok(())
}

/// What the server would not take for a name is not sent.
fn check(name: &str) -> Result<(), Failure> {
    let why = match name {
        "" => "a name has at least one letter".to_string(),
        "exit" => "that word ends the conversation".to_string(),
        _ if name.len() > LONGEST_NAME => {
            format!("{} bytes, and {LONGEST_NAME} is the most", name.len())
        }
        _ if name.contains(['\r', '\n']) => "a name is one line".to_string(),
        _ => return Ok(()),
    };
    Err(Failure::usage("NAME", why))
}

/// The server, as the client sees it.
struct Server<'a> {
    address: &'a str,
    lines: Lines<&'a TcpStream>,
    stream: &'a TcpStream,
}

impl Server<'_> {
    /// Says a line. If the server has gone, its last words may say why: the next read tells.
    fn say(&mut self, line: &str) {
        let _ = self.stream.write_all(format!("{line}\n").as_bytes());
    }

    /// Waits for the server's next line, and prints it.
    fn print_answer(&mut self) -> Result<(), Failure> {
        match self.lines.hear() {
            Ok(Line::Text(line)) if line.starts_with(b"ERR ") => Err(Failure::protocol(
                self.address,
                String::from_utf8_lossy(&line),
            )),
            Ok(Line::Text(mut line)) => {
                line.push(b'\n');
                shared::write(&line)
            }
            Ok(Line::TooLong) => Err(Failure::protocol(self.address, "an endless line")),
            Ok(Line::End) => Err(Failure::protocol(self.address, "it ended before an answer")),
            Err(error) => Err(Failure::protocol(self.address, error)),
        }
    }
}
