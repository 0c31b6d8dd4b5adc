//! Tests of the site as a whole.

use std::collections::BTreeSet;

use mdbook_driver::book::{Book, BookItem, Chapter};
use mdbook_driver::config::Config;

use super::{Highlighter, HtmlRenderer, Theme, description, markdown};
use crate::markdown::anchors::anchors;
use crate::publish::tree::FileTree;

fn chapter(name: &str, path: &str, markdown: &str) -> BookItem {
    Chapter::new(name, markdown.to_owned(), path, Vec::new()).into()
}

fn render(items: Vec<BookItem>) -> FileTree {
    let renderer = HtmlRenderer::new(Theme::built_in());
    renderer.render_book(&Book::new_with_items(items), &Config::default()).unwrap()
}

fn page<'a>(files: &'a FileTree, path: &str) -> &'a str {
    str::from_utf8(&files[path]).unwrap()
}

#[test]
fn site_has_pages_assets_and_an_entrance() {
    let files = render(vec![chapter("A", "a/b.md", "text"), chapter("C", "c.md", "text")]);
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    let pages: Vec<&str> =
        names.iter().copied().filter(|name| !name.starts_with("assets/")).collect();
    let lists = ["index.html", "llms-full.txt", "llms.txt", "search-index.json"];
    let texts = ["404.html", "a/b.html", "a/b.md", "c.html", "c.md"];
    assert_eq!(pages, [&texts[..], &lists[..]].concat());
    assert_eq!(names.len() - pages.len(), 3);
    assert!(page(&files, "index.html").contains("href=\"a/b.html\""));
}

#[test]
fn every_link_leads_to_a_file_and_is_relative_but_on_the_page_that_is_shown_anywhere() {
    let files = render(vec![
        chapter("A", "README.md", "[d](deep/d.md)"),
        chapter("B", "deep/b.md", "[a](../README.md)"),
        chapter("D", "deep/d.md", "text"),
    ]);
    for (path, bytes) in files.iter().filter(|(path, _)| path.ends_with(".html")) {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for link in str::from_utf8(bytes).unwrap().split(" href=\"").skip(1) {
            let link = link.split(['"', '#']).next().unwrap();
            if link.is_empty() || link.starts_with("data:") {
                continue;
            }
            let up = if path == "404.html" { "/" } else { "../" };
            let target = match link.strip_prefix(up) {
                Some(up) => up.to_owned(),
                None if folder.is_empty() => link.to_owned(),
                None => format!("{folder}/{link}"),
            };
            assert!(files.contains_key(&target), "{path} links to {link}");
        }
    }
}

#[test]
fn markup_in_titles_is_text() {
    let files = render(vec![
        BookItem::PartTitle("<script>1</script>".to_owned()),
        chapter("<script>2</script>", "a.md", "text"),
        chapter("B", "b.md", "## `<script>3</script>`\n"),
    ]);
    for path in ["a.html", "b.html"] {
        let html = page(&files, path);
        assert!(html.contains("&lt;script&gt;1") && html.contains("&lt;script&gt;2"), "{html}");
        assert!(!html.contains("<script>"), "{html}");
    }
}

#[test]
fn pages_have_no_inline_style_or_script() {
    let files = render(vec![chapter("A", "a.md", "|a|\n|-:|\n|1|\n\n```json dont\n{}\n```\n")]);
    for (path, bytes) in files.iter().filter(|(path, _)| path.ends_with(".html")) {
        let html = str::from_utf8(bytes).unwrap();
        for forbidden in [" style=", "<style", " onclick=", "<script>", "javascript:"] {
            assert!(!html.contains(forbidden), "{path} has {forbidden}");
        }
    }
}

#[test]
fn chapter_without_title_gets_one() {
    let files = render(vec![chapter("A", "a.md", "text"), chapter("B", "b.md", "# C\n")]);
    assert!(page(&files, "a.html").contains("<h1>A</h1>"));
    assert_eq!(page(&files, "b.html").matches("<h1").count(), 1);
}

#[test]
fn same_book_gives_same_bytes() {
    let book = || {
        let code = "```json\n{\"a\": 1}\n```\n";
        (0..40).map(|n| chapter("A", &format!("{n}.md"), code)).collect::<Vec<_>>()
    };
    assert_eq!(render(book()), render(book()));
}

#[test]
fn large_book_has_a_page_with_all_chapters() {
    let chapters = (0..200).map(|n| chapter(&n.to_string(), &format!("{n}.md"), ""));
    let files = render(chapters.collect());
    assert_eq!(page(&files, "all-chapters.html").matches("<li>").count(), 200);
}

#[test]
fn missing_page_finds_its_assets_from_the_sites_address() {
    let mut config = Config::default();
    config.set("output.patternbook.site-url", "/docs").unwrap();
    let renderer = HtmlRenderer::new(Theme::built_in());
    let files = renderer.render_book(&Book::new(), &config).unwrap();
    assert!(page(&files, "404.html").contains("href=\"/docs/assets/style-"));

    let ways = ["a.md", "symptoms.md", "choose.md"].map(|path| chapter(path, path, ""));
    let files = render(ways.into());
    let html = page(&files, "404.html");
    assert!(html.contains("href=\"/assets/style-") && html.contains("data-root=\"/\""), "{html}");
    for way in ["/symptoms.html\">symptoms.md", "/choose.html\">choose.md", "/index.html"] {
        assert!(html.contains(&format!("<a href=\"{way}")), "{html}");
    }
    assert!(!html.contains("/a.html"), "{html}");

    config.set("output.patternbook.site-url", 1).unwrap();
    let error = renderer.render_book(&Book::new(), &config).unwrap_err().to_string();
    assert!(error.contains("cannot use `output.patternbook.site-url`"), "{error}");
}

#[test]
fn agents_find_every_page_as_markdown() {
    let mut config = Config::default();
    config.set("book.title", "T").unwrap();
    config.set("output.patternbook.site-url", "https://docs.example").unwrap();
    let renderer = HtmlRenderer::new(Theme::built_in());
    let chapters = vec![
        chapter("A", "README.md", "First words.\n\n[b](deep/b.md#x)"),
        BookItem::PartTitle("P".to_owned()),
        chapter("B", "deep/b.md", "# B\n\n[a](../README.md)"),
    ];
    let files = renderer.render_book(&Book::new_with_items(chapters), &config).unwrap();
    let list = "# T\n\nEach page is Markdown; [all of them](https://docs.example/llms-full.txt) \
                are one file, too.\n\n## Start\n\n\
                - [A](https://docs.example/index.md): First words.\n\n## P\n\n\
                - [B](https://docs.example/deep/b.md): a\n";
    assert_eq!(page(&files, "llms.txt"), list);
    assert_eq!(page(&files, "index.md"), "# A\n\nFirst words.\n\n[b](deep/b.md#x)\n");
    assert!(page(&files, "llms-full.txt").contains("\n# B\n\n[a](index.md)\n"));
    assert!(page(&files, "deep/b.html").contains("type=\"text/markdown\" href=\"b.md\">"));
    assert!(
        page(&files, "deep/b.html").contains("canonical\" href=\"https://docs.example/deep/b.html")
    );
    assert_eq!(page(&files, "sitemap.xml").matches("<loc>").count(), 2);
}

#[test]
fn page_ends_with_its_facts_and_the_way_to_change_it() {
    let mut config = Config::default();
    for (key, value) in [
        ("output.html.edit-url-template", "https://git.example/edit/{path}"),
        ("output.html.git-repository-url", "https://git.example/<book>"),
        ("output.patternbook.version", "1.2.3"),
        ("output.patternbook.proven", "2026-11-21"),
    ] {
        config.set(key, value).unwrap();
    }
    let written = chapter("A", "a.md", "");
    let mut made = Chapter::new("B", String::new(), "b.md", Vec::new());
    made.source_path = None;
    let renderer = HtmlRenderer::new(Theme::built_in());
    let book = Book::new_with_items(vec![written, made.into()]);
    let files = renderer.render_book(&book, &config).unwrap();
    let end = |path: &str| {
        let (_, end) = page(&files, path).split_once("<footer class=\"page-end\">").unwrap();
        end.split_once("</footer>").unwrap().0.to_owned()
    };
    let edit = "\n<p><a href=\"https://git.example/edit/src/a.md\">Edit this page</a></p>";
    let facts = "\n<p>Version 1.2.3, examples last run on <time>2026-11-21</time></p>\n\
                 <p><a href=\"https://git.example/&lt;book&gt;\">Repository</a></p>\n";
    assert_eq!(end("a.html"), format!("{edit}{facts}"));
    // Without a file of its own there is nothing to edit.
    assert_eq!(end("b.html"), facts);
}

#[test]
fn broken_template_is_an_error_with_its_place() {
    let mut theme = Theme::built_in();
    theme.files.insert("page.html".to_owned(), "a\n{{ nothing }}".to_owned());
    let book = Book::new_with_items(vec![chapter("A", "a.md", "")]);
    let error = HtmlRenderer::new(theme).render_book(&book, &Config::default()).unwrap_err();
    let message = error.to_string();
    assert!(
        message.starts_with("cannot use the templates: templates/site/page.html:2:4: "),
        "{message}"
    );
}

#[test]
fn description_is_cut_between_words() {
    assert_eq!(description("a\n b  c "), "a b c");
    let long = description(&"word ".repeat(60));
    assert!(long.ends_with("word …"), "{long}");
    assert!(long.chars().count() <= 160);
}

#[test]
fn a_link_that_a_browser_would_run_keeps_its_words_alone() {
    #[track_caller]
    fn check(markdown: &str, expected: &str) {
        let html = markdown::render(markdown, "", &Highlighter::default()).html;
        assert_eq!(html, format!("<p>{expected}</p>\n"));
    }
    check("[*a*](javascript:b) ![c](vbscript:d)", "<a><em>a</em></a> c");
    check("<javascript:b> [a](JAVA&#x53;CRIPT&colon;b)", "<a>javascript:b</a> <a>a</a>");
    check("[a](&#1;javascript:b)", "<a href=\"%01javascript:b\">a</a>");
}

#[test]
fn a_site_that_knows_its_address_has_a_picture_for_links_to_it() {
    let book = Book::new_with_items(vec![chapter("A", "b/a.md", "# A\n")]);
    let renderer = HtmlRenderer::new(Theme::built_in());
    let mut config = Config::default();
    assert!(!page(&renderer.render_book(&book, &config).unwrap(), "b/a.html").contains("og:image"));
    config.set("book.title", "T").unwrap();
    config.set("output.patternbook.site-url", "https://x.example/y").unwrap();
    let files = renderer.render_book(&book, &config).unwrap();
    let picture = files.keys().find(|path| path.starts_with("assets/card-")).unwrap();
    let tag = format!("<meta property=\"og:image\" content=\"https://x.example/y/{picture}\">");
    assert!(page(&files, "b/a.html").contains(&tag));
}

#[test]
fn the_anchors_of_a_text_are_the_ids_of_its_page() {
    let text = "# A `b`\n\n## Two *words*\n\n### Two words\n\n## Own {#own}\n\n## Own\n\n\
                Set\nbelow\n===\n\n## &amp; [c](d)\n\n- ## ?!\n\n> ## Ü_x\n";
    let page = markdown::render(text, "", &Highlighter::default());
    let ids = page.sections.iter().filter(|section| section.level > 0);
    let ids: BTreeSet<String> = ids.map(|section| section.id.clone()).collect();
    assert_eq!(anchors(text), ids);
    assert_eq!(ids.len(), 9, "{ids:?}");
    let raw = "<a id=\"x.y\"></a>\n\na <b id='z'>c</b>\n";
    assert_eq!(anchors(raw).into_iter().collect::<Vec<_>>(), ["x.y", "z"]);
}

#[test]
fn footnotes_do_not_take_the_ids_of_headings() {
    let html = markdown::render("## 1\n\na[^1]\n\n[^1]: b\n", "", &Highlighter::default()).html;
    assert!(html.contains("<h2 id=\"1\">"), "{html}");
    assert!(html.contains("href=\"#footnote-1\""), "{html}");
    assert!(html.contains("id=\"footnote-1\""), "{html}");
}
