//! Exercise 8.6, what takes time: a handshake has five seconds, in all.

use std::time::{Duration, Instant};

use super::{Files, client, server, visit, visitor, welcomed};
use crate::checks::{Check, Client, check};
use crate::finding::{Kind, Means, Step, fail};
use crate::wire::tls::flights;
use crate::wire::{Patience, Peer};
use crate::words::time;

/// How long a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(5);

/// Between two bytes of who drips.
const DRIP: Duration = Duration::from_millis(200);

/// So much later than that may a slow machine see its end: less than as long again.
const LATEST: Duration = Duration::from_secs(4);

const FOR_EVER: &str = "Who connects and says nothing is waited for without end, unless a timeout \
    ends the wait: 5 s, from the connection to the end of the handshake.";

const IN_ALL: &str = "A timeout of the socket runs anew with each read, and each byte ends a \
    read. Keep a point in time by which the handshake must be done, and give each read what is \
    left until then.";

const EARLY: &str = "A handshake has 5 s in all. On a bad line it needs them: a packet that is \
    lost is sent again after a second, and then after two.";

const TIME_RAN_OUT: &str = "The handshake was in order as far as it came, and it took too long: \
    the time ran out, which is exit code 4.";

pub static CHECKS: &[Check] = &[
    check(
        "8.6/slow-client",
        "ends a handshake that takes over 5 s, of a mute client and of one that drips",
        |lab| {
            lab.takes(HANDSHAKE);
            let files = Files::new()?;
            let server = server(lab, &files)?;
            let hello = flights::client_hello()?;
            let since = Instant::now();
            let slow = [server.connect("Ann")?, server.connect("Bob")?];
            let mut slow = slow.map(Slow::new);
            // Eve has shaken hands, and then takes as long as she likes.
            let mut eve = visitor(&server, "Eve")?;
            visit(lab, &server, "Carol")?;
            for &byte in &hello {
                slow[1].says(byte)?;
                slow.iter_mut().try_for_each(Slow::looks)?;
                if slow.iter().all(Slow::is_over) || since.elapsed() > late(lab.patience()) {
                    break;
                }
                // To be slow is what this story is about.
                std::thread::sleep(DRIP);
            }
            for (one, goes_on) in slow.iter().zip([FOR_EVER, IN_ALL]) {
                one.was_ended_in_time(since, lab.patience(), goes_on)?;
            }
            let word = lab.word();
            eve.says(&word)?;
            eve.hears(&word)?;
            visit(lab, &server, "Dan")
        },
    )
    .aside(),
    check(
        "8.6/slow-server",
        "gives up on a handshake that takes over 5 s with exit code 4, and waits for ever after one",
        |lab| {
            lab.takes(HANDSHAKE);
            let files = Files::new()?;
            let (ann, bob, eve) = (lab.host("Ann")?, lab.host("Bob")?, lab.host("Eve")?);
            let words = [lab.letters(20)];
            // Eve shakes hands, and then takes as long as she likes.
            let patient = client(lab, &files, &eve, &words)?;
            let mut eve = welcomed(&patient, &eve)?;
            eve.hears(&words[0])?;
            let since = Instant::now();
            let clients = [
                client(lab, &files, &ann, &words)?,
                client(lab, &files, &bob, &words)?,
            ];
            let mut mute = clients[0].comes_to(&ann)?;
            let mut drips = clients[1].comes_to(&bob)?;
            mute.hears_anything()?;
            drips.hears_anything()?;
            let mut clients = clients.map(Waiting::new);
            let heard = Instant::now();
            for byte in flights::answer_to(&flights::client_hello()?)? {
                clients.iter_mut().for_each(Waiting::looks);
                let both = clients.iter().all(|client| client.over.is_some());
                if both || heard.elapsed() > late(lab.patience()) {
                    break;
                }
                drips.says_what_it_can(&[byte])?;
                // To be slow is what this story is about.
                std::thread::sleep(DRIP);
            }
            for (client, goes_on) in clients.iter().zip([FOR_EVER, IN_ALL]) {
                client.gave_up(since, heard, goes_on)?;
            }
            eve.says(&words[0])?;
            eve.hears_goodbye()?;
            eve.says_goodbye()?;
            eve.leaves()?;
            patient.done()?.exits(&[0])?.prints(&words[0])?;
            Ok(())
        },
    )
    .aside(),
];

/// When it is too late for the end of a slow handshake, counted from its beginning.
fn late(patience: Patience) -> Duration {
    let bound = patience.at_most(HANDSHAKE) + patience.start() / 2;
    bound.min(HANDSHAKE + LATEST)
}

/// A client whose handshake comes to nothing.
struct Slow {
    peer: Peer,
    /// When its connection was seen to be over.
    over: Option<Instant>,
}

impl Slow {
    fn new(peer: Peer) -> Self {
        Self { peer, over: None }
    }

    fn is_over(&self) -> bool {
        self.over.is_some()
    }

    fn says(&mut self, byte: u8) -> Step {
        if !self.is_over() {
            self.peer.says_what_it_can(&[byte])?;
        }
        Ok(())
    }

    /// An alert before the end is part of the end.
    fn looks(&mut self) -> Step {
        self.peer.hears_so_far()?;
        if !self.is_over() && self.peer.is_over() {
            self.over = Some(Instant::now());
        }
        Ok(())
    }

    /// `goes_on` is what it means if it was not.
    fn was_ended_in_time(&self, since: Instant, patience: Patience, goes_on: &str) -> Step {
        let name = self.peer.name();
        let expected = format!("the server to end {name}'s handshake after 5 s");
        match self.over {
            None => fail(
                Kind::Slow,
                expected,
                format!("it goes on after {}", time(late(patience))),
            )
            .or_means(goes_on),
            Some(over) if is_early(over - since) => fail(
                Kind::Unexpected,
                expected,
                format!("it ended after {}", time(over - since)),
            )
            .or_means(EARLY),
            Some(_) => Ok(()),
        }
    }
}

/// A client that waits for the rest of a handshake.
struct Waiting {
    client: Client,
    /// When it was seen to have ended.
    over: Option<Instant>,
}

impl Waiting {
    fn new(client: Client) -> Self {
        Self { client, over: None }
    }

    fn looks(&mut self) {
        if self.over.is_none() && self.client.0.end().is_some() {
            self.over = Some(Instant::now());
        }
    }

    /// It was started at `since`, and its first words were there when they were `heard`. `goes_on`
    /// is what it means if it still waits.
    fn gave_up(&self, since: Instant, heard: Instant, goes_on: &str) -> Step {
        let expected = "the client to give up on the handshake after 5 s";
        let Some(over) = self.over else {
            let seen = format!("it waits on after {}", time(heard.elapsed()));
            return fail(Kind::Slow, expected, seen).or_means(goes_on);
        };
        if is_early(over - since) {
            let seen = format!("it ended after {}", time(over - since));
            return fail(Kind::Unexpected, expected, seen).or_means(EARLY);
        }
        let done = self.client.done()?;
        done.exits(&[4]).or_means(TIME_RAN_OUT)?;
        done.prints("")?.reports_an_error()?;
        Ok(())
    }
}

/// Clocks that count in whole milliseconds, and are looked at now and then, are a little off.
fn is_early(after: Duration) -> bool {
    after + Duration::from_millis(50) < HANDSHAKE
}
