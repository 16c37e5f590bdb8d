//! The commands around a learner's work: they do what they say, and whatever is wrong, they say
//! it in one clear line, and nothing is lost.

mod answers;
mod at_hand;
mod building;
mod disk;
pub mod fixture;
mod gallery;
mod handing_out;
#[cfg(target_os = "linux")]
mod milestones;
mod reading;
mod wrong;

use fixture::{Fixture, Outcome};
use libtest_mimic::{Failed, Trial};

type Promise = fn(&Fixture) -> Outcome;

pub fn trials() -> Vec<Trial> {
    let promises: &[(&str, Promise)] = &[
        ("what-does-not-exist", wrong::what_does_not_exist),
        ("what-cannot-be-graded", wrong::what_cannot_be_graded),
        ("start-hands-out", handing_out::start_hands_out),
        (
            "start-from-an-exercise",
            handing_out::start_from_an_exercise,
        ),
        ("start-touches-no-work", handing_out::start_touches_no_work),
        ("reset-keeps-all", handing_out::reset_keeps_all),
        ("hints-come-one-by-one", handing_out::hints_come_one_by_one),
        (
            "progress-outlives-names",
            handing_out::progress_outlives_names,
        ),
        (
            "at-hand-is-where-one-was-last",
            at_hand::it_is_where_one_was_last,
        ),
        (
            "all-that-was-started-is-passed",
            at_hand::all_that_was_started_is_passed,
        ),
        (
            "watch-needs-a-terminal-and-a-lab",
            at_hand::watch_needs_a_terminal_and_a_lab,
        ),
        ("grade-takes-what-is-at-hand", at_hand::grade_takes_it),
        ("progress-is-one-picture", at_hand::progress_is_one_picture),
        #[cfg(target_os = "linux")]
        ("milestones-are-said-once", milestones::are_said_once),
        ("a-file-for-a-folder", wrong::a_file_for_a_folder),
        ("a-folder-for-a-file", wrong::a_folder_for_a_file),
        (
            "a-report-takes-nobodys-place",
            wrong::a_report_takes_nobodys_place,
        ),
        ("broken-lab-toml", wrong::broken_lab_toml),
        ("broken-markers", wrong::broken_markers),
        ("no-cargo", building::no_cargo),
        (
            "run-builds-what-is-there",
            building::run_builds_what_is_there,
        ),
        (
            "broken-code-breaks-nothing-else",
            building::broken_code_breaks_nothing_else,
        ),
        ("a-lesson-is-laid-out", reading::a_lesson_is_laid_out),
        (
            "a-lesson-needs-no-browser",
            reading::a_lesson_needs_no_browser,
        ),
        (
            "a-lesson-opens-in-the-browser",
            reading::a_lesson_opens_in_the_browser,
        ),
        (
            "a-lesson-is-where-its-reader-is",
            reading::a_lesson_is_where_its_reader_is,
        ),
        (
            "an-answer-waits-to-be-asked-for",
            answers::waits_to_be_asked_for,
        ),
        (
            "an-answer-stands-beside-yours",
            answers::stands_beside_yours,
        ),
        ("an-answer-stands-alone", answers::stands_alone),
        (
            "a-mistake-waits-to-be-asked-for",
            gallery::waits_to_be_asked_for,
        ),
        (
            "a-mistake-is-shown-as-it-fails",
            gallery::shows_how_it_fails,
        ),
        (
            "a-mistake-that-is-none-is-said",
            gallery::says_what_is_wrong,
        ),
        (
            "no-word-of-edits-without-git",
            building::says_nothing_of_edits_without_git,
        ),
        ("nobody-reads", wrong::nobody_reads),
        ("a-full-disk", disk::full),
        ("a-read-only-folder", disk::read_only),
    ];
    let trial = |(name, promise): (&str, Promise)| {
        Trial::test(format!("commands::{name}"), move || {
            let fixture = Fixture::new().map_err(|error| Failed::from(format!("{error:#}")))?;
            promise(&fixture).map_err(|error| Failed::from(format!("{error:#}")))
        })
    };
    promises.iter().copied().map(trial).collect()
}
