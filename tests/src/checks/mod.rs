//! The checks: a file a lab, each check a story.

mod backtrace;
mod chat;
mod done;
mod every_program;
mod hostname_lookup;
mod lab;
mod nonblocking_connect;
mod processes;
mod road;
mod scarce;
mod server;
mod subject;
mod tcp_echo;
mod threaded_greeting;
mod timeouts;
mod tls;
mod udp_factorial;

pub use chat::crowd::two_hundred_by_road;
pub use done::Done;
pub use lab::Lab;
pub use processes::{Client, Process};
pub use road::Road;
pub use server::Server;
pub use subject::Subject;

use crate::finding::Step;
use crate::workbook::ExerciseId;

/// The checks of every lab, in the order of the labs.
static LABS: &[&[Check]] = &[
    hostname_lookup::CHECKS,
    hostname_lookup::addresses::CHECKS,
    hostname_lookup::question::CHECKS,
    hostname_lookup::answer::CHECKS,
    hostname_lookup::strays::CHECKS,
    hostname_lookup::broken::CHECKS,
    tcp_echo::listen::CHECKS,
    tcp_echo::echo::CHECKS,
    tcp_echo::next_client::CHECKS,
    tcp_echo::client::CHECKS,
    tcp_echo::any_byte::CHECKS,
    tcp_echo::roads::CHECKS,
    tcp_echo::large::CHECKS,
    tcp_echo::stop::CHECKS,
    udp_factorial::hello::CHECKS,
    udp_factorial::client::CHECKS,
    udp_factorial::in_a_word::CHECKS,
    udp_factorial::roads::SERVER,
    udp_factorial::bad_requests::CHECKS,
    udp_factorial::large::CHECKS,
    udp_factorial::loss::CHECKS,
    udp_factorial::roads::CLIENT,
    threaded_greeting::greet::CHECKS,
    threaded_greeting::client::CHECKS,
    threaded_greeting::many::CHECKS,
    threaded_greeting::lines::CHECKS,
    threaded_greeting::roads::CHECKS,
    threaded_greeting::bad_lines::CHECKS,
    threaded_greeting::cap::CHECKS,
    threaded_greeting::idle::CHECKS,
    threaded_greeting::stop::CHECKS,
    threaded_greeting::pool::CHECKS,
    chat::duo::CHECKS,
    chat::place::CHECKS,
    chat::name::CHECKS,
    chat::relay::CHECKS,
    chat::lines::CHECKS,
    chat::comings::CHECKS,
    chat::without_a_word::CHECKS,
    chat::slow::CHECKS,
    chat::crowd::CHECKS,
    chat::commands::CHECKS,
    chat::client::CHECKS,
    chat::closing::CHECKS,
    chat::roads::CHECKS,
    nonblocking_connect::start::CHECKS,
    nonblocking_connect::writable::CHECKS,
    nonblocking_connect::so_error::CHECKS,
    nonblocking_connect::in_time::CHECKS,
    nonblocking_connect::at_once::CHECKS,
    nonblocking_connect::race::CHECKS,
    nonblocking_connect::close::CHECKS,
    timeouts::connect::CHECKS,
    timeouts::read::CHECKS,
    timeouts::which::CHECKS,
    timeouts::total::CHECKS,
    timeouts::partial::CHECKS,
    timeouts::write::CHECKS,
    timeouts::one_way::CHECKS,
    timeouts::retry::CHECKS,
    timeouts::pauses::CHECKS,
    timeouts::slow_client::CHECKS,
    timeouts::serve::CHECKS,
    timeouts::modes::CHECKS,
    tls::gencert::CHECKS,
    tls::server::CHECKS,
    tls::service::CHECKS,
    tls::large::CHECKS,
    tls::client::CHECKS,
    tls::results::CHECKS,
    tls::refuse::CHECKS,
    tls::cut::CHECKS,
    tls::hostile::CHECKS,
    tls::slow::CHECKS,
    tls::both_sides::CHECKS,
];

/// All checks, in order.
pub fn all() -> impl Iterator<Item = &'static Check> {
    LABS.iter().copied().flatten()
}

/// One thing that a program must do, and the story that shows whether it does.
pub struct Check {
    /// `2.4/half-close`: the exercise, and a name that is unique in it.
    pub id: &'static str,
    /// What the program does if it is right: completes "It …".
    pub title: &'static str,
    /// What it usually means if it does not, where a step of the story knows nothing better.
    pub means: &'static str,
    /// When and beside whom its story is told.
    pub place: Place,
    /// Whether the handed-out starter does it already. It counts once the exercise is begun.
    pub given: bool,
    pub story: fn(&mut Lab) -> Step,
}

/// When a story is told, and beside whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In its turn, beside others.
    Beside,
    /// It lasts, and keeps the machine busy: it begins before the others, and not beside another
    /// one of its kind.
    First,
    /// It waits for so long, and does so little, that it begins at once and takes nobody's place.
    Aside,
    /// It measures time or load, and must have the machine for itself.
    Alone,
}

/// A check, in the order in which one reads it.
pub const fn check(id: &'static str, title: &'static str, story: fn(&mut Lab) -> Step) -> Check {
    Check {
        id,
        title,
        means: "",
        place: Place::Beside,
        given: false,
        story,
    }
}

impl Check {
    #[must_use]
    pub const fn means(self, text: &'static str) -> Self {
        Self {
            means: text,
            ..self
        }
    }

    #[must_use]
    pub const fn alone(self) -> Self {
        Self {
            place: Place::Alone,
            ..self
        }
    }

    #[must_use]
    pub const fn long(self) -> Self {
        Self {
            place: Place::First,
            ..self
        }
    }

    #[must_use]
    pub const fn aside(self) -> Self {
        Self {
            place: Place::Aside,
            ..self
        }
    }

    #[must_use]
    pub const fn given(self) -> Self {
        Self {
            given: true,
            ..self
        }
    }

    /// The exercise that it belongs to.
    pub fn exercise(&self) -> ExerciseId {
        let (exercise, _) = self
            .id
            .split_once('/')
            .expect("a check's id is EXERCISE/NAME");
        exercise
            .parse()
            .expect("a check's id begins with an exercise, like 2.4")
    }
}
