//! The room in one line, for the log: who is in it, and how full each one's queue is.
//!
//! `room: Ann 0/4 · Bob ████ 4/4 dropped`

use crate::room::Member;

/// How many parts a bar has.
const PARTS: usize = 4;

/// Of a full room only those are drawn for whom something waits.
const FULL: usize = 10;

/// Draws those who are in the room; and one who is not any more, with what became of it.
pub fn of(members: &[Member], dropped: Option<&Member>) -> String {
    let mut drawn: Vec<String> = members
        .iter()
        .filter(|member| members.len() <= FULL || member.outbox.fill().0 > 0)
        .take(FULL)
        .map(one)
        .collect();
    if members.len() > FULL {
        drawn.insert(0, format!("{} people", members.len()));
    }
    drawn.extend(dropped.map(|member| format!("{} dropped", one(member))));
    if drawn.is_empty() {
        drawn.push("empty".to_string());
    }
    format!("room: {}", drawn.join(" · "))
}

fn one(member: &Member) -> String {
    let (waiting, most) = member.outbox.fill();
    match parts(member) {
        0 => format!("{} {waiting}/{most}", member.name),
        full => {
            let bar = "█".repeat(full) + &"░".repeat(PARTS - full);
            format!("{} {bar} {waiting}/{most}", member.name)
        }
    }
}

/// How many parts of a member's bar are full: one as soon as anything waits, all with the last
/// line that may.
pub fn parts(member: &Member) -> usize {
    match member.outbox.fill() {
        (0, _) => 0,
        (waiting, most) => (waiting.saturating_mul(PARTS) / most).clamp(1, PARTS),
    }
}
