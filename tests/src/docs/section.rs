//! One section of a page: what stands under a heading.

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd};

/// The section whose heading begins with this word, as in `### 2.4 The client`, up to the next
/// heading of its level or above.
pub fn beginning_with<'a>(page: &'a str, word: &str) -> Option<&'a str> {
    let headings = headings(page);
    let at = headings
        .iter()
        .position(|heading| heading.begins_with(word))?;
    let end = headings[at + 1..]
        .iter()
        .find(|next| next.level <= headings[at].level)
        .map_or(page.len(), |next| next.range.start);
    Some(&page[headings[at].range.start..end])
}

/// The heading that begins with this word.
pub fn heading_beginning_with(page: &str, word: &str) -> Option<Heading> {
    headings(page)
        .into_iter()
        .find(|heading| heading.begins_with(word))
}

/// A heading of a page.
pub struct Heading {
    pub level: HeadingLevel,
    pub text: String,
    /// Where in the page it is, in bytes.
    pub range: Range<usize>,
}

impl Heading {
    fn begins_with(&self, word: &str) -> bool {
        self.text.split_whitespace().next() == Some(word)
    }

    /// What a link to it ends with behind the `#`, in the book and on the pages of GitHub.
    pub fn anchor(&self) -> String {
        self.text
            .chars()
            .filter_map(|c| match c {
                ' ' => Some('-'),
                c if c.is_alphanumeric() || "-_".contains(c) => Some(c),
                _ => None,
            })
            .flat_map(char::to_lowercase)
            .collect()
    }
}

/// All headings of a page, in its order.
pub fn headings(page: &str) -> Vec<Heading> {
    let mut found: Vec<Heading> = Vec::new();
    let mut is_open = false;
    for (event, range) in Parser::new(page).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                is_open = true;
                found.push(Heading {
                    level,
                    text: String::new(),
                    range,
                });
            }
            Event::End(TagEnd::Heading(_)) => is_open = false,
            Event::Text(text) | Event::Code(text) if is_open => {
                if let Some(heading) = found.last_mut() {
                    heading.text.push_str(&text);
                }
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "\
# Lab

## Steps

### 2.1 Listen

Once.

```console
# 2.2 no heading
```

### 2.2 The `client`

Twice.

## End
";

    #[test]
    fn a_section_ends_where_the_next_one_begins() {
        let first = beginning_with(PAGE, "2.1").unwrap();
        assert!(first.starts_with("### 2.1 Listen\n"), "{first}");
        assert!(first.trim_end().ends_with("```"), "{first}");
        assert_eq!(
            beginning_with(PAGE, "2.2"),
            Some("### 2.2 The `client`\n\nTwice.\n\n")
        );
        assert_eq!(beginning_with(PAGE, "2.3"), None);
    }

    #[test]
    fn an_anchor_is_what_a_link_says() {
        let anchors: Vec<_> = headings(PAGE).iter().map(Heading::anchor).collect();
        assert_eq!(
            anchors,
            ["lab", "steps", "21-listen", "22-the-client", "end"]
        );
    }
}
