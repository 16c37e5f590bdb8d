//! The terminal: it tells single keys, and at the end everything is as it was before.

use std::io;

use anyhow::Context;
use rustix::process::{Signal, kill_current_process_group};
use rustix::termios::{OptionalActions, OutputModes, Termios, tcgetattr, tcsetattr};

use super::events::flush;
use crate::workbook::Trouble;

/// The terminal, until it is dropped.
pub struct Screen {
    /// How it was, and will be.
    before: Termios,
}

impl Screen {
    pub fn open() -> Result<Self, Trouble> {
        let before = tcgetattr(io::stdin()).context("cannot ask the terminal how it is set up")?;
        let screen = Self { before };
        screen.single_keys()?;
        Ok(screen)
    }

    /// Keys come singly and are not shown, Ctrl-C among them. Lines are printed as before.
    fn single_keys(&self) -> Result<(), Trouble> {
        let mut modes = self.before.clone();
        modes.make_raw();
        modes.output_modes |= OutputModes::OPOST | OutputModes::ONLCR;
        Ok(set(&modes).context("cannot have the terminal tell single keys")?)
    }

    /// Ctrl-Z: the shell gets its terminal back as it was, until it lets us go on.
    pub fn leave_for_a_while(&self) -> Result<(), Trouble> {
        set(&self.before).context("cannot give the terminal back")?;
        // All of the job, as the terminal would do it: `just` and cargo are in it too.
        kill_current_process_group(Signal::TSTP).context("cannot stop")?;
        self.single_keys()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        flush();
        // Of a terminal that has gone there is nothing to restore.
        let _ = set(&self.before);
    }
}

fn set(modes: &Termios) -> rustix::io::Result<()> {
    tcsetattr(io::stdin(), OptionalActions::Now, modes)
}
