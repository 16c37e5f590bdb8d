//! Opens a page of the book in the learner's browser, where there is one.

use std::env;
use std::io::{self, IsTerminal};
use std::path::Path;

/// Whether somebody sits in front of this who would see a window open: a person at a terminal, on
/// a desktop, and not in from another machine.
pub fn would_be_seen() -> bool {
    let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    let has_desktop = cfg!(target_os = "macos") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY");
    let is_remote = is_set("SSH_CONNECTION") || is_set("SSH_TTY");
    io::stdin().is_terminal() && io::stdout().is_terminal() && has_desktop && !is_remote
}

/// Starts the browser, and leaves it to itself unless it fails at once: some end only when their
/// window is closed.
pub fn open(page: &Path) -> io::Result<()> {
    open::that_detached(page)
}

/// The page, as one types it into a browser.
pub fn address(page: &Path) -> String {
    let mut address = String::from("file://");
    for byte in page.to_string_lossy().bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => {
                address.push(char::from(byte));
            }
            other => address.push_str(&format!("%{other:02X}")),
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::address;
    use std::path::Path;

    #[test]
    fn an_address_has_no_blanks() {
        assert_eq!(
            address(Path::new("/home/ann/my book/index.html")),
            "file:///home/ann/my%20book/index.html"
        );
    }
}
