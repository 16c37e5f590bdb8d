//! The program asks a DNS server, which is ours: what can become of that.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use super::lines::{named, read, same_addresses};
use super::message::{Question, Response};
use crate::checks::processes::Process;
use crate::checks::{Done, Lab};
use crate::finding::{Kind, Step, Stop, fail};
use crate::program::Stdin;
use crate::wire::{Correspondent, Patience};

/// Longer than any story: for programs that are answered.
pub const LONG: Duration = Duration::from_secs(20);

/// Where the addresses of strays are: the program must not print them.
pub const STRAY: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 66);

/// The program has asked, or is about to.
pub struct Asked {
    pub name: String,
    pub server: Correspondent,
    pub process: Process,
    patience: Patience,
    from: Option<SocketAddr>,
    /// When it was started, and when its question was seen.
    pub started: Instant,
    pub seen: Instant,
}

impl Asked {
    /// Starts the program, to ask a server of ours about this name.
    pub fn about(name: &str, timeout: Duration, lab: &mut Lab) -> Step<Self> {
        let server = lab.correspondent("DNS server")?;
        let (address, timeout) = (
            server.address().to_string(),
            timeout.as_millis().to_string(),
        );
        let words = [
            "query",
            "--server",
            &address,
            "--timeout-ms",
            &timeout,
            name,
        ];
        Self::with_words(name, server, &words, lab)
    }

    /// The same, and the program is told no time limit.
    pub fn by_default(name: &str, lab: &mut Lab) -> Step<Self> {
        let server = lab.correspondent("DNS server")?;
        let address = server.address().to_string();
        Self::with_words(name, server, &["query", "--server", &address, name], lab)
    }

    fn with_words(name: &str, server: Correspondent, words: &[&str], lab: &mut Lab) -> Step<Self> {
        let started = Instant::now();
        let process = lab.starts(words, Stdin::Empty)?;
        Ok(Self {
            name: name.into(),
            server,
            process,
            patience: lab.patience(),
            from: None,
            started,
            seen: started,
        })
    }

    /// The question, when it comes.
    pub fn question(&mut self) -> Step<Question> {
        match self.first_datagram()? {
            Some(datagram) => Question::read(&datagram),
            None => fail(
                Kind::Exit,
                "the program to ask the DNS server",
                self.process.end().unwrap_or_default(),
            ),
        }
    }

    /// What the program sends first, or nothing if it ends without.
    pub fn first_datagram(&mut self) -> Step<Option<Vec<u8>>> {
        /// How often to look whether it has ended.
        const LOOK: Duration = Duration::from_millis(2);
        let deadline = Instant::now() + self.patience.start();
        while Instant::now() < deadline {
            let ended = self.process.end().is_some();
            // What is sent on one machine is there at once: before its sender has ended.
            if let Some((datagram, from)) = self.server.receives_within(LOOK)? {
                self.from = Some(from);
                self.seen = Instant::now();
                return Ok(Some(datagram));
            }
            if ended {
                return Ok(None);
            }
        }
        fail(
            Kind::Silence,
            "the program to ask the DNS server",
            "it still runs, and no datagram came",
        )
    }

    /// From where the question came.
    pub fn from(&self) -> Step<SocketAddr> {
        self.from
            .ok_or_else(|| anyhow::anyhow!("the story answers before it was asked").into())
    }

    /// For a finding: that it waits no longer.
    pub fn gave_up(&self) -> String {
        let waited = self.seen.elapsed().as_millis();
        format!("it gave up {waited} ms after it had asked")
    }

    pub fn answer(&self, response: &Response) -> Step {
        self.server.sends(self.from()?, &response.bytes)
    }

    /// Sees these addresses on standard output, and the end with exit code 0.
    pub fn prints(&self, addresses: &[Ipv4Addr]) -> Step {
        let done = self.process.done()?;
        if String::from_utf8_lossy(&done.stdout).contains(&STRAY.to_string()) {
            return fail(
                Kind::Output,
                "the answer of the server and no other",
                format!("{STRAY}, which a stray datagram said"),
            );
        }
        let lines = read(done.exits(&[0])?)?;
        named(&lines, &[&self.name])?;
        let expected: Vec<IpAddr> = addresses.iter().copied().map(IpAddr::V4).collect();
        let seen: Vec<_> = lines.iter().map(|line| line.address).collect();
        same_addresses(&self.name, &expected, &seen)
    }
}

/// The program is answered like this, and prints these addresses.
pub fn answers(
    expected: &[Ipv4Addr],
    lab: &mut Lab,
    write: impl FnOnce(Response) -> Response,
) -> Step {
    let name = wanted(lab);
    answers_about(&name, expected, lab, write)
}

/// The program understands an answer at all: without that, an error says nothing.
pub fn answers_well(lab: &mut Lab) -> Step {
    let address = address(lab);
    answers(&[address], lab, |response| response.address(address))
}

pub fn answers_about(
    name: &str,
    expected: &[Ipv4Addr],
    lab: &mut Lab,
    write: impl FnOnce(Response) -> Response,
) -> Step {
    let mut asked = Asked::about(name, LONG, lab)?;
    let question = asked.question()?;
    asked.answer(&write(Response::to(&question)))?;
    asked.prints(expected)
}

/// The program is answered without an address, after a question that was answered well.
pub fn no_answer(lab: &mut Lab, write: impl FnOnce(Response) -> Response) -> Step {
    answers_well(lab)?;
    ends_with(&[1], lab, write)?.reports_an_error()?;
    Ok(())
}

/// The program is answered by something broken in this way.
pub fn breaks(
    lab: &mut Lab,
    how: &str,
    advice: &str,
    write: impl FnOnce(Response) -> Response,
) -> Step {
    breaks_with(&[3], lab, how, advice, write)
}

/// The same, with these exit codes.
pub fn breaks_with(
    codes: &[i32],
    lab: &mut Lab,
    how: &str,
    advice: &str,
    write: impl FnOnce(Response) -> Response,
) -> Step {
    let broken = ends_with(codes, lab, write).and_then(|done| done.reports_an_error().map(|_| ()));
    broken.map_err(|stop| match stop {
        Stop::Fail(mut finding) => {
            // A panic has been explained already.
            let means = match finding.means.as_str() {
                "" => advice,
                known => known,
            };
            finding.means = format!("The answer {how}. {means}");
            Stop::Fail(finding)
        }
        other => other,
    })
}

fn ends_with(codes: &[i32], lab: &mut Lab, write: impl FnOnce(Response) -> Response) -> Step<Done> {
    let mut asked = Asked::about(&wanted(lab), LONG, lab)?;
    let question = asked.question()?;
    asked.answer(&write(Response::to(&question)))?;
    let done = asked.process.done()?;
    done.exits(codes)?.prints("")?;
    Ok(done)
}

/// For a finding: what a time limit demands.
pub fn waits_for(timeout: Duration) -> String {
    let timeout = timeout.as_millis();
    format!("the program to wait {timeout} ms for the answer")
}

/// The program ends with exit code 4, not before its time and not long after it.
pub fn gives_up(asked: &Asked, timeout: Duration, lab: &Lab) -> Step {
    let done = asked.process.done_within(lab.patience().at_most(timeout))?;
    let (took, seen) = (asked.started.elapsed(), asked.gave_up());
    done.exits(&[4])?.prints("")?.reports_an_error()?;
    if took >= timeout {
        return Ok(());
    }
    fail(Kind::Unexpected, waits_for(timeout), seen)
}

/// An address that the server answers; never that of a stray.
pub fn address(lab: &mut Lab) -> Ipv4Addr {
    let [b, c, d] = [0; 3].map(|_: u8| u8::try_from(lab.number(1..=254)).unwrap_or(1));
    Ipv4Addr::new(10, b, c, d)
}

/// A name to ask for.
pub fn wanted(lab: &mut Lab) -> String {
    format!("www.{}.test", lab.word())
}
