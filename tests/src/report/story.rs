//! What was done, in a sentence or two, told from the tape: so it is what really happened.

use crate::wire::tape::{Event, PROGRAM, What};
use crate::words::{bytes, quoted};

/// The most steps that are told; the ladder has them all.
const STEPS: usize = 4;

/// The last things that the peers and the runner did before the check stopped.
pub fn what_was_done(events: &[Event]) -> String {
    let mut steps: Vec<(String, String)> = Vec::new();
    let mut said: Option<(String, usize, Vec<u8>)> = None;
    for event in events {
        if let What::Sent(excerpt) = &event.what {
            match &mut said {
                Some((who, total, _)) if *who == event.who => *total += excerpt.length,
                _ => {
                    flush(&mut steps, said.take());
                    said = Some((event.who.clone(), excerpt.length, excerpt.head.clone()));
                }
            }
            continue;
        }
        let Some(step) = step(event) else { continue };
        flush(&mut steps, said.take());
        let who = if event.who == PROGRAM {
            "the program"
        } else {
            event.who.as_str()
        };
        steps.push((who.to_string(), step));
    }
    flush(&mut steps, said);
    sentences(&steps[steps.len().saturating_sub(STEPS)..])
}

fn flush(steps: &mut Vec<(String, String)>, said: Option<(String, usize, Vec<u8>)>) {
    if let Some((who, total, head)) = said {
        let what = if total == head.len() {
            quoted(&head)
        } else {
            bytes(total)
        };
        steps.push((who, format!("sent {what}")));
    }
}

fn step(event: &Event) -> Option<String> {
    Some(match &event.what {
        What::Connected => "connected".into(),
        What::SentEnd => "ended the sending side".into(),
        What::SentReset => "reset the connection".into(),
        What::Closed => "left".into(),
        What::Started(words) => format!("was started with `{words}`"),
        What::Signal(name) => format!("got {name}"),
        What::Stdin(excerpt) => format!("got {} on standard input", bytes(excerpt.length)),
        _ => return None,
    })
}

/// `Ann connected and sent "x". The program got SIGTERM.`
fn sentences(steps: &[(String, String)]) -> String {
    let mut text = String::new();
    let mut last = "";
    for (who, step) in steps {
        if who == last {
            text += ", then ";
        } else {
            if !text.is_empty() {
                text += ". ";
            }
            text += &capital(who);
            text += " ";
            last = who;
        }
        text += step;
    }
    if !text.is_empty() {
        text += ".";
    }
    text
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Tape;
    use crate::wire::tape::Excerpt;

    #[test]
    fn the_steps_become_sentences() {
        let tape = Tape::new();
        tape.write(PROGRAM, What::Started("server".into()));
        tape.write("Ann", What::Connected);
        tape.write("Ann", What::Sent(Excerpt::of(b"he")));
        tape.write("Ann", What::Sent(Excerpt::of(b"y")));
        tape.write("Ann", What::SentEnd);
        assert_eq!(
            what_was_done(&tape.read().0),
            "The program was started with `server`. Ann connected, then sent 3 bytes, then ended \
             the sending side."
        );
    }
}
