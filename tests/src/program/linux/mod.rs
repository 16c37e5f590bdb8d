//! What the grader asks of Linux about programs. Its twin for other systems is `portable.rs`.

mod facts;
mod listening;
mod tree;
mod waiting;
mod world;

pub use facts::{
    allow_descriptors, cpu_time, descriptors, is_stopped, memory, memory_peak, threads,
};
pub use listening::listens_on;
pub use tree::{Tree, adopt_orphans, die_with_parent, kill_group, kill_tree, signal_tree};
pub use waiting::{is_busy, waits};
pub use world::enter;
