//! The room: who is in it, and who hears what. One thread, the hub, has it for itself; all
//! others send it events. So everything happens in one order, and nothing needs a lock.

use std::sync::Arc;

use crossbeam::channel::{Receiver, Sender};
use shared::log;

use crate::outbox::{Line, Outbox, Unreachable};
use crate::picture;
use crate::words::Request;

/// How many events may wait for the room. Then those who send them wait, which is right: it is
/// their clients that have so much to say.
pub const EVENTS: usize = 64;

/// What the threads of the clients tell the room.
pub enum Event {
    /// Somebody with a good name would like to come in. The answer is who it is from now on; no
    /// answer means that it may not, and was told why.
    Came {
        name: String,
        outbox: Outbox,
        answer: Sender<Id>,
    },
    Asked(Id, Request),
    /// Somebody has left, or is to leave, after these last words.
    Left(Id, Option<&'static str>),
}

/// A member, for as long as the server runs. A name may be somebody else's the next moment.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Id(u64);

/// Somebody in the room.
pub struct Member {
    id: Id,
    pub name: String,
    pub outbox: Outbox,
    /// How full the log has shown the queue.
    shown: usize,
}

#[derive(Default)]
pub struct Room {
    /// In the order in which they came.
    members: Vec<Member>,
    next: u64,
    /// Those who were found to be out of reach, and why.
    lost: Vec<(Id, Unreachable)>,
}

impl Room {
    /// Lives until nobody is left who could send an event: then the server closes.
    pub fn run(mut self, events: &Receiver<Event>) {
        for event in events {
            self.take(event);
            // To tell the others that one is lost may show that another is.
            while let Some((id, why)) = self.lost.pop() {
                self.drop_member(id, &why);
            }
            self.show_queues();
        }
        self.say_goodbye();
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Came {
                name,
                outbox,
                answer,
            } => {
                if let Some(id) = self.let_in(name, outbox) {
                    // Its thread waits for this.
                    let _ = answer.send(id);
                }
            }
            Event::Left(id, words) => self.let_go(id, words),
            Event::Asked(id, request) => {
                // One who was dropped may still have been heard.
                if let Some(name) = self.member(id).map(|member| member.name.clone()) {
                    self.answer(id, &name, request);
                }
            }
        }
    }

    fn let_in(&mut self, name: String, outbox: Outbox) -> Option<Id> {
        let (free, list) = (self.is_free(&name), self.list());
        let words = if free { &list } else { "* name taken" };
        if outbox.put(&line(words)).is_err() || !free {
            return None;
        }
        self.next += 1;
        let id = Id(self.next);
        self.tell_joined(&name);
        self.members.push(Member {
            id,
            name,
            outbox,
            shown: 0,
        });
        log!("{}", picture::of(&self.members, None));
        Some(id)
    }

    /// Nobody has this name. Case counts: `ann` is not `Ann`.
    // exercise 5.2: look whether a name is free
    fn is_free(&self, name: &str) -> bool {
        self.members.iter().all(|member| member.name != name)
    }

    /// Who is there, in the order in which they came.
    // exercise 5.2: name those who are there
    fn list(&self) -> String {
        let names: Vec<_> = self.members.iter().map(|member| &*member.name).collect();
        if names.is_empty() {
            return "* in the room:".to_string();
        }
        format!("* in the room: {}", names.join(", "))
    }

    fn answer(&mut self, id: Id, name: &str, request: Request) {
        match request {
            Request::Text(text) => self.relay(id, name, &text),
            Request::Who => self.tell(id, &self.list()),
            Request::Whisper { to, text } => self.whisper(id, name, &to, &text),
            Request::Unknown => self.tell(id, "* unknown command"),
            // The thread of the client sees to that.
            Request::Quit => {}
        }
    }

    /// Passes on what one has said to all others.
    // exercise 5.3: tell all others who said what
    fn relay(&mut self, id: Id, name: &str, text: &str) {
        self.tell_others(id, &format!("[{name}] {text}"));
    }

    /// Tells those in the room that somebody comes, who is not one of them yet.
    // exercise 5.4: tell all that somebody has joined
    fn tell_joined(&mut self, name: &str) {
        self.tell_all(&format!("* {name} joined"));
    }

    /// Tells those in the room that somebody has left, who is not one of them any more.
    // exercise 5.4: tell all that somebody has left
    fn tell_left(&mut self, name: &str) {
        self.tell_all(&format!("* {name} left"));
    }

    /// Passes on what is meant for one person alone.
    // exercise 5.7: tell one, or tell the sender that there is no such person
    fn whisper(&mut self, id: Id, name: &str, to: &str, text: &str) {
        let found = self.members.iter().find(|member| member.name == to);
        match found.map(|member| member.id) {
            Some(one) => self.tell(one, &format!("[{name} -> you] {text}")),
            None => self.tell(id, &format!("* nobody here is called {to}")),
        }
    }

    /// The last thing that the room says.
    // exercise 5.8: tell all that the room is closing
    fn say_goodbye(&mut self) {
        self.tell_all("* the room is closing");
    }

    fn tell_all(&mut self, words: &str) {
        self.lost.extend(deliver(&self.members, None, &line(words)));
    }

    fn tell_others(&mut self, but: Id, words: &str) {
        let lost = deliver(&self.members, Some(but), &line(words));
        self.lost.extend(lost);
    }

    fn tell(&mut self, id: Id, words: &str) {
        let told = self.member(id).map(|one| one.outbox.put(&line(words)));
        if let Some(Err(why)) = told {
            self.lost.push((id, why));
        }
    }

    /// Somebody leaves. Dropping its outbox lets what waits there go out before the end.
    fn let_go(&mut self, id: Id, words: Option<&str>) {
        if let Some(member) = self.take_out(id) {
            if let Some(words) = words {
                // It fails if the client has gone, or does not read anyway.
                let _ = member.outbox.put(&line(words));
            }
            log!("{}", picture::of(&self.members, None));
        }
    }

    /// Somebody is out of reach.
    fn drop_member(&mut self, id: Id, why: &Unreachable) {
        if let Some(member) = self.take_out(id) {
            log!("{}: {why}", member.name);
            log!("{}", picture::of(&self.members, Some(&member)));
            member.outbox.give_up();
        }
    }

    /// Takes somebody out of the room, and tells the others: once, since whoever comes second
    /// finds nobody of that id.
    fn take_out(&mut self, id: Id) -> Option<Member> {
        let at = self.members.iter().position(|member| member.id == id)?;
        let member = self.members.remove(at);
        self.tell_left(&member.name);
        Some(member)
    }

    fn member(&self, id: Id) -> Option<&Member> {
        self.members.iter().find(|member| member.id == id)
    }

    /// Draws the room whenever a queue is fuller than it was ever drawn.
    fn show_queues(&mut self) {
        let mut news = false;
        for member in &mut self.members {
            let parts = picture::parts(member);
            news |= parts > member.shown;
            member.shown = member.shown.max(parts);
        }
        if news {
            log!("{}", picture::of(&self.members, None));
        }
    }
}

/// Puts a line into the outbox of each member but one, and returns those who are out of reach,
/// with the reason. They are not taken out here: a list must not change while one walks it.
// exercise 5.5: reach all who can be reached, whatever happens to one of them
fn deliver(members: &[Member], but: Option<Id>, line: &Line) -> Vec<(Id, Unreachable)> {
    members
        .iter()
        .filter(|member| Some(member.id) != but)
        .filter_map(|member| Some((member.id, member.outbox.put(line).err()?)))
        .collect()
}

/// A line with its end, in one piece.
pub fn line(words: &str) -> Line {
    Arc::from(format!("{words}\n").into_bytes())
}
