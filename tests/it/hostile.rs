//! Text that would be markup, or that looks like other text, in every place where a project has
//! text: it arrives as text on the site, in its lists, and in the bundle.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use pulldown_cmark::{Event, Options, Parser};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{files, folder, patternbook, write};

/// A project in which every text is one text.
struct Project {
    folder: TempDir,
    files: BTreeMap<String, String>,
}

impl Project {
    #[track_caller]
    fn build(text: &str) -> Self {
        let folder = folder(&[]);
        write(folder.path(), "patternbook.yaml", manifest(text).to_string().as_bytes());
        write(folder.path(), "patterns/one.yaml", pattern(text).as_bytes());
        write(folder.path(), "choose.yaml", questions(text).to_string().as_bytes());
        let escape =
            |char: char| if char.is_ascii_punctuation() { vec!['\\', char] } else { vec![char] };
        let title: String = text.chars().flat_map(escape).collect();
        let summary = format!("# Summary\n\n[{title}](a.md)\n\n<!-- patternbook: guides -->\n");
        write(folder.path(), "book/src/SUMMARY.md", summary.as_bytes());
        let code = format!("```text\n{text}\n```");
        let chapter = format!("# {title}\n\n{code}\n\n<!-- patternbook: map -->\n");
        write(folder.path(), "book/src/a.md", chapter.as_bytes());
        let config = "[output.patternbook]\nsite-url = \"https://x.example/a&b/\"\n";
        write(folder.path(), "book/book.toml", config.as_bytes());
        let run = patternbook(folder.path(), &["build"]);
        assert_eq!(run.status, 0, "{text}: {}{}", run.stdout, run.stderr);
        let mut texts = BTreeMap::new();
        for (path, bytes) in files(folder.path()) {
            let path = path.display().to_string();
            // What is written, and not what is read.
            if ["dist/", "skills/", ".claude-plugin/"].iter().any(|it| path.starts_with(it))
                && let Ok(text) = String::from_utf8(bytes)
            {
                texts.insert(path, text);
            }
        }
        Self { folder, files: texts }
    }

    fn ending_in(&self, ending: &str) -> impl Iterator<Item = (&str, &str)> {
        let files = self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()));
        files.filter(move |(path, _)| Path::new(path).extension().is_some_and(|it| it == ending))
    }
}

fn manifest(text: &str) -> Value {
    json!({
        "title": text, "description": text,
        "specs": {"s": {"title": text, "revision": text, "url": "https://x.example"}},
        "rfcs": {"6750": text},
        "versions": {"v": {"title": text, "version": text}},
        "topics": [{"title": text, "topics": {"T1": text}}],
        "guides": [{"id": "guide", "title": text, "summary": text,
                    "parts": [{"title": text, "patterns": ["one"]}]}],
        "skills": [{"name": "skill", "title": text, "description": text, "intro": text,
                    "patterns": ["one"]}],
        "bundle": {"name": "bundle", "version": "1.0.0", "description": text, "license": "MIT",
                   "author": {"name": text}, "keywords": [text]},
    })
}

fn questions(text: &str) -> Value {
    let again = format!("{text} 2");
    json!({"questions": [
        {"id": "a", "question": text, "text": text, "answers": [
            {"answer": text, "because": text, "next": "b"},
            {"answer": again, "because": text, "next": "b"},
        ]},
        {"id": "b", "question": text, "text": text, "answers": [
            {"answer": text, "because": text, "patterns": ["one"]},
            {"answer": again, "because": text, "patterns": ["one"]},
        ]},
    ]})
}

fn pattern(text: &str) -> String {
    let content = json!({
        "id": "one", "title": text, "summary": text, "answer": text, "covers": ["T1"],
        "hosts": ["any-client"], "checked": {"v": text},
        "use-when": [text], "avoid-when": [{"text": text, "instead": "one"}],
        "flow": {"participants": [text, "b"], "messages": [format!("b -> b: {text}")]},
        "steps": [{"text": text, "tabs": ["one", "two"]}],
        "sections": [{"title": text, "text": format!("{text}\n\n    {text}\n\n- {text}")}],
        "settings": [{"name": text, "meaning": text, "secret": true, "from": text}],
        "do": [{"text": text, "because": text}], "do-not": [{"text": text, "because": text}],
        "security": [text], "related": ["one"],
        "troubleshooting": [{"symptom": text, "causes": [{"cause": text, "fix": text}]}],
        "sources": [{"observed": text, "claim": text}, {"rfc": 6750, "claim": text}],
    });
    let content = content.as_object().unwrap().iter();
    let mut yaml: String = content.map(|(key, value)| format!("{key}: {value}\n")).collect();
    yaml += "examples:\n";
    for id in ["one", "two", "three"] {
        let (said, name) = (json!(text), json!(text.replace('`', "")));
        // What has a value of its own is told apart by it.
        let tab = match id {
            "three" => String::new(),
            id => format!("    tab: {}\n", json!(format!("{text} {id}"))),
        };
        yaml += &format!(
            "  - id: {id}\n    title: {said}\n{tab}    text: {said}\n    \
             language: text\n    file-name: {name}\n    code: |\n      {text}\n      ```\n      {text}\n"
        );
    }
    yaml
}

/// The tags of a page with the names of their attributes, and its text in single spaces.
#[derive(Default)]
struct Page {
    tags: RefCell<Vec<String>>,
    text: RefCell<String>,
}

impl TokenSink for Page {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        match token {
            Token::CharacterTokens(text) => self.text.borrow_mut().push_str(&text),
            Token::TagToken(tag) => {
                let names = tag.attrs.iter().map(|attribute| attribute.name.local.to_string());
                let names: Vec<String> = names.collect();
                self.tags.borrow_mut().push(format!(
                    "{:?} {} {}",
                    tag.kind,
                    tag.name,
                    names.join(" ")
                ));
                for attribute in &tag.attrs {
                    let value = attribute.value.trim_start().to_lowercase();
                    assert!(!value.starts_with("javascript:"), "{value}");
                }
            }
            Token::CommentToken(text) => self.tags.borrow_mut().push(format!("comment {text}")),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// Reads a page as a browser does. A drawing has as many lines of text as need be.
fn read(html: &str) -> (Vec<String>, String) {
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from(html));
    let tokenizer = Tokenizer::new(Page::default(), TokenizerOpts::default());
    let _ = tokenizer.feed(&queue);
    tokenizer.end();
    let mut tags = tokenizer.sink.tags.take();
    tags.retain(|tag| tag.split(' ').nth(1) != Some("text"));
    let text = tokenizer.sink.text.take();
    (tags, text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Checks that a text, wherever it stands, changes no tag and no form of any file, and that a
/// reader sees it: `in_prose` in Markdown, `in_code` in code. With `writes`, the tags that it
/// writes as Markdown, there may be more and fewer of those that are there anyway.
#[track_caller]
fn check(text: &str, in_prose: &str, in_code: &str, writes: &[&str]) {
    let tame = Project::build("tame");
    let hostile = Project::build(text);
    // The names of assets do not depend on what is said.
    assert!(hostile.files.keys().eq(tame.files.keys()), "{text}");
    for (path, html) in hostile.ending_in("html") {
        let (tags, shown) = read(html);
        let (expected, _) = read(&tame.files[path]);
        if writes.is_empty() {
            let near = |tags: &[String]| {
                let differs = tags.iter().zip(&expected).position(|(one, other)| one != other);
                differs.map(|at| tags[at.saturating_sub(5)..tags.len().min(at + 5)].to_vec())
            };
            assert_eq!(tags.len(), expected.len(), "{text}: {path}: {:?}", near(&tags));
        }
        let is_new = |tag: &&String| {
            let name = tag.split(' ').nth(1).unwrap_or_default();
            !expected.contains(tag) && !writes.contains(&name)
        };
        assert_eq!(tags.iter().find(is_new), None, "{text}: {path}");
        // A chapter is its author's own: the text stands there in code and in titles.
        let is_seen = shown.contains(in_prose) || shown.contains(in_code);
        let is_page = !["dist/site/index.html", "dist/site/404.html"].contains(&path);
        assert!(is_seen || !is_page, "{text}: {path}: {shown}");
    }
    let (_, page) = read(&hostile.files["dist/site/guide/one.html"]);
    assert!(page.matches(in_code).count() >= 6, "{text}: {page}");
    for (path, markdown) in hostile.ending_in("md").chain(hostile.ending_in("txt")) {
        for event in Parser::new_ext(
            markdown,
            Options::ENABLE_TABLES | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS,
        ) {
            let (Event::Html(html) | Event::InlineHtml(html)) = event else { continue };
            let is_ours =
                ["<a id=", "</a>", "<!-- https://x.example/a&b/", "<!-- Generated by patternbook"];
            assert!(is_ours.iter().any(|it| html.starts_with(it)), "{text}: {path}: {html}");
        }
    }
    for (path, json) in hostile.ending_in("json") {
        let value: Value =
            serde_json::from_str(json).unwrap_or_else(|error| panic!("{path}: {error}"));
        if path == "skills/.claude-plugin/plugin.json" {
            assert_eq!(value["description"], text);
        }
    }
    let index = &hostile.files["dist/site/search-index.json"];
    assert!(index.contains(&json!(in_code).to_string().trim_matches('"').to_owned()), "{index}");
    assert_eq!(hostile.files["dist/site/sitemap.xml"], tame.files["dist/site/sitemap.xml"]);
    for (path, text) in &hostile.files {
        let is_data = path.ends_with(".json") || path.ends_with("SKILL.md");
        assert!(is_data || !text.contains(['\u{202e}', '\u{2066}', '\u{200f}']), "{path}: {text}");
    }
    drop(hostile.folder);
}

#[track_caller]
fn check_text(text: &str) {
    check(text, text, text, &[]);
}

#[test]
fn markup_is_text() {
    check_text("<script>hit=1</script>");
    check_text("</script><script>hit=2//");
    check_text("\"><img src=x onerror=hit=3>");
    check_text("</textarea></title></svg><b>");
    check_text("b --> c <!-- d");
    check_text("x ]]> y");
    check_text("it's \" & <");
    check_text("x {{ title }} {% raw %}");
}

#[test]
fn what_changes_the_order_of_text_is_seen() {
    let shown = "a‹U+202E›b‹U+2066›c‹U+200F›";
    check("a\u{202e}b\u{2066}c\u{200f}", shown, shown, &[]);
}

#[test]
fn a_link_that_a_browser_would_run_is_words() {
    check("[go](javascript:hit) on", "go on", "[go](javascript:hit) on", &["a"]);
    check("x <javascript:hit>", "x javascript:hit", "x <javascript:hit>", &["a"]);
}

/// Two fields stand in one paragraph: with a mark of code that is open, text and code change
/// places.
#[test]
fn code_that_is_open_makes_no_tag_of_text() {
    check("x ` y `<img src=x>` z", "<img src=x>` z", "x ` y `<img src=x>` z", &["code"]);
    check("x `<b>` ` y", "<b>", "x `<b>` ` y", &["code"]);
}
