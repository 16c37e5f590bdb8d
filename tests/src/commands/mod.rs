//! The command line of the grader: one file a verb.

mod bench;
mod book;
mod browser;
mod chaos;
mod demo;
mod docs;
mod first_failure;
mod grade;
mod hint;
mod lesson;
mod mistakes;
mod out;
mod progress;
mod reset;
mod run;
mod solution;
mod start;
mod stress;
mod target;
mod trace;
mod watch;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::workbook::{Trouble, Workbook};

/// Hands out the labs of the workbook, runs them, and grades them
#[derive(Parser)]
#[command(name = "grader", disable_help_subcommand = true)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// See it all in a minute: a starter, a failure explained, the references
    Demo,
    /// Hand out a lab: its starter goes to work/
    Start(start::Options),
    /// Run the checks, and say what came of them
    Grade(grade::Options),
    /// Grade the exercise at hand at each save, and show the way through the lab
    Watch(watch::Options),
    /// One more hint for an exercise each time
    Hint(hint::Options),
    /// What is passed, and what comes next
    Progress(progress::Options),
    /// Read the lesson of a lab, or the step of one exercise
    Lesson(lesson::Options),
    /// Run your own program of a lab, or the reference
    Run(run::Options),
    /// The reference beside yours, for what you have passed
    Solution(solution::Options),
    /// How an exercise goes wrong: its known mistakes, each with what is seen of it
    Mistakes(mistakes::Options),
    /// Hand out a lab afresh; your work on it so far is kept
    Reset(reset::Options),
    /// A road between any two programs on which things go wrong, drawn as it goes
    Chaos(chaos::Options),
    /// Make the book, all lessons and guides as web pages
    Book(book::Options),
    /// A conversation of a lab, and all that passes: live, as a picture, as a page
    Trace(trace::Options),
    /// For authors: take the code in the documents from the sources again
    Docs,
    /// How long one waits: for a verdict, for all checks of a lab; beside what everybody knows
    Bench(bench::Options),
    /// Run checks many times, idle and under load: is the verdict always the same?
    Stress(stress::Options),
}

pub fn main() -> ExitCode {
    let Line { command } = Line::parse();
    match carry_out(command) {
        Ok(code) => code,
        Err(trouble) => {
            out::complain(&trouble);
            ExitCode::from(trouble.exit_code())
        }
    }
}

fn carry_out(command: Command) -> Result<ExitCode, Trouble> {
    let workbook = Workbook::open()?;
    match command {
        Command::Demo => return demo::run(&workbook),
        Command::Grade(options) => return grade::run(&workbook, &options),
        Command::Bench(options) => bench::run(&workbook, &options)?,
        Command::Stress(options) => return stress::run(&workbook, &options),
        Command::Start(options) => start::run(&workbook, &options)?,
        Command::Watch(options) => watch::run(&workbook, &options)?,
        Command::Hint(options) => hint::run(&workbook, &options)?,
        Command::Progress(options) => progress::run(&workbook, &options)?,
        Command::Lesson(options) => lesson::run(&workbook, &options)?,
        Command::Mistakes(options) => mistakes::run(&workbook, &options)?,
        Command::Solution(options) => solution::run(&workbook, &options)?,
        Command::Run(options) => return run::run(&workbook, options),
        Command::Reset(options) => reset::run(&workbook, &options)?,
        Command::Trace(options) => return trace::run(&workbook, &options),
        Command::Chaos(options) => chaos::run(&options)?,
        Command::Book(options) => book::run(&workbook, &options)?,
        Command::Docs => docs::run(&workbook)?,
    }
    Ok(ExitCode::SUCCESS)
}
