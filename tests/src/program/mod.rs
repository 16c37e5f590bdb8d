//! A program under test: starting it, hearing it, stopping it, and asking what it holds.
//!
//! Each program runs under a [`guard`] of its own, which is this executable again. The guard
//! ends all that the program started, whatever becomes of the grader.

mod activity;
mod folder;
pub mod guard;
mod input;
mod order;
mod output;
mod quote;
mod ready;
mod running;
mod seen;
mod spec;

#[cfg(all(target_os = "linux", not(feature = "portable")))]
#[path = "linux/mod.rs"]
mod system;
#[cfg(any(not(target_os = "linux"), feature = "portable"))]
#[path = "portable.rs"]
mod system;

pub use guard::world_is_possible;
pub use running::Running;
pub use spec::{DEFAULT_MEMORY, Exit, Folder, Spec, Stdin, Stdout, StopSignal, World};
