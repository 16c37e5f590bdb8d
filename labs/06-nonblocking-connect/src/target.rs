//! Where to connect to: an address as it was typed, and as the kernel takes it.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

#[derive(Clone)]
pub struct Target {
    /// Results name an address the way its user did.
    typed: String,
    pub address: SocketAddr,
}

impl FromStr for Target {
    type Err = String;

    /// Takes an IP address and a port, and no name: looking one up would block.
    fn from_str(typed: &str) -> Result<Self, String> {
        let address = typed
            .parse()
            .map_err(|_| "an address is IP:PORT or [IP6]:PORT; for names there is lab 01")?;
        Ok(Self {
            typed: typed.to_string(),
            address,
        })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.typed)
    }
}
