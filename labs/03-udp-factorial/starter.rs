//! What `start` hands out instead of the bodies in `src`, where `todo!` would stand in the way
//! of earlier exercises. Each is naive code as people write it first, and fails its exercise.

// exercise 3.1
fn serve(socket: &UdpSocket, _stopping: &AtomicBool) {
    // One datagram in, one out. And then?
    let mut buffer = [0; LONGEST + 1];
    let (length, peer) = socket.recv_from(&mut buffer).unwrap();
    let answer = answer(&buffer[..length]);
    socket.send_to(answer.as_bytes(), peer).unwrap();
}

// exercise 3.3
pub fn text(datagram: &[u8]) -> Result<&str, Refusal> {
    // Fine, as long as everybody sends text.
    Ok(str::from_utf8(datagram).unwrap())
}

// exercise 3.3
pub fn number(text: &str) -> Result<u64, Refusal> {
    // Fine, as long as everybody sends numbers.
    Ok(text.parse().unwrap())
}

// exercise 3.3
fn check(_question: &Question, answer: &[u8]) -> Result<String, Failure> {
    // Whatever it says.
    Ok(String::from_utf8_lossy(answer).into_owned())
}

// exercise 3.5
fn factorial_answer(prefix: &str, n: u64) -> String {
    // How long may it get?
    format!("{prefix}{}", factorial(n))
}

// exercise 3.6
fn ask(
    socket: &UdpSocket,
    server: SocketAddr,
    question: &Question,
    patience: &Patience,
) -> io::Result<Option<Vec<u8>>> {
    // One try. What if the question is lost on the way, or the answer?
    try_once(socket, server, question, patience.timeout)
}

// exercise 3.6
fn receive(socket: &UdpSocket, buffer: &mut [u8], _deadline: Instant) -> io::Result<Option<usize>> {
    // Waits for as long as it takes. If nobody answers, that is for ever.
    let length = socket.recv(buffer)?;
    Ok(Some(length))
}

// exercise 3.7
fn open(server: SocketAddr) -> io::Result<UdpSocket> {
    // Any free port. Whose datagrams come in there?
    match server {
        SocketAddr::V4(_) => UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)),
        SocketAddr::V6(_) => UdpSocket::bind((Ipv6Addr::UNSPECIFIED, 0)),
    }
}

// exercise 3.7
fn try_once(
    socket: &UdpSocket,
    server: SocketAddr,
    question: &Question,
    timeout: Duration,
) -> io::Result<Option<Vec<u8>>> {
    socket.send_to(question.text.as_bytes(), server)?;
    let deadline = Instant::now() + timeout;
    let mut buffer = vec![0; LARGEST_DATAGRAM];
    // The first datagram that comes is the answer, and it begins with our ID. Is it, does it?
    let length = receive(socket, &mut buffer, deadline)?;
    Ok(length.map(|length| buffer[question.prefix.len().min(length)..length].to_vec()))
}
