//! The programs themselves: this executable again, in a role that no learner means to write.
//!
//! `suite __hostile ROLE MARK [server --listen IP:PORT]`. The mark is how its traces are found.

use std::io::{self, Write};
use std::net::{SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::{self, Command, Stdio};
use std::{env, fs, hint, thread};

use super::{graded, killed};

/// The first argument that makes the suite one of them.
pub const HOSTILE: &str = "__hostile";

/// A chain that is not ended ends itself here, or a failing test would take the machine.
const LONGEST_CHAIN: u32 = 20_000;

/// Plays the role, if this process was started for one.
pub fn play_if_asked() {
    let words: Vec<String> = env::args().skip(1).collect();
    let [first, role, mark, rest @ ..] = words.as_slice() else {
        return;
    };
    if first == HOSTILE {
        let played = play(role, mark, rest);
        process::exit(i32::from(played.is_err()));
    }
}

fn play(role: &str, mark: &str, rest: &[String]) -> io::Result<()> {
    let _reported = graded::report()?;
    match role {
        "hang" => listen(rest).map(|_open| rest_for_ever()),
        "deaf" => Err(deaf(mark, rest)),
        "run-away" => run_away(mark, rest),
        "run-away-again" => again("stay-away", mark, Stdio::inherit()),
        "stay-away" => stay_away(),
        "chain" => chain(mark, rest),
        "flood" => flood(rest),
        "glutton" => listen(rest).map(|_open| eat()),
        "parent-of-glutton" => parent_of_glutton(mark, rest),
        "silent" => bind(rest).map(|_open| rest_for_ever()),
        "half-a-line" => say("listening on 127.0.0.1:70", rest_for_ever),
        "chatter" => say("Welcome to my server!\n", rest_for_ever),
        "port-zero" => say("listening on 127.0.0.1:0\n", rest_for_ever),
        "early" => early(),
        "exit" => {
            eprintln!("error: nothing works today");
            process::exit(7)
        }
        "crash" => process::abort(),
        "todo" => todo!("exercise 2.4: send the message"),
        "busy" => listen(rest).map(|_open| work_for_ever()),
        "lock-folder" => lock_folder(rest),
        "environment" => environment(),
        "grader" => killed::be_a_grader(mark),
        "show-a-start" => killed::show_a_start(mark),
        _ => Err(io::ErrorKind::InvalidInput.into()),
    }
}

fn bind(rest: &[String]) -> io::Result<TcpListener> {
    let address = match rest {
        [_role, option, address, ..] if option == "--listen" => address,
        _ => "127.0.0.1:0",
    };
    TcpListener::bind(address)
}

fn listen(rest: &[String]) -> io::Result<TcpListener> {
    let listener = bind(rest)?;
    announce(listener.local_addr()?)?;
    Ok(listener)
}

fn announce(address: SocketAddr) -> io::Result<()> {
    let mut stdout = io::stdout();
    writeln!(stdout, "listening on {address}")?;
    stdout.flush()
}

fn say(text: &str, then: fn()) -> io::Result<()> {
    let mut stdout = io::stdout();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()?;
    then();
    Ok(())
}

fn rest_for_ever() {
    loop {
        thread::park();
    }
}

fn work_for_ever() {
    loop {
        hint::spin_loop();
    }
}

/// This executable in another role, with the same mark, and what it is to hold as its input.
fn again(role: &str, mark: &str, held: Stdio) -> io::Result<()> {
    let mut command = Command::new(env::current_exe()?);
    command.args([HOSTILE, role, mark]).stdin(held).spawn()?;
    Ok(())
}

/// What a shell ignores, the program that it becomes ignores too.
fn deaf(mark: &str, rest: &[String]) -> io::Error {
    let Ok(suite) = env::current_exe() else {
        return io::ErrorKind::NotFound.into();
    };
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", "trap '' INT TERM; exec \"$@\"", "sh"]);
    shell.arg(suite).args([HOSTILE, "hang", mark]).args(rest);
    shell.exec()
}

/// Its grandchild leaves the session and keeps the port and the pipes, while it exits.
fn run_away(mark: &str, rest: &[String]) -> io::Result<()> {
    let listener = listen(rest)?;
    again("run-away-again", mark, OwnedFd::from(listener).into())
}

fn stay_away() -> io::Result<()> {
    rustix::process::setsid()?;
    fs::write(env::temp_dir().join("left-behind"), "a file")?;
    rest_for_ever();
    Ok(())
}

/// Each begins the next and ends: whoever looks for it finds the one before.
fn chain(mark: &str, rest: &[String]) -> io::Result<()> {
    let turn: u32 = if let [turn] = rest {
        turn.parse().map_err(io::Error::other)?
    } else {
        drop(listen(rest)?);
        0
    };
    if turn == LONGEST_CHAIN {
        return Ok(());
    }
    let mut next = Command::new("/proc/self/exe");
    next.args([HOSTILE, "chain", mark, &(turn + 1).to_string()]);
    next.process_group(0).spawn()?;
    Ok(())
}

fn flood(rest: &[String]) -> io::Result<()> {
    let _open = listen(rest)?;
    let log = thread::spawn(|| while io::stderr().write_all(&[b'e'; 8192]).is_ok() {});
    while io::stdout().write_all(&[b'o'; 8192]).is_ok() {}
    let _ = log.join();
    Ok(())
}

fn eat() {
    let mut eaten = Vec::new();
    loop {
        // Not zeros: those would take no memory until they are written.
        eaten.push(vec![1_u8; 4 << 20]);
    }
}

fn parent_of_glutton(mark: &str, rest: &[String]) -> io::Result<()> {
    let _open = listen(rest)?;
    again("glutton", mark, Stdio::null())?;
    rest_for_ever();
    Ok(())
}

/// Announces a port at which nobody listens.
fn early() -> io::Result<()> {
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    announce(address)?;
    rest_for_ever();
    Ok(())
}

fn lock_folder(rest: &[String]) -> io::Result<()> {
    let deep = env::temp_dir().join("deep");
    let deeper = deep.join("deeper");
    fs::create_dir_all(&deeper)?;
    fs::write(deeper.join("file"), "a file")?;
    for folder in [deeper, deep] {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o0))?;
    }
    let _open = listen(rest)?;
    rest_for_ever();
    Ok(())
}

/// Prints what it was started with.
fn environment() -> io::Result<()> {
    for (name, value) in env::vars() {
        println!("{name}={value}");
    }
    println!("folder={}", env::current_dir()?.display());
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    print!("{status}");
    Ok(())
}
