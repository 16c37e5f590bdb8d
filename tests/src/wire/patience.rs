//! How long to wait before silence is a finding.

use std::time::{Duration, Instant};

use super::pressure::Pressure;

/// A time, as stories tell it.
pub const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// What a story may last, where it does not ask for more.
const STORY: Duration = Duration::from_secs(4);

/// Upper bounds, stretched on a machine that is slow now. Lower bounds never are.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    scale: f64,
    /// How long the story may last.
    story: Option<Budget>,
}

/// The time that a story has, however much of it is left then.
#[derive(Clone, Copy, Debug)]
struct Budget {
    end: Instant,
    began: Pressure,
}

impl Patience {
    /// Starting the smallest program takes up to this long on an idle machine of this decade.
    const USUAL_START: Duration = Duration::from_millis(3);

    /// More than this and a hanging program would hold up its user for too long.
    const MOST: f64 = 6.0;

    /// The patience for a machine that takes `start` to start a program.
    pub fn for_a_start_of(start: Duration) -> Self {
        let scale = start.as_secs_f64() / Self::USUAL_START.as_secs_f64();
        Self {
            scale: scale.clamp(1.0, Self::MOST),
            story: None,
        }
    }

    /// The greater patience of the two: the machine may have become slower.
    #[must_use]
    pub fn or_more(self, now: Self) -> Self {
        Self {
            scale: self.scale.max(now.scale),
            ..self
        }
    }

    /// The patience for one story, which begins now: a program that drips is not waited for
    /// for ever.
    #[must_use]
    pub fn for_a_story(self) -> Self {
        Self {
            story: Some(Budget {
                end: Instant::now() + self.stretch(STORY),
                began: Pressure::now(),
            }),
            ..self
        }
    }

    /// The same, if the story begins only now: it has waited for its turn until here.
    #[must_use]
    pub fn from_now(self) -> Self {
        match self.story {
            Some(_) => self.for_a_story(),
            None => self,
        }
    }

    /// The same for a story that has this long to wait, besides what all stories have.
    #[must_use]
    pub fn and_also(self, more: Duration) -> Self {
        Self {
            story: self.story.map(|budget| Budget {
                end: budget.end + more,
                ..budget
            }),
            ..self
        }
    }

    /// The same for a story of any length.
    #[must_use]
    pub fn without_end(self) -> Self {
        Self {
            story: None,
            ..self
        }
    }

    /// The same for somebody who knows that the program takes a rest first.
    #[must_use]
    pub fn longer(self) -> Self {
        Self {
            scale: self.scale * 3.0,
            ..self
        }
    }

    /// The same for somebody who only looks whether something comes: that nothing does is no
    /// finding.
    #[must_use]
    pub fn shorter(self) -> Self {
        Self {
            scale: self.scale / 4.0,
            ..self
        }
    }

    /// When nothing that comes until then is a finding.
    pub fn until_silence(self) -> Instant {
        self.until_silence_since(Instant::now())
    }

    /// The same where something still moved at this time.
    pub fn until_silence_since(self, since: Instant) -> Instant {
        let silence = since + self.silence();
        match self.story {
            Some(budget) if silence > budget.end => silence.min(budget.end + self.lost(budget)),
            _ => silence,
        }
    }

    /// What the machine has taken from the story, being busy with other things: so much does it
    /// get on top. As much again at most: the program itself may be what keeps it busy.
    fn lost(self, budget: Budget) -> Duration {
        budget.began.since().min(self.stretch(STORY))
    }

    /// How long nothing may come from a program that has something to say.
    pub fn silence(self) -> Duration {
        self.stretch(Duration::from_secs(1))
    }

    /// How long a program may take until it is ready. An interpreter has much to load first.
    pub fn start(self) -> Duration {
        self.stretch(Duration::from_secs(2))
    }

    /// An upper bound of the contract, with what a busy machine adds to it.
    pub fn at_most(self, bound: Duration) -> Duration {
        bound + self.stretch(Duration::from_millis(400))
    }

    /// How long a look into the kernel is repeated whose running out is no finding.
    pub fn glance(self) -> Duration {
        self.stretch(Duration::from_millis(250))
    }

    fn stretch(self, time: Duration) -> Duration {
        time.mul_f64(self.scale)
    }
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            scale: 1.0,
            story: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_try_has_the_patience_of_the_slower_moment() {
        let [quick, slow] = [ms(3), ms(9)].map(Patience::for_a_start_of);
        assert_eq!(quick.silence(), ms(1000));
        assert_eq!(quick.or_more(slow).silence(), ms(3000));
        assert_eq!(slow.or_more(quick).silence(), ms(3000));
    }
}
