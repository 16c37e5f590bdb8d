//! Whom a client talks to in the labs that have no server: somebody of ours, who does just enough
//! that there is a conversation.

use std::io::{self, ErrorKind, PipeReader, Read};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::{AsFd, BorrowedFd};

use rustix::event::{PollFd, PollFlags, poll};

use crate::wire::Worker;

/// The address that every name has here; it is for documentation alone (RFC 5737).
const ANSWER: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 7);

/// More connections than anybody checks.
const MOST: usize = 256;

/// A thread of ours, until this is dropped.
pub struct Extra {
    pub address: SocketAddr,
    _worker: Worker,
}

impl Extra {
    /// Answers each question for an address with the same one.
    pub fn name_server() -> io::Result<Self> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        socket.set_nonblocking(true)?;
        let address = socket.local_addr()?;
        let worker = Worker::start("name server", move |stop| {
            let mut question = [0; 512];
            while waits_for(&[socket.as_fd()], stop) {
                if let Ok((length, from)) = socket.recv_from(&mut question)
                    && let Some(answer) = answer(&question[..length])
                {
                    // Whoever has left already needs no answer.
                    let _ = socket.send_to(&answer, from);
                }
            }
        })?;
        Ok(Self {
            address,
            _worker: worker,
        })
    }

    /// Takes in each connection, and ends it when the client does.
    pub fn listener() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let worker = Worker::start("listener", move |stop| {
            let mut guests: Vec<TcpStream> = Vec::new();
            loop {
                let mut sockets: Vec<_> = guests.iter().map(AsFd::as_fd).collect();
                if guests.len() < MOST {
                    sockets.push(listener.as_fd());
                }
                if !waits_for(&sockets, stop) {
                    return;
                }
                guests.retain_mut(stays);
                if let Ok((guest, _)) = listener.accept()
                    && guest.set_nonblocking(true).is_ok()
                {
                    guests.push(guest);
                }
            }
        })?;
        Ok(Self {
            address,
            _worker: worker,
        })
    }
}

/// Waits until one of these can be read: true; or until it is to stop.
fn waits_for(sockets: &[BorrowedFd<'_>], stop: &PipeReader) -> bool {
    let mut asked = vec![PollFd::new(stop, PollFlags::IN)];
    asked.extend(
        sockets
            .iter()
            .map(|socket| PollFd::from_borrowed_fd(*socket, PollFlags::IN)),
    );
    match poll(&mut asked, None) {
        Ok(_) => asked[0].revents().is_empty(),
        Err(rustix::io::Errno::INTR) => true,
        Err(_) => false,
    }
}

/// Reads away what a guest says. Whether it is still there.
fn stays(guest: &mut TcpStream) -> bool {
    match guest.read(&mut [0; 4096]) {
        Ok(count) => count > 0,
        Err(error) => matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted),
    }
}

/// The answer to a DNS question (RFC 1035, 4.1); none to what is no question.
fn answer(question: &[u8]) -> Option<Vec<u8>> {
    const HEADER: usize = 12;
    let mut end = HEADER;
    while *question.get(end)? != 0 {
        end += 1 + usize::from(*question.get(end)?);
    }
    // After the name: its end, and two numbers of two bytes, type and class.
    let question = question.get(..end + 5)?;
    let mut answer = question.to_vec();
    // A response, recursion desired and available; one question, one answer, and nothing more.
    answer[2..HEADER].copy_from_slice(&[0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]);
    // The name stands at offset 12 already; type A, class IN, kept for a minute, four bytes.
    answer.extend_from_slice(&[0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]);
    answer.extend_from_slice(&ANSWER.octets());
    Some(answer)
}

#[cfg(test)]
mod tests {
    use super::answer;

    #[test]
    fn nonsense_has_no_answer() {
        for nonsense in [&b""[..], &[0; 12], &[255; 40], &[7; 16]] {
            assert_eq!(answer(nonsense), None);
        }
    }

    #[test]
    fn an_answer_has_the_question_in_it() {
        let question = b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x01a\x02bc\0\0\x01\0\x01";
        let answer = answer(question).unwrap();
        assert_eq!(answer[..2], question[..2]);
        assert_eq!(answer[12..question.len()], question[12..]);
        assert_eq!(answer[answer.len() - 4..], [192, 0, 2, 7]);
    }
}
