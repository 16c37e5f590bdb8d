//! `grade --ladder FILE`: the first check that failed, as a picture or a page.

use std::path::Path;

use super::out::{tell, tell_wrapped};
use super::target::Target;
use crate::report::{Picture, scene};
use crate::verdict::Outcome;
use crate::workbook::front_door::typed;
use crate::workbook::{Lab, Trouble};

pub struct FirstFailure {
    picture: Picture,
    /// Which check it shows, once it is drawn.
    drawn: Option<&'static str>,
    /// A lab that was looked at.
    lab: Option<u32>,
}

impl FirstFailure {
    /// Nothing, where nothing was asked for.
    pub fn into(path: Option<&Path>) -> Result<Option<Self>, Trouble> {
        let begin = |path| {
            Ok(Self {
                picture: Picture::by_name("--ladder", path)?,
                drawn: None,
                lab: None,
            })
        };
        path.map(begin).transpose()
    }

    /// Draws the first failure of a lab, unless one is drawn already.
    pub fn look(
        &mut self,
        lab: &Lab,
        target: &Target,
        outcomes: &[Outcome],
        seed: u64,
    ) -> Result<(), Trouble> {
        self.lab.get_or_insert(lab.number);
        if self.drawn.is_some() {
            return Ok(());
        }
        let failed = outcomes.iter().find(|outcome| outcome.account.is_some());
        let scene = failed.and_then(|outcome| {
            let again = again(target, outcome.check.id, seed);
            scene::failure(lab, &target.whose(), outcome, again)
        });
        if let Some(outcome) = failed
            && let Some(scene) = scene
        {
            self.picture.draw(&scene)?;
            self.drawn = Some(outcome.check.id);
        }
        Ok(())
    }

    /// Says where it is, or why there is none.
    pub fn tell(&self) {
        let path = self.picture.path().display();
        match (self.drawn, self.lab) {
            (Some(check), _) => tell(format!("  {check} is drawn into {path}")),
            (None, lab) => {
                let trace = typed(&format!("trace {}", lab.unwrap_or(2)));
                let why = "No check has failed in a talk with the program, so nothing was drawn";
                let what = format!("{why} into {path}. `{trace}` draws what goes well.");
                tell_wrapped("  ", &what);
            }
        }
    }
}

/// What is to be typed to see the very same again.
fn again(target: &Target, check: &str, seed: u64) -> String {
    let of = match (&target.program, target.at) {
        (Some(command), _) => format!(" --program {}", shell_words::quote(command)),
        (None, Some(address)) => format!(" --at {address}"),
        (None, None) if target.reference => " --reference".into(),
        (None, None) => String::new(),
    };
    typed(&format!("grade {check}{of} --seed {seed}"))
}
