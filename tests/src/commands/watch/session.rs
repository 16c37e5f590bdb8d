//! The learner's session: what is graded, what is on the screen, and what each key does.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::mpsc::SyncSender;

use anyhow::Context;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use tempfile::TempDir;

use super::events::{Event, Events};
use super::grading::{Grading, Verdict};
use super::lesson::Lesson;
use super::page;
use super::screen::Screen;
use crate::commands::lesson;
use crate::commands::out::tell;
use crate::report::style;
use crate::workbook::{Exercise, Lab, Next, Progress, Trouble, Work, Workbook};

/// Whether to go on watching.
#[derive(PartialEq, Eq)]
pub enum Go {
    On,
    Away,
}

pub struct Session<'a> {
    pub(super) workbook: &'a Workbook,
    pub(super) work: Work<'a>,
    pub(super) lab: &'a Lab,
    pub(super) exercise: &'a Exercise,
    screen: &'a Screen,
    events: SyncSender<Event>,
    /// Where the reports go.
    folder: TempDir,
    gradings: u64,
    pub(super) grading: Option<Grading>,
    /// What was saved when the last grading began.
    saved: Option<BTreeMap<PathBuf, u64>>,
    /// Whether the lab was passed by then.
    pub(super) was_passed: bool,
    pub(super) verdict: Option<Verdict>,
    /// Whether the page is the ladder of the failure.
    pub(super) shows_ladder: bool,
    /// The lesson, while it is on the screen and has more pages: then keys mean that.
    pub(super) lesson: Option<Lesson>,
    /// Whether the last thing read is the step of this exercise.
    read_step: bool,
}

impl<'a> Session<'a> {
    pub fn new(
        workbook: &'a Workbook,
        (lab, exercise): (&'a Lab, &'a Exercise),
        screen: &'a Screen,
        events: SyncSender<Event>,
    ) -> Result<Self, Trouble> {
        // A later run sweeps away what a `watch` that was killed has left.
        let prefix = format!("socket-workbook-run-{}-watch-", std::process::id());
        let folder =
            TempDir::with_prefix(prefix).context("cannot make a folder for the reports")?;
        Ok(Self {
            workbook,
            work: workbook.work()?,
            lab,
            exercise,
            screen,
            events,
            folder,
            gradings: 0,
            grading: None,
            saved: None,
            was_passed: false,
            verdict: None,
            shows_ladder: false,
            lesson: None,
            read_step: false,
        })
    }

    /// The first thing to do with an exercise: say which it is, and grade what is there.
    pub fn begin(&mut self) -> Result<(), Trouble> {
        page::fresh();
        self.verdict = None;
        self.grade(None)
    }

    pub fn hear(&mut self, event: Event, events: &Events) -> Result<Go, Trouble> {
        match event {
            Event::Stop => return Ok(Go::Away),
            Event::Key(key) => return self.press(key),
            Event::Files => {
                let other = events.rest_of_the_save();
                self.look()?;
                if let Some(other) = other {
                    return self.hear(other, events);
                }
            }
            Event::Said(number, line) => {
                if self.is_present(number) {
                    page::tell(&style::quiet(&line).to_string());
                }
            }
            Event::Ended(number, output) => {
                if self.is_present(number)
                    && let Some(grading) = self.grading.take()
                {
                    self.verdict = Some(grading.finish(&output)?);
                    self.shows_ladder = false;
                    self.show()?;
                }
            }
        }
        Ok(Go::On)
    }

    fn is_present(&self, number: u64) -> bool {
        let present = self.grading.as_ref();
        present.is_some_and(|grading| grading.number == number)
    }

    /// Something happened to files: it counts if they hold something else now.
    fn look(&mut self) -> Result<(), Trouble> {
        let present = self.work.contents(self.lab);
        if present == self.saved {
            return Ok(());
        }
        let Some(present) = present else {
            self.grading = None;
            self.saved = None;
            let folder = format!("work/{}", self.lab.folder_name());
            let gone = format!("{folder} is not there any more: watching for it to come back.");
            tell(format!("\n{}", style::wrapped(&gone, 2)));
            return Ok(());
        };
        let before = self.saved.take().unwrap_or_default();
        let is_new = |(path, hash): &(&PathBuf, &u64)| before.get(*path) != Some(*hash);
        let saved = present.iter().find(is_new).map(|(path, _)| path);
        let gone = before.keys().find(|path| !present.contains_key(*path));
        let why = match (saved, gone) {
            (Some(path), _) => Some(format!("{} was saved", path.display())),
            (None, Some(path)) => Some(format!("{} is gone", path.display())),
            (None, None) => None,
        };
        self.grade(why)
    }

    /// Grades what is there now, and says why, where that is not clear. A grading that is going on
    /// ends here.
    fn grade(&mut self, why: Option<String>) -> Result<(), Trouble> {
        self.grading = None;
        self.lesson = None;
        self.read_step = false;
        self.saved = self.work.contents(self.lab);
        self.was_passed = Progress::open(self.workbook)?.has_passed_all(self.lab);
        let id = self.exercise.id;
        match why {
            Some(why) => {
                let line = format!("  {why}: grading {id} …");
                page::tell(&style::quiet(&line).to_string());
            }
            None => self.say_grading(),
        }
        self.gradings += 1;
        let grading = Grading::start(self.gradings, id, self.folder.path(), &self.events)?;
        self.grading = Some(grading);
        Ok(())
    }

    fn press(&mut self, key: KeyEvent) -> Result<Go, Trouble> {
        let KeyCode::Char(letter) = key.code else {
            match key.code {
                KeyCode::Enter => self.go_on()?,
                KeyCode::Esc => self.go_back()?,
                _ => {}
            }
            return Ok(Go::On);
        };
        if key.modifiers.contains(KeyModifiers::CONTROL) {
            match letter {
                'c' | 'd' => return Ok(Go::Away),
                'z' => {
                    self.screen.leave_for_a_while()?;
                    self.show()?;
                }
                'l' => self.show()?,
                _ => {}
            }
            return Ok(Go::On);
        }
        match letter.to_ascii_lowercase() {
            'q' if self.lesson.is_some() => self.go_back()?,
            'q' => return Ok(Go::Away),
            ' ' | 'n' => self.go_on()?,
            'h' => self.hint()?,
            'l' => self.read()?,
            'd' => self.ladder()?,
            'p' => self.list()?,
            'r' => self.grade(None)?,
            _ => {}
        }
        Ok(Go::On)
    }

    /// Enter: the next page of the lesson, or the next exercise, if this one is passed.
    fn go_on(&mut self) -> Result<(), Trouble> {
        if self.lesson.is_some() {
            self.turn();
            return Ok(());
        }
        if !self.has_passed() {
            return Ok(());
        }
        match self.workbook.next_after(self.lab)? {
            Next::Done => Ok(()),
            Next::Exercise(lab, exercise) => {
                (self.lab, self.exercise) = (lab, exercise);
                self.begin()
            }
            Next::Start(lab) => {
                let made = self.work.start(lab, &BTreeSet::new())?;
                self.lab = lab;
                if let Some(first) = lab.exercises.first() {
                    self.exercise = first;
                }
                page::fresh();
                let folder = self.workbook.shown(&made.folder);
                let there = format!(
                    "Lab {:02}, {}, is in {folder}; l reads its lesson.",
                    lab.number, lab.title
                );
                page::tell(&style::wrapped(&there, 2));
                self.verdict = None;
                self.grade(None)
            }
        }
    }

    /// The lesson's step for this exercise; asked for once more, the whole lesson.
    fn read(&mut self) -> Result<(), Trouble> {
        let text = if self.read_step {
            lesson::whole(self.workbook, self.lab)?
        } else {
            let step = lesson::step(self.workbook, self.lab, self.exercise)?;
            format!("{step}\n\n  l again for the whole lesson")
        };
        self.read_step = !self.read_step;
        self.lesson = Some(Lesson::of(&text));
        self.turn();
        Ok(())
    }

    fn turn(&mut self) {
        let below = page::height(&self.last_lines());
        let is_at_its_end = self
            .lesson
            .as_mut()
            .is_some_and(|lesson| !lesson.turn(below));
        if is_at_its_end {
            self.lesson = None;
            self.say_keys();
        }
    }

    fn go_back(&mut self) -> Result<(), Trouble> {
        if self.lesson.is_some() {
            self.show()?;
        }
        Ok(())
    }
}
