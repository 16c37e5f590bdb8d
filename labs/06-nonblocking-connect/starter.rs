//! What `start` hands out instead of the bodies in `src`, where `todo!` would stand in the way
//! of other exercises. Each is naive code as people write it first, and fails its exercise.

// exercise 6.2
fn watch(&self, _socket: &Socket, _number: usize) -> io::Result<()> {
    // Nobody is asked to tell us anything.
    Ok(())
}

// exercise 6.2
fn wait(&self, longest: Option<Duration>) -> io::Result<Vec<usize>> {
    // Asks each socket whether it has a peer by now, and again, and again.
    let since = Instant::now();
    loop {
        let mut ready = Vec::new();
        for (number, _) in self.under_way() {
            if let Some(socket) = &self.all[number].socket
                && socket.peer_addr().is_ok()
            {
                ready.push(number);
            }
        }
        if !ready.is_empty() || longest.is_some_and(|longest| since.elapsed() >= longest) {
            return Ok(ready);
        }
    }
}

// exercise 6.3
fn result_of(_socket: &Socket) -> io::Result<()> {
    // It is writable, so it must be connected.
    Ok(())
}

// exercise 6.4
fn patience(&self) -> Option<Duration> {
    // As long as it takes.
    None
}

// exercise 6.4
fn overdue(&self) -> Vec<usize> {
    // There is always hope.
    Vec::new()
}

// exercise 6.5
fn try_all<'a>(tries: &mut Tries<'a>, targets: &'a [Target]) -> Result<(), Failure> {
    for target in targets {
        tries.begin(target);
        // And who comes behind one that does not answer?
        while !tries.are_over() {
            tries.step(None)?;
        }
    }
    Ok(())
}

// exercise 6.7
fn close(&mut self, _number: usize) {
    // All sockets are closed when the program ends. Is that soon enough?
}
