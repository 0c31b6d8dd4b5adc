//! The section of a README: written, found again, and put in.
//!
//! A comment below its heading names the pattern and holds a hash of the section, so that a later
//! run knows a section that nobody changed, and may replace it.

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Parser, Tag};

use super::values::Answers;
use super::{Clash, Recipe};
use crate::markdown;
use crate::model::yaml::Setting;
use crate::render::markdown::{cell, code, fence, resolve_links, tidy};

/// A section as it stands in a file: its heading, the comment, and what is below.
pub(super) struct Section {
    title: String,
    /// How the comment begins, whatever its hash is.
    mark: String,
    text: String,
}

/// The head of the table of settings.
const HEAD: &str = "| Setting | What it is | Where it comes from | Secret |\n|---|---|---|---|";

/// Writes the section of a recipe, if it has one.
pub(super) fn section(recipe: &Recipe<'_>, answers: &Answers) -> Option<Section> {
    let readme = recipe.add.readme.as_ref()?;
    let pattern = recipe.pattern;
    let title = format!("## {}", answers.fill(readme.title.trim()));
    let mut body = answers.fill(readme.text.text.trim());
    for id in &readme.examples {
        let Some(example) = pattern.example(&id.value) else { continue };
        let fence = fence(&example.entry.language.value, &answers.fill(&example.snippet.text));
        body.push_str(&format!("\n\n{}:\n\n{fence}", answers.fill(&example.entry.title)));
    }
    let is_named =
        |setting: &&Setting| readme.settings.iter().any(|name| name.value == setting.name);
    let rows: Vec<String> = pattern.content.settings.iter().filter(is_named).map(row).collect();
    if !rows.is_empty() {
        let table = format!("{HEAD}\n{}", rows.join("\n"));
        body.push_str(&format!("\n\n{}", answers.fill(&table)));
    }
    let body = tidy(&body);
    let mark = format!("<!-- added by patternbook: {} ", pattern.content.id.value);
    let hash = hash(&title, &body);
    let text = format!("{title}\n\n{mark}{hash} -->\n\n{body}");
    Some(Section { title, mark, text })
}

fn row(setting: &Setting) -> String {
    let plain = |text: &str| cell(&resolve_links(text.trim(), &|_| None));
    let optional = if setting.required { "" } else { " Optional." };
    let meaning = plain(&format!("{}{optional}", setting.meaning.text.trim()));
    let from = setting.from.as_ref().map_or(String::new(), |from| plain(&from.text));
    let secret = if setting.secret { "yes" } else { "no" };
    format!("| {} | {meaning} | {from} | {secret} |", code(&setting.name))
}

impl Section {
    /// Tells whether a text stands in it.
    pub(super) fn holds(&self, text: &str) -> bool {
        self.text.contains(text)
    }
}

/// Puts a section into the text of a README. One that was added before, and that nobody changed
/// since, is replaced; so is any, if `replaces` says so.
pub(super) fn place(section: &Section, readme: &str, replaces: bool) -> Result<String, Clash> {
    let newline = if readme.contains("\r\n") { "\r\n" } else { "\n" };
    let ours = section.text.replace('\n', newline);
    let Some(range) = find(section, readme) else {
        let gap = match readme.trim_end_matches([' ', '\t', '\r', '\n']) {
            "" => "",
            _ if readme.ends_with('\n') => newline,
            _ => &newline.repeat(2),
        };
        let added = format!("{readme}{gap}{ours}");
        if find(section, &added).is_none() {
            let message =
                "what stands last here is not closed, so no section can follow".to_owned();
            let help = Some("end the code block or the comment");
            return Err(Clash { at: readme.trim_end().len(), message, help });
        }
        return Ok(added);
    };
    let theirs = &readme[range.clone()];
    if theirs.trim_end() == ours.trim_end() {
        return Ok(readme.to_owned());
    }
    if !replaces && !is_unchanged(section, theirs) {
        let message = match theirs.contains(&section.mark) {
            true => "this section was changed since it was added",
            false => "a section with this heading is there",
        };
        return Err(Clash { at: range.start, message: message.to_owned(), help: None });
    }
    let after = &readme[range.end..];
    let gap = if after.is_empty() { "" } else { newline };
    Ok(format!("{}{ours}{gap}{after}", &readme[..range.start]))
}

/// Finds the section by its heading: one of the same pattern for another service has another.
fn find(section: &Section, readme: &str) -> Option<Range<usize>> {
    let headings = headings(readme);
    let sections: Vec<Range<usize>> = headings
        .iter()
        .enumerate()
        .map(|(index, (start, level))| {
            let next = headings[index + 1..].iter().find(|(_, other)| other <= level);
            *start..next.map_or(readme.len(), |(start, _)| *start)
        })
        .collect();
    let is_named = |range: &&Range<usize>| {
        readme[(*range).clone()].lines().next().is_some_and(|line| line.trim() == section.title)
    };
    sections.iter().find(is_named).cloned()
}

/// The first line of a section below its heading that says something.
fn second_line(section: &str) -> &str {
    section.lines().skip(1).find(|line| !line.trim().is_empty()).unwrap_or_default()
}

/// Tells whether a section is what was written, by its hash.
fn is_unchanged(section: &Section, theirs: &str) -> bool {
    let theirs = theirs.replace("\r\n", "\n");
    let mark = second_line(&theirs);
    let Some(noted) = mark.strip_prefix(&section.mark) else { return false };
    let Some((heading, body)) = theirs.split_once(mark) else { return false };
    noted.trim_end().strip_suffix(" -->") == Some(&hash(heading.trim(), body))
}

fn hash(title: &str, body: &str) -> String {
    let hash = blake3::hash(format!("{title}\n{}", body.trim()).as_bytes());
    hash.to_hex()[..12].to_owned()
}

/// Where each heading of a text begins, and its level.
fn headings(text: &str) -> Vec<(usize, HeadingLevel)> {
    let options = markdown::options() | pulldown_cmark::Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let events = Parser::new_ext(text, options).into_offset_iter();
    let heading = |(event, range): (Event<'_>, Range<usize>)| match event {
        Event::Start(Tag::Heading { level, .. }) => Some((range.start, level)),
        _ => None,
    };
    events.filter_map(heading).collect()
}

#[cfg(test)]
mod tests {
    use super::{Section, hash, place};

    fn section(body: &str) -> Section {
        let mark = "<!-- added by patternbook: one ".to_owned();
        let title = "## One".to_owned();
        let text = format!("{title}\n\n{mark}{} -->\n\n{body}\n", hash(&title, body));
        Section { title, mark, text }
    }

    #[test]
    fn what_was_there_stays() {
        let old = "# A\n\n## B  \ntext";
        let new = place(&section("body"), old, false).unwrap();
        assert!(new.starts_with(&format!("{old}\n\n## One\n")), "{new}");
        assert_eq!(place(&section("body"), &new, false).unwrap(), new);
    }

    #[test]
    fn a_section_that_nobody_changed_is_replaced() {
        let (old, new) = (section("old"), section("new\n\n### Below\n\n```sh\n## no heading\n```"));
        let readme = place(&old, "# A\n", false).unwrap() + "\n## B\n\nmine\n";
        let readme = place(&new, &readme, false).unwrap();
        assert_eq!(readme, format!("# A\n\n{}\n## B\n\nmine\n", new.text));
        let readme = place(&old, &readme, false).unwrap();
        assert_eq!(readme, format!("# A\n\n{}\n## B\n\nmine\n", old.text));
    }

    #[test]
    fn a_section_with_another_heading_is_another_section() {
        let other = Section { title: "## Two".to_owned(), ..section("other") };
        let other = Section { text: other.text.replace("## One", "## Two"), ..other };
        let readme = place(&section("old"), "# A\n", false).unwrap();
        let both = place(&other, &readme, false).unwrap();
        assert_eq!(both, format!("{readme}\n{}", other.text));
    }

    #[test]
    fn a_section_that_somebody_wrote_is_left() {
        let readme = place(&section("old"), "", false).unwrap().replace("old", "mine");
        let clash = place(&section("new"), &readme, false).unwrap_err();
        assert_eq!(clash.message, "this section was changed since it was added");
        let clash = place(&section("new"), "# A\n\n## One\n\nmine\n", false).unwrap_err();
        assert_eq!((clash.at, clash.message.as_str()), (5, "a section with this heading is there"));
        assert_eq!(place(&section("new"), &readme, true).unwrap(), section("new").text);
    }

    #[test]
    fn a_readme_that_is_not_closed_is_left() {
        for readme in ["# A\n\n```sh\nmake\n", "# A\n\n<!-- more\n"] {
            let clash = place(&section("body"), readme, false).unwrap_err();
            assert_eq!(clash.at, readme.len() - 1);
        }
    }

    #[test]
    fn line_ends_stay_as_they_are() {
        let readme = place(&section("old"), "# A\r\n", false).unwrap();
        assert_eq!(readme.matches('\n').count(), readme.matches("\r\n").count());
        let readme = place(&section("new"), &readme, false).unwrap();
        assert!(readme.contains("new\r\n") && !readme.contains("old"), "{readme:?}");
    }
}
