//! Any bytes to any server, any words to any program: no panic, no hang, and the server still
//! serves. A small run of it in the suite; `WORKBOOK_RANDOM=50000` makes it as long as one likes.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use std::{env, fs};

use anyhow::Context;
use fastrand::Rng;
use grader::checks::{Lab, Process, Subject};
use grader::finding::Stop;
use grader::program::{Exit, Stdin, StopSignal};
use grader::verdict::{Turn, measure_patience};
use grader::wire::tls::certificates;
use libtest_mimic::{Failed, Trial};

use super::tools::said;

/// As often as a suite that is run all day can afford.
const USUAL: usize = 300;

pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for lab in [2, 3, 4, 5, 7, 8] {
        trials.push(Trial::test(
            format!("random::bytes-to-{lab:02}"),
            move || bytes(lab),
        ));
    }
    for lab in 1..=8 {
        trials.push(Trial::test(
            format!("random::words-to-{lab:02}"),
            move || words(lab),
        ));
    }
    trials
}

fn bytes(lab: u32) -> Result<(), Failed> {
    let (_turn, mut story, mut random) = story(lab)?;
    let (seed, times) = (random.get_seed(), times());
    let result: Result<(), Stop> = (|| {
        let files = tempfile::tempdir().context("a folder")?;
        let server = match lab {
            8 => story.server_with(&identity_in(files.path())?.each_ref().map(String::as_str))?,
            _ => story.server()?,
        };
        for _ in 0..times {
            let said = something(&mut random);
            if lab == 3 {
                let ann = story.correspondent("Ann")?;
                ann.sends(server.address(), &said)?;
                ann.receives()?;
            } else {
                let mut ann = server.connect("Ann")?;
                ann.says_what_it_can(&said)?;
                ann.stops_talking()?;
                ann.waits_for_the_end()?;
            }
        }
        server.still_runs()?;
        server.stops()
    })();
    sees_no_panic(&story, seed)?;
    result.map_err(|stop| format!("{stop:?} (random seed {seed})").into())
}

/// A certificate and its key, as options of a server.
fn identity_in(folder: &Path) -> Result<[String; 4], Stop> {
    let host = &certificates().host;
    let (certificate, key) = (folder.join("cert.pem"), folder.join("key.pem"));
    fs::write(&certificate, &host.certificate).context("a certificate")?;
    fs::write(&key, &host.key).context("a key")?;
    let word = |path: &Path| path.to_string_lossy().into_owned();
    Ok([
        "--cert".into(),
        word(&certificate),
        "--key".into(),
        word(&key),
    ])
}

fn words(lab: u32) -> Result<(), Failed> {
    let (_turn, mut story, mut random) = story(lab)?;
    let seed = random.get_seed();
    let a_while = measure_patience().silence() * 5;
    for _ in 0..times() / 3 {
        let words = some_words(lab, &mut random);
        let told = || format!("{words:?} (random seed {seed})");
        let process = story
            .starts(&words, Stdin::Empty)
            .map_err(|stop| format!("{stop:?}: {}", told()))?;
        ends(&process, a_while).map_err(|why| format!("{why}: {}", told()))?;
        sees_no_panic(&story, seed)?;
        story.forget_processes();
    }
    Ok(())
}

/// It ends, by itself or asked to: with exit 0 if it listens, and as the signal has it where
/// nothing was set up yet, or nothing has to be.
fn ends(process: &Process, patience: Duration) -> Result<(), String> {
    let mut running = process.running();
    let mut allowed: fn(Exit) -> bool = |exit| matches!(exit, Exit::Code(0..=4));
    let mut end = running.wait(Duration::from_millis(100));
    if end.is_none() {
        allowed = if running.stdout().starts_with(b"listening on ") {
            |exit| exit == Exit::Code(0)
        } else {
            |exit| matches!(exit, Exit::Code(0..=4) | Exit::Signal(libc::SIGTERM))
        };
        let asked = running.signal(StopSignal::Terminate);
        asked.map_err(said)?;
        end = running.wait(patience);
    }
    match end {
        Some(exit) if allowed(exit) => Ok(()),
        Some(_) => Err(running.quote()),
        None => Err(format!("no end; {}", running.quote())),
    }
}

/// A turn beside others, and for as long as it is held a story about a lab's reference, and
/// chance.
fn story(lab: u32) -> Result<(Turn, Lab, Rng), Failed> {
    let subject: &Arc<Subject> = super::references::references()?
        .get(&lab)
        .ok_or("the lab has no reference")?;
    let turn = Turn::beside_others();
    let story = Lab::new(Arc::clone(subject), 0, "random", measure_patience()).without_end();
    Ok((turn, story, Rng::new()))
}

fn times() -> usize {
    env::var("WORKBOOK_RANDOM")
        .ok()
        .and_then(|times| times.parse().ok())
        .unwrap_or(USUAL)
}

fn sees_no_panic(story: &Lab, seed: u64) -> Result<(), Failed> {
    for process in story.processes() {
        let stderr = process.running().stderr();
        if String::from_utf8_lossy(&stderr).contains("panicked") {
            let quote = process.running().quote();
            return Err(format!("a panic (random seed {seed}): {quote}").into());
        }
    }
    Ok(())
}

/// Bytes of the kinds that trip programs up: noise, text that is nearly right, long runs.
fn something(random: &mut Rng) -> Vec<u8> {
    const NEARLY: &[&str] = &[
        "#",
        "#1 ",
        "#12345678901 ",
        "-",
        "--",
        "0",
        "17229",
        "17230",
        "99999999999999999999",
        "hello ",
        "hello Ann",
        "exit",
        "exit\n",
        "\n",
        "\r\n",
        "\r",
        " ",
        "\t",
        "Ann\n",
        "Ann\r\n",
        "\u{e9}",
        "\u{1f980}\n",
        "\0",
        "5",
        // Records of TLS: a handshake, an alert, one that is too long.
        "\u{16}\u{3}\u{1}\0\u{5}\u{1}\0\0\u{1}\0",
        "\u{15}\u{3}\u{3}\0\u{2}\u{2}\u{28}",
        "\u{17}\u{3}\u{3}\u{7f}\u{7f}",
    ];
    let mut bytes = Vec::new();
    for _ in 0..random.usize(0..6) {
        match random.u8(0..4) {
            0 => bytes.extend(NEARLY[random.usize(..NEARLY.len())].bytes()),
            1 => bytes.extend((0..random.usize(0..40)).map(|_| random.u8(..))),
            2 => bytes.extend(std::iter::repeat_n(random.u8(..), random.usize(0..3000))),
            _ => bytes.extend(random.u64(..).to_string().bytes()),
        }
    }
    bytes
}

/// Words of the kinds that a command line has, and others. No names: looking them up would
/// leave this machine.
fn some_words(lab: u32, random: &mut Rng) -> Vec<String> {
    const WORDS: &[&str] = &[
        "--listen",
        "--connect",
        "--server",
        "--timeout-ms",
        "--retries",
        "--hello",
        "--max-conn",
        "--workers",
        "--delay-ms",
        "--idle-ms",
        "--queue",
        "--stagger-ms",
        "--read-ms",
        "--total-ms",
        "--backoff-ms",
        "--bytes",
        "--mode",
        "drip",
        "--line-ms",
        "--kind",
        "-4",
        "-6",
        "--",
        "-",
        "",
        " ",
        "0",
        "1",
        "-1",
        "20",
        "99999999999999999999999",
        "127.0.0.1:0",
        "127.0.0.1:1",
        "[::1]:1",
        "127.0.0.1",
        "[::1]:0",
        "::1",
        "127.0.0.1:99999",
        ":",
        "1.2.3.4.5",
        "exit",
        "\u{1f980}",
        "a\nb",
        "%s",
        "0x10",
        "1e3",
        "NaN",
        "--help",
        "-h",
        "--version",
    ];
    let roles: &[&str] = match lab {
        1 => &["self", "resolve", "route", "query"],
        5 => &["server", "client", "duo"],
        6 => &["check", "race"],
        7 => &["probe", "send", "server"],
        8 => &["gencert", "server", "client"],
        _ => &["server", "client"],
    };
    let mut words = vec![roles[random.usize(..roles.len())].to_string()];
    if random.u8(0..8) == 0 {
        words.clear();
    }
    if words.first().is_some_and(|role| role == "resolve") {
        let literals = [
            "127.0.0.1",
            "::1",
            "10.0.0.1",
            "fe80::1",
            "-4",
            "-6",
            "--kind",
        ];
        words.extend((0..random.usize(0..5)).map(|_| literals[random.usize(..7)].to_string()));
        return words;
    }
    words.extend((0..random.usize(0..6)).map(|_| WORDS[random.usize(..WORDS.len())].to_string()));
    words
}
