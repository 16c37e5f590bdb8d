//! What a learner means by `2`, `02`, `2.4`, `tcp-echo` or `2.4/half-close`.

use super::lab::plain_number;
use super::{Exercise, ExerciseId, Lab, Trouble, Workbook};

/// A lab, perhaps one exercise of it, perhaps one check of that.
#[derive(Clone, Debug)]
pub struct Selection<'a> {
    pub lab: &'a Lab,
    pub exercise: Option<&'a Exercise>,
    /// The whole id, as in `2.4/half-close`. Whether there is such a check is not known here.
    pub check: Option<String>,
}

impl Workbook {
    pub fn find(&self, text: &str) -> Result<Selection<'_>, Trouble> {
        let (place, check) = match text.split_once('/') {
            Some((place, check)) if !check.is_empty() => (place, Some(check)),
            Some((place, _)) => (place, None),
            None => (text, None),
        };
        if let Ok(id) = place.parse::<ExerciseId>() {
            let (lab, exercise) = self.find_exercise(id)?;
            let check = check.map(|check| format!("{id}/{check}"));
            return Ok(Selection {
                lab,
                exercise: Some(exercise),
                check,
            });
        }
        if check.is_some() {
            return Err(Trouble::usage(format!(
                "{text} is no check: those have names like 2.4/half-close"
            )));
        }
        let lab = match plain_number(place) {
            Some(number) => self.find_lab(number)?,
            None => self
                .labs
                .iter()
                .find(|lab| lab.names().any(|name| name == place) || lab.folder_name() == place)
                .ok_or_else(|| self.no_such(&format!("no lab {place}")))?,
        };
        Ok(Selection {
            lab,
            exercise: None,
            check: None,
        })
    }

    /// What a learner means where only a whole lab makes sense.
    pub fn find_only_lab(&self, text: &str) -> Result<&Lab, Trouble> {
        let found = self.find(text)?;
        match found.exercise {
            None => Ok(found.lab),
            Some(_) => Err(Trouble::usage(format!(
                "{text} is an exercise, and this is about a whole lab: give {}",
                found.lab.number
            ))),
        }
    }

    /// What a learner means where only an exercise makes sense.
    pub fn find_only_exercise(&self, text: &str) -> Result<(&Lab, &Exercise), Trouble> {
        let found = self.find(text)?;
        match found.exercise {
            Some(exercise) => Ok((found.lab, exercise)),
            None => Err(Trouble::usage(format!(
                "{text} is a whole lab, and this is about one exercise: {}",
                exercises_of(found.lab)
            ))),
        }
    }

    fn find_exercise(&self, id: ExerciseId) -> Result<(&Lab, &Exercise), Trouble> {
        let lab = self.find_lab(id.lab)?;
        let exercise = lab.exercise(id).ok_or_else(|| {
            let all = exercises_of(lab);
            Trouble::usage(format!("no exercise {id}: lab {:02} has {all}", lab.number))
        })?;
        Ok((lab, exercise))
    }

    fn find_lab(&self, number: u32) -> Result<&Lab, Trouble> {
        self.lab(number)
            .ok_or_else(|| self.no_such(&format!("no lab {number:02}")))
    }

    fn no_such(&self, what: &str) -> Trouble {
        let all: Vec<_> = self.labs.iter().map(Lab::folder_name).collect();
        Trouble::usage(format!("{what}: there are {}", all.join(", ")))
    }
}

fn exercises_of(lab: &Lab) -> String {
    match (lab.exercises.first(), lab.exercises.last()) {
        (Some(first), Some(last)) => format!("{} to {}", first.id, last.id),
        _ => "none".to_string(),
    }
}
