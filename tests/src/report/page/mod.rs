//! A page of the book as a terminal shows it: Markdown laid out in lines of at most 80 columns.
//! Headings stand out, code is as it is, links say where they lead, and answers that the book
//! hides until they are asked for come at the end.

mod inline;
mod table;

use std::iter::Peekable;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag};

use super::style::{self, WIDTH};

/// The page, with its links seen from `folder`, in which it is.
pub fn laid_out(markdown: &str, folder: &str) -> String {
    let mut page = Page {
        events: Parser::new_ext(markdown, Options::ENABLE_TABLES).peekable(),
        folder,
        number: None,
        answers: Vec::new(),
    };
    let mut text = page.blocks(WIDTH);
    if !page.answers.is_empty() {
        let heading = heading(HeadingLevel::H2, "Answers");
        text = format!("{text}\n{heading}\n{}", page.answers.join("\n"));
    }
    text
}

/// What is left of a page to be laid out.
struct Page<'a> {
    events: Peekable<Parser<'a>>,
    folder: &'a str,
    /// Of the list item that this is in.
    number: Option<u64>,
    answers: Vec<String>,
}

impl Page<'_> {
    /// All blocks up to the end of what they are in, a blank line between each two.
    fn blocks(&mut self, width: usize) -> String {
        let mut blocks = Vec::new();
        while let Some(event) = self.events.peek() {
            let block = match event {
                Event::End(_) => break,
                Event::Start(Tag::HtmlBlock) => match self.html() {
                    html if html.starts_with("</details") => break,
                    html if html.starts_with("<details") => self.answer(),
                    html => match drawn_by(&html) {
                        // A terminal shows no picture; what drew it, it does.
                        Some(command) => format!("To see it here: {command}\n"),
                        None => continue,
                    },
                },
                Event::Start(tag) if is_block(tag) => self.block(width),
                Event::Rule => {
                    self.events.next();
                    format!("{}\n", "─".repeat(width))
                }
                // In a list without blank lines an item's text is not in a paragraph.
                _ => inline::wrapped(&self.words(), width),
            };
            if !block.trim().is_empty() {
                blocks.push(block);
            }
        }
        blocks.join("\n")
    }

    fn block(&mut self, width: usize) -> String {
        let Some(Event::Start(tag)) = self.events.next() else {
            return String::new();
        };
        let block = match tag {
            Tag::Paragraph => inline::wrapped(&self.words(), width),
            Tag::Heading { level, .. } => heading(level, &inline::plain(&self.words())),
            Tag::CodeBlock(kind) => self.code(&kind),
            Tag::List(first) => self.list(first, width),
            Tag::Table(_) => self.table(width),
            _ => indented(&self.blocks(width.saturating_sub(4)), "    ", "    "),
        };
        self.events.next();
        block
    }

    /// A block of HTML, which is a comment, or the beginning or end of what is hidden.
    fn html(&mut self) -> String {
        self.events.next();
        let mut html = String::new();
        while let Some(Event::Html(line)) = self.events.peek() {
            html.push_str(line);
            self.events.next();
        }
        self.events.next();
        html
    }

    /// Keeps what the book hides for the end of the page; here nothing is said.
    fn answer(&mut self) -> String {
        let number = self
            .number
            .map_or(String::new(), |number| format!("{number}."));
        let text = self.blocks(WIDTH - 4);
        self.answers
            .push(indented(&text, &format!("{number:<4}"), "    "));
        String::new()
    }

    fn list(&mut self, first: Option<u64>, width: usize) -> String {
        let mut number = first;
        let (mut items, mut apart) = (Vec::new(), "");
        while let Some(Event::Start(Tag::Item)) = self.events.peek() {
            self.events.next();
            if let Some(Event::Start(Tag::Paragraph)) = self.events.peek() {
                apart = "\n";
            }
            let mark = number.map_or("•".to_string(), |number| format!("{number}."));
            let mark = format!(
                "{mark:<width$} ",
                width = if number.is_some() { 3 } else { 1 }
            );
            let outer = std::mem::replace(&mut self.number, number);
            let indent = " ".repeat(mark.chars().count());
            let text = self.blocks(width.saturating_sub(indent.len()));
            self.number = outer;
            self.events.next();
            items.push(indented(&text, &mark, &indent));
            number = number.map(|number| number + 1);
        }
        items.join(apart)
    }

    fn code(&mut self, kind: &CodeBlockKind) -> String {
        let mut code = String::new();
        while let Some(Event::Text(text)) = self.events.peek() {
            code.push_str(text);
            self.events.next();
        }
        let is_console = matches!(kind, CodeBlockKind::Fenced(info) if info.starts_with("console"));
        let line = |line: &str| match line {
            "" => "\n".to_string(),
            typed if is_console && typed.starts_with("$ ") => {
                format!("    {}\n", style::strong(typed))
            }
            other => format!("    {other}\n"),
        };
        code.lines().map(line).collect()
    }

    fn table(&mut self, width: usize) -> String {
        let mut rows = Vec::new();
        while let Some(Event::Start(Tag::TableHead | Tag::TableRow)) = self.events.peek() {
            self.events.next();
            let mut row = Vec::new();
            while let Some(Event::Start(Tag::TableCell)) = self.events.peek() {
                self.events.next();
                row.push(inline::plain(&self.words()));
                self.events.next();
            }
            self.events.next();
            rows.push(row);
        }
        table::laid_out(rows, width)
    }

    /// The text up to the end of what it is in, or to the next block.
    fn words(&mut self) -> Vec<inline::Piece> {
        inline::pieces(&mut self.events, self.folder)
    }
}

/// `<!-- drawn by: just trace 3 --reference -->`
fn drawn_by(html: &str) -> Option<&str> {
    html.strip_prefix("<!-- drawn by: ")?
        .split_once(" -->")
        .map(|(command, _)| command)
}

fn is_block(tag: &Tag) -> bool {
    !matches!(
        tag,
        Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. }
    )
}

fn heading(level: HeadingLevel, text: &str) -> String {
    let line = match level {
        HeadingLevel::H1 => "═",
        HeadingLevel::H2 => "─",
        _ => return format!("\n{}\n", style::strong(&format!("▪ {text}"))),
    };
    let line = line.repeat(textwrap::core::display_width(text));
    format!("\n{}\n{}\n", style::strong(text), style::quiet(&line))
}

/// Each line of a text behind `rest`, the first behind `first`.
fn indented(text: &str, first: &str, rest: &str) -> String {
    let mut indent = first;
    let mut whole = String::new();
    for line in text.lines() {
        whole.push_str(format!("{indent}{line}").trim_end());
        whole.push('\n');
        indent = rest;
    }
    whole
}
