//! What goes over the wire: the tape of it, the peers that talk to a program, and what the
//! kernel knows about their connections.

pub mod tape;
