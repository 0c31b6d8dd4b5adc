//! Markdown documents beside a skill's or a plugin's own: references, READMEs, documentation.

use super::{Document, Place, links, unit};
use crate::diagnostic::{Finding, Profile, Rule, Severity};
use crate::markdown::Link;

static DEEP_REFERENCE: Rule = Rule {
    id: "skill-deep-reference",
    severity: Severity::Warning,
    profile: Profile::Any,
    summary: "a reference that only another reference names",
    explanation: "Of a file that is named by a reference, agents often read the first lines only, or nothing: the \
        instructions in `SKILL.md` are what they follow. Keep references one level deep: name every file in `SKILL.md` \
        itself, with when to read it.\n\nSource: Agent Skills specification, file references; Anthropic, skill authoring \
        best practices.",
};

pub(super) static OUTSIDE_PATH: Rule = Rule {
    id: "skill-outside-path",
    severity: Severity::Warning,
    profile: Profile::Spec,
    summary: "a path that leads out of the skill",
    explanation: "A skill is a folder that is copied, packed or uploaded alone. What is above it or beside it does not \
        come along, so the path leads to nothing where the skill is used. Copy the file in; to send the agent to \
        another skill, say its name.\n\nSource: Agent Skills specification, directory structure.",
};

/// The rules that [`lint`] can find broken.
pub static RULES: &[&Rule] = &[&DEEP_REFERENCE, &OUTSIDE_PATH];

/// Appends what is wrong with how a Markdown document of no kind refers to the files around
/// it, if it belongs to a skill or a plugin.
pub fn lint(document: &Document<'_>, links: &[Link], found: &mut Vec<Finding>) {
    let Some(place) = &document.place else { return };
    if !links::concerns(place) {
        return;
    }
    links::check(document, links, found);
    if let Some(root) = unit::skill_root(place) {
        check_outside(place, &root, links, found);
        check_depth(place, &root, links, found);
    }
}

/// Every rule that [`lint`] can find broken.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    RULES.iter().chain(links::RULES).copied()
}

/// Finds links that lead out of a skill.
pub(super) fn check_outside(
    place: &Place<'_>,
    root: &str,
    links: &[Link],
    found: &mut Vec<Finding>,
) {
    for local in links::local_links(place, links) {
        let is_inside =
            local.path.is_some_and(|path| path == root || unit::below(&path, root).is_some());
        if !is_inside {
            let message = format!("`{}` is not in the skill", local.link.destination);
            let finding = Finding::new(&OUTSIDE_PATH, local.link.range.clone(), message);
            found.push(finding.help("copy the file into the skill, or say the skill's name"));
        }
    }
}

fn check_depth(place: &Place<'_>, root: &str, links: &[Link], found: &mut Vec<Finding>) {
    let Some(skill) = place.neighbours.text(&unit::under(root, unit::SKILL)) else { return };
    for local in links::local_links(place, links) {
        let Some(path) = local.path.filter(|path| path != place.path) else { continue };
        let Some(inside) = unit::below(&path, root) else { continue };
        let is_reference = inside.ends_with(".md") && inside != unit::SKILL;
        let is_there = place.neighbours.entry(&path).is_some();
        if is_reference && is_there && !skill.contains(inside) {
            let message = format!("`SKILL.md` does not name `{inside}`");
            let finding = Finding::new(&DEEP_REFERENCE, local.link.range.clone(), message);
            found.push(finding.help("name the file in `SKILL.md`, with when to read it"));
        }
    }
}
