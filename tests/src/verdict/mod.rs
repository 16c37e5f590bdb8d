//! Running checks, and what is to be thought of them.

mod attempt;
mod judge;
mod schedule;
mod turn;

pub use attempt::Account;
pub use judge::{Job, Outcome, Status};
pub use schedule::{Pace, measure_patience, run};
pub use turn::Turn;
