//! The tape of a check as a scene: its people on the left, the program under test on the right.

use std::net::SocketAddr;
use std::time::Duration;

use super::{AGAIN, End, Gap, Outcome, Place, Saying, Scene, Step, Stream, Tone};
use crate::verdict;
use crate::wire::tape::{Ends, Event, PROGRAM, What};
use crate::workbook::Lab;

/// So many people have a lane of their own; the others share one.
pub const MOST_LANES: usize = 7;

/// The lane of those who come when there is no room for another.
pub const OTHERS: &str = "others";

/// The scene of a check that failed.
pub fn failure(lab: &Lab, whose: &str, outcome: &verdict::Outcome, again: String) -> Option<Scene> {
    let account = outcome.account.as_ref()?;
    let finding = &account.finding;
    let mut told = vec![
        ("Expected".to_string(), finding.expected.clone()),
        ("Seen".to_string(), finding.seen.clone()),
    ];
    told.extend(account.quote.clone().map(|quote| ("Program".into(), quote)));
    if !finding.means.is_empty() {
        told.push(("What it usually means".into(), finding.means.clone()));
    }
    let mut scene = of_tape(&account.events, account.left_out);
    scene.title = format!("{}: it {}", outcome.check.id, outcome.check.title);
    scene.facts = vec![
        ("Lab".into(), format!("{:02} {}", lab.number, lab.title)),
        ("Graded".into(), whose.to_string()),
        (AGAIN.into(), again),
    ];
    let failed = Step {
        at: scene.steps.last().map_or(Duration::ZERO, |step| step.at),
        place: Place::Beside(scene.lanes.len() - 1),
        saying: Saying::Words(format!("✗ {}", finding.seen)),
        tone: Tone::Bad,
        ends: Vec::new(),
    };
    scene.steps.push(failed);
    scene.outcome = Outcome::Failed(told);
    Some(scene)
}

/// All that is on a tape.
pub fn of_tape(events: &[Event], left_out: usize) -> Scene {
    let mut lanes: Vec<String> = Vec::new();
    for event in events {
        if event.who == PROGRAM || lanes.contains(&event.who) {
            continue;
        }
        if lanes.len() == MOST_LANES {
            lanes.push(OTHERS.into());
        }
        if lanes.len() > MOST_LANES {
            break;
        }
        lanes.push(event.who.clone());
    }
    let program = lanes.len();
    lanes.push("the program".into());
    let steps = events.iter().map(|event| {
        let own = lanes.iter().position(|lane| *lane == event.who);
        let lane = match own {
            _ if event.who == PROGRAM => program,
            Some(lane) => lane,
            None => program - 1,
        };
        let mut step = step(&event.what, lane, program);
        step.at = event.at;
        step.ends = event
            .ends
            .iter()
            .flat_map(|ends| both(ends, lane, program))
            .collect();
        if lane != program && own.is_none() {
            name(&mut step.saying, &event.who);
        }
        step
    });
    let steps: Vec<_> = steps.collect();
    Scene {
        title: String::new(),
        facts: Vec::new(),
        gap: (left_out > 0).then_some(Gap {
            after: steps.len(),
            count: left_out,
        }),
        lanes,
        steps,
        outcome: Outcome::Told(String::new()),
        no_ends: "There was no connection that the kernel could tell of.".into(),
    }
}

/// Both ends of a connection, each in its lane.
fn both(ends: &Ends, own: usize, program: usize) -> [End; 2] {
    let end = |(address, socket): (SocketAddr, _), lane| End {
        connection: ends.connection,
        lane,
        address: address.to_string(),
        socket,
    };
    [end(ends.ours, own), end(ends.programs, program)]
}

/// What somebody did towards the program, or the program beside the wire.
pub fn step(what: &What, own: usize, program: usize) -> Step {
    let (to, from) = (Place::Between(own, program), Place::Between(program, own));
    let beside = Place::Beside(own);
    let words = |text: &str| Saying::Words(text.to_string());
    let (place, saying, tone) = match what {
        What::Connected => (to, words("connect"), Tone::Plain),
        What::Refused => (from, words("refused"), Tone::Bad),
        What::Sent(excerpt) => (to, Saying::Payload(excerpt.clone()), Tone::Plain),
        What::Got(excerpt) => (from, Saying::Payload(excerpt.clone()), Tone::Plain),
        What::SentEnd => (to, words("end"), Tone::End),
        What::GotEnd => (from, words("end"), Tone::End),
        What::SentReset => (to, words("reset"), Tone::Bad),
        What::GotReset => (from, words("reset"), Tone::Bad),
        What::Closed => (to, words("close"), Tone::End),
        What::Started(command) => (beside, words(&format!("starts: {command}")), Tone::Aside),
        What::Stdout(excerpt) => {
            let said = Saying::Stream(Stream::Output, excerpt.clone());
            (beside, said, Tone::Aside)
        }
        What::Stderr(excerpt) => {
            let said = Saying::Stream(Stream::Log, excerpt.clone());
            (beside, said, Tone::Aside)
        }
        What::Stdin(excerpt) => {
            let given = Saying::Stream(Stream::Input, excerpt.clone());
            (beside, given, Tone::Aside)
        }
        What::Signal(name) => (beside, words(&format!("gets {name}")), Tone::Aside),
        What::Ended(how) => (beside, words(how), Tone::Aside),
        What::Note(text) => (beside, words(text), Tone::Mishap),
    };
    Step {
        at: Duration::ZERO,
        place,
        saying,
        tone,
        ends: Vec::new(),
    }
}

/// Whoever has no lane of their own is named at each step.
pub fn name(saying: &mut Saying, who: &str) {
    let words = match saying {
        Saying::Payload(excerpt) => {
            let excerpt = excerpt.clone();
            let short = super::quoted_within(&excerpt, 40);
            *saying = Saying::Record(format!("{who}: {short}"), excerpt);
            return;
        }
        Saying::Words(words) | Saying::Record(words, _) => words,
        Saying::Stream(..) => return,
    };
    *words = format!("{who}: {words}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Tape;
    use crate::wire::tape::Excerpt;

    #[test]
    fn everybody_has_a_lane_while_there_is_room() {
        let tape = Tape::new();
        for number in 0..20 {
            let who = format!("guest {number}");
            tape.write(&who, What::Connected);
            tape.write(&who, What::Sent(Excerpt::of(b"hello")));
        }
        tape.write(PROGRAM, What::Ended("exit 0".into()));
        let scene = of_tape(&tape.read().0, 3);
        assert_eq!(scene.lanes.len(), MOST_LANES + 2);
        assert_eq!(scene.lanes[MOST_LANES], OTHERS);
        assert_eq!(scene.steps.len(), 41);
        let late = &scene.steps[39];
        assert_eq!(late.place, Place::Between(MOST_LANES, MOST_LANES + 1));
        assert_eq!(late.saying.in_short(60), "guest 19: \"hello\"");
        assert_eq!(scene.gap.map(|gap| gap.count), Some(3));
    }
}
