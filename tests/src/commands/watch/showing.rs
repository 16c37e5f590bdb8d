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
        let seen = hints::seen(self.workbook, self.lab, self.exercise)?;
        tell("");
        hint::show(self.workbook, self.lab, self.exercise, seen + 1)?;
        self.say_keys();
        Ok(())
    }

    pub fn list(&mut self) -> Result<(), Trouble> {
        let at_hand = Some(self.exercise.id);
        page::fresh();
        page::tell(&standing::picture(self.workbook, at_hand)?);
        tell("");
        page::tell(&standing::list(self.lab, self.workbook, at_hand)?);
        self.say_keys();
        Ok(())
    }

    pub fn ladder(&mut self) -> Result<(), Trouble> {
        let drawn = self.verdict.as_ref().and_then(|verdict| {
            let ladder = verdict.ladder.as_ref()?;
            Some(self.shows_ladder(verdict, ladder))
        });
        match drawn {
            Some(shown) => {
                self.wants_ladder = Some(!shown);
                self.show()
            }
            None => {
                tell("\n  No ladder: no check has failed after talking to your program.");
                self.say_keys();
                Ok(())
            }
        }
    }

    pub fn has_passed(&self) -> bool {
        let verdict = self.verdict.as_ref();
        self.grading.is_none() && verdict.is_some_and(|verdict| verdict.code == Some(0))
    }

    /// Shows what came of the last grading, and what can be done now.
    pub fn show(&mut self) -> Result<(), Trouble> {
        let Some(verdict) = &self.verdict else {
            return Ok(());
        };
        if !matches!(verdict.code, Some(0 | 1)) {
            // What went wrong was said on standard error, and is on the screen.
            self.say_keys();
            return Ok(());
        }
        page::fresh();
        page::tell(verdict.text.trim_end());
        if let Some(ladder) = &verdict.ladder
            && self.shows_ladder(verdict, ladder)
        {
            tell(format!("\n  The ladder of {}\n", ladder.check));
            for line in &ladder.lines {
                tell(style::quiet(line));
            }
        }
        if self.has_passed() {
            self.say_passed()?;
        } else {
            self.say_where()?;
        }
        self.say_keys();
        Ok(())
    }

    fn shows_ladder(&self, verdict: &Verdict, ladder: &Ladder) -> bool {
        /// Its heading, and what is said below it.
        const AROUND: usize = 10;
        self.wants_ladder.unwrap_or_else(|| {
            let height = page::height(&verdict.text) + ladder.lines.len() + AROUND;
            height <= Size::now().rows
        })
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

    /// Where the exercise begins that is not begun yet, or goes on.
    fn say_where(&self) -> Result<(), Trouble> {
        if let Some((path, line)) = self.work.place_of(self.lab, self.exercise.id) {
            let place = format!("{}:{line}", self.workbook.shown(&path));
            let id = self.exercise.id;
            let save = format!("{id} begins at {place}. Save, and it is graded again.");
            tell("");
            page::tell(&style::wrapped(&save, 2));
        }
        Ok(())
    }

    /// The last lines of each screen: where one is in the whole, and the keys.
    pub fn say_keys(&self) {
        const KEYS: &str = "h hint  l lesson  d ladder  p list  r run again  q quit";
        let place = Progress::open(self.workbook).map(|progress| {
            let row = standing::row(self.lab, &progress, Some(self.exercise.id));
            let all = standing::in_words(standing::of_all(self.workbook, &progress));
            format!("  Lab {:02}  {row}  {all}", self.lab.number)
        });
        tell("");
        // That the notes cannot be read is said by the next grading.
        if let Ok(place) = place {
            page::tell(&place);
        }
        page::tell(&format!("  {}", style::quiet(KEYS)));
        flush();
    }
}
