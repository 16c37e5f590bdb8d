//! `docs`: for authors, takes the code in the documents from the sources again. What they say
//! of commands stays as it is: that the suite checks, and only an author can tell which is right.

use anyhow::anyhow;

use super::out::say;
use crate::docs::{documents, refresh};
use crate::workbook::{Trouble, Workbook, files};

pub fn run(workbook: &Workbook) -> Result<(), Trouble> {
    let docs = workbook.root.join("docs/src");
    for page in documents(&workbook.root).map_err(|error| Trouble::file("read", &docs, error))? {
        let text = files::read(&page)?;
        let named = page.strip_prefix(&workbook.root).unwrap_or(&page).display();
        let fresh = refresh(&workbook.root, &text).map_err(|why| anyhow!("{named}: {why}"))?;
        if fresh != text {
            files::replace(&page, &fresh)?;
            say(format_args!("{named}: brought up to date"))?;
        }
    }
    Ok(())
}
