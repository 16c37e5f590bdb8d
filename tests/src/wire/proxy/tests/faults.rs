//! What faults do to real connections.

use super::*;

#[test]
fn a_throttled_stream_takes_its_time() {
    let scene = scene(Faults::throttle(1000));
    let (mut client, mut server) = scene.connect();
    let start = Instant::now();
    client.write_all(&[7; 150]).unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    let (came, _) = reads(&mut server);
    assert_eq!(came.concat(), [7; 150]);
    // The first step goes at once, and after the last one the end waits, too.
    assert!(start.elapsed() >= Duration::from_millis(150));
}

#[test]
fn a_half_close_ends_one_direction_alone() {
    let scene = scene(Faults::half_close_after(4).there());
    let (mut client, mut server) = scene.connect();
    client.write_all(b"hello").unwrap();
    assert_eq!(reads(&mut server), (vec![b"hell".to_vec()], None));
    server.write_all(b"and on it goes").unwrap();
    drop(server);
    client.write_all(b"into nowhere").unwrap();
    assert_eq!(reads(&mut client).0.concat(), b"and on it goes");
}

#[test]
fn a_reset_comes_after_so_many_bytes_and_to_both_sides() {
    let scene = scene(Faults::reset_after(4).there());
    let (mut client, mut server) = scene.connect();
    client.write_all(b"hello").unwrap();
    let (came, end) = reads(&mut server);
    assert_eq!(came.concat(), b"hell");
    assert_eq!(end, Some(ErrorKind::ConnectionReset));
    assert!(is_reset(client.read(&mut [0])));
}

#[test]
fn a_cut_closes_both_sides_after_so_many_bytes() {
    let scene = scene(Faults::cut_after(4).there());
    let (mut client, mut server) = scene.connect();
    client.write_all(b"hello").unwrap();
    assert_eq!(reads(&mut server), (vec![b"hell".to_vec()], None));
    assert_eq!(reads(&mut client), (vec![], None));
    let deadline = Instant::now() + LONG;
    while client.write(b"x").is_ok() {
        assert!(Instant::now() < deadline, "the road still listens");
    }
}

#[test]
fn a_black_hole_swallows_all_and_says_nothing() {
    let scene = scene(Faults::black_hole().there());
    let (mut client, mut server) = scene.connect();
    client.write_all(b"hello").unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    // The other way is open: what comes by it came after all that was swallowed.
    server.write_all(b"anybody there?").unwrap();
    let mut heard = [0; 14];
    client.read_exact(&mut heard).unwrap();
    server.set_nonblocking(true).unwrap();
    let nothing = server.read(&mut [0]);
    assert!(matches!(nothing, Err(error) if error.kind() == ErrorKind::WouldBlock));
}

#[test]
fn the_seed_decides_what_jitter_does() {
    let draw = |seed| {
        let faults = Faults::delay(LULL, LULL).on(Way::There, seed, 1);
        let mut lane = lane::Lane::new(faults);
        let now = Instant::now();
        lane.takes(load::Load::End, now);
        lane.due().map(|due| due - now)
    };
    assert_eq!(draw(7), draw(7));
    assert_ne!(draw(7), draw(8));
}
