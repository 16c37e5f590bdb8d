//! `docs`: for authors, takes the code in the documents from the sources again. What they say
//! of commands stays as it is: that the suite checks, and only an author can tell which is right.

use std::fs;

use anyhow::anyhow;

use super::out::say;
use crate::docs::{documents, refresh};
use crate::workbook::{Trouble, Workbook};

pub fn run(workbook: &Workbook) -> Result<(), Trouble> {
    let docs = workbook.root.join("docs/src");
    let pages = documents(&workbook.root).map_err(|error| Trouble::file("read", &docs, error))?;
    for page in pages {
        let text =
            fs::read_to_string(&page).map_err(|error| Trouble::file("read", &page, error))?;
        let named = page.strip_prefix(&workbook.root).unwrap_or(&page).display();
        let fresh = refresh(&workbook.root, &text).map_err(|why| anyhow!("{named}: {why}"))?;
        if fresh == text {
            continue;
        }
        fs::write(&page, fresh).map_err(|error| Trouble::file("write", &page, error))?;
        say(format_args!("{named}: brought up to date"))?;
    }
    Ok(())
}
