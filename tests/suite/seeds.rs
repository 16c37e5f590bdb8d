//! The same seed gives the same stimulus: what our people send in a check is decided by the seed
//! and the check alone, and not by the clock, a port, or the order in which threads run.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use grader::checks::{self, Check, Lab, Place, Subject};
use grader::finding::{Step, Stop};
use grader::verdict::{Turn, measure_patience};
use grader::wire::tape::{Event, PROGRAM, What};
use libtest_mimic::{Failed, Trial};

use super::references::references;
use super::tools::said;

/// Any number is as good as any other.
const SEED: u64 = 20_260_707;

/// As much of what one sends is compared: the tape keeps long things in little.
const COMPARED: usize = 256;

/// Of more than this the buffers may say how much is sent: as much as is taken.
const LONG: usize = 8 * 1024;

/// Where the clock has a word in how much is sent, as in a drip until something happens, two of so
/// many tellings are the same.
const TELLINGS: usize = 4;

/// In these the clock counts the rounds of a loop, or what the program draws by itself does. What
/// is sent in them is the same.
const OPEN_ENDED: &[&str] = &[
    "1.8/strays-do-not-prolong",
    "2.3/descriptors",
    "3.2/random-id",
    "3.7/clock",
    "3.7/late-stranger",
    "4.8/waits",
];

/// What goes over the wire there is encrypted with keys that are new each time, as it should be. What
/// is said before it is encrypted is on the tape, too.
const ENCRYPTED: u32 = 8;

/// In these somebody drips a handshake, byte by byte.
const NEW_EACH_TIME: &[&str] = &["8.6/slow-client", "8.6/slow-server"];

pub fn trials() -> Vec<Trial> {
    let stories = checks::all()
        .filter(|check| !NEW_EACH_TIME.contains(&check.id))
        .map(|check| {
            let name = format!("seeds::{}", check.id);
            Trial::test(name, move || sends_the_same(check))
        });
    let names = Trial::test("seeds::nobody-has-the-name-of-another", draws_no_name_twice);
    stories.chain([names]).collect()
}

/// A thousand names of three letters: some of them would be the same about always, and so would
/// a name of three and the beginning of a longer one.
fn draws_no_name_twice() -> Result<(), Failed> {
    let nobody = Subject::binary(Path::new("nobody"));
    let mut lab = Lab::new(Arc::new(nobody), SEED, "names", measure_patience());
    let names: Vec<_> = (0..1000).map(|at| lab.letters(3 + at % 2)).collect();
    for (at, name) in names.iter().enumerate() {
        if let Some(other) = names[..at].iter().find(|other| name.contains(*other)) {
            return Err(format!("there is {other}, and then {name}").into());
        }
    }
    Ok(())
}

fn sends_the_same(check: &'static Check) -> Result<(), Failed> {
    let lab = check.exercise().lab;
    let subject = references()?.get(&lab).ok_or("the lab has no reference")?;
    let mut before: Vec<Telling> = Vec::new();
    let mut trouble = None;
    for _ in 0..TELLINGS {
        let telling = match sent(check, subject) {
            Ok(telling) => telling,
            Err(Stop::Skip(why)) => {
                eprintln!("skipped: {}: {why}", check.id);
                return Ok(());
            }
            // Whether it passes each time is for other tests to say.
            Err(stop) => {
                trouble = Some(said(stop));
                continue;
            }
        };
        if let Some(other) = before.iter().find(|other| !telling.begins_like(other)) {
            return Err(format!("{:#?}\n{:#?}", other.people, telling.people).into());
        }
        let is_open = OPEN_ENDED.contains(&check.id) || telling.is_long();
        let is_same = |other: &Telling| is_open || telling.people == other.people;
        if before.iter().any(is_same) {
            return Ok(());
        }
        before.push(telling);
    }
    if let (0 | 1, Some(why)) = (before.len(), trouble) {
        return Err(format!("not told twice in {TELLINGS} times: {why}").into());
    }
    let people: Vec<_> = before.iter().map(|telling| &telling.people).collect();
    Err(format!("never the same amount: {people:#?}").into())
}

/// What was sent in one telling of a story.
struct Telling {
    people: BTreeMap<String, Words>,
    /// More happened than the tape holds.
    is_cut: bool,
}

impl Telling {
    fn is_long(&self) -> bool {
        self.is_cut || self.people.values().any(|words| words.length > LONG)
    }

    /// Nobody has sent anything else, more or less of it.
    fn begins_like(&self, other: &Self) -> bool {
        self.people.iter().all(|(who, words)| {
            let others = other.people.get(who);
            others.is_none_or(|others| words.begins_like(others))
        })
    }
}

/// Tells the story to its end.
fn sent(check: &Check, subject: &Arc<Subject>) -> Step<Telling> {
    let _turn = if check.place == Place::Alone {
        Turn::alone()
    } else {
        Turn::beside_others()
    };
    let mut lab = Lab::new(Arc::clone(subject), SEED, check.id, measure_patience());
    (check.story)(&mut lab)?;
    let (events, left_out) = lab.tape().read();
    let drawn = drawn_by_the_program(check, &events);
    let mut people: BTreeMap<String, Words> = BTreeMap::new();
    let is_encrypted = |event: &Event| {
        check.exercise().lab == ENCRYPTED && (event.who.starts_with("road") || is_record(event))
    };
    let of_people = events.iter().filter(|event| event.who != PROGRAM);
    for event in of_people.filter(|event| !is_encrypted(event)) {
        let words = people.entry(event.who.clone()).or_default();
        if let What::Sent(excerpt) = &event.what {
            let head = without(&excerpt.head, &drawn);
            words.add(&head, excerpt.length - (excerpt.head.len() - head.len()));
        }
    }
    Ok(Telling {
        people,
        is_cut: left_out > 0,
    })
}

/// What is no stimulus of ours: the program has drawn it by itself, and gets it back.
enum Drawn {
    Nothing,
    /// The `#17` of a question of lab 03.
    Ids(Vec<Vec<u8>>),
    /// The two bytes before a question of the DNS, and what is made from them.
    Beginnings,
}

fn drawn_by_the_program(check: &Check, events: &[Event]) -> Drawn {
    match check.exercise().lab {
        1 => Drawn::Beginnings,
        3 => Drawn::Ids(events.iter().filter_map(id).collect()),
        _ => Drawn::Nothing,
    }
}

/// Whether it is a record of TLS, or the beginning of one (RFC 8446, 5.1).
fn is_record(event: &Event) -> bool {
    matches!(&event.what, What::Sent(excerpt) if matches!(excerpt.head[..], [20..=23, 3, ..]))
}

fn id(event: &Event) -> Option<Vec<u8>> {
    let What::Got(excerpt) = &event.what else {
        return None;
    };
    let id = excerpt.head.strip_prefix(b"#")?.split(|&byte| byte == b' ');
    let id = id.take(1).next()?;
    (!id.is_empty()).then(|| id.to_vec())
}

fn without(datagram: &[u8], drawn: &Drawn) -> Vec<u8> {
    let ids = match drawn {
        Drawn::Nothing => &[][..],
        Drawn::Beginnings => return datagram.get(2..).unwrap_or_default().to_vec(),
        Drawn::Ids(ids) => ids,
    };
    for id in ids {
        let mut places = datagram.windows(id.len()).take(4);
        if let Some(at) = places.position(|part| part == id) {
            return [&datagram[..at], &datagram[at + id.len()..]].concat();
        }
    }
    datagram.to_vec()
}

/// What one of our people has sent.
#[derive(Default, PartialEq, Eq)]
struct Words {
    beginning: Vec<u8>,
    length: usize,
}

impl Words {
    fn add(&mut self, head: &[u8], length: usize) {
        let whole = self.beginning.len() == self.length;
        if whole {
            self.beginning.extend_from_slice(head);
            self.beginning.truncate(COMPARED);
        }
        self.length += length;
    }

    fn begins_like(&self, other: &Self) -> bool {
        let both = self.beginning.len().min(other.beginning.len());
        self.beginning[..both] == other.beginning[..both]
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let beginning = String::from_utf8_lossy(&self.beginning);
        write!(f, "{} bytes: {beginning:?}", self.length)
    }
}
