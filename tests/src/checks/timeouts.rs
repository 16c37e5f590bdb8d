//! Lab 07, timeouts: its checks, a file for each exercise or two.

mod run;

pub mod connect;
pub mod modes;
pub mod one_way;
pub mod partial;
pub mod pauses;
pub mod read;
pub mod retry;
pub mod serve;
pub mod slow_client;
pub mod total;
pub mod which;
pub mod write;
