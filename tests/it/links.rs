//! Links of a project's pages: each leads to a page, and to a heading that is there.

use crate::support::{Found, ONE, Run, SMALL, findings, folder, patternbook, write};

/// Checks a small project with more files, and expects `path:line:column rule: help` for each
/// finding.
#[track_caller]
fn check(files: &[(&str, &str)], expected: &[&str]) {
    let project = folder(SMALL);
    for (path, text) in files {
        write(project.path(), path, text.as_bytes());
    }
    let run = patternbook(project.path(), &["check", "--format", "json"]);
    assert_eq!(lines(&run), expected, "{}", run.stdout);
    let built = patternbook(project.path(), &["build"]).status;
    assert_eq!(built, i32::from(!expected.is_empty()));
}

/// Each finding of a report as `path:line:column rule: help`.
fn lines(run: &Run) -> Vec<String> {
    let line = |Found { path, line, column, rule, help, .. }: Found| {
        format!("{path}:{line}:{column} {rule}: {help}")
    };
    findings(run).into_iter().map(line).collect()
}

const SUMMARY: &str = "# S\n\n[A](a.md)\n[B](b/c.md)\n\n<!-- patternbook: guides -->\n";

#[test]
fn an_anchor_of_a_pattern_must_be_that_of_a_heading() {
    let pattern = ONE.to_owned()
        + "steps:\n  - text: |\n      Do it.\n\n      See [below](pattern:one#security), [x](#nowhere).\n\
           security: [\"Also [wide](pattern:one#stepps).\"]\n\
           sections:\n  - title: Own {#words}\n    text: See [the file](#own-words).\n";
    check(
        &[("patterns/one.yaml", &pattern)],
        &[
            "patterns/one.yaml:14:42 book-anchor: write one of `#config`, `#examples`, `#one`, \
             `#own-words`, `#security`, `#steps`, or take `#nowhere` out",
            "patterns/one.yaml:15:12 book-anchor: did you mean `#steps`?",
        ],
    );
}

#[test]
fn anchors_of_questions_guides_and_skills_are_checked() {
    let choose = "questions:\n  - id: a\n    question: A?\n    text: \"[x](pattern:one#exmples)\"\n\
                  \x20   answers:\n      - answer: B\n        because: \"[y](#question-a) [z](#question-aa)\"\n        patterns: [one]\n\
                  \x20     - answer: C\n        patterns: [one]\n";
    let manifest = SMALL[0].1.replace("All of it.", "All of [it](pattern:one#confg).")
        + "skills: [{name: s, title: T, description: D, intro: \"[a](pattern:one#exampls)\", patterns: [one]}]\n";
    check(
        &[("choose.yaml", choose), ("patternbook.yaml", &manifest)],
        &[
            "patternbook.yaml:6:21 book-anchor: did you mean `#config`?",
            "patternbook.yaml:8:53 book-anchor: did you mean `#examples`?",
            "choose.yaml:4:11 book-anchor: did you mean `#examples`?",
            "choose.yaml:7:18 book-anchor: did you mean `#question-a`?",
        ],
    );
}

#[test]
fn links_in_and_between_chapters_lead_to_pages_and_headings() {
    let a = "# A\n\n## Two words\n\n[own](#two-words) [c](b/c.md#deep) [top](#top) [raw](#raw.id)\n\n\
             <a id=\"raw.id\"></a>\n\n[1](#two) [2](b/c.html#depe)\n\n[3](c.md) [4](guide/one.md#config)\n\n\
             [5](guide/one.md#confg) [6](one.md) [7](draft.md) [8](somewhere/else.md)\n";
    let c = "# C\n\n### Deep\n\n[a](../a.md#two-words-1) [a](../b.md)\n";
    check(
        &[
            ("book/src/SUMMARY.md", SUMMARY),
            ("book/src/a.md", a),
            ("book/src/b/c.md", c),
            ("book/src/draft.md", "# D\n"),
        ],
        &[
            "book/src/a.md:9:1 book-anchor: write one of `#a`, `#raw.id`, `#two-words`, or take `#two` out",
            "book/src/a.md:9:11 book-anchor: did you mean `#deep`?",
            "book/src/a.md:11:1 book-link: did you mean `b/c.md`? Or take the link out",
            "book/src/a.md:13:1 book-anchor: did you mean `#config`?",
            "book/src/a.md:13:25 book-link: write `pattern:one`: it holds wherever the pattern's page stands",
            "book/src/a.md:13:37 book-link: name `draft.md` in `book/src/SUMMARY.md`, or take the link out",
            "book/src/a.md:13:51 book-link: name a chapter of `book/src/SUMMARY.md` or a file below \
             `book/src/`, or take the link out",
            "book/src/b/c.md:5:1 book-anchor: did you mean `#two-words`?",
            "book/src/b/c.md:5:26 book-link: did you mean `../a.md`? Or take the link out",
        ],
    );
}

#[test]
fn what_a_template_of_the_project_links_is_checked_in_the_template() {
    let pattern =
        "# {{ title | text }}\n\n## How\n\n[a](#how)\n\n[b](#hwo) [c](gone.md)\n\n{{ answer }}\n";
    let one = ONE.to_owned() + "answer: See [it](#config).\n";
    check(
        &[("templates/book/pattern.md", pattern), ("patterns/one.yaml", &one)],
        &[
            "patterns/one.yaml:10:13 book-anchor: write one of `#how`, `#one`, or take `#config` out",
            "templates/book/pattern.md:7:5 book-anchor: did you mean `#how`?",
            "templates/book/pattern.md:7:15 book-link: lead it to a page of the book, or take it out",
        ],
    );
}

#[test]
fn what_a_pattern_that_cannot_be_read_may_hold_is_not_called_missing() {
    let manifest = SMALL[0].1.replace("[one]", "[one, two, three]");
    let links = "[1](guide/two.md#config) [2](guide/three.html#config) [3](pattern:three#config)\n\n\
                 [4](compare.md#anything) [5](guide/index.md#more) [6](files/two/a.sh)\n\n\
                 [7](b/d.md) [8](pattern:one#confg) [9](#hwo)\n\n## How\n";
    let project = folder(SMALL);
    for (path, text) in [
        ("patternbook.yaml", manifest.as_str()),
        ("patterns/two.yaml", "id: two\ntitle: \"Two\n"),
        ("patterns/three.yaml", "id: three\ntitle: 3\nsummary: []\n"),
        ("book/src/SUMMARY.md", SUMMARY),
        ("book/src/a.md", links),
        ("book/src/b/c.md", "# C\n"),
    ] {
        write(project.path(), path, text.as_bytes());
    }
    let run = patternbook(project.path(), &["check", "--format", "json"]);
    let of_chapter = lines(&run).into_iter().filter(|found| found.starts_with("book/"));
    assert_eq!(
        of_chapter.collect::<Vec<_>>(),
        [
            "book/src/a.md:5:1 book-link: did you mean `b/c.md`? Or take the link out",
            "book/src/a.md:5:13 book-anchor: did you mean `#config`?",
            "book/src/a.md:5:36 book-anchor: did you mean `#how`?",
        ],
        "{}",
        run.stdout
    );
}

#[test]
fn no_page_is_called_missing_that_an_unread_manifest_or_path_of_choices_may_make() {
    for (path, text) in [("patternbook.yaml", "title: [\n"), ("choose.yaml", "questions: [\n")] {
        let project = folder(SMALL);
        write(project.path(), path, text.as_bytes());
        write(project.path(), "book/src/SUMMARY.md", SUMMARY.as_bytes());
        let chapter = "# A\n\n[1](guide/one.md#config) [2](choose.md#question-a) [3](#b)\n";
        write(project.path(), "book/src/a.md", chapter.as_bytes());
        write(project.path(), "book/src/b/c.md", b"# C\n");
        let run = patternbook(project.path(), &["check", "--format", "json"]);
        let found: Vec<String> = findings(&run)
            .into_iter()
            .map(|found| format!("{} {}", found.path, found.rule))
            .collect();
        let mut expected = [format!("{path} yaml-syntax"), "book/src/a.md book-anchor".to_owned()];
        expected.sort_by_key(|line| line.starts_with("choose"));
        assert_eq!(found, expected);
    }
}

#[test]
fn what_a_template_puts_together_is_reported_each_at_its_place() {
    let facts = "{{ id }}\n";
    let pattern = "# {{ title | text }}\n\n[a](../{{ id }}/x.md) [b]({{ id }}.md#{{ id }}-x)\n\n\
                   {% set near = \"[d](no\" %}{{ near }}ne.md) {{ near }}where.md)\n";
    let leads = "book-link: lead it to a page of the book, or take it out";
    check(
        &[("templates/book/facts.md", facts), ("templates/book/pattern.md", pattern)],
        &[
            &format!("templates/book/pattern.md:3:5 {leads}"),
            "templates/book/pattern.md:3:27 book-anchor: did you mean `#one`?",
            // Both are somewhere in the templates.
            &format!("templates/book/facts.md:1:1 {leads}"),
            &format!("templates/book/facts.md:1:1 {leads}"),
        ],
    );
}
