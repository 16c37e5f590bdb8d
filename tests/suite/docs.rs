//! Nothing in a document may become untrue: its code is compared with the sources, and its
//! commands are run.

mod author;
mod output;
mod pictures;
mod session;

use std::fs;
use std::path::{Path, PathBuf};

use grader::docs::{self, Block, Console, Included, Numbers, Place};
use libtest_mimic::Trial;

use session::Session;

/// One trial for the code of each document, and one for its commands.
pub fn trials() -> Vec<Trial> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new(".."));
    match docs::documents(root) {
        Ok(documents) => documents
            .into_iter()
            .flat_map(|page| of_document(root, page))
            .chain([author::trial(root)])
            .collect(),
        Err(error) => vec![Trial::test("docs::can-be-read", move || Err(error.into()))],
    }
}

fn of_document(root: &Path, page: PathBuf) -> Vec<Trial> {
    let name = page.file_stem().unwrap_or_default().display().to_string();
    let blocks = match fs::read_to_string(&page)
        .map_err(|error| error.to_string())
        .and_then(|text| docs::blocks(&text))
    {
        Ok(blocks) => blocks,
        Err(why) => {
            return vec![Trial::test(format!("docs::{name}-is-well-formed"), || {
                Err(why.into())
            })];
        }
    };
    let (mut codes, mut consoles) = (Vec::new(), Vec::new());
    for block in blocks {
        match block {
            Block::Included(code) => codes.push(code),
            Block::Console(console) if console.place == Place::Here => consoles.push(console),
            Block::Console(_) | Block::Written(_) => {}
        }
    }
    let code = (!codes.is_empty()).then(|| code_trial(root, &name, codes));
    let console = (!consoles.is_empty()).then(|| console_trial(root, name, consoles));
    let pictures = pictures::of_document(root, &page);
    code.into_iter().chain(console).chain(pictures).collect()
}

fn code_trial(root: &Path, name: &str, codes: Vec<Included>) -> Trial {
    let root = root.to_path_buf();
    Trial::test(format!("docs::{name}-shows-the-code-as-it-is"), move || {
        codes.iter().try_for_each(|code| same(&root, code))?;
        Ok(())
    })
}

fn console_trial(root: &Path, name: String, consoles: Vec<Console>) -> Trial {
    let root = root.to_path_buf();
    let title = format!("docs::{name}-shows-what-its-commands-print");
    Trial::test(title, move || {
        let mut session = Session::new(&root, &name, ports_of(&name, &consoles));
        consoles
            .iter()
            .try_for_each(|console| session.run(console))?;
        session.end()?;
        Ok(())
    })
}

fn same(root: &Path, code: &Included) -> Result<(), String> {
    let wanted = docs::wanted(root, code)?;
    if code.code == wanted {
        return Ok(());
    }
    let difference = output::compare(&code.code, &wanted, Numbers::AsShown)
        .err()
        .unwrap_or_default();
    Err(format!(
        "line {}: the document and {} differ in `{}`; `cargo grader docs` takes it from there \
         again\n{difference}",
        code.lines.start,
        code.path.display(),
        code.item
    ))
}

/// The default ports that a document may use: its own lab's, and those that it shows.
fn ports_of(name: &str, consoles: &[Console]) -> Vec<u16> {
    let shown: Vec<&str> = consoles
        .iter()
        .flat_map(|console| &console.commands)
        .flat_map(|command| command.prints.iter().chain([&command.typed]))
        .map(String::as_str)
        .collect();
    let own = name
        .split('-')
        .next()
        .and_then(|number| number.parse().ok());
    // In order, so that no two documents wait for each other.
    (1..=99)
        .map(|number| (number, 7000 + number))
        .filter(|&(number, port)| {
            let port = port.to_string();
            Some(number) == own || shown.iter().any(|line| line.contains(&port))
        })
        .map(|(_, port)| port)
        .collect()
}
