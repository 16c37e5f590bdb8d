//! `chaos` between two programs: it does what its options say, draws what passes, and ends when it
//! is asked to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::{Failed, Trial};
use rustix::process::{Pid, Signal, kill_process};
use socket2::SockRef;

use super::commands::fixture::{GRADER, Said, finish};
use super::tools::exit_code;

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(20);

type Promise = fn() -> Result<(), Failed>;

pub fn trials() -> Vec<Trial> {
    let promises: [(&str, Promise); 7] = [
        ("draws-what-passes", draws_what_passes),
        ("carries-many-at-once", carries_many_at_once),
        ("the-seed-decides", the_seed_decides),
        ("bad-input-is-one-clear-line", bad_input_is_one_clear_line),
        ("says-what-it-cannot-have", says_what_it_cannot_have),
        ("nobody-reads", nobody_reads),
        ("its-help-fits-into-80-columns", its_help_fits),
    ];
    let trial = |(name, promise): (&str, Promise)| Trial::test(format!("chaos::{name}"), promise);
    promises.into_iter().map(trial).collect()
}

/// The command as it runs.
struct Chaos {
    child: Killed,
    ladder: BufReader<ChildStdout>,
    address: SocketAddr,
}

/// Killed when it is dropped, if it has not ended.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Chaos {
    /// Between anybody and this address.
    fn to(address: SocketAddr, words: &[&str]) -> Result<Self, Failed> {
        let child = command(words)
            .args(["--listen", "127.0.0.1:0", "--to", &address.to_string()])
            .stdout(Stdio::piped())
            .spawn()?;
        let mut child = Killed(child);
        let stdout = child.0.stdout.take().ok_or("no standard output")?;
        let mut ladder = BufReader::new(stdout);
        let (said, line) = mpsc::channel();
        thread::spawn(move || {
            let mut first = String::new();
            let read = ladder.read_line(&mut first);
            let _ = said.send(read.map(|_| (first, ladder)));
        });
        let (first, ladder) = line
            .recv_timeout(LONG)
            .map_err(|_| "it does not say where it listens")??;
        let address = first
            .trim_end()
            .strip_prefix("listening on ")
            .and_then(|address| address.parse().ok())
            .ok_or_else(|| format!("the first line is {first:?}"))?;
        Ok(Self {
            child,
            ladder,
            address,
        })
    }

    /// Presses Ctrl-C, and returns what was drawn until then.
    fn stops(mut self) -> Result<Vec<String>, Failed> {
        kill_process(Pid::from_child(&self.child.0), Signal::INT)?;
        let code = exit_code(&mut self.child.0, LONG)?;
        if code != Some(0) {
            return Err(format!("it ended with {code:?}").into());
        }
        let mut drawn = String::new();
        self.ladder.read_to_string(&mut drawn)?;
        let wide = drawn.lines().find(|line| line.chars().count() > 80);
        if let Some(line) = wide {
            return Err(format!("too wide: {line}").into());
        }
        if drawn.contains('\x1b') {
            return Err("colours, and no terminal".into());
        }
        Ok(drawn.lines().map(without_time).collect())
    }
}

/// Runs it to its end.
fn said(words: &[&str]) -> Result<Said, Failed> {
    finish(command(words)).map_err(|error| format!("{error:#}").into())
}

fn command(words: &[&str]) -> Command {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut command = Command::new(GRADER);
    command.arg("chaos").args(words).current_dir(root);
    command
}

/// A rung without the time behind it, and without its shafts.
fn without_time(rung: &str) -> String {
    let drawn = rung.rsplit_once('│').map_or(rung, |(drawn, _)| drawn);
    let words: Vec<_> = drawn
        .split(['─', ' '])
        .filter(|it| !it.is_empty())
        .collect();
    words.join(" ")
}

fn listener() -> Result<(TcpListener, SocketAddr), Failed> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    // `accept` keeps to it, too.
    SockRef::from(&listener).set_read_timeout(Some(LONG))?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// Both ends of a connection that leads through chaos.
fn connect(chaos: &Chaos, listener: &TcpListener) -> Result<[TcpStream; 2], Failed> {
    let client = TcpStream::connect(chaos.address)?;
    let (server, _) = listener.accept()?;
    for socket in [&client, &server] {
        socket.set_read_timeout(Some(LONG))?;
    }
    Ok([client, server])
}

fn draws_what_passes() -> Result<(), Failed> {
    let (listener, address) = listener()?;
    let chaos = Chaos::to(address, &["--coalesce", "100", "--lull", "20s"])?;
    let [mut client, mut server] = connect(&chaos, &listener)?;
    client.write_all(b"hel")?;
    client.write_all(b"lo")?;
    client.shutdown(Shutdown::Write)?;
    let mut heard = Vec::new();
    server.read_to_end(&mut heard)?;
    server.write_all(&[0xff, 0])?;
    drop(server);
    client.read_to_end(&mut heard)?;
    let drawn = chaos.stops()?;
    let mut rungs: Vec<_> = drawn.iter().filter(|line| line.starts_with('#')).collect();
    // How many reads it takes to hear Ann out is the system's affair.
    rungs.retain(|rung| !rung.contains("hel\"") && !rung.contains("\"lo\""));
    let expected = [
        "#1 │ connect ▶│",
        "#1 │ │ connect ▶",
        "#1 │ end ▶│",
        "#1 │ │ \"hello\" ▶",
        "#1 │ │ end ▶",
        "#1 │ │◀ \"\\xff\\0\"",
        "#1 │ │◀ end",
        "#1 │◀ \"\\xff\\0\" │",
        "#1 │◀ end │",
    ];
    let whole = "#1 │ \"hello\" ▶│";
    rungs.retain(|rung| *rung != whole);
    if rungs != expected {
        return Err(format!("{drawn:#?}").into());
    }
    Ok(())
}

fn carries_many_at_once() -> Result<(), Failed> {
    let (listener, address) = listener()?;
    let words = ["--delay", "20ms", "--jitter", "5ms", "--only", "there"];
    let chaos = Chaos::to(address, &words)?;
    let start = Instant::now();
    let mut pairs = Vec::new();
    for _ in 0..30 {
        pairs.push(connect(&chaos, &listener)?);
    }
    for (at, [client, _]) in pairs.iter_mut().enumerate() {
        client.write_all(&[u8::try_from(at)?; 9])?;
    }
    for (at, [_, server]) in pairs.iter_mut().enumerate() {
        let mut heard = [0; 9];
        server.read_exact(&mut heard)?;
        if heard != [u8::try_from(at)?; 9] {
            return Err(format!("client {at} was heard as {heard:?}").into());
        }
    }
    if start.elapsed() < Duration::from_millis(15) {
        return Err("nothing was delayed".into());
    }
    let drawn = chaos.stops()?;
    if !drawn.iter().any(|line| line.starts_with("#30 ")) {
        return Err(format!("{drawn:#?}").into());
    }
    Ok(())
}

fn the_seed_decides() -> Result<(), Failed> {
    let drawn = |seed: &str| -> Result<Vec<String>, Failed> {
        let server = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        server.set_read_timeout(Some(LONG))?;
        let words = [
            "--udp",
            "--drop",
            "50%",
            "--duplicate",
            "20%",
            "--seed",
            seed,
        ];
        let chaos = Chaos::to(server.local_addr()?, &words)?;
        let client = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        client.connect(chaos.address)?;
        for number in 0..12 {
            client.send(format!("letter {number}").as_bytes())?;
        }
        // On a road without chance, the last one would say that all have been carried.
        let mut letter = [0; 20];
        server.recv(&mut letter)?;
        server.set_read_timeout(Some(Duration::from_millis(300)))?;
        while server.recv(&mut letter).is_ok() {}
        let mut drawn = chaos.stops()?;
        drawn.retain(|line| line.starts_with('#'));
        Ok(drawn)
    };
    let (first, again, other) = (drawn("7")?, drawn("7")?, drawn("8")?);
    let drops = first.iter().filter(|line| line.contains("drops")).count();
    if first != again || first == other || drops == 0 || drops == 12 {
        return Err(format!("{first:#?}\n{again:#?}\n{other:#?}").into());
    }
    Ok(())
}

fn bad_input_is_one_clear_line() -> Result<(), Failed> {
    let to = ["--to", "127.0.0.1:9"];
    let cases: [(&[&str], &str); 9] = [
        (&[], "--to"),
        (&["--to", "nowhere"], "invalid socket address"),
        (&[to[0], to[1], "--drop", "10%"], "add --udp"),
        (&[to[0], to[1], "--udp", "--slice", "1"], "leave out --udp"),
        (&[to[0], to[1], "--delay", "50"], "50ms or 1.5s"),
        (&[to[0], to[1], "--jitter", "5ms"], "--delay"),
        (&[to[0], to[1], "--udp", "--drop", "101%"], "100%"),
        (&[to[0], to[1], "--slice", "0"], "--slice"),
        (&[to[0], to[1], "--listen", to[1]], "listens itself"),
    ];
    for (words, says) in cases {
        let said = said(words)?;
        let first = said.stderr.lines().next().unwrap_or_default();
        let is_clear = first.starts_with("error: ") && said.stderr.contains(says);
        if said.code != Some(2) || !is_clear || !said.stdout.is_empty() {
            return Err(format!("{words:?}: {said:?}").into());
        }
    }
    Ok(())
}

fn says_what_it_cannot_have() -> Result<(), Failed> {
    let (_listener, taken) = listener()?;
    let words = ["--to", "127.0.0.1:9", "--listen", &taken.to_string()];
    said(&words)?.complains(3, &[&taken.to_string()])?;
    Ok(())
}

fn nobody_reads() -> Result<(), Failed> {
    let (_listener, address) = listener()?;
    let mut chaos = Chaos::to(address, &[])?;
    let (nobody, _) = std::io::pipe()?;
    // What was its standard output has no reader any more.
    chaos.ladder = BufReader::new(ChildStdout::from(std::os::fd::OwnedFd::from(nobody)));
    // Who has not noticed before, in the rest of its announcement, notices with the first rung.
    let _client = TcpStream::connect(chaos.address);
    match exit_code(&mut chaos.child.0, LONG)? {
        Some(0) => Ok(()),
        code => Err(format!("it ended with {code:?}").into()),
    }
}

fn its_help_fits() -> Result<(), Failed> {
    let help = said(&["--help"])?.stdout;
    match help.lines().find(|line| line.chars().count() > 80) {
        Some(line) => Err(format!("too wide: {line}").into()),
        None => Ok(()),
    }
}
