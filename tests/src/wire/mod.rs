//! What goes over the wire: the tape of it, the peers that talk to a program, and what the
//! kernel knows about their connections.

pub mod crowd;
pub mod datagram;
pub mod full_house;
pub mod host;
pub mod kernel;
pub mod patience;
pub mod peer;
pub mod ports;
pub mod pressure;
pub mod proxy;
pub mod tape;
pub mod tls;
pub mod wait;
pub mod worker;

pub use crowd::Crowd;
pub use datagram::Correspondent;
pub use full_house::FullHouse;
pub use host::Host;
pub use patience::{Patience, ms};
pub use peer::Peer;
pub use pressure::Pressure;
pub use proxy::{Faults, Mishaps};
pub use tape::Tape;
pub use tls::Secure;
pub use worker::Worker;
