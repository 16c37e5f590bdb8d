//! A guest of the room: a peer with a name, and what guests do in many stories.

use std::time::Instant;

use crate::checks::{Lab, Server};
use crate::finding::{Kind, Step, fail};
use crate::wire::peer::Options;
use crate::wire::{Peer, wait};
use crate::words::quoted;

pub const QUESTION: &str = "Welcome! What is your name?";
pub const TAKEN: &str = "* name taken";
pub const BAD: &str = "* bad name";
pub const CLOSING: &str = "* the room is closing";

/// As many lines as come between two that a story waits for, at most.
const BETWEEN: usize = 10_000;

/// Somebody in the room.
pub struct Guest {
    /// The name in the room: the person's own, and some letters that no program can know.
    pub name: String,
    pub peer: Peer,
}

/// A name for this person that no program can know.
pub fn called(lab: &mut Lab, who: &str) -> String {
    let letters: String = who.split(' ').collect();
    format!("{letters}{}", lab.letters(5))
}

/// The list of those in the room.
pub fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.into_iter().collect();
    format!("* in the room: {}", names.join(", "))
        .trim_end()
        .to_string()
}

/// Connects, and is asked for a name.
pub fn asked(server: &Server, who: &'static str) -> Step<Peer> {
    let mut peer = server.connect(who)?;
    peer.hears_line(QUESTION)?;
    Ok(peer)
}

impl Guest {
    /// Joins a room in which these are, and hears who is there. What the others hear of it is
    /// left to be heard.
    pub fn joins(
        lab: &mut Lab,
        server: &Server,
        who: &'static str,
        there: &[&Guest],
    ) -> Step<Self> {
        let name = called(lab, who);
        let mut guest = Self::asked_as(server, who, name)?;
        guest.is_let_in(there.iter().map(|guest| &*guest.name))?;
        Ok(guest)
    }

    /// Joins, and says nothing of who must be there.
    pub fn comes(server: &Server, who: &'static str, name: String) -> Step<Self> {
        Self::comes_by(server.connect(who)?, name)
    }

    /// Joins on a connection that there is already.
    pub fn comes_by(mut peer: Peer, name: String) -> Step<Self> {
        peer.hears_line(QUESTION)?;
        let mut guest = Self { name, peer };
        guest.says_the_name()?;
        guest.is_listed()?;
        Ok(guest)
    }

    /// Joins with a small buffer, and will not read.
    pub fn joins_and_never_reads(lab: &mut Lab, server: &Server, who: &'static str) -> Step<Self> {
        Self::joins_with_room_for(4096, lab, server, who)
    }

    /// Joins, and its system keeps so many bytes for it that it has not read, about.
    pub fn joins_with_room_for(
        room: usize,
        lab: &mut Lab,
        server: &Server,
        who: &'static str,
    ) -> Step<Self> {
        let options = Options {
            receive_buffer: Some(room),
        };
        let peer = server.connect_with(who, options)?;
        Self::comes_by(peer, called(lab, who))
    }

    /// Joins under a name that was just given up, and is free soon, not at an instant.
    pub fn joins_again(lab: &Lab, server: &Server, who: &'static str, name: &str) -> Step<Self> {
        let deadline = Instant::now() + lab.patience().silence();
        loop {
            let mut guest = Self::asked_as(server, who, name.to_string())?;
            let line = guest.peer.hears_a_line()?;
            if line.starts_with("* in the room:") {
                return Ok(guest);
            }
            if line != TAKEN || Instant::now() >= deadline {
                return fail(
                    Kind::Slow,
                    format!("{who} to get a name that is free again"),
                    format!("the line {}", quoted(line.as_bytes())),
                );
            }
            guest.peer.leaves();
            wait::before_coming_again();
        }
    }

    fn asked_as(server: &Server, who: &'static str, name: String) -> Step<Self> {
        let mut guest = Self {
            name,
            peer: asked(server, who)?,
        };
        guest.says_the_name()?;
        Ok(guest)
    }

    fn says_the_name(&mut self) -> Step {
        self.peer.says(format!("{}\n", self.name))
    }

    fn is_let_in<'a>(&mut self, there: impl Iterator<Item = &'a str>) -> Step {
        self.peer.hears_line(&list(there))
    }

    fn is_listed(&mut self) -> Step {
        let line = self.peer.hears_a_line()?;
        if line.starts_with("* in the room:") {
            return Ok(());
        }
        fail(
            Kind::Unexpected,
            format!("{} to hear `* in the room: …`", self.peer.name()),
            format!("the line {}", quoted(line.as_bytes())),
        )
    }

    pub fn says(&mut self, text: &str) -> Step {
        self.peer.says(format!("{text}\n"))
    }

    /// Hears exactly this next.
    pub fn hears(&mut self, line: &str) -> Step {
        self.peer.hears_line(line)
    }

    /// Hears next what somebody has said to all, whoever has come or gone before that.
    pub fn hears_from(&mut self, name: &str, text: &str) -> Step {
        self.hears_past_notices(&format!("[{name}] {text}"))
    }

    /// Hears this line next but for who has come or gone.
    pub fn hears_past_notices(&mut self, expected: &str) -> Step {
        for _ in 0..BETWEEN {
            let line = self.peer.hears_a_line()?;
            if line == expected {
                return Ok(());
            }
            if !is_notice(&line) {
                return self.heard_instead(expected, &line);
            }
        }
        self.heard_instead(expected, "thousands of others")
    }

    /// Hears this line some time, whatever comes before it.
    pub fn hears_at_last(&mut self, expected: &str) -> Step {
        for _ in 0..BETWEEN {
            if self.peer.hears_a_line()? == expected {
                return Ok(());
            }
        }
        self.heard_instead(expected, "thousands of others")
    }

    /// Hears all that comes up to this line, quickly: nothing is to come after it.
    pub fn hears_until(&mut self, last: &str) -> Step<Vec<String>> {
        let mut bytes = Vec::new();
        loop {
            if !self.peer.hears_anything()? {
                let expected = format!(
                    "{} to hear the line {}",
                    self.peer.name(),
                    quoted(last.as_bytes())
                );
                return fail(Kind::EarlyEnd, expected, "the end of the stream");
            }
            bytes.extend(self.peer.hears_so_far()?);
            let text = bytes.trim_ascii_end();
            if bytes.ends_with(b"\n") && text.ends_with(last.as_bytes()) {
                let text = String::from_utf8_lossy(&bytes);
                return Ok(text.lines().map(str::to_string).collect());
            }
        }
    }

    fn heard_instead(&self, expected: &str, line: &str) -> Step {
        fail(
            Kind::Unexpected,
            format!(
                "{} to hear the line {}",
                self.peer.name(),
                quoted(expected.as_bytes())
            ),
            format!("the line {}", quoted(line.as_bytes())),
        )
    }

    /// Ends its side, and hears the rest. Closing at once, with lines unread, would be a reset.
    pub fn leaves(mut self) -> Step<String> {
        self.peer.stops_talking()?;
        self.peer.waits_for_the_end()?;
        self.peer.leaves();
        Ok(self.name)
    }

    pub fn hears_of_joining(&mut self, other: &Guest) -> Step {
        self.hears(&format!("* {} joined", other.name))
    }

    pub fn hears_of_leaving(&mut self, name: &str) -> Step {
        self.hears(&format!("* {name} left"))
    }
}

/// Whether a line only says that somebody has come or gone.
pub fn is_notice(line: &str) -> bool {
    line.starts_with("* ") && (line.ends_with(" joined") || line.ends_with(" left"))
}

/// Ann and Bob are in the room, and Ann has heard of Bob.
pub fn two(lab: &mut Lab, server: &Server) -> Step<(Guest, Guest)> {
    let mut ann = Guest::joins(lab, server, "Ann", &[])?;
    let bob = Guest::joins(lab, server, "Bob", &[&ann])?;
    ann.hears_of_joining(&bob)?;
    Ok((ann, bob))
}

/// Ann, Bob and Carol are in the room, and have heard of each other.
pub fn three(lab: &mut Lab, server: &Server) -> Step<(Guest, Guest, Guest)> {
    let (mut ann, mut bob) = two(lab, server)?;
    let carol = Guest::joins(lab, server, "Carol", &[&ann, &bob])?;
    ann.hears_of_joining(&carol)?;
    bob.hears_of_joining(&carol)?;
    Ok((ann, bob, carol))
}
