//! What a command says: on standard output, a line at a time, and no panic when whoever read it
//! has gone (`just lesson 2 | head`).

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use anyhow::anyhow;

use crate::report::style;
use crate::workbook::{CompileErrors, Trouble};

/// As wide as a terminal surely is.
pub const WIDTH: usize = 80;

/// Prints one line, or several.
pub fn say(text: impl Display) -> Result<(), Trouble> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{text}").map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Trouble::ReaderLeft,
        _ => Trouble::Broken(anyhow!("cannot write to standard output: {error}")),
    })
}

/// Prints text in lines of at most 80 columns, the first after `mark`, the others below it.
pub fn say_wrapped(mark: &str, text: &str) -> Result<(), Trouble> {
    let indent = " ".repeat(mark.chars().count());
    let options = style::lines(WIDTH)
        .initial_indent(mark)
        .subsequent_indent(&indent)
        .break_words(false);
    say(textwrap::fill(text, options))
}

/// Prints what belongs to a verdict. That its reader has gone (`just grade 2 | head`) must not
/// change the exit code, which is the verdict too.
pub fn tell(text: impl Display) {
    let _ = say(text);
}

/// The same in lines of at most 80 columns, as [`say_wrapped`] makes them.
pub fn tell_wrapped(mark: &str, text: &str) {
    let _ = say_wrapped(mark, text);
}

/// Tells on standard error why the command ends here: in one line, and for people in as many as
/// fit their terminal, in which no word and no path is broken.
pub fn complain(trouble: &Trouble) {
    if matches!(trouble, Trouble::ReaderLeft) {
        return;
    }
    let mut text = format!("error: {trouble}");
    if io::stderr().is_terminal() {
        let options = style::lines(WIDTH)
            .subsequent_indent("  ")
            .break_words(false);
        text = textwrap::fill(&text, options);
    }
    // Nobody is left to tell when this fails; the exit code still says it.
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Shows what the compiler said.
pub fn show_errors(errors: &CompileErrors) {
    let count = match errors.count {
        1 => "one error".to_string(),
        count => format!("{count} errors"),
    };
    let text = errors.text.trim_end();
    // As above.
    let _ = writeln!(
        io::stderr().lock(),
        "{text}\n\nerror: it does not compile yet: {count}"
    );
}
