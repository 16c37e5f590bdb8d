//! Lab 02, TCP echo: a file an exercise, and what they share.

pub mod any_byte;
pub mod client;
pub mod echo;
pub mod large;
pub mod listen;
pub mod next_client;
pub mod roads;
pub mod stop;

use super::{Lab, Server};
use crate::finding::Step;

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

/// No words after the role.
const NONE: [&str; 0] = [];

/// A client comes, is answered, ends its side, and sees the end.
fn visit(lab: &mut Lab, server: &Server, name: &'static str) -> Step {
    let word = lab.word();
    let mut visitor = server.connect(name)?;
    visitor.says(&word)?;
    visitor.hears(&word)?;
    visitor.stops_talking()?;
    visitor.sees_the_end()
}
