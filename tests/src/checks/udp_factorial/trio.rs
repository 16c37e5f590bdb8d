//! Three clients that get no answer: how long they wait before they ask again.
//!
//! A busy machine holds up a program now and then, but hardly three at the same time: the
//! shortest of their waits is the one that they meant.

use std::time::{Duration, Instant};

use super::oracle::{Oracle, Question};
use crate::checks::{Client, Lab};
use crate::finding::{Kind, Means, Step, fail};
use crate::words::time;

/// What they ask for: so Ann can tell them apart.
const NUMBERS: [&str; 3] = ["8", "9", "10"];

struct Waiting {
    n: &'static str,
    client: Client,
    question: Option<Question>,
    /// Its question was here at this time, or the last word that it heard of a stranger was not
    /// yet sent.
    since: Instant,
    /// From then on it has waited as long as this, or longer, and then asked again.
    waited: Option<Duration>,
}

/// Who talks to a client that waits, though it has asked somebody else.
pub struct Strangers {
    /// Each says one word more often than this.
    pub every: Duration,
    /// For so long after the question, and then no more.
    pub until: Duration,
}

/// Each of three clients waits for `timeout`, and asks again. Returns the shortest time between
/// its question, or the last word of a stranger, and its next question.
pub fn shortest_wait(
    lab: &mut Lab,
    options: &[&str],
    timeout: Duration,
    strangers: Option<&Strangers>,
) -> Step<Duration> {
    let (mut ann, mallory) = (Oracle::new("Ann", lab)?, Oracle::new("Mallory", lab)?);
    let wrong = lab.number(1..=99_999).to_string();
    let mut trio = Vec::new();
    for n in NUMBERS {
        let client = ann.client(lab, &[options, &[n]].concat())?;
        trio.push(Waiting::new(n, client));
    }
    let (began, patience) = (Instant::now(), lab.patience().start() + 2 * timeout);
    loop {
        let gone = trio.iter().find_map(Waiting::has_ended);
        match (ann.looks()?, gone) {
            (Some(letter), _) => {
                let asker = trio.iter_mut().find(|one| letter.asks_for(one.n));
                match asker {
                    Some(one) => one.asks(letter.reads(one.n)?, timeout)?,
                    None => letter.reads(NUMBERS[0]).map(drop)?,
                }
            }
            (None, Some((n, end))) => {
                let expected = format!("the client to ask for {n}, and once more");
                return fail(Kind::Exit, expected, end);
            }
            (None, None) => {}
        }
        if let Some(strangers) = strangers {
            for one in &mut trio {
                one.hears(strangers, &wrong, &ann, &mallory)?;
            }
        }
        let waits: Option<Vec<_>> = trio.iter().map(|one| one.waited).collect();
        if let Some(shortest) = waits.and_then(|waits| waits.into_iter().min()) {
            return Ok(shortest);
        }
        if began.elapsed() > patience {
            return fail(
                Kind::Silence,
                format!("the client to ask again after {}", time(timeout)),
                format!("it has not after {}", time(began.elapsed())),
            );
        }
    }
}

impl Waiting {
    fn new(n: &'static str, client: Client) -> Self {
        Self {
            n,
            client,
            question: None,
            since: Instant::now(),
            waited: None,
        }
    }

    /// Which number it was to ask for twice, and how it ended before.
    fn has_ended(&self) -> Option<(&'static str, String)> {
        let end = self.client.0.end().filter(|_| self.waited.is_none())?;
        Some((self.n, end))
    }

    /// It asks for the first time, or once more after no less than `timeout`.
    fn asks(&mut self, question: Question, timeout: Duration) -> Step {
        match &self.question {
            None => {
                self.question = Some(question);
                self.since = Instant::now();
            }
            Some(first) => {
                if self.waited.is_none() {
                    first.was_given(timeout).or_means(
                        "The client asked again before the time was up. Each try has all of it, \
                         whatever comes meanwhile that is no answer.",
                    )?;
                    self.waited = Some(question.not_before().saturating_duration_since(self.since));
                }
            }
        }
        Ok(())
    }

    /// While it waits, Ann answers something else, and somebody else answers in her place.
    fn hears(
        &mut self,
        strangers: &Strangers,
        wrong: &str,
        ann: &Oracle,
        mallory: &Oracle,
    ) -> Step {
        let Some(question) = &self.question else {
            return Ok(());
        };
        let now = Instant::now();
        let in_time = now < question.not_before() + strangers.until;
        if self.waited.is_none() && in_time && now >= self.since + strangers.every {
            mallory.answers(question, wrong)?;
            ann.says(question.from, format!("{}7 {wrong}", question.id))?;
            self.since = now;
        }
        Ok(())
    }
}
