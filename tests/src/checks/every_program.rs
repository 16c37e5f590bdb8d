//! What every program promises, whatever its lab: stories that several labs tell.

use std::net::SocketAddr;

use super::Lab;
use crate::finding::Step;
use crate::program::StopSignal;

/// A server says which address it could not have, and ends with exit code 1.
pub fn says_what_it_cannot_have(lab: &mut Lab, taken: SocketAddr) -> Step {
    let done = lab.run(["server", "--listen", &taken.to_string()])?;
    done.exits(&[1])?
        .prints("")?
        .complains(&taken.port().to_string())?;
    Ok(())
}

/// Each of these command lines makes no sense, and ends with exit code 2.
pub fn refuses(lab: &mut Lab, lines: &[&[&str]]) -> Step {
    for words in lines {
        lab.run(*words)?.exits(&[2])?.prints("")?;
    }
    Ok(())
}

/// A server that nobody talks to ends on Ctrl-C.
pub fn stops_when_idle(lab: &mut Lab) -> Step {
    lab.server()?.process()?.stops_on(StopSignal::Interrupt)
}
