//! What `start` hands out instead of the bodies in `src`, where `todo!` would stand in the way
//! of other exercises. Each is naive code as people write it first, and fails its exercise.

// exercise 4.2
fn serve_beside(session: Session) {
    // Nobody else is let in until this client is done.
    session.serve();
}

// exercise 4.3
fn read_line(reader: &mut impl BufRead) -> io::Result<Vec<u8>> {
    // Takes what one read brings. Is that always one line?
    let mut bytes = vec![0; 2048];
    let length = reader.read(&mut bytes)?;
    bytes.truncate(length);
    Ok(bytes)
}

// exercise 4.3
fn without_end(bytes: &[u8]) -> Option<&[u8]> {
    if bytes.is_empty() {
        return None;
    }
    Some(bytes.trim_ascii_end())
}

// exercise 4.4
fn bounded<R: BufRead>(reader: R, _longest: usize) -> Take<R> {
    // As much as there ever is.
    reader.take(u64::MAX)
}

// exercise 4.4
fn understand(line: &[u8]) -> Request {
    // Believes that whoever is out there sends names.
    let name = String::from_utf8(line.to_vec()).unwrap();
    if name == "exit" {
        Request::Exit
    } else {
        Request::Name(name)
    }
}

// exercise 4.4
fn half_close(_stream: &TcpStream) {
    // The socket is closed when it is dropped. What if the client is still sending?
}

// exercise 4.4
fn drain(_stream: &TcpStream, _deadline: Instant) -> io::Result<()> {
    Ok(())
}

// exercise 4.5
fn claim(self: &Arc<Self>) -> Option<Slot> {
    // There is always room for one more.
    Some(Slot(Arc::clone(self)))
}

// exercise 4.5
fn drop(&mut self) {
    // Nothing was taken, so nothing is given back.
}

// exercise 4.6
fn start_waiting(&mut self) {
    // The client takes the time it takes.
}

// exercise 4.6
fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
    (&*self.stream).read(buffer)
}

// exercise 4.7
fn stop_on_signal(_here: SocketAddr, _closing: Arc<Closing>) -> Result<(), Failure> {
    Ok(())
}

// exercise 4.8
fn start(_workers: u16) -> Result<Self, Failure> {
    // A queue has two ends. Who takes the clients out of this one?
    let (queue, _waiting) = channel::bounded(WAITING);
    Ok(Self { queue })
}
