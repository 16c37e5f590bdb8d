//! What `start` hands out instead of the bodies in `src`, where `todo!` would stand in the way
//! of earlier exercises. Each is naive code as people write it first, and fails its exercise.

// exercise 2.1
fn open(address: SocketAddr) -> Result<TcpListener, Failure> {
    // Fine, as long as the port is free. What does the program say when it is not?
    Ok(TcpListener::bind(address).unwrap())
}

// exercise 2.3
fn serve_each(listener: &TcpListener, closing: &Closing) {
    // One client. And then?
    if let Ok((stream, peer)) = listener.accept() {
        serve(stream, peer, closing);
    }
}

// exercise 2.5
fn receive(mut stream: TcpStream, address: &str) -> Result<Summary, Failure> {
    let mut text = String::new();
    stream
        .read_to_string(&mut text)
        .map_err(|error| Failure::protocol(address, error))?;
    shared::write(text.as_bytes())?;
    let mut received = Summary::default();
    received.add(text.as_bytes());
    Ok(received)
}

// exercise 2.6
fn send(mut input: impl Read, stream: &mut TcpStream) -> Result<Summary, Failure> {
    let mut piece = vec![0; PIECE];
    let length = input
        .read(&mut piece)
        .map_err(|error| Failure::system("standard input", error))?;
    let length = stream
        .write(&piece[..length])
        .map_err(|error| Failure::protocol("cannot send", error))?;
    let mut sent = Summary::default();
    sent.add(&piece[..length]);
    Ok(sent)
}

// exercise 2.7
fn stop_on_signal(_here: SocketAddr, _closing: &Arc<Closing>) -> Result<(), Failure> {
    Ok(())
}
