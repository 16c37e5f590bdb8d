//! The payloads of a conversation: as they are, or as the records of TLS that they are made of; of
//! many and long ones, as much as a page can hold.

use std::collections::HashMap;

use crate::report::scene::Saying;
use crate::wire::proxy::Passage;
use crate::wire::tape::{Excerpt, What};
use crate::wire::tls::OneWay;

/// What is kept of each payload while there is room, and when there is none any more.
const AMPLE: (usize, usize) = (2048, 256);
const SCANT: (usize, usize) = (64, 16);

/// The bytes of payloads that are kept before they become scant.
const ROOM: usize = 1 << 20;

pub struct Payloads {
    /// Of each connection, side and way: its records, if it is TLS.
    records: Option<HashMap<(usize, usize, usize), OneWay>>,
    room: usize,
}

impl Payloads {
    pub fn new(is_secret: bool) -> Self {
        Self {
            records: is_secret.then(HashMap::new),
            room: ROOM,
        }
    }

    /// What there is to read of a passage, if it carries anything: one saying, or one a record.
    pub fn sayings(&mut self, passage: &Passage, whole: &[u8]) -> Vec<Option<Saying>> {
        let way = match passage.what {
            What::Got(_) => 0,
            What::Sent(_) => 1,
            _ => return vec![None],
        };
        let Some(records) = &mut self.records else {
            return vec![Some(Saying::Payload(self.excerpt(whole)))];
        };
        let key = (passage.connection, passage.side as usize, way);
        let mut begun = Vec::new();
        let records = records.entry(key).or_default();
        records.pass(whole, |record| begun.push(record));
        if begun.is_empty() {
            let words = "the same record goes on".to_string();
            return vec![Some(Saying::Record(words, self.excerpt(whole)))];
        }
        let mut sayings = Vec::new();
        for (at, record) in begun.iter().enumerate() {
            // What came before the first one belongs to it: its own beginning, or the end of
            // the record before.
            let from = if at == 0 { 0 } else { record.at };
            let to = begun.get(at + 1).map_or(whole.len(), |next| next.at);
            let words = match &record.version {
                Some(version) => format!("{version}: {}", record.what),
                None => record.what.clone(),
            };
            let excerpt = self.excerpt(&whole[from..to]);
            sayings.push(Some(Saying::Record(words, excerpt)));
        }
        sayings
    }

    fn excerpt(&mut self, whole: &[u8]) -> Excerpt {
        let (head, tail) = if self.room > 0 { AMPLE } else { SCANT };
        let excerpt = Excerpt::keeping(whole, head, tail);
        let kept = excerpt.head.len() + excerpt.tail.len();
        self.room = self.room.saturating_sub(kept);
        excerpt
    }
}
