//! Lab 05, chat: its checks, a file for each exercise or two.

mod guest;
mod typist;

pub mod client;
pub mod closing;
pub mod comings;
pub mod commands;
pub mod crowd;
pub mod duo;
pub mod lines;
pub mod name;
pub mod place;
pub mod relay;
pub mod roads;
pub mod slow;
pub mod without_a_word;
