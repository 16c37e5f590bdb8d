//! `trace N`: plays a conversation of a lab over the recording proxy, and shows all that passes:
//! as a ladder while it goes on, and afterwards as a picture or a page.

mod cast;
mod extras;
mod lanes;
mod payloads;
mod recorder;
mod recording;
mod script;
mod stage;

use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::anyhow;
use clap::Args;

use self::cast::{Cast, Wish};
use self::lanes::Lanes;
use self::recorder::Recorder;
use self::recording::Recorded;
use self::stage::Play;
use super::chaos::amounts;
use super::chaos::weather::Weather;
use super::out::{self, say, say_wrapped};
use super::target::{Target, prepare, whole};
use crate::finding::{Finding, Stop};
use crate::report::scene::{AGAIN, Outcome, Scene, cut};
use crate::report::{Format, Picture, style};
use crate::wire::proxy::Carries;
use crate::words::{bytes, count, time};
use crate::workbook::front_door::typed;
use crate::workbook::{Lab, Trouble, Workbook};

/// The most that is typed at all clients together.
const MOST_INPUT: usize = 64 << 20;

/// As much of what was typed as a picture says.
const MOST_TYPED: usize = 300;

#[derive(Args)]
pub struct Options {
    /// The lab: 2 or tcp-echo [that of the exercise at hand]
    lab: Option<String>,
    /// The client's words: -- hello, or -- send --bytes 9
    #[arg(last = true, value_name = "WORDS")]
    words: Vec<OsString>,
    /// Of the reference, not of your own work
    #[arg(long)]
    reference: bool,
    /// Of any program, run as COMMAND ROLE …
    #[arg(long, value_name = "COMMAND", conflicts_with = "reference")]
    program: Option<String>,
    /// Draw it into this file, for a page or a lesson
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Write a page with a slider through time
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// So many clients [1; in the room of lab 05: 3]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    clients: Option<u16>,
    /// What is typed at each client
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,
    /// More options for the server, as '--mode drip'
    #[arg(long, value_name = "OPTIONS", allow_hyphen_values = true)]
    server: Option<String>,
    /// Ends it, however far it has come
    #[arg(long, value_name = "TIME", value_parser = amounts::time, default_value = "10s")]
    limit: Duration,
    /// Decides all chance: the same N, the same faults
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    #[command(flatten)]
    weather: Weather,
}

pub fn run(workbook: &Workbook, options: &Options) -> Result<ExitCode, Trouble> {
    style::set_up();
    let lab = options.lab(workbook)?;
    let wish = Wish {
        words: &options.words,
        clients: options.clients.map(usize::from),
        has_input: options.input.is_some(),
    };
    let cast = Cast::of(lab, &wish)?;
    let talks = match cast.carries {
        Carries::Streams => "TCP",
        Carries::Datagrams => "UDP",
    };
    let others = format!("lab {:02} talks over {talks}", lab.number);
    options.weather.fits(cast.carries, &others)?;
    let server = options.server_words()?;
    if !server.is_empty() && cast.host_is_ours() {
        let why = "the client talks to somebody of ours, who has no options";
        return Err(Trouble::usage(format!("--server: in this lab {why}")));
    }
    let clients = cast.clients.len();
    let input = options
        .input
        .as_deref()
        .map(|path| read_input(path, clients))
        .transpose()?;
    let pictures = options.pictures()?;

    let mut programs = prepare(workbook, &options.target(), &[whole(lab)])?;
    let subject = match programs.pop() {
        Some(Ok(subject)) => subject,
        Some(Err(errors)) => {
            out::show_errors(&errors);
            return Ok(ExitCode::FAILURE);
        }
        None => return Err(Trouble::Broken(anyhow!("no program was built"))),
    };
    let (faults, mishaps) = (options.weather.faults(), options.weather.mishaps());
    let has_road = options.weather.is_bad();
    let names = cast.clients.iter().map(|client| client.name.clone());
    let lanes = Lanes::new(names.collect(), cast.host_name(), has_road);
    let recorder = Recorder::new(lanes, cast.is_secret());
    let stop = recorder.clone();
    ctrlc::set_handler(move || stop.stop())
        .map_err(|error| Trouble::Broken(anyhow!("cannot listen for Ctrl-C: {error}")))?;
    let seed = options.seed.unwrap_or_else(|| fastrand::u64(..=9_999));
    let play = Play {
        cast: &cast,
        subject: &subject,
        recorder: &recorder,
        server: &server,
        input,
        faults,
        mishaps,
        seed,
        delay: options.weather.longest_delay(),
        limit: options.limit,
    };
    let played = play.run();
    let recorded = recorder.take();
    let told = told(&played, &recorded, recorder.was_stopped(), options.limit);
    let scene = Scene {
        title: format!("Lab {:02}: {}", lab.number, lab.title),
        facts: facts(options, has_road.then_some(seed)),
        lanes: recorded.lanes,
        steps: recorded.steps,
        gap: recorded.gap,
        outcome: Outcome::Told(told.clone()),
        no_ends: match cast.carries {
            Carries::Streams => "This system tells nothing of it.".into(),
            Carries::Datagrams => {
                "Datagrams have no connection, so there is no state of one.".into()
            }
        },
    };
    tell_end(&told, &pictures, &scene)?;
    match played {
        Ok(_) => Ok(ExitCode::SUCCESS),
        Err(Stop::Fail(finding)) => {
            out::complain(&Trouble::usage(in_a_line(&finding)));
            Ok(ExitCode::FAILURE)
        }
        Err(Stop::Skip(why)) => Err(Trouble::Broken(anyhow!(why))),
        Err(Stop::Broken(error)) => Err(Trouble::Broken(error)),
    }
}

impl Options {
    fn lab<'a>(&self, workbook: &'a Workbook) -> Result<&'a Lab, Trouble> {
        match &self.lab {
            Some(lab) => workbook.find_only_lab(lab),
            None if self.target().is_own() => Ok(workbook.at_hand()?.0),
            None => {
                let example = typed("trace 2 --reference");
                Err(Trouble::usage(format!("say which lab, as in `{example}`")))
            }
        }
    }

    fn target(&self) -> Target {
        Target {
            reference: self.reference,
            program: self.program.clone(),
            at: None,
        }
    }

    fn server_words(&self) -> Result<Vec<OsString>, Trouble> {
        let Some(text) = &self.server else {
            return Ok(Vec::new());
        };
        let words = shell_words::split(text)
            .map_err(|error| Trouble::usage(format!("--server {text}: {error}")))?;
        Ok(words.into_iter().map(OsString::from).collect())
    }

    /// The files to be drawn into. Whether they can be written is found out before all else.
    fn pictures(&self) -> Result<Vec<Picture>, Trouble> {
        let asked = [
            (Format::Svg, "--svg", &self.svg),
            (Format::Html, "--html", &self.html),
        ];
        let asked = asked
            .into_iter()
            .filter_map(|(format, option, path)| Some((format, option, path.as_ref()?)));
        asked
            .map(|(format, option, path)| Picture::of(format, option, path))
            .collect()
    }
}

/// What is typed at each of so many clients, and held for each of them.
fn read_input(path: &Path, clients: usize) -> Result<Vec<u8>, Trouble> {
    let refused = |why: String| Trouble::usage(format!("--input {}: {why}", path.display()));
    let most = MOST_INPUT / clients;
    let file = File::open(path).map_err(|error| refused(error.to_string()))?;
    let mut input = Vec::new();
    file.take(most as u64 + 1)
        .read_to_end(&mut input)
        .map_err(|error| refused(error.to_string()))?;
    if input.len() > most {
        let bound = bytes(most);
        let of = count(clients, "client");
        return Err(refused(format!("for {of} it may hold {bound}")));
    }
    Ok(input)
}

/// What a reader of the picture should know of how it came to be.
fn facts(options: &Options, seed: Option<u64>) -> Vec<(String, String)> {
    let whose = options.target().whose();
    let mut again = typed_again();
    if let Some(seed) = seed.filter(|_| options.seed.is_none()) {
        again = again.replacen(" trace ", &format!(" trace --seed {seed} "), 1);
    }
    vec![
        ("Program".into(), whose),
        (AGAIN.into(), cut(&again, MOST_TYPED)),
    ]
}

/// What was typed, without the files to be drawn into.
fn typed_again() -> String {
    let mut words = Vec::new();
    let all = std::env::args_os().skip(1);
    let mut all = all.map(|word| word.to_string_lossy().into_owned());
    while let Some(word) = all.next() {
        if word == "--" {
            words.push(word);
            words.extend(all.by_ref());
        } else if word == "--svg" || word == "--html" {
            all.next();
        } else if !word.starts_with("--svg=") && !word.starts_with("--html=") {
            words.push(word);
        }
    }
    typed(&shell_words::join(words))
}

/// How it ended, in a sentence or two.
fn told(
    played: &Result<bool, Stop>,
    recorded: &Recorded,
    was_stopped: bool,
    limit: Duration,
) -> String {
    let ends = &recorded.ends;
    let mut told = match &ends[..] {
        [(_, first), _, _, ..] if ends.iter().all(|(_, how)| how == first) => {
            format!("all {}: {first}", ends.len())
        }
        _ => {
            let ends = ends.iter().map(|(who, how)| format!("{who}: {how}"));
            ends.collect::<Vec<_>>().join(" · ")
        }
    };
    if was_stopped {
        told += " · stopped before its end";
    } else if matches!(played, Ok(false)) {
        let after = time(limit);
        told += &format!(" · ended after {after}; `--limit` gives it more");
    }
    told.trim_start_matches(" · ").to_string()
}

/// What came of it, and where it can be looked at.
fn tell_end(told: &str, pictures: &[Picture], scene: &Scene) -> Result<(), Trouble> {
    for picture in pictures {
        picture.draw(scene)?;
    }
    if !told.is_empty() {
        say("")?;
        say_wrapped("  ", told)?;
    }
    for picture in pictures {
        say(format!("  drawn into {}", picture.path().display()))?;
    }
    Ok(())
}

/// Somebody could not take part.
fn in_a_line(finding: &Finding) -> String {
    let text = format!("expected {}; seen: {}", finding.expected, finding.seen);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
