//! Programs that do not behave: each gets a clear verdict in time, and whatever it did, and
//! however the grader itself ended, nothing of it is left.

mod behaved;
mod graded;
mod killed;
mod roles;
mod traces;

use libtest_mimic::{Failed, Trial};

pub use roles::play_if_asked;

type Promise = fn() -> anyhow::Result<()>;

pub fn trials() -> Vec<Trial> {
    let promises: [(&str, Promise); 27] = [
        ("a-hang-is-ended", behaved::a_hang_is_ended),
        ("a-runaway-is-ended", behaved::a_runaway_is_ended),
        ("a-chain-of-runaways", behaved::a_chain_of_runaways),
        ("a-flood-is-drained", behaved::a_flood_is_drained),
        ("deaf-to-sigterm", behaved::deaf_to_sigterm),
        ("a-glutton-is-ended", behaved::a_glutton_is_ended),
        ("a-glutton-in-a-child", behaved::a_glutton_in_a_child),
        ("silent-but-listening", behaved::silent_but_listening),
        ("a-line-without-its-end", behaved::a_line_without_its_end),
        ("chatter-before-the-line", behaved::chatter_before_the_line),
        ("port-zero-announced", behaved::port_zero_announced),
        ("ready-too-early", behaved::ready_too_early),
        ("exits-at-once", behaved::exits_at_once),
        ("crashes-without-a-core", behaved::crashes_without_a_core),
        ("runs-into-a-todo", behaved::runs_into_a_todo),
        (
            "busy-is-told-from-waiting",
            behaved::busy_is_told_from_waiting,
        ),
        ("not-executable", behaved::not_executable),
        ("never-reads-its-input", behaved::never_reads_its_input),
        ("locks-its-folder", behaved::locks_its_folder),
        ("a-clean-start", killed::a_clean_start),
        ("grader-killed", killed::grader_killed),
        ("grader-interrupted", killed::grader_interrupted),
        (
            "grader-killed-at-any-moment",
            killed::grader_killed_at_any_moment,
        ),
        ("guard-killed", killed::guard_killed),
        ("verdict-on-a-text-file", graded::verdict_on_a_text_file),
        ("grading-killed", graded::killed_in_the_middle),
        ("grading-interrupted", graded::interrupted_in_the_middle),
    ];
    let trial = |(name, promise): (&str, Promise)| {
        Trial::test(format!("hostile::{name}"), move || told(promise()))
    };
    let verdict = |(role, word): (&'static str, &'static str)| {
        Trial::test(format!("hostile::verdict-on-{role}"), move || {
            told(graded::verdict_on(role, word))
        })
    };
    let behaved = promises.into_iter().map(trial);
    behaved
        .chain(graded::PROGRAMS.into_iter().map(verdict))
        .collect()
}

fn told(outcome: anyhow::Result<()>) -> Result<(), Failed> {
    outcome.map_err(|error| Failed::from(format!("{error:#}")))
}
