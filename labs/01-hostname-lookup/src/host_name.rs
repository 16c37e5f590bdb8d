//! The role `self`: the name this machine has for itself.

use shared::Failure;

pub fn run() -> Result<(), Failure> {
    let mut line = host_name();
    line.push(b'\n');
    shared::write(&line)
}

/// Asks the kernel, which keeps the name as it was set at boot. The variable `HOSTNAME` is a
/// shell's copy of it: often not exported, perhaps old, and anybody can set it.
///
/// The name is bytes: nothing makes it UTF-8. And nothing says that it resolves to an address.
// exercise 1.1: ask the system for the name of this machine
fn host_name() -> Vec<u8> {
    // The system call behind it is uname(2); `uname -n` in a shell prints the same.
    rustix::system::uname().nodename().to_bytes().to_vec()
}
