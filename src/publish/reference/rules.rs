//! The book's pages of rules: one for each group, and the list that leads to them.

use std::fmt::Write as _;

use super::NOTICE;
use crate::check::{self, CHECKERS};
use crate::diagnostic::{Profile, Rule};
use crate::inspect::examples::{self, Example, ExampleFile};
use crate::lint::patterns::pattern_of;
use crate::render::markdown::{self, cell};
use crate::source::bidi;
use crate::value::yaml;
use crate::{inspect, model, verify};

/// Rules that are explained on one page.
struct Group {
    /// The name of the page.
    name: &'static str,
    /// The heading of the page.
    title: &'static str,
    /// What such rules look at.
    intro: &'static str,
    /// Tells whether a rule is one of them.
    holds: fn(&Rule) -> bool,
}

/// Every group, in the order of the book. A rule belongs to the first that holds it.
static GROUPS: &[Group] = &[
    Group {
        name: "languages",
        title: "Rules of languages",
        intro: "What a parser would refuse, in a fence of Markdown, in an example, or in a file.",
        holds: is_of_language,
    },
    Group {
        name: "mcp",
        title: "Rules of MCP configurations",
        intro: "What Claude Code refuses or misreads in a `.mcp.json`, and what gives a credential away.",
        holds: |rule| has_prefix(rule, &["mcp"]),
    },
    Group {
        name: "scripts",
        title: "Rules of helpers and shell scripts",
        intro: "What a `headersHelper` gets wrong, and what any script does to a secret.",
        holds: |rule| has_prefix(rule, &["helper", "shell", "literal"]),
    },
    Group {
        name: "skills",
        title: "Rules of skills",
        intro: "What keeps an agent from finding, loading or following a skill.",
        holds: |rule| has_prefix(rule, &["skill", "link"]),
    },
    Group {
        name: "plugins",
        title: "Rules of plugins",
        intro: "What keeps a plugin of Claude Code, or a marketplace of them, from working where others install it.",
        holds: |rule| {
            let prefixes = ["plugin", "marketplace", "hook", "agent", "command", "settings"];
            let others = ["front-matter-colon", "unknown-model", "unknown-tool"];
            has_prefix(rule, &prefixes) || others.contains(&rule.id)
        },
    },
    Group {
        name: "proofs",
        title: "Rules of proofs",
        intro: "What an example claims, and what its tests and mutations show.",
        holds: is_of_proof,
    },
    Group {
        name: "projects",
        title: "Rules of files, projects and patterns",
        intro: "What is wrong with a file as such, with its fields, or with what the files of a project say of each \
            other.",
        holds: |_| true,
    },
];

/// Writes the list of all rules, which leads to their pages.
pub fn rules_index(rules: &[&'static Rule]) -> String {
    let mut page = format!("{NOTICE}\n\n# Rules\n\n{}\n", INTRO.trim());
    for group in GROUPS {
        write!(page, "\n## [{}](rules/{}.md)\n\n{}\n\n", group.title, group.name, group.intro)
            .expect("strings take any text");
        page.push_str("| rule | severity | profile | what is wrong |\n|---|---|---|---|\n");
        for rule in of_group(group, rules) {
            let (severity, profile) = (rule.severity.name(), rule.profile.name());
            writeln!(page, "| {} | {severity} | {profile} | {} |", link(rule), cell(rule.summary))
                .expect("strings take any text");
        }
    }
    page
}

/// Writes the page of each group: its path below the folder of the list, and its text.
pub fn rules_pages(rules: &[&'static Rule]) -> Vec<(String, String)> {
    let page = |group: &Group| {
        let mut page = format!("{NOTICE}\n\n# {}\n\n{}\n", group.title, group.intro);
        for rule in of_group(group, rules) {
            write_rule(&mut page, rule);
        }
        (format!("rules/{}.md", group.name), page)
    };
    GROUPS.iter().map(page).collect()
}

/// Writes a link to a rule, for a page beside the list.
pub fn link(rule: &Rule) -> String {
    format!("[`{}`]({})", rule.id, address(rule))
}

/// Where the book explains a rule, from the folder of the list: a page and an anchor.
pub fn address(rule: &Rule) -> String {
    format!("rules/{}.md#{}", group(rule).name, rule.id)
}

fn group(rule: &Rule) -> &'static Group {
    GROUPS.iter().find(|group| (group.holds)(rule)).expect("the last group holds every rule")
}

fn of_group<'a>(
    wanted: &'a Group,
    rules: &'a [&'static Rule],
) -> impl Iterator<Item = &'static Rule> + 'a {
    rules.iter().copied().filter(|rule| group(rule).name == wanted.name)
}

fn has_prefix(rule: &Rule, prefixes: &[&str]) -> bool {
    rule.id.split_once('-').is_some_and(|(first, _)| prefixes.contains(&first))
}

fn is_of_language(rule: &Rule) -> bool {
    let own = [&check::UNKNOWN_LANGUAGE, &check::EMPTY_SNIPPET];
    let checked = CHECKERS.iter().flat_map(|checker| checker.rules());
    checked.chain(yaml::RULES).chain(&own).any(|known| known.id == rule.id)
}

fn is_of_proof(rule: &Rule) -> bool {
    let examples = [
        &inspect::rules::LEVEL_NOT_REACHED,
        &inspect::rules::NOT_PROVEN,
        &inspect::rules::MUTATION_BREAKS_CODE,
        &inspect::rules::DONT_NOT_FLAGGED,
        &model::rules::TEST_DEFINITION,
        &model::rules::MUTATION_CHANGES_NOTHING,
        &model::rules::MUTATION_PROVES_NOTHING,
    ];
    verify::rules::RULES.iter().chain(&examples).any(|known| known.id == rule.id)
}

fn write_rule(page: &mut String, rule: &Rule) {
    let profile = match rule.profile {
        Profile::Any => String::new(),
        profile => format!(", with the profile `{}`", profile.name()),
    };
    write!(
        page,
        "\n## {}\n\n*{}{profile}:* {}.\n\n{}\n",
        rule.id,
        rule.severity.name(),
        rule.summary,
        rule.explanation
    )
    .expect("strings take any text");
    if let Some(pattern) = pattern_of(rule.id) {
        writeln!(page, "\nSee: [`{pattern}`](pattern:{pattern})").expect("strings take any text");
    }
    match examples::of(rule.id) {
        Some(example) if includes(&example) => writeln!(
            page,
            "\nNo page of a book can show this; `patternbook explain {}` does.",
            rule.id
        )
        .expect("strings take any text"),
        // What is wrong there would be found on this page too.
        Some(example) => write_example(page, &example, Some("text")),
        None => {}
    }
}

/// Tells whether an example holds what mdBook would read on a page, even in a fence.
fn includes(example: &Example) -> bool {
    example.parts().any(|(_, files)| files.iter().any(|file| file.text.contains("{{#")))
}

/// Writes the files of an example as Markdown; those that break the rule are labelled as
/// `bad_language`, if it is given.
pub fn write_example(page: &mut String, example: &Example, bad_language: Option<&str>) {
    for (title, files) in example.parts() {
        for file in files {
            let is_bad = std::ptr::eq(files, example.bad.as_slice());
            let language = bad_language.filter(|_| is_bad).unwrap_or(&file.language);
            let fence = markdown::fence(language, &bidi::show(&file.text));
            write!(page, "\n{}:\n\n{fence}\n", heading(title, &format!("`{}`", file.path), file))
                .expect("strings take any text");
        }
    }
}

/// What stands above a file of an example.
pub fn heading(title: &str, path: &str, file: &ExampleFile) -> String {
    let executable = if file.is_executable { ", executable" } else { "" };
    format!("{title}, {path}{executable}")
}

const INTRO: &str = "
`patternbook explain RULE` prints the same in a terminal. Ids are permanent. An *error* makes the exit status 1; a
*warning* does not. A rule with a profile holds for that reading of the format, and `patternbook check --profile` asks
for one; a rule of *any* holds for all.";
