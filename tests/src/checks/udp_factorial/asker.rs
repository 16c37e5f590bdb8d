//! Somebody who asks the server under test.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::checks::{Lab, Road, Server};
use crate::finding::{Finding, Kind, Means, Step, fail};
use crate::wire::{Correspondent, Patience};
use crate::words::{bytes, quoted};

/// Between two looks at whether the server still lives.
const LOOK: Duration = Duration::from_millis(10);

pub struct Asker<'a> {
    who: Correspondent,
    server: &'a Server,
    /// The server's, or that of a road to it.
    address: SocketAddr,
    patience: Patience,
}

impl<'a> Asker<'a> {
    pub fn new(name: &'static str, lab: &Lab, server: &'a Server) -> Step<Self> {
        let (who, patience) = (lab.correspondent(name)?, lab.patience());
        Ok(Self {
            who,
            server,
            address: server.address(),
            patience,
        })
    }

    /// Takes this road to the server from now on.
    #[must_use]
    pub fn by(self, road: &Road) -> Self {
        let address = road.address();
        Self { address, ..self }
    }

    /// Sends a request.
    pub fn asks(&self, request: impl AsRef<[u8]>) -> Step {
        self.who.sends(self.address, request)
    }

    /// Sends a request, and gets exactly this answer.
    pub fn is_told(&self, request: impl AsRef<[u8]>, answer: impl AsRef<[u8]>) -> Step {
        self.is_told_one_of(request, &[answer.as_ref()])
    }

    /// Sends a request, and gets one of these answers.
    pub fn is_told_one_of(&self, request: impl AsRef<[u8]>, answers: &[&[u8]]) -> Step {
        self.asks(&request)?;
        self.hears_one_of(Some(request.as_ref()), answers, self.patience.silence())
    }

    /// Sends a request whose answer takes time to compute, and gets it.
    pub fn is_told_at_last(&self, request: &str, answer: &str) -> Step {
        self.asks(request)?;
        self.hears_one_of(
            Some(request.as_bytes()),
            &[answer.as_bytes()],
            self.patience.start(),
        )
    }

    /// Gets exactly this answer to a request that was sent before.
    pub fn hears(&self, answer: impl AsRef<[u8]>) -> Step {
        self.hears_one_of(None, &[answer.as_ref()], self.patience.silence())
    }

    /// Gets all of these answers to requests that were sent before, in any order.
    pub fn hears_all(&self, mut answers: Vec<String>) -> Step {
        while let Some(first) = answers.first() {
            let expected = format!(
                "{}, or another answer that is due",
                quoted(first.as_bytes())
            );
            let came = self.answer(&expected, self.patience.silence())?;
            match answers.iter().position(|answer| answer.as_bytes() == came) {
                Some(at) => drop(answers.remove(at)),
                None => return Err(self.wrong(&came, first.as_bytes(), &expected).into()),
            }
        }
        Ok(())
    }

    /// Gets some answer to what was sent before.
    pub fn hears_something(&self) -> Step {
        self.answer("an answer", self.patience.silence()).map(drop)
    }

    fn hears_one_of(&self, request: Option<&[u8]>, answers: &[&[u8]], patience: Duration) -> Step {
        let mut wanted: Vec<_> = answers.iter().map(|answer| quoted(answer)).collect();
        wanted.dedup();
        let mut expected = wanted.join(" or ");
        if let Some(request) = request {
            expected = format!("{expected} for {}", quoted(request));
        }
        let came = self.answer(&expected, patience)?;
        if answers.contains(&&came[..]) {
            return Ok(());
        }
        Err(self.wrong(&came, answers[0], &expected).into())
    }

    /// The next datagram, which must come from the server.
    fn answer(&self, expected: &str, patience: Duration) -> Step<Vec<u8>> {
        let expected = format!("{} to get {expected}", self.who.name());
        let (since, address) = (Instant::now(), self.address);
        let mut elsewhere = None;
        loop {
            match self.who.receives_within(LOOK)? {
                Some((came, from)) if from == address => return Ok(came),
                Some((_, from)) => elsewhere = Some(from),
                None => {}
            }
            self.server.still_runs()?;
            if since.elapsed() < patience {
                continue;
            }
            return match elsewhere {
                Some(from) => fail(
                    Kind::Unexpected,
                    format!("{expected} from {address}"),
                    format!("a datagram from {from}, whom nobody asked"),
                )
                .or_means(
                    "A client believes the address that it has asked, and no other. Send the \
                     answer from the socket that the request came to.",
                ),
                None => fail(Kind::Silence, expected, "no answer came"),
            };
        }
    }

    /// What is wrong about an answer, with what its shape gives away.
    fn wrong(&self, came: &[u8], answer: &[u8], expected: &str) -> Finding {
        let offset = came.iter().zip(answer).take_while(|(a, b)| a == b).count();
        let length = match came.len() {
            length if length == answer.len() => String::new(),
            length => format!(", {} instead of {}", bytes(length), bytes(answer.len())),
        };
        let finding = Finding::new(
            Kind::WrongBytes { offset },
            format!("{} to get {expected}", self.who.name()),
            format!("{}{length}", quoted(came)),
        );
        if came
            .strip_prefix(answer)
            .is_some_and(|rest| matches!(rest, b"\n" | b"\r\n" | b"\0"))
        {
            return finding.means(
                "The answer is right, and has an end that it does not need: a datagram is as long \
                 as it is, without a line end or a zero byte.",
            );
        }
        if came.len() > answer.len() && (came.starts_with(answer) || came.contains(&0)) {
            return finding.means(
                "That is more than there should be: is it a whole buffer that was used? Only as \
                 many bytes as `recv_from` returned are the request, and only as many as were \
                 written are the answer.",
            );
        }
        if came.len() < answer.len() && answer.starts_with(came) && !came.is_empty() {
            return finding.means(
                "The answer is cut. A datagram goes out whole: is there a buffer that is smaller?",
            );
        }
        finding
    }
}
