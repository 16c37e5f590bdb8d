//! Names of a program's own: its hosts file, its resolver's options, its machine's name, in
//! namespaces that nobody else sees. What another machine's `/etc/hosts` says, and how long
//! its resolver takes, then changes no verdict.

use std::process::Stdio;
use std::sync::OnceLock;

use super::super::spec::World;
use super::super::system;

/// The argument that makes a guard try a world and end.
pub const TRIAL: &str = "world";

/// Enters the world, for good. In words, why it cannot be.
pub fn enter(world: &World) -> Result<(), String> {
    system::enter(world).map_err(|why| {
        format!("this machine gives no namespaces to a program with names of its own ({why})")
    })
}

/// Whether programs can have a world here; if not, why. Tried once.
pub fn world_is_possible() -> Result<(), String> {
    static ANSWER: OnceLock<Result<(), String>> = OnceLock::new();
    ANSWER.get_or_init(ask).clone()
}

fn ask() -> Result<(), String> {
    let output = super::guard_command()
        .and_then(|mut command| command.arg(TRIAL).stdin(Stdio::null()).output())
        .map_err(|error| format!("cannot try it: {error}"))?;
    if output.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&output.stdout).trim().to_string())
    }
}

/// The trial itself, in a process that ends with it: its exit code.
pub fn trial() -> i32 {
    let world = World {
        hosts: "127.0.0.1 localhost\n".to_string(),
        resolv: "options timeout:1 attempts:1\n".to_string(),
        nsswitch: Some("hosts: files dns\n".to_string()),
        hostname: Some("workbook".to_string()),
    };
    match enter(&world) {
        Ok(()) => 0,
        Err(why) => {
            println!("{why}");
            1
        }
    }
}
