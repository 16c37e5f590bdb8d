//! What is on the screen of `watch`: the verdict, where one is, and what can be done now.

use super::events::flush;
use super::grading::{Ladder, Verdict};
use super::page::{self, Size};
use super::session::Session;
use crate::commands::hint;
use crate::commands::out::tell;
use crate::report::{milestone, standing, style};
use crate::workbook::{Exercise, Next, Progress, Trouble, hints};

impl Session<'_> {
    pub fn hint(&mut self) -> Result<(), Trouble> {
        self.lesson = None;
        let shown = hint::one_more(self.workbook, self.lab, self.exercise)?;
        let asked = hint::Asked {
            more: "h".to_string(),
            lesson: "l".to_string(),
        };
        tell("");
        page::tell(&hint::text(self.exercise, shown, &asked));
        hints::note(self.workbook, self.lab, self.exercise, shown)?;
        self.say_keys();
        Ok(())
    }

    pub fn list(&mut self) -> Result<(), Trouble> {
        self.lesson = None;
        let at_hand = Some(self.exercise.id);
        page::fresh();
        page::tell(&standing::picture(self.workbook, at_hand)?);
        tell("");
        page::tell(&standing::list(self.lab, self.workbook, at_hand)?);
        self.say_keys();
        Ok(())
    }

    /// The ladder as a page of its own, and back.
    pub fn ladder(&mut self) -> Result<(), Trouble> {
        let has_one = self
            .verdict
            .as_ref()
            .map(|verdict| verdict.ladder.is_some());
        match has_one {
            Some(true) => {
                self.shows_ladder = !self.shows_ladder;
                self.show()
            }
            Some(false) => {
                self.lesson = None;
                tell("\n  No ladder: no check has failed after talking to your program.");
                self.say_keys();
                Ok(())
            }
            // It is being graded, and the screen says so.
            None => Ok(()),
        }
    }

    pub fn has_passed(&self) -> bool {
        let verdict = self.verdict.as_ref();
        self.grading.is_none() && verdict.is_some_and(|verdict| verdict.code == Some(0))
    }

    /// Shows what came of the last grading, and what can be done now. It takes the place of a
    /// lesson, and the keys are no longer the lesson's.
    pub fn show(&mut self) -> Result<(), Trouble> {
        self.lesson = None;
        let Some(verdict) = &self.verdict else {
            page::fresh();
            if self.grading.is_some() {
                self.say_grading();
            }
            return Ok(());
        };
        if !matches!(verdict.code, Some(0 | 1)) {
            // What was said on standard error is on the screen, and stays there.
            tell_no_verdict(verdict);
            self.say_keys();
            return Ok(());
        }
        page::fresh();
        match &verdict.ladder {
            Some(ladder) if self.shows_ladder => {
                tell_ladder(ladder);
                self.say_keys();
                return Ok(());
            }
            Some(ladder) => {
                page::tell(verdict.text.trim());
                if fits(verdict, ladder) {
                    tell("");
                    tell_ladder(ladder);
                }
            }
            None => page::tell(verdict.text.trim()),
        }
        if self.has_passed() {
            self.say_passed()?;
        } else {
            self.say_where();
        }
        self.say_keys();
        Ok(())
    }

    pub fn say_grading(&self) {
        let Exercise { id, title, .. } = self.exercise;
        let line = format!("  Grading {id} {title} …");
        page::tell(&style::quiet(&line).to_string());
    }

    fn say_passed(&self) -> Result<(), Trouble> {
        let progress = Progress::open(self.workbook)?;
        let next = self.workbook.next_after(self.lab)?;
        let is_done = progress.has_passed_all(self.lab);
        if is_done && !self.was_passed {
            page::tell(&milestone::reached(self.workbook, self.lab)?);
        } else {
            let passed = format!("{} is passed.", self.exercise.id);
            tell(format!("\n  {}", style::good(&passed)));
        }
        let enter = match next {
            Next::Exercise(_, Exercise { id, title, .. }) => {
                format!("Enter goes on to {id} {title}.")
            }
            Next::Start(lab) => {
                format!("Enter hands out lab {:02}, and goes on there.", lab.number)
            }
            Next::Done => return Ok(()),
        };
        page::tell(&format!("\n{}", style::strong(&style::wrapped(&enter, 2))));
        Ok(())
    }

    /// Where the exercise begins that is not begun yet.
    fn say_where(&self) {
        if self.work.untouched(self.lab, self.exercise.id)
            && let Some((path, line)) = self.work.place_of(self.lab, self.exercise.id)
        {
            let place = format!("{}:{line}", self.workbook.shown(&path));
            let id = self.exercise.id;
            let save = format!("{id} begins at {place}. Save, and it is graded again.");
            tell("");
            page::tell(&style::wrapped(&save, 2));
        }
    }

    pub fn say_keys(&self) {
        page::tell(&self.last_lines());
        flush();
    }

    /// The last lines of each screen: an empty one, where one is in the whole, and the keys.
    pub fn last_lines(&self) -> String {
        const KEYS: &str = "h hint  l lesson  d ladder  p list  r run again  q quit";
        let place = Progress::open(self.workbook).map(|progress| {
            let row = standing::row(self.lab, &progress, Some(self.exercise.id));
            let all = standing::in_words(standing::of_all(self.workbook, &progress));
            format!("  Lab {:02}  {row}  {all}\n", self.lab.number)
        });
        // That the notes cannot be read is said by the next grading.
        format!("\n{}  {}", place.unwrap_or_default(), style::quiet(KEYS))
    }
}

/// What there is to tell where the grader itself failed.
fn tell_no_verdict(verdict: &Verdict) {
    let text = verdict.text.trim();
    if !text.is_empty() {
        tell("");
        page::tell(text);
    }
    if verdict.code.is_none() {
        tell("\n  The grader was ended from outside, before its verdict.");
    }
}

/// Whether the ladder fits on the screen, below the verdict.
fn fits(verdict: &Verdict, ladder: &Ladder) -> bool {
    /// Its heading, the last lines of the screen, and where the cursor stands.
    const AROUND: usize = 7;
    page::height(verdict.text.trim()) + ladder.lines.len() + AROUND <= Size::now().rows
}

fn tell_ladder(ladder: &Ladder) {
    tell(format!("  {} {}\n", style::strong("Ladder"), ladder.check));
    for line in &ladder.lines {
        tell(style::quiet(line));
    }
}
