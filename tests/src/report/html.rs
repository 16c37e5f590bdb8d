//! A scene as one HTML page that needs nothing else: the ladder, and a slider through time that
//! shows the bytes, the state of both ends, and what the programs have said until then.

use std::fmt::Write as _;

use serde::Serialize;

use super::markup::escape;
use super::scene::{End, Outcome, Place, Saying, Scene, Step};
use crate::words::{count, time};

/// The most letters on an arrow; the browser cuts them where they do not fit.
const LABEL: usize = 120;

/// What each page begins with.
pub const BEGINNING: &str = "<!DOCTYPE html>\n<!-- drawn by the socket workbook -->\n";

const STYLE: &str = include_str!("html/page.css");
const SCRIPT: &str = include_str!("html/page.js");

/// Writes the page.
pub fn page(scene: &Scene) -> Result<String, serde_json::Error> {
    Ok(format!(
        include_str!("html/page.html"),
        beginning = BEGINNING,
        title = escape(&scene.title),
        style = STYLE,
        facts = pairs(&scene.facts),
        outcome = outcome(&scene.outcome),
        count = scene.lanes.len(),
        lanes = lanes(scene),
        steps = steps(scene),
        last = scene.steps.len().saturating_sub(1),
        bounds = escape(&bounds(scene)),
        record = record(scene)?,
        script = SCRIPT,
    ))
}

fn pairs(pairs: &[(String, String)]) -> String {
    let pair = |(name, what): &(String, String)| {
        format!("<dt>{}</dt><dd>{}</dd>", escape(name), escape(what))
    };
    pairs.iter().map(pair).collect()
}

fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Told(words) => format!("<p class=\"told\">{}</p>", escape(words)),
        Outcome::Failed(told) => format!("<dl class=\"failed\">{}</dl>", pairs(told)),
    }
}

fn lanes(scene: &Scene) -> String {
    let lane =
        |(at, name): (usize, &String)| format!("<span style=\"--a:{at}\">{}</span>", escape(name));
    scene.lanes.iter().enumerate().map(lane).collect()
}

fn steps(scene: &Scene) -> String {
    let mut rows = String::new();
    for (at, step) in scene.steps.iter().enumerate() {
        gap(scene, at, &mut rows);
        let tone = step.tone.class();
        let _ = writeln!(
            rows,
            "<li><button type=\"button\" class=\"step {tone}\" tabindex=\"-1\" data-step=\"{at}\" \
             aria-label=\"{}\"><time>{}</time><span class=\"track\">{}</span></button></li>",
            escape(&format!(
                "{}: {}",
                who(step, scene),
                step.saying.in_short(LABEL)
            )),
            time(step.at),
            drawn(step, scene.lanes.len()),
        );
    }
    gap(scene, scene.steps.len(), &mut rows);
    rows
}

fn gap(scene: &Scene, at: usize, rows: &mut String) {
    if let Some(gap) = scene.gap.filter(|gap| gap.after == at) {
        let missing = count(gap.count, "more step");
        let _ = writeln!(rows, "<li class=\"gap\">⋮ {missing}, not kept</li>");
    }
}

/// An arrow between two lanes, or words beside one: on the side where there is more room.
fn drawn(step: &Step, lanes: usize) -> String {
    let said = escape(&step.saying.in_short(LABEL));
    match step.place {
        Place::Between(from, to) => {
            let way = if from < to { "there" } else { "back" };
            let (a, b) = (from.min(to), from.max(to));
            format!(
                "<span class=\"arrow {way}\" style=\"--a:{a};--b:{b}\"><span class=\"said\">{said}</span></span>"
            )
        }
        Place::Beside(lane) => {
            let side = if lane * 2 + 1 > lanes { "to" } else { "from" };
            format!(
                "<span class=\"point\" style=\"--a:{lane}\"></span>\
                 <span class=\"beside {side}\" style=\"--a:{lane}\"><span class=\"said\">{said}</span></span>"
            )
        }
    }
}

fn who(step: &Step, scene: &Scene) -> String {
    let name = |lane: usize| scene.lanes.get(lane).map_or("", String::as_str);
    match step.place {
        Place::Between(from, to) => format!("{} → {}", name(from), name(to)),
        Place::Beside(lane) => name(lane).to_string(),
    }
}

/// What this page does not hold.
fn bounds(scene: &Scene) -> String {
    let shortened = scene
        .steps
        .iter()
        .filter_map(|step| step.saying.excerpt())
        .filter(|excerpt| excerpt.length > excerpt.head.len() + excerpt.tail.len())
        .count();
    let mut words = "Arrow keys, Home and End go through the steps.".to_string();
    if shortened > 0 {
        let steps = count(shortened, "step");
        words +=
            &format!(" Of long payloads, in {steps}, the page keeps the beginning and the end.");
    }
    if let Some(gap) = scene.gap {
        words += &format!(" {} not kept.", count(gap.count, "step"));
    }
    words
}

/// What the script reads.
#[derive(Serialize)]
struct Record<'a> {
    lanes: &'a [String],
    /// Then the page opens where it has failed.
    failed: bool,
    /// Whether the kernel was asked at all.
    ends: bool,
    #[serde(rename = "noEnds")]
    no_ends: &'a str,
    steps: Vec<Moment>,
}

#[derive(Serialize)]
struct Moment {
    at: String,
    who: String,
    what: String,
    #[serde(flatten)]
    bytes: Option<Bytes>,
    #[serde(skip_serializing_if = "Option::is_none")]
    out: Option<Out>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ends: Vec<OneEnd>,
}

#[derive(Serialize)]
struct Bytes {
    n: usize,
    head: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    tail: String,
}

#[derive(Serialize)]
struct Out {
    lane: usize,
    verb: &'static str,
}

#[derive(Serialize)]
struct OneEnd {
    c: usize,
    lane: usize,
    address: String,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    unread: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unsent: Option<u32>,
    waits: bool,
}

fn record(scene: &Scene) -> Result<String, serde_json::Error> {
    let record = Record {
        lanes: &scene.lanes,
        failed: matches!(scene.outcome, Outcome::Failed(_)),
        ends: scene.steps.iter().any(|step| !step.ends.is_empty()),
        no_ends: &scene.no_ends,
        steps: scene.steps.iter().map(|step| moment(step, scene)).collect(),
    };
    // Within a script, `</script>` would end it; in JSON it can be written without that sign.
    Ok(serde_json::to_string(&record)?.replace('<', "\\u003c"))
}

fn moment(step: &Step, scene: &Scene) -> Moment {
    let out = match (&step.saying, step.place) {
        (Saying::Stream(stream, _), Place::Beside(lane)) => Some(Out {
            lane,
            verb: stream.verb(),
        }),
        _ => None,
    };
    Moment {
        at: time(step.at),
        who: who(step, scene),
        what: step.saying.in_short(LABEL),
        bytes: step.saying.excerpt().map(|excerpt| Bytes {
            n: excerpt.length,
            head: hex(&excerpt.head),
            tail: hex(&excerpt.tail),
        }),
        out,
        ends: step.ends.iter().map(one_end).collect(),
    }
}

fn one_end(end: &End) -> OneEnd {
    let socket = end.socket;
    OneEnd {
        c: end.connection,
        lane: end.lane,
        address: end.address.clone(),
        state: socket.map_or("gone", |socket| socket.state()),
        unread: socket.map(|socket| socket.unread),
        unsent: socket.map(|socket| socket.unacknowledged),
        waits: socket.is_some_and(|socket| socket.waits_to_be_accepted()),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
