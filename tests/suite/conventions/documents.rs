//! Rules for lessons and other documents.

use std::fs;

use grader::workbook::{Lab, Workbook};
use libtest_mimic::Failed;

use super::{Rule, files};

pub static RULES: &[(&str, Rule)] = &[
    (
        "a-lab-has-a-lesson-with-all-sections",
        has_a_lesson_with_all_sections,
    ),
    (
        "an-exercise-has-a-step-in-its-lesson",
        has_a_step_in_its_lesson,
    ),
    (
        "a-lab-is-in-the-readme-and-the-book",
        is_in_the_readme_and_the_book,
    ),
    ("a-page-is-in-the-book", a_page_is_in_the_book),
    (
        "a-recipe-is-in-the-learners-guide",
        is_in_the_learners_guide,
    ),
    ("a-lesson-is-read-in-one-go", is_read_in_one_go),
    ("an-answer-is-hidden-and-laid-out", is_hidden_and_laid_out),
];

/// The sections of a lesson, in their order.
const SECTIONS: &[&str] = &[
    "## What you will have at the end",
    "## By hand first",
    "## The idea",
    "## The specification",
    "## Step by step",
    "## Experiment",
    "## Pitfalls",
    "## What was wrong in the tutorials",
    "## Questions",
    "## Further reading",
];

fn has_a_lesson_with_all_sections(workbook: &Workbook) -> Result<Vec<String>, Failed> {
    let mut broken = Vec::new();
    for lab in &workbook.labs {
        let text = lesson(workbook, lab)?;
        let sections: Vec<&str> = text
            .lines()
            .filter(|line| line.starts_with("## "))
            .collect();
        if sections != SECTIONS {
            broken.push(format!("{}: {sections:#?}", page_of(lab)));
        }
    }
    Ok(broken)
}

fn has_a_step_in_its_lesson(workbook: &Workbook) -> Result<Vec<String>, Failed> {
    let mut broken = Vec::new();
    for lab in &workbook.labs {
        let text = lesson(workbook, lab)?;
        for exercise in &lab.exercises {
            let id = exercise.id;
            let step = format!("### {id} {}", exercise.title);
            let has_step = text.lines().any(|line| line == step);
            if !has_step || !text.contains(&format!("`just grade {id}`")) {
                let page = page_of(lab);
                broken.push(format!("{page}: no `{step}`, or no `just grade {id}`"));
            }
        }
    }
    Ok(broken)
}

fn is_in_the_readme_and_the_book(workbook: &Workbook) -> Result<Vec<String>, Failed> {
    let readme = fs::read_to_string(workbook.root.join("README.md"))?;
    let summary = fs::read_to_string(workbook.root.join("docs/src/SUMMARY.md"))?;
    Ok(workbook
        .labs
        .iter()
        .map(page_of)
        .filter(|page| {
            !readme.contains(&format!("({page})"))
                || !summary.contains(&page.replace("docs/src/", "("))
        })
        .collect())
}

/// Those that a learner uses: the groups `learn` and `see` of the justfile.
fn is_in_the_learners_guide(workbook: &Workbook) -> Result<Vec<String>, Failed> {
    let recipes = fs::read_to_string(workbook.root.join("justfile"))?;
    let guide = fs::read_to_string(workbook.root.join("docs/src/guide-learner.md"))?;
    let theirs = |text: &&str| {
        ["('learn')]", "('see')]"]
            .iter()
            .any(|group| text.starts_with(group))
    };
    let names: Vec<&str> = recipes
        .split("[group")
        .filter(theirs)
        .filter_map(|text| text.lines().find(|line| line.ends_with(':')))
        .filter_map(|line| line.split([' ', ':']).next())
        .collect();
    if names.is_empty() {
        return Err("the justfile has no recipe for learners".into());
    }
    let is_missing = |name: &&str| !guide.contains(&format!("`just {name}"));
    Ok(names
        .into_iter()
        .filter(is_missing)
        .map(String::from)
        .collect())
}

fn a_page_is_in_the_book(workbook: &Workbook) -> Result<Vec<String>, Failed> {
    let summary = fs::read_to_string(workbook.root.join("docs/src/SUMMARY.md"))?;
    let mut pages = files(workbook, &["docs/src"], ".md")?;
    pages.retain(|page| {
        let name = page.path.replace("docs/src/", "");
        name != "SUMMARY.md" && !summary.contains(&format!("({name})"))
    });
    Ok(pages.into_iter().map(|page| page.path).collect())
}

/// An hour with a lesson is enough; what needs more says too much, or is two lessons.
const MOST_LINES_OF_A_LESSON: usize = 450;

fn is_read_in_one_go(workbook: &Workbook) -> Result<Vec<String>, Failed> {
    let mut broken = Vec::new();
    for lab in &workbook.labs {
        let lines = lesson(workbook, lab)?.lines().count();
        if lines > MOST_LINES_OF_A_LESSON {
            broken.push(format!("{} has {lines} lines", page_of(lab)));
        }
    }
    Ok(broken)
}

/// Each question is a numbered item, and its answer is Markdown: without the blank line, code and
/// emphasis in it would show their marks.
fn is_hidden_and_laid_out(workbook: &Workbook) -> Result<Vec<String>, Failed> {
    let mut broken = Vec::new();
    for lab in &workbook.labs {
        let text = lesson(workbook, lab)?;
        let questions = text
            .split("\n## ")
            .find(|section| section.starts_with("Questions\n"))
            .unwrap_or_default();
        let asked = (1..).take_while(|number| questions.contains(&format!("\n{number}. ")));
        let asked = asked.count();
        let hidden = questions.matches("   <details><summary>Answer</summary>\n\n   ");
        let ends = questions.matches("\n   </details>\n");
        if asked == 0 || [hidden.count(), ends.count()] != [asked; 2] {
            broken.push(format!("{}: {asked} questions", page_of(lab)));
        }
    }
    Ok(broken)
}

fn lesson(workbook: &Workbook, lab: &Lab) -> Result<String, Failed> {
    let page = page_of(lab);
    fs::read_to_string(workbook.root.join(&page)).map_err(|error| format!("{page}: {error}").into())
}

/// The lesson of a lab, from the root of the workbook.
fn page_of(lab: &Lab) -> String {
    format!("docs/src/{}.md", lab.folder_name())
}
