//! Keyboard and screen. On a terminal the line that is being typed stays whole at the bottom,
//! whatever is printed meanwhile. In a pipe there are plain lines.
//!
//! A terminal in its usual mode collects a line itself, and shows it; nobody else knows what of
//! it is there already, so what a program prints lands in the middle of it. In raw mode the
//! program gets each key, and shows the line itself.

use std::io::{self, IsTerminal, Stdin, Write};
use std::process;
use std::sync::{Arc, Mutex, MutexGuard};

use crossterm::event::{self, Event, KeyEvent, KeyEventKind};
use crossterm::style::{Color, Stylize};
use crossterm::terminal;
use shared::Failure;

use crate::editor::{Act, Editor};
use crate::lines::{Line, Lines};

/// The longest line that is taken from a pipe as one.
const LONGEST: usize = 64 * 1024;

const PROMPT: &str = "> ";

/// As the shell says it of a program that was ended by Ctrl-C.
const INTERRUPTED: i32 = 130;

/// What is printed goes here.
pub struct Screen {
    /// What stands before our own lines when they are typed.
    me: String,
    state: Mutex<State>,
}

struct State {
    /// Whether the terminal is in raw mode, and the line below is ours to show.
    raw: bool,
    editor: Editor,
}

/// What is typed comes from here.
pub struct Keyboard {
    screen: Arc<Screen>,
    /// Where it is not the keyboard of a raw terminal.
    lines: Option<Lines<Stdin>>,
}

impl Screen {
    /// Takes over the terminal, if there is one at both ends.
    pub fn open(me: String) -> Result<(Keyboard, Arc<Self>), Failure> {
        let raw = io::stdin().is_terminal() && io::stdout().is_terminal();
        let screen = Arc::new(Self {
            me,
            state: Mutex::new(State {
                raw,
                editor: Editor::default(),
            }),
        });
        if raw {
            let no = |error| Failure::system("terminal", error);
            terminal::enable_raw_mode().map_err(no)?;
            // A signal from elsewhere must not leave a terminal behind that shows nothing.
            let at_end = Arc::clone(&screen);
            ctrlc::set_handler(move || at_end.is_interrupted())
                .map_err(|error| Failure::system("cannot listen for signals", error))?;
            screen.state().show_typed(&[]).map_err(no)?;
        }
        let keyboard = Keyboard {
            screen: Arc::clone(&screen),
            lines: (!raw).then(|| Lines::new(io::stdin(), LONGEST)),
        };
        Ok((keyboard, screen))
    }

    /// Prints a line.
    pub fn print(&self, line: &[u8]) -> Result<(), Failure> {
        let state = self.state();
        if !io::stdout().is_terminal() {
            return shared::write(&[line, b"\n"].concat());
        }
        let line = painted(&harmless(line));
        state
            .show_typed(line.as_bytes())
            .map_err(|error| Failure::stdout(&error))
    }

    /// Gives the terminal back as it was.
    pub fn close(&self) {
        let mut state = self.state();
        if std::mem::take(&mut state.raw) {
            // Where the terminal is gone, nobody misses it.
            let _ = io::stdout().write_all(b"\r\x1b[K");
            let _ = io::stdout().flush();
            let _ = terminal::disable_raw_mode();
        }
    }

    fn is_interrupted(&self) {
        self.close();
        process::exit(INTERRUPTED);
    }

    fn press(&self, key: KeyEvent) -> io::Result<Option<Act>> {
        let mut state = self.state();
        if !state.raw {
            return Ok(None);
        }
        let act = state.editor.press(key);
        match &act {
            Act::Line(text) if text.is_empty() => state.show_typed(&[])?,
            Act::Line(text) => {
                let own = painted(&format!("{}{text}", self.me));
                state.show_typed(own.as_bytes())?;
            }
            _ => state.show_typed(&[])?,
        }
        Ok(Some(act))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .expect("nothing panics while it holds the lock")
    }
}

impl State {
    /// Puts a line above what is being typed, and shows that again below it.
    fn show_typed(&self, above: &[u8]) -> io::Result<()> {
        let mut out = Vec::new();
        let end: &[u8] = if self.raw { b"\r\n" } else { b"\n" };
        if self.raw {
            out.extend(b"\r\x1b[K");
        }
        if !above.is_empty() {
            out.extend(above);
            out.extend(end);
        }
        if self.raw {
            let columns = terminal::size().map_or(80, |(columns, _)| usize::from(columns));
            let (typed, cursor) = self.editor.view(columns.saturating_sub(PROMPT.len()));
            let column = PROMPT.len() + cursor;
            out.extend(format!("{PROMPT}{typed}\r\x1b[{column}C").bytes());
        }
        let mut stdout = io::stdout().lock();
        stdout.write_all(&out)?;
        stdout.flush()
    }
}

impl Keyboard {
    /// Waits for the next line that is typed; nothing is the end. The last one needs no LF.
    pub fn next_line(&mut self) -> Option<Vec<u8>> {
        match &mut self.lines {
            Some(lines) => match lines.hear() {
                Ok(Line::Text(line) | Line::TooLong(line)) => Some(line),
                Ok(Line::End(rest)) if !rest.is_empty() => Some(rest),
                // A keyboard that cannot be read is one on which nobody types.
                Ok(Line::End(_)) | Err(_) => None,
            },
            None => self.next_typed(),
        }
    }

    fn next_typed(&mut self) -> Option<Vec<u8>> {
        loop {
            let key = match event::read().ok()? {
                Event::Key(key) if key.kind != KeyEventKind::Release => key,
                // It is no key that changes anything, and shows the line again.
                Event::Resize(..) => KeyEvent::from(event::KeyCode::Null),
                _ => continue,
            };
            match self.screen.press(key).ok()?? {
                Act::Show => {}
                Act::Line(text) => return Some(text.into_bytes()),
                Act::End => return None,
                Act::Interrupt => self.screen.is_interrupted(),
            }
        }
    }
}

/// Colours who speaks, and dims what the room says, where the user did not say `NO_COLOR`
/// (<https://no-color.org>).
fn painted(line: &str) -> String {
    const COLOURS: [Color; 6] = [
        Color::Cyan,
        Color::Yellow,
        Color::Green,
        Color::Magenta,
        Color::Blue,
        Color::Red,
    ];
    if std::env::var_os("NO_COLOR").is_some() {
        return line.to_string();
    }
    if line.starts_with("* ") || line.starts_with("Welcome!") {
        return line.dim().to_string();
    }
    let end = line.find([']', ':']).map_or(0, |end| end + 1);
    let (who, text) = line.split_at(end);
    // The same name has the same colour, also in `[Ann -> you]`.
    let name = who.trim_start_matches('[').split([' ', ']']).next();
    let sum: usize = name.unwrap_or_default().bytes().map(usize::from).sum();
    format!("{}{text}", who.with(COLOURS[sum % COLOURS.len()]).bold())
}

/// A line without what a terminal would obey: another person must not move our cursor.
fn harmless(line: &[u8]) -> String {
    String::from_utf8_lossy(line)
        .chars()
        .map(|letter| match letter {
            '\t' => ' ',
            letter if letter.is_control() => '\u{fffd}',
            letter => letter,
        })
        .collect()
}
