//! The regions of an exercise in a source: whole function bodies, each under a marker
//! `// exercise N.M: TASK`. They are where answer and starter differ.

use std::collections::BTreeSet;

use super::ExerciseId;

/// The mark above a function whose body belongs to an exercise.
const MARK: &str = "// exercise ";

/// As wide as rustfmt lets a line be.
const WIDTH: usize = 100;

/// A function body that belongs to an exercise. Lines count from 0.
#[derive(Clone, Debug)]
pub struct Region {
    pub exercise: ExerciseId,
    /// What there is to do, in the imperative. Empty for a given.
    pub task: String,
    /// The name of the function.
    pub function: String,
    /// The line of the marker; the function begins on the next one.
    pub marker: usize,
    /// The line that ends the signature with `{`.
    pub open: usize,
    /// The line of the `}` that ends the body.
    pub close: usize,
}

impl Region {
    /// The lines of the body.
    fn body<'a>(&self, lines: &[&'a str]) -> Vec<&'a str> {
        lines[self.open + 1..self.close].to_vec()
    }

    /// From `fn` to the closing brace.
    pub fn whole(&self, text: &str) -> String {
        let lines: Vec<_> = text.lines().collect();
        lines[self.marker + 1..=self.close].join("\n")
    }
}

/// The regions of a source, in its order. An error says on which line what is wrong.
pub fn regions(text: &str) -> Result<Vec<Region>, String> {
    let lines: Vec<_> = text.lines().collect();
    let mut found = Vec::new();
    for (marker, line) in lines.iter().enumerate() {
        if let Some(mark) = line.trim_start().strip_prefix(MARK) {
            let region = region(&lines, marker, mark)
                .map_err(|why| format!("line {}: {why}", marker + 1))?;
            found.push(region);
        }
    }
    Ok(found)
}

fn region(lines: &[&str], marker: usize, mark: &str) -> Result<Region, String> {
    let (id, task) = mark.split_once(": ").unwrap_or((mark, ""));
    let exercise = id.parse().map_err(|()| format!("{id} is no exercise"))?;
    let first = lines.get(marker + 1).copied().unwrap_or_default();
    let function = function_name(first).ok_or("no function follows the marker")?;
    let indent = &first[..first.len() - first.trim_start().len()];
    let open = (marker + 1..lines.len())
        .find(|&at| lines[at].ends_with('{') || lines[at].ends_with('}'))
        .filter(|&at| lines[at].ends_with('{'))
        .ok_or_else(|| format!("fn {function} has no body of its own lines"))?;
    let end = format!("{indent}}}");
    let close = (open + 1..lines.len())
        .find(|&at| lines[at] == end)
        .ok_or_else(|| format!("fn {function} does not end"))?;
    Ok(Region {
        exercise,
        task: task.to_string(),
        function: function.to_string(),
        marker,
        open,
        close,
    })
}

/// The name of the function that begins on this line.
fn function_name(line: &str) -> Option<&str> {
    let (before, after) = line.trim_start().split_once("fn ")?;
    let qualifiers = ["pub", "pub(crate)", "pub(super)", "async", "const"];
    if !before
        .split_whitespace()
        .all(|word| qualifiers.contains(&word))
    {
        return None;
    }
    let end = after.find(|c: char| !c.is_alphanumeric() && c != '_')?;
    Some(&after[..end]).filter(|name| !name.is_empty())
}

/// A body that a starter has in place of `todo!`, from the lab's `starter.rs`.
#[derive(Clone, Debug)]
pub struct Given {
    pub exercise: ExerciseId,
    pub function: String,
    body: Vec<String>,
}

/// Reads `starter.rs`: each of its functions stands under its exercise's marker.
pub fn givens(text: &str) -> Result<Vec<Given>, String> {
    let lines: Vec<_> = text.lines().collect();
    let found = regions(text)?;
    for (at, line) in lines.iter().enumerate() {
        let marked = found.iter().any(|region| region.marker + 1 == at);
        if function_name(line).is_some() && !line.starts_with(' ') && !marked {
            return Err(format!("line {}: no `{MARK}N.M` above it", at + 1));
        }
    }
    Ok(found
        .into_iter()
        .map(|region| Given {
            exercise: region.exercise,
            body: region.body(&lines).into_iter().map(String::from).collect(),
            function: region.function,
        })
        .collect())
}

/// The source as it is handed out: of what is not filled in, each body is the given one, else
/// a `todo!`. What is filled in has no marker any more.
pub fn unfinished(
    text: &str,
    givens: &[Given],
    filled: &BTreeSet<ExerciseId>,
) -> Result<String, String> {
    let lines: Vec<_> = text.lines().collect();
    let mut out: Vec<String> = Vec::new();
    let mut copied = 0;
    for region in regions(text)? {
        let is_filled = filled.contains(&region.exercise);
        out.extend(lines[copied..region.marker].iter().map(ToString::to_string));
        if is_filled {
            copied = region.marker + 1;
            continue;
        }
        out.extend(
            lines[region.marker..=region.open]
                .iter()
                .map(ToString::to_string),
        );
        let closing = lines[region.close];
        let indent = &closing[..closing.len() - 1];
        match givens
            .iter()
            .find(|given| given.function == region.function)
        {
            Some(given) => out.extend(given.body.iter().map(|line| indented(indent, line))),
            None => out.extend(todo(&region).iter().map(|line| indented(indent, line))),
        }
        copied = region.close;
    }
    out.extend(lines[copied..].iter().map(ToString::to_string));
    Ok(out.join("\n") + "\n")
}

/// `todo!("…")`, laid out as rustfmt would.
fn todo(region: &Region) -> Vec<String> {
    let mut text = String::new();
    for c in region.task.chars() {
        match c {
            '"' | '\\' => text.extend(['\\', c]),
            '{' | '}' => text.extend([c, c]),
            _ => text.push(c),
        }
    }
    let text = format!("\"exercise {}: {text}\"", region.exercise);
    let line = format!("    todo!({text})");
    if line.len() <= WIDTH {
        vec![line]
    } else {
        vec![
            "    todo!(".to_string(),
            format!("        {text}"),
            "    )".to_string(),
        ]
    }
}

fn indented(indent: &str, line: &str) -> String {
    if line.is_empty() {
        String::new()
    } else {
        format!("{indent}{line}")
    }
}
