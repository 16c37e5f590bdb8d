//! A line that is being typed, where the program and not the system takes care of it.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use unicode_width::UnicodeWidthChar;

/// The most letters that a line may have.
const LONGEST: usize = 4096;

#[derive(Default)]
pub struct Editor {
    letters: Vec<char>,
    /// The letter before which the next one goes.
    cursor: usize,
}

/// What a key comes to.
pub enum Act {
    /// The line has changed, or the place in it.
    Show,
    /// The line is finished.
    Line(String),
    /// Ctrl-D in an empty line: there is no more.
    End,
    /// Ctrl-C.
    Interrupt,
}

impl Editor {
    pub fn press(&mut self, key: KeyEvent) -> Act {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Enter => return self.finish(),
            KeyCode::Char('c') if control => return Act::Interrupt,
            KeyCode::Char('d') if control && self.letters.is_empty() => return Act::End,
            KeyCode::Char('u') if control => self.take_back_to(0),
            KeyCode::Char('w') if control => self.take_back_to(self.start_of_word()),
            KeyCode::Char('a') if control => self.cursor = 0,
            KeyCode::Char('e') if control => self.cursor = self.letters.len(),
            KeyCode::Char(letter) if !control && self.letters.len() < LONGEST => {
                self.letters.insert(self.cursor, letter);
                self.cursor += 1;
            }
            KeyCode::Backspace if self.cursor > 0 => {
                self.cursor -= 1;
                self.letters.remove(self.cursor);
            }
            KeyCode::Delete if self.cursor < self.letters.len() => {
                self.letters.remove(self.cursor);
            }
            KeyCode::Left => self.cursor = self.cursor.saturating_sub(1),
            KeyCode::Right => self.cursor = (self.cursor + 1).min(self.letters.len()),
            KeyCode::Home => self.cursor = 0,
            KeyCode::End => self.cursor = self.letters.len(),
            _ => {}
        }
        Act::Show
    }

    /// What of the line fits into so many columns, and in which of them the cursor is. Of a long
    /// line it is the part before the cursor, and what has room behind it.
    pub fn view(&self, columns: usize) -> (String, usize) {
        let mut start = self.cursor;
        let mut before = 0;
        while start > 0 && before + width(self.letters[start - 1]) < columns {
            start -= 1;
            before += width(self.letters[start]);
        }
        let mut room = columns.saturating_sub(before);
        let behind = self.letters[self.cursor..].iter().take_while(|letter| {
            let fits = width(**letter) < room;
            room = room.saturating_sub(width(**letter));
            fits
        });
        let seen = self.letters[start..self.cursor].iter().chain(behind);
        (seen.collect(), before)
    }

    fn finish(&mut self) -> Act {
        self.cursor = 0;
        Act::Line(std::mem::take(&mut self.letters).into_iter().collect())
    }

    /// Removes what stands between there and the cursor.
    fn take_back_to(&mut self, start: usize) {
        self.letters.drain(start..self.cursor);
        self.cursor = start;
    }

    fn start_of_word(&self) -> usize {
        let before = &self.letters[..self.cursor];
        let word_ends = before.iter().rposition(|letter| *letter != ' ');
        let word = &before[..word_ends.map_or(0, |end| end + 1)];
        let blank = word.iter().rposition(|letter| *letter == ' ');
        blank.map_or(0, |blank| blank + 1)
    }
}

/// How many columns a letter takes: 2 for Chinese ones, 0 for an accent of its own.
fn width(letter: char) -> usize {
    letter.width().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> Editor {
        let mut editor = Editor::default();
        for letter in text.chars() {
            editor.press(KeyEvent::from(KeyCode::Char(letter)));
        }
        editor
    }

    #[test]
    fn of_a_long_line_one_sees_where_one_types() {
        let mut editor = typed("0123456789");
        assert_eq!(editor.view(5), ("6789".to_string(), 4));
        editor.press(KeyEvent::from(KeyCode::Home));
        assert_eq!(editor.view(5), ("0123".to_string(), 0));
    }

    #[test]
    fn a_wide_letter_takes_two_columns() {
        assert_eq!(typed("李李李").view(6), ("李李".to_string(), 4));
    }

    #[test]
    fn a_word_is_taken_back() {
        let mut editor = typed("one two ");
        editor.press(KeyEvent::new(KeyCode::Char('w'), KeyModifiers::CONTROL));
        assert_eq!(editor.view(80).0, "one ");
    }
}
