//! What patterns and chapters say reaches every page as it is meant, or is reported.

use std::fs;

use crate::place::Place;
use crate::support::{Found, ONE, SMALL, findings, folder, patternbook, write};

/// Checks the small project with more files; expects `file:line:column rule` for each finding.
#[track_caller]
fn check(files: &[(&str, &str)], expected: &[&str]) {
    let project = folder(SMALL);
    for (path, text) in files {
        write(project.path(), path, text.as_bytes());
    }
    let run = patternbook(project.path(), &["check", "--format", "json"]);
    let place =
        |Found { path, line, column, rule, .. }: Found| format!("{path}:{line}:{column} {rule}");
    let found: Vec<String> = findings(&run).into_iter().map(place).collect();
    assert_eq!(found, expected, "{}", run.stdout);
}

/// Expects a pattern to be refused at `line:column`.
#[track_caller]
fn check_pattern(from: &str, to: &str, place: &str) {
    assert!(ONE.contains(from));
    let finding = format!("patterns/one.yaml:{place} invalid-value");
    check(&[("patterns/one.yaml", &ONE.replace(from, to))], &[&finding]);
}

const SUMMARY: &str = "# Summary\n\n[A](a.md)\n\n<!-- patternbook: guides -->\n";

#[test]
fn plain_text_is_text_on_every_page() {
    let project = folder(SMALL);
    let title = "title: Use <TOKEN> in `a_b` & <script>1</script> *here*\n";
    let pattern = ONE.replace("title: One\n", title)
        + "sections: [{title: <b>bold</b>, text: x}]\n"
        + "settings: [{name: A_B|C, meaning: x, secret: false}]\n"
        + "checked: {any-client: 1 <i>2</i> *3*}\n"
        + "flow:\n  participants: [<u>, b]\n  messages: [\"<u> -> b: say <s> *loud*\"]\n"
        + "troubleshooting: [{symptom: got <html>, causes: [{cause: x, fix: y}]}]\n"
        + "sources: [{observed: <em>1, claim: x}]\n";
    write(project.path(), "patterns/one.yaml", pattern.as_bytes());
    let run = patternbook(project.path(), &["build"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    let read =
        |path: &str| fs::read_to_string(project.path().join("dist/site").join(path)).unwrap();
    let page = read("guide/one.html");
    for shown in [
        "Use &lt;TOKEN&gt; in <code>a_b</code> &amp; &lt;script&gt;1&lt;/script&gt; *here*</h1>",
        "<title>Use &lt;TOKEN&gt; in a_b &amp; ",
        ">Use &lt;TOKEN&gt; in a_b &amp; &lt;script&gt;1&lt;/script&gt; *here*</a>",
        "&lt;b&gt;bold&lt;/b&gt;<a",
        "<td><code>A_B|C</code></td>",
        "any MCP client 1 &lt;i&gt;2&lt;/i&gt; *3*.",
        "<strong>&lt;u&gt; → b:</strong> say &lt;s&gt; *loud*",
        "got &lt;html&gt;<a",
        "Observed with &lt;em&gt;1: x",
    ] {
        assert!(page.contains(shown), "no {shown} in\n{page}");
    }
    assert!(read("search-index.json").contains("Use <TOKEN> in a_b & <script>1</script> *here*"));
    assert!(read("guide/index.html").contains("Use &lt;TOKEN&gt; in <code>a_b</code>"));
}

#[test]
fn a_file_name_is_shown_as_it_is_and_sets_no_flag() {
    let project = folder(SMALL);
    let name = r#"file-name: 'a" dont level="proven\ &amp;'"#;
    let pattern = ONE.replace("language: json", &format!("language: json\n    {name}"));
    write(project.path(), "patterns/one.yaml", pattern.as_bytes());
    let run = patternbook(project.path(), &["build"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    let page = fs::read_to_string(project.path().join("dist/site/guide/one.html")).unwrap();
    assert!(page.contains(r#"a" dont level="proven\ &amp;amp;"#), "{page}");
    assert!(!page.contains("data-level=\"proven\"") && !page.contains("code dont"), "{page}");
}

#[test]
fn the_front_matter_of_a_skill_holds_what_the_manifest_says() {
    let project = folder(SMALL);
    let manifest = format!(
        "{}skills: [{{name: \"true\", title: T, description: D, patterns: [one]}}]\n\
         bundle: {{name: b, version: 1.0.0, description: D, author: {{name: A}}, license: \"MIT: #x\"}}\n",
        SMALL[0].1
    );
    write(project.path(), "patternbook.yaml", manifest.as_bytes());
    let run = patternbook(project.path(), &["build"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    let skill = fs::read_to_string(project.path().join("skills/true/SKILL.md")).unwrap();
    assert!(skill.starts_with(
        "---\nname: \"true\"\ndescription: \"D\"\nlicense: \"MIT: #x\"\nmetadata:\n  generator: patternbook\n---\n"
    ));
}

#[test]
fn fields_of_one_line_have_one_line() {
    check_pattern("title: One", "title: \"a\\nb\"", "2:8");
    check_pattern("title: Config", "title: \"a\\nb\"", "6:12");
    check_pattern("language: json", "language: json\n    file-name: a`b", "8:16");
    check_pattern("examples:", "sources: [{url: \"javascript:x\", claim: x}]\nexamples:", "4:17");
}

#[test]
fn a_summary_without_a_place_for_the_guides_is_an_error() {
    let summary = "# Summary\n\n[A](a.md)\n";
    check(
        &[("book/src/SUMMARY.md", summary), ("book/src/a.md", "# A\n")],
        &["book/src/SUMMARY.md:1:1 book-summary"],
    );
}

#[test]
fn without_a_summary_the_guides_title_stays() {
    let project = folder(SMALL);
    let run = patternbook(project.path(), &["build"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    let page = fs::read_to_string(project.path().join("dist/site/guide/one.html")).unwrap();
    assert!(page.contains("<p class=\"part\">Guide</p>"), "{page}");
}

#[test]
fn a_chapter_at_the_address_of_another_page_is_an_error() {
    check(
        &[("book/src/guide/one.md", "# Mine\n"), ("book/src/guide/README.md", "# Mine\n")],
        &[
            "book/src/guide/README.md:1:1 book-collision",
            "book/src/guide/one.md:1:1 book-collision",
        ],
    );
    check(&[("book/src/404.md", "# Mine\n")], &["book/src/404.md:1:1 book-collision"]);
    check(
        &[("book/src/index.md", "# A\n"), ("book/src/README.md", "# B\n")],
        &["book/src/index.md:1:1 book-collision"],
    );
    check(
        &[("book/src/search-index.json", "[]"), ("book/src/guide/one.html", "x")],
        &["patternbook.yaml:1:1 book-collision", "patternbook.yaml:1:1 book-collision"],
    );
}

#[test]
fn a_pattern_with_the_address_of_its_guide_is_an_error() {
    let manifest = SMALL[0].1.replace("[one]", "[one, index]");
    check(
        &[
            ("patternbook.yaml", &manifest),
            ("patterns/index.yaml", &ONE.replace(": one", ": index")),
        ],
        &["patternbook.yaml:7:43 book-collision"],
    );
}

#[test]
fn dead_links_of_chapters_and_of_the_manifest_are_reported() {
    let chapter = "# A\n\n[x](pattern:nope) [y](pattern:one#z) [z](b.md)\n\
                   [g](guide/one.md) [h](https://x.y/b.md) [i](#j) ![k](k.svg) [l](guide/)\n";
    let manifest = SMALL[0].1.replace("All of it.", "All of [it](pattern:nope).")
        + "skills: [{name: s, title: T, description: D, intro: \"[a](pattern:nope)\", patterns: [one]}]\n";
    check(
        &[
            ("book/src/SUMMARY.md", SUMMARY),
            ("book/src/a.md", chapter),
            ("patternbook.yaml", &manifest),
        ],
        &[
            "patternbook.yaml:6:21 unknown-reference",
            "patternbook.yaml:8:53 unknown-reference",
            "book/src/a.md:3:1 unknown-reference",
            "book/src/a.md:3:19 book-anchor",
            "book/src/a.md:3:38 book-link",
            "book/src/a.md:4:41 book-anchor",
            "book/src/a.md:4:49 book-link",
        ],
    );
}

#[test]
fn a_link_to_a_pattern_in_no_guide_is_its_words() {
    let project = folder(SMALL);
    write(project.path(), "patterns/one.yaml", format!("{ONE}related: [two]\n").as_bytes());
    let two = ONE.replace(": one", ": two").replace("title: One", "title: Two");
    write(project.path(), "patterns/two.yaml", two.as_bytes());
    let run = patternbook(project.path(), &["build"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    let page = fs::read_to_string(project.path().join("dist/site/guide/one.html")).unwrap();
    assert!(page.contains("<li>Two: The only one.</li>"), "{page}");
}

#[test]
fn a_skill_names_what_stands_in_another_one() {
    let project = folder(SMALL);
    let manifest = format!(
        "{}skills:\n\
         \x20 - {{name: s, title: T, description: D, intro: \"[B](pattern:two)\", patterns: [one]}}\n\
         \x20 - {{name: other, title: O, description: D, patterns: [one, two]}}\n",
        SMALL[0].1
    );
    write(project.path(), "patternbook.yaml", manifest.as_bytes());
    let answer = "answer: \"[A](pattern:one), [B](pattern:two#x), [again](pattern:two), [C](pattern:three)\"\n";
    write(project.path(), "patterns/one.yaml", format!("{ONE}{answer}").as_bytes());
    for (id, title) in [("two", "Two"), ("three", "Three")] {
        let text = ONE
            .replace(": one", &format!(": {id}"))
            .replace("title: One", &format!("title: {title}"));
        write(project.path(), &format!("patterns/{id}.yaml"), text.as_bytes());
    }
    let run = patternbook(project.path(), &["build"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    let line = |path: &str, number: usize| {
        let text = fs::read_to_string(project.path().join("skills").join(path)).unwrap();
        text.lines().nth(number).unwrap().to_owned()
    };
    assert_eq!(
        line("s/references/one.md", 4),
        "[A](one.md), B (skill `other`, `two`), again (`two`), C"
    );
    assert_eq!(
        line("other/references/one.md", 4),
        "[A](one.md), [B](two.md#x), [again](two.md), C"
    );
    assert_eq!(line("s/SKILL.md", 9), "B (skill `other`, `two`)");
}

#[test]
fn a_broken_template_is_named() {
    let project = folder(SMALL);
    write(project.path(), "templates/site/page.html", b"a\n{{ nothing }}");
    let run = patternbook(project.path(), &["build"]);
    assert!(
        run.stderr.contains("cannot use the templates: templates/site/page.html:2:4: "),
        "{}",
        run.stderr
    );
    write(project.path(), "templates/book/facts.md", b"a\n {{ title | shout }}");
    let run = patternbook(project.path(), &["build"]);
    let message = "templates/book/facts.md:2:13: Unknown filter `shout`\n";
    assert!(run.stderr.ends_with(message), "{}", run.stderr);
    write(project.path(), "templates/site/page.html", b"a\xff");
    let run = patternbook(project.path(), &["build"]);
    let message = "`templates/site/page.html` is not UTF-8 from byte 1 on";
    assert!(run.stderr.contains(message), "{}", run.stderr);
}

#[test]
fn a_badge_tells_how_far_an_example_is_proven() {
    let tests = "<p>Run, and it must hold:</p><ul><li>the right key opens</li><li>a wrong key does not</li>\
                 <li>others cannot read the state</li></ul><p>Changed on purpose, and a test must fail:</p><ul>\
                 <li>without <code>umask</code> fails: others cannot read the state</li>\
                 <li>without <code>exit 1</code> fails: a wrong key does not</li>\
                 <li>with <code>exit 1</code> changed to <code>true</code> fails: a wrong key does not</li>\
                 <li>with the code of one of the pattern’s don’ts, fails: a wrong key does not</li></ul>";
    let again = "<p>Again, where <code>patternbook.yaml</code> is: <code>patternbook test gate/script</code></p></details>";
    let place = crate::test::proven();
    let page = page_of(&place);
    let badge = "<details class=\"proof\"><summary><span class=\"level\" data-level=\"proven\">proven</span> \
                 by 3 tests and 4 changes on purpose, <time>20";
    for shown in [
        badge,
        tests,
        "<p>With bash ",
        again,
        "data-level=\"ran\">ran</span> by 1 test, <time>20",
        "<p class=\"proof\"><span class=\"level\" data-level=\"shown\">shown</span> only: nothing checks it</p>",
        "Examples: <span class=\"level\" data-level=\"proven\">1 proven</span> \
         <span class=\"level\" data-level=\"ran\">1 ran</span> \
         <span class=\"level\" data-level=\"shown\">1 shown</span>, last run on <time>20",
        "1 don’t with code, ",
    ] {
        assert!(page.contains(shown), "no {shown} in\n{page}");
    }
    // What claims no level may go without a run; the badge does not hide it.
    let gate = place.read("patterns/gate.yaml").unwrap();
    let gate = gate.replace("    level: proven\n", "").replace("    level: ran\n", "");
    place.write("patterns/gate.yaml", &gate.replace("echo open\n", "echo  open\n"));
    let page = page_of(&place);
    let version = env!("CARGO_PKG_VERSION");
    let unrun = "data-level=\"parsed\">parsed</span> as bash</summary><p>By the parser in patternbook {}.</p>\
                 <p>The ledger shows no run of its tests as they are now.</p>";
    let unrun = unrun.replace("{}", version);
    assert!(page.contains(&format!("{unrun}{tests}{again}")), "{page}");
}

/// Builds the project that holds; its page with every kind of badge.
#[track_caller]
fn page_of(place: &Place) -> String {
    let run = place.run(&["build"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    place.read("dist/site/guide/gate.html").unwrap()
}
