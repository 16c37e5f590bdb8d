//! Lab 04, threaded greeting: its checks, a file for each exercise or two.

mod guest;

pub mod bad_lines;
pub mod cap;
pub mod client;
pub mod greet;
pub mod idle;
pub mod lines;
pub mod many;
pub mod pool;
pub mod roads;
pub mod stop;
