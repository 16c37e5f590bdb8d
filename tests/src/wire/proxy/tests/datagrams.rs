//! Roads between UDP sockets.

use std::net::UdpSocket;
use std::sync::mpsc;

use super::*;

struct Letters {
    road: Road,
    server: UdpSocket,
    notes: mpsc::Receiver<String>,
}

fn letters(plan: Mishaps, seed: u64) -> Letters {
    let server = socket();
    let to = server.local_addr().unwrap();
    let (note, notes) = mpsc::channel();
    let sink = Box::new(move |passage: &Passage, _: Sight<'_>| {
        if let What::Note(text) = &passage.what {
            note.send(text.clone()).unwrap();
        }
    });
    let road = Road::open(anywhere(), to, plan, seed, Patience::default(), sink).unwrap();
    Letters {
        road,
        server,
        notes,
    }
}

fn socket() -> UdpSocket {
    let socket = UdpSocket::bind(anywhere()).unwrap();
    socket.set_read_timeout(Some(LONG)).unwrap();
    socket
}

impl Letters {
    fn client(&self) -> UdpSocket {
        let client = socket();
        client.connect(self.road.address()).unwrap();
        client
    }

    fn gets(&self) -> (String, SocketAddr) {
        let mut letter = [0; 100];
        let (length, from) = self.server.recv_from(&mut letter).unwrap();
        (String::from_utf8_lossy(&letter[..length]).into(), from)
    }
}

fn gets(client: &UdpSocket) -> String {
    let mut letter = [0; 100];
    let length = client.recv(&mut letter).unwrap();
    String::from_utf8_lossy(&letter[..length]).into()
}

/// Sends 0 to 19 one after another, and returns what arrives of them.
fn arrive(plan: Mishaps, seed: u64) -> Vec<String> {
    let letters = letters(plan.there(), seed);
    let client = letters.client();
    for number in 0..20 {
        client.send(number.to_string().as_bytes()).unwrap();
    }
    // Only what is held back can come after a good while.
    letters.server.set_read_timeout(Some(LULL * 10)).unwrap();
    let mut came = Vec::new();
    let mut letter = [0; 100];
    while let Ok(length) = letters.server.recv(&mut letter) {
        came.push(String::from_utf8_lossy(&letter[..length]).into());
    }
    came
}

fn all() -> Vec<String> {
    (0..20).map(|number: u8| number.to_string()).collect()
}

#[test]
fn each_client_gets_its_own_answers() {
    let letters = letters(Mishaps::none(), 7);
    let (ann, bob) = (letters.client(), letters.client());
    ann.send(b"from Ann").unwrap();
    bob.send(b"from Bob").unwrap();
    let (first, second) = (letters.gets(), letters.gets());
    assert_ne!(first.1, second.1);
    for (letter, from) in [second, first] {
        let answer = format!("answer to what came {letter}");
        letters.server.send_to(answer.as_bytes(), from).unwrap();
    }
    assert_eq!(gets(&ann), "answer to what came from Ann");
    assert_eq!(gets(&bob), "answer to what came from Bob");
}

#[test]
fn datagrams_keep_their_borders_and_empty_ones_count() {
    let letters = letters(Mishaps::none(), 7);
    let client = letters.client();
    for letter in ["ab", "", "c"] {
        client.send(letter.as_bytes()).unwrap();
        assert_eq!(letters.gets().0, letter);
    }
}

#[test]
fn some_are_dropped_and_the_seed_decides_which() {
    let came = arrive(Mishaps::drop(0.5), 7);
    assert!(came.len() < 20 && !came.is_empty(), "{came:?}");
    assert_eq!(came, arrive(Mishaps::drop(0.5), 7));
    assert_ne!(came, arrive(Mishaps::drop(0.5), 8));
}

#[test]
fn some_come_twice() {
    let mut came = arrive(Mishaps::duplicate(0.5), 7);
    assert!(came.len() > 20, "{came:?}");
    came.dedup();
    assert_eq!(came, all());
}

#[test]
fn some_overtake_others() {
    let mut came = arrive(Mishaps::reorder(0.5), 7);
    assert_ne!(came, all());
    came.sort_by_key(|letter| letter.parse::<u8>().unwrap());
    assert_eq!(came, all());
}

#[test]
fn a_delay_lets_them_come_later_and_out_of_order() {
    let start = Instant::now();
    let mut came = arrive(Mishaps::delay(LULL * 2, LULL), 7);
    assert!(start.elapsed() >= LULL);
    assert_ne!(came, all());
    came.sort_by_key(|letter| letter.parse::<u8>().unwrap());
    assert_eq!(came, all());
}

#[test]
fn a_black_hole_swallows_them() {
    assert_eq!(arrive(Mishaps::black_hole(), 7), Vec::<String>::new());
}

#[test]
fn a_full_road_drops_what_comes() {
    let letters = letters(Mishaps::delay(LONG, Duration::ZERO), 7);
    let client = letters.client();
    let deadline = Instant::now() + LONG;
    let note = loop {
        client.send(&vec![7; 9_000]).unwrap();
        // The system drops some, too, if they come faster than they are read.
        if let Ok(note) = letters.notes.recv_timeout(Duration::from_millis(1)) {
            break note;
        }
        assert!(Instant::now() < deadline, "the road takes all");
    };
    assert!(note.starts_with("is full, and drops"), "{note}");
    // All that it holds is given back when it ends.
    let address = letters.road.address();
    drop(letters.road);
    UdpSocket::bind(address).unwrap();
}
