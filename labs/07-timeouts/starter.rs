//! What `start` hands out instead of the bodies in `src`, where `todo!` would stand in the way
//! of other exercises. Each is naive code as people write it first, and fails its exercise.

// exercise 7.2
fn wait_for_bytes(mut stream: &TcpStream, piece: &mut [u8], _limit: Duration) -> io::Result<usize> {
    // Waits until something comes. And if nothing ever does?
    stream.read(piece)
}

// exercise 7.3
fn tell_apart(error: io::Error, _limit: Limit) -> Trouble {
    // Time has run out somewhere. Where will it have been…
    match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => Trouble::Timeout(Timeout::Read),
        _ => Trouble::Network(error),
    }
}

// exercise 7.4
fn bound(&self, own: Limit) -> Result<Limit, Trouble> {
    // Each wait has a limit. Is there one for all of them together?
    Ok(own)
}

// exercise 7.5
fn begin(&mut self) {
    // There has been nothing before the first try.
}

// exercise 7.5
fn partial(&self) -> Option<String> {
    // Half a line is no line.
    None
}

// exercise 7.7
fn may_help(_trouble: &Trouble) -> bool {
    // What did not work will not work.
    false
}

// exercise 7.7
fn pause_after(_failed: u32, backoff: NonZeroU64) -> Duration {
    Duration::from_millis(backoff.get())
}

// exercise 7.8
fn start_waiting(&mut self) {
    // Each read has its timeout, see below. What more could one want?
}

// exercise 7.8
fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
    self.stream.set_read_timeout(self.limit)?;
    self.stream.read(buffer)
}
