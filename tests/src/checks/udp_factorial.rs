//! Lab 03, UDP factorial: its checks, a file for each exercise or two.

mod asker;
mod oracle;
mod trio;

pub mod bad_requests;
pub mod client;
pub mod hello;
pub mod in_a_word;
pub mod large;
pub mod loss;
pub mod roads;
