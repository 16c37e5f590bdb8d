//! A server of ours, which the client under test asks.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::checks::{Client, Done, Lab};
use crate::finding::{Kind, Means, Step, fail};
use crate::program::Stdin;
use crate::wire::{Correspondent, Patience};
use crate::words::{bytes, quoted, time};

/// Between two looks at whether the client still lives.
const LOOK: Duration = Duration::from_millis(10);

/// So long that the client does not ask again, where a story is not about that.
pub const LONG: [&str; 2] = ["--timeout-ms", "4000"];

pub struct Oracle {
    who: Correspondent,
    patience: Patience,
    /// The last moment at which nothing was waiting to be received.
    quiet: Instant,
    asked_before: bool,
}

/// What the client asked.
pub struct Question {
    /// `#17`
    pub id: String,
    /// Where the answer goes.
    pub from: SocketAddr,
    /// It was not sent before this moment: how long the client waits afterwards is told by
    /// bounds that hold however busy the machine is.
    not_before: Instant,
}

impl Oracle {
    pub fn new(name: &'static str, lab: &Lab) -> Step<Self> {
        let (who, patience) = (lab.correspondent(name)?, lab.patience());
        Ok(Self {
            who,
            patience,
            quiet: Instant::now(),
            asked_before: false,
        })
    }

    /// The client under test, which asks this server.
    pub fn client(&self, lab: &mut Lab, words: &[&str]) -> Step<Client> {
        lab.client_at(self.who.address(), words, Stdin::Empty)
    }

    pub fn address(&self) -> SocketAddr {
        self.who.address()
    }

    /// Where a road to it leads.
    pub fn correspondent(&self) -> &Correspondent {
        &self.who
    }

    /// Waits until the client asks for the factorial of `n`.
    pub fn is_asked(&mut self, client: &Client, n: &str) -> Step<Question> {
        self.question(
            client,
            n,
            format!("the client to ask for {n}, as `#ID {n}`"),
        )
    }

    /// Waits until the client asks for `n` once more, at least `timeout` after the last time.
    pub fn is_asked_again(
        &mut self,
        client: &Client,
        n: &str,
        last: &Question,
        timeout: Duration,
    ) -> Step<Question> {
        let question = self.question(client, n, format!("the client to ask for {n} once more"))?;
        last.was_given(timeout)?;
        Ok(question)
    }

    fn question(&mut self, client: &Client, n: &str, expected: String) -> Step<Question> {
        match self.next(client)? {
            Some(letter) => letter.reads(n),
            None => fail(Kind::Exit, expected, client.0.end().unwrap_or_default()),
        }
    }

    /// What the client sends next, or nothing if it ended without.
    pub fn next(&mut self, client: &Client) -> Step<Option<Letter>> {
        let since = Instant::now();
        let patience = if self.asked_before {
            self.patience.silence()
        } else {
            self.patience.start()
        };
        loop {
            let ended = client.0.running().exit().is_some();
            if let Some(letter) = self.looks()? {
                return Ok(Some(letter));
            }
            if ended {
                return Ok(None);
            }
            if since.elapsed() >= patience {
                let seen = format!("nothing, and it still runs after {}", time(patience));
                return fail(Kind::Silence, "the client to ask, or to end", seen);
            }
        }
    }

    /// What comes within a moment.
    pub fn looks(&mut self) -> Step<Option<Letter>> {
        let look = Instant::now();
        if let Some((text, from)) = self.who.receives_within(LOOK)? {
            self.asked_before = true;
            return Ok(Some(Letter {
                text,
                from,
                not_before: self.quiet,
            }));
        }
        self.quiet = look;
        Ok(None)
    }

    /// Waits until the client ends, having asked no more.
    pub fn is_asked_no_more(&mut self, client: &Client) -> Step<Done> {
        match self.next(client)? {
            Some(letter) => fail(
                Kind::Unexpected,
                "the client to end, all tries being used up",
                format!("it asks once more: {}", quoted(&letter.text)),
            ),
            None => client.done(),
        }
    }

    /// Answers with the question's ID.
    pub fn answers(&self, question: &Question, answer: impl AsRef<[u8]>) -> Step {
        let id = format!("{} ", question.id);
        self.says(question.from, [id.as_bytes(), answer.as_ref()].concat())
    }

    /// Sends anything.
    pub fn says(&self, to: SocketAddr, datagram: impl AsRef<[u8]>) -> Step {
        self.who.sends(to, datagram)
    }
}

/// A datagram of the client, not yet read.
pub struct Letter {
    pub text: Vec<u8>,
    pub from: SocketAddr,
    not_before: Instant,
}

impl Letter {
    /// Whether it asks for `n`, in whatever form.
    pub fn asks_for(&self, n: &str) -> bool {
        let text = self.text.trim_ascii();
        text.split(|byte| *byte == b' ').next_back() == Some(n.as_bytes())
    }

    /// It is a request for the factorial of `n`, with an ID.
    pub fn reads(self, n: &str) -> Step<Question> {
        let text = self.text.trim_ascii();
        let id = text
            .strip_suffix(format!(" {n}").as_bytes())
            .unwrap_or_default();
        let is_id = matches!(id, [b'#', digits @ ..]
            if (1..=10).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit));
        if is_id {
            let id = String::from_utf8_lossy(id).into_owned();
            return Ok(Question {
                id,
                from: self.from,
                not_before: self.not_before,
            });
        }
        fail(
            Kind::WrongBytes { offset: 0 },
            format!("the client to ask for {n} as `#ID {n}`, with an ID of 1 to 10 digits"),
            quoted(&self.text),
        )
    }
}

impl Question {
    pub fn not_before(&self) -> Instant {
        self.not_before
    }

    /// This much time, or more, has gone by since it was sent.
    pub fn was_given(&self, timeout: Duration) -> Step {
        /// Some clocks count whole milliseconds, and are one short.
        const TICK: Duration = Duration::from_millis(2);
        let at_most = self.not_before.elapsed();
        // In some languages sending only hands the datagram to the runtime, which is slow to
        // begin: it goes out a little after the client has looked at its clock.
        if at_most + TICK + timeout / 4 >= timeout {
            return Ok(());
        }
        fail(
            Kind::Unexpected,
            format!("the client to wait {} for an answer", time(timeout)),
            format!("it waited {} at most", time(at_most)),
        )
    }
}

/// It ended with one of these exit codes, printed no result, and said why.
pub fn ended_without_a_result(done: &Done, codes: &[i32]) -> Step {
    done.exits(codes)?;
    done.prints("")
        .and_then(Done::reports_an_error)
        .map(drop)
        .or_means(
            "Standard output is for results alone, so that a pipe works. What went wrong is told \
             on standard error, in a line that begins with `error: `, and without a panic.",
        )
}

/// The line that a client prints, with a line end or without.
pub fn prints_line(done: &Done, line: &str) -> Step {
    let printed = done.stdout.trim_ascii_end();
    if printed == line.as_bytes() {
        return Ok(());
    }
    let length = if printed.len() == line.len() {
        String::new()
    } else {
        format!(
            ", {} instead of {}",
            bytes(printed.len()),
            bytes(line.len())
        )
    };
    fail(
        Kind::Output,
        format!("{} on standard output", quoted(line.as_bytes())),
        format!("{}{length}", quoted(printed)),
    )
}
