//! What `start` hands out instead of the bodies in `src`, where `todo!` would stand in the way
//! of other exercises. Each is naive code as people write it first, and fails its exercise.

// exercise 5.3
fn relay(&mut self, _id: Id, _name: &str, text: &str) {
    // Everybody hears it, just as it came. Who said it? Does that one want to hear it again?
    self.tell_all(text);
}

// exercise 5.4
fn tell_joined(&mut self, _name: &str) {
    // Who comes later says something sooner or later.
}

// exercise 5.4
fn tell_left(&mut self, _name: &str) {
    // Who leaves says nothing any more. That will be noticed.
}

// exercise 5.5
fn deliver(members: &[Member], but: Option<Id>, line: &Line) -> Vec<(Id, Unreachable)> {
    for member in members {
        if Some(member.id) != but
            && let Err(why) = member.outbox.put(line)
        {
            // The network is broken: no use in going on.
            return vec![(member.id, why)];
        }
    }
    Vec::new()
}

// exercise 5.5
fn leave(&self, id: Id, end: &io::Result<End>) {
    match end {
        Ok(End::SentAway(words)) => self.tell(Event::Left(id, Some(words))),
        Ok(End::Left) => self.tell(Event::Left(id, None)),
        // Nobody has left: there was only an error.
        Ok(End::Closing) | Err(_) => {}
    }
}

// exercise 5.6
fn put(&self, line: &Line) -> Result<(), Unreachable> {
    // As soon as there is room for it, the line is on its way. And until then?
    (&*self.stream).write_all(line).map_err(Unreachable::Gone)
}

// exercise 5.7
fn understand(line: &str) -> Request {
    // Whatever is typed is meant for all.
    Request::Text(line.to_string())
}

// exercise 5.8
fn say_goodbye(&mut self) {
    // They will see that the connection ends.
}

// exercise 5.8
fn stop_on_signal(_here: SocketAddr, _closing: Arc<Closing>) -> Result<(), Failure> {
    Ok(())
}
