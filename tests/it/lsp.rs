//! A session with the language server: the program itself, over pipes.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value as Json, json};
use tempfile::TempDir;

use crate::support::{ONE, SMALL, folder, patternbook, write};
use crate::tree::PLUGIN;

/// An editor.
struct Editor {
    server: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    requests: i32,
    /// Notifications that nobody has waited for yet.
    heard: Vec<Json>,
}

impl Editor {
    /// Starts the server, and nothing more.
    fn new() -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_patternbook"));
        command.arg("lsp").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut server = command.spawn().unwrap();
        let (input, output) = (server.stdin.take(), server.stdout.take().unwrap());
        let output = BufReader::new(output);
        Self { server, input, output, requests: 0, heard: Vec::new() }
    }

    /// Starts a session.
    fn start(params: &Json) -> Self {
        let mut editor = Self::new();
        editor.ask("initialize", params);
        editor.tell("initialized", &json!({}));
        editor
    }

    fn write(&mut self, text: &str) {
        let input = self.input.as_mut().unwrap();
        write!(input, "Content-Length: {}\r\n\r\n{text}", text.len()).unwrap();
    }

    fn tell(&mut self, method: &str, params: &Json) {
        self.write(&json!({"jsonrpc": "2.0", "method": method, "params": params}).to_string());
    }

    /// Sends a request and gives its number.
    fn send(&mut self, method: &str, params: &Json) -> i32 {
        self.requests += 1;
        let id = self.requests;
        let request = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        self.write(&request.to_string());
        id
    }

    fn read(&mut self) -> Json {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert!(self.output.read_line(&mut line).unwrap() > 0, "the server is gone");
            match line.trim().strip_prefix("Content-Length: ") {
                Some(value) => length = value.parse().unwrap(),
                None if line.trim().is_empty() => break,
                None => {}
            }
        }
        let mut bytes = vec![0; length];
        self.output.read_exact(&mut bytes).unwrap();
        serde_json::from_slice(&bytes).unwrap()
    }

    /// Waits for the answer to a request: the whole message.
    fn answer(&mut self, id: i32) -> Json {
        loop {
            let message = self.read();
            if message["id"] == id {
                return message;
            }
            self.heard.push(message);
        }
    }

    /// Sends a request and gives its result.
    #[track_caller]
    fn ask(&mut self, method: &str, params: &Json) -> Json {
        let id = self.send(method, params);
        let mut answer = self.answer(id);
        assert!(answer.get("error").is_none(), "{answer}");
        answer["result"].take()
    }

    /// Waits for the diagnostics of a document, and gives them with the version of the text.
    fn diagnostics(&mut self, uri: &str) -> (Json, Vec<Json>) {
        let is_it = |message: &Json| {
            message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["uri"] == uri
        };
        let heard = self.heard.iter().position(is_it);
        let mut message = match heard {
            Some(at) => self.heard.remove(at),
            None => loop {
                let message = self.read();
                if is_it(&message) {
                    break message;
                }
                self.heard.push(message);
            },
        };
        let found = message["params"]["diagnostics"].as_array().unwrap().clone();
        (message["params"]["version"].take(), found)
    }

    fn open(&mut self, uri: &str, language: &str, text: &str) -> Vec<Json> {
        let document = json!({"uri": uri, "languageId": language, "version": 1, "text": text});
        self.tell("textDocument/didOpen", &json!({"textDocument": document}));
        self.diagnostics(uri).1
    }

    fn change(&mut self, uri: &str, version: i32, changes: &Json) {
        let document = json!({"uri": uri, "version": version});
        let params = json!({"textDocument": document, "contentChanges": changes});
        self.tell("textDocument/didChange", &params);
    }

    /// Ends the session and gives the exit status of the server.
    fn leave(mut self) -> i32 {
        self.ask("shutdown", &Json::Null);
        self.tell("exit", &Json::Null);
        self.server.wait().unwrap().code().unwrap()
    }
}

/// `line:column-line:column rule` of each diagnostic, from 0.
fn places(found: &[Json]) -> Vec<String> {
    let place = |at: &Json| format!("{}:{}", at["line"], at["character"]);
    let describe = |one: &Json| {
        let (start, end) = (place(&one["range"]["start"]), place(&one["range"]["end"]));
        format!("{start}-{end} {}", one["code"].as_str().unwrap())
    };
    found.iter().map(describe).collect()
}

fn at(uri: &str, line: u32, character: u32) -> Json {
    json!({"textDocument": {"uri": uri}, "position": {"line": line, "character": character}})
}

/// Makes the edits of a code action, each within a line of ASCII.
fn apply(text: &str, action: &Json, uri: &str) -> String {
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    for edit in action["edit"]["changes"][uri].as_array().unwrap() {
        let number = |side: &str, name: &str| {
            usize::try_from(edit["range"][side][name].as_u64().unwrap()).unwrap()
        };
        let range = number("start", "character")..number("end", "character");
        lines[number("start", "line")].replace_range(range, edit["newText"].as_str().unwrap());
    }
    lines.join("\n")
}

fn actions(editor: &mut Editor, uri: &str, line: u32, character: u32) -> Vec<Json> {
    let place = json!({"line": line, "character": character});
    let params = json!({
        "textDocument": {"uri": uri},
        "range": {"start": place, "end": place},
        "context": {"diagnostics": []},
    });
    editor.ask("textDocument/codeAction", &params).as_array().unwrap().clone()
}

fn labels(items: &Json) -> Vec<&str> {
    let items = items["items"].as_array().unwrap();
    items.iter().map(|item| item["label"].as_str().unwrap()).collect()
}

fn uri(folder: &Path, path: &str) -> String {
    format!("file://{}/{path}", folder.display())
}

fn project() -> (TempDir, String) {
    let project = folder(SMALL);
    let uri = uri(&project.path().canonicalize().unwrap(), "patterns/one.yaml");
    (project, uri)
}

const NOTE: &str = "untitled:Note";

/// The first line of a fence with a fault behind characters of one, two, three and four bytes.
const WIDE: &str = "# a\n\n```json\n{\"😀ä…\": \"😀\" 1}\n```\n";

#[test]
fn a_column_counts_units_of_utf_16() {
    let mut editor = Editor::start(&json!({"capabilities": {}}));
    let found = editor.open(NOTE, "markdown", WIDE);
    assert_eq!(places(&found), ["3:13-3:14 json-syntax"]);
    assert_eq!(found[0]["source"], "patternbook");
    assert_eq!(found[0]["severity"], 1);
    assert!(found[0].get("codeDescription").is_none());
    assert_eq!(editor.leave(), 0);
}

#[test]
fn an_editor_may_count_bytes_and_name_a_site() {
    let capabilities = json!({"general": {"positionEncodings": ["utf-16", "utf-8"]}});
    let options = json!({"site": "https://example.org/book/"});
    let params = json!({"capabilities": capabilities, "initializationOptions": options});
    let mut editor = Editor::new();
    let result = editor.ask("initialize", &params);
    assert_eq!(result["capabilities"]["positionEncoding"], "utf-8");
    let found = editor.open(NOTE, "markdown", WIDE);
    assert_eq!(places(&found), ["3:20-3:21 json-syntax"]);
    let page = "https://example.org/book/reference/rules/languages.html#json-syntax";
    assert_eq!(found[0]["codeDescription"]["href"], page);
    assert_eq!(editor.leave(), 0);
}

#[test]
fn a_change_mends_the_text_and_its_diagnostics_go() {
    let mut editor = Editor::start(&json!({"capabilities": {}}));
    assert_eq!(editor.open(NOTE, "markdown", WIDE).len(), 1);
    let range = json!({"start": {"line": 3, "character": 13}, "end": {"line": 3, "character": 15}});
    editor.change(NOTE, 2, &json!([{"range": range, "text": ""}]));
    assert_eq!(editor.diagnostics(NOTE), (json!(2), Vec::new()));
    assert_eq!(editor.leave(), 0);
}

#[test]
fn of_many_changes_the_last_is_looked_at() {
    let mut editor = Editor::start(&json!({"capabilities": {}}));
    editor.open(NOTE, "markdown", "");
    for (version, character) in (2..).zip(WIDE.chars()) {
        let end = json!({"line": 99, "character": 0});
        let change = json!([{"range": {"start": end, "end": end}, "text": character.to_string()}]);
        editor.change(NOTE, version, &change);
    }
    let last = json!(WIDE.chars().count() + 1);
    let found = loop {
        let (version, found) = editor.diagnostics(NOTE);
        if version == last {
            break found;
        }
    };
    assert_eq!(places(&found), ["3:13-3:14 json-syntax"]);
    assert_eq!(editor.leave(), 0);
}

#[test]
fn closing_a_document_takes_its_diagnostics_away() {
    let mut editor = Editor::start(&json!({"capabilities": {}}));
    assert_eq!(editor.open(NOTE, "markdown", WIDE).len(), 1);
    editor.tell("textDocument/didClose", &json!({"textDocument": {"uri": NOTE}}));
    assert_eq!(editor.diagnostics(NOTE).1, Vec::<Json>::new());
    assert_eq!(editor.leave(), 0);
}

#[test]
fn a_rule_is_explained_where_it_is_broken_and_where_it_is_named() {
    let mut editor = Editor::start(&json!({"capabilities": {}}));
    editor.open(NOTE, "markdown", WIDE);
    let hover = editor.ask("textDocument/hover", &at(NOTE, 3, 14));
    let text = hover["contents"]["value"].as_str().unwrap();
    assert!(text.starts_with("**`json-syntax`** (error): "), "{text}");
    assert!(editor.ask("textDocument/hover", &at(NOTE, 0, 0)).is_null());

    let (_project, uri) = project();
    let dont = "do-not:\n  - text: No.\n    language: json\n    flagged-by: json-duplicate-key\n";
    editor.open(&uri, "yaml", &format!("{ONE}{dont}    code: |\n      {{\"a\": 1, \"a\": 2}}\n"));
    let hover = editor.ask("textDocument/hover", &at(&uri, 12, 20));
    let text = hover["contents"]["value"].as_str().unwrap();
    assert!(text.contains("**`json-duplicate-key`**") && text.contains("\nGood"), "{text}");
    assert_eq!(editor.leave(), 0);
}

#[test]
fn a_hover_waits_for_the_text_that_it_is_about() {
    let mut editor = Editor::start(&json!({"capabilities": {}}));
    editor.open(NOTE, "markdown", "");
    editor.change(NOTE, 2, &json!([{"text": WIDE}]));
    let hover = editor.ask("textDocument/hover", &at(NOTE, 3, 14));
    assert!(hover["contents"]["value"].as_str().unwrap().contains("json-syntax"));

    editor.change(NOTE, 3, &json!([{"text": ""}]));
    let id = editor.send("textDocument/hover", &at(NOTE, 0, 0));
    editor.tell("$/cancelRequest", &json!({"id": id}));
    // It may have been answered before.
    let answer = editor.answer(id);
    assert!(answer["error"]["code"] == -32800 || answer["result"].is_null(), "{answer}");
    assert_eq!(editor.leave(), 0);
}

#[test]
fn a_quick_fix_mends_the_text() {
    let mut editor = Editor::start(&json!({"capabilities": {}}));
    let text = "# a\n\n```json\n// twice\n{\"a\": 1}\n```\n";
    let found = editor.open(NOTE, "markdown", text);
    assert_eq!(places(&found), ["2:3-2:7 json-with-comments"]);
    let actions = actions(&mut editor, NOTE, 2, 4);
    assert_eq!(actions[0]["title"], "Write `jsonc`");
    assert_eq!(
        (&actions[0]["kind"], &actions[0]["isPreferred"]),
        (&json!("quickfix"), &json!(true))
    );
    let text = apply(text, &actions[0], NOTE);
    editor.change(NOTE, 2, &json!([{"text": text}]));
    assert_eq!(editor.diagnostics(NOTE).1, Vec::<Json>::new());
    assert_eq!(editor.leave(), 0);
}

#[test]
fn a_suppression_stands_before_the_block() {
    let mut editor = Editor::start(&json!({"capabilities": {}}));
    let text = "# a\n\n> ```json\n> {\"a\" 1}\n> ```\n";
    editor.open(NOTE, "markdown", text);
    let actions = actions(&mut editor, NOTE, 3, 7);
    let action = actions.last().unwrap();
    assert_eq!(action["title"], "Suppress `json-syntax` here, with a reason");
    assert_eq!(action["diagnostics"][0]["code"], "json-syntax");
    let expected =
        "# a\n\n> <!-- patternbook-ignore json-syntax: reason -->\n> ```json\n> {\"a\" 1}\n> ```\n";
    let text = apply(text, action, NOTE);
    assert_eq!(text, expected);
    editor.change(NOTE, 2, &json!([{"text": text}]));
    assert_eq!(
        places(&editor.diagnostics(NOTE).1),
        ["2:7-2:45 ignore-without-reason", "4:7-4:8 json-syntax"]
    );
    let text = text.replace(": reason", ": shown as it was sent");
    editor.change(NOTE, 3, &json!([{"text": text}]));
    assert_eq!(editor.diagnostics(NOTE).1, Vec::<Json>::new());
    assert_eq!(editor.leave(), 0);
}

#[test]
fn a_suppression_in_a_pattern_stands_outside_of_the_code() {
    let (_project, uri) = project();
    let mut editor = Editor::start(&json!({"capabilities": {}}));
    let text = ONE.replace("{\"a\": 1}", "{\"a\" 1}");
    assert_eq!(places(&editor.open(&uri, "yaml", &text)), ["8:11-8:12 json-syntax"]);
    let actions = actions(&mut editor, &uri, 8, 11);
    let text = apply(&text, actions.last().unwrap(), &uri);
    let expected =
        "    language: json\n    # patternbook-ignore json-syntax: reason\n    code: |\n";
    assert!(text.contains(expected), "{text}");
    editor.change(&uri, 2, &json!([{"text": text}]));
    assert_eq!(
        places(&editor.diagnostics(&uri).1),
        ["7:6-7:44 ignore-without-reason", "9:11-9:12 json-syntax"]
    );
    let text = text.replace(": reason", ": shown as it was sent");
    editor.change(&uri, 3, &json!([{"text": text}]));
    assert_eq!(editor.diagnostics(&uri).1, Vec::<Json>::new());
    assert_eq!(editor.leave(), 0);
}

#[test]
fn the_text_of_the_editor_counts_and_not_that_of_the_disk() {
    let (project, uri) = project();
    assert_eq!(patternbook(project.path(), &["check"]).status, 0);
    let mut editor = Editor::start(&json!({"capabilities": {}}));
    let found = editor.open(&uri, "yaml", &ONE.replace("title: One", "titel: One"));
    assert_eq!(places(&found), ["0:0-0:2 missing-field", "1:0-1:5 unknown-field"]);
    assert!(found[1]["message"].as_str().unwrap().ends_with("\nhelp: did you mean `title`?"));
    editor.change(&uri, 2, &json!([{"text": ONE}]));
    assert_eq!(editor.diagnostics(&uri).1, Vec::<Json>::new());
    assert_eq!(editor.leave(), 0);
}

#[test]
fn one_document_of_a_project_mends_another() {
    let (project, one) = project();
    let root = project.path().canonicalize().unwrap();
    let manifest = uri(&root, "patternbook.yaml");
    let text = SMALL[0].1.replace("[one]", "[two]");
    let mut editor = Editor::start(&json!({"capabilities": {}}));
    let found = editor.open(&manifest, "yaml", &text);
    assert!(places(&found).iter().any(|place| place.starts_with("6:")), "{found:?}");
    // An example file is text of the project, too.
    editor.open(&one, "yaml", ONE);
    editor.diagnostics(&manifest);
    editor.change(&manifest, 2, &json!([{"text": SMALL[0].1}]));
    assert_eq!(editor.diagnostics(&manifest).1, Vec::<Json>::new());
    assert_eq!(editor.leave(), 0);
}

#[test]
fn a_file_of_a_projects_plugin_is_what_it_becomes() {
    let (project, _) = project();
    let bundle =
        "bundle: {name: b, version: 1.0.0, description: D, author: {name: A}, license: MIT}\n";
    write(project.path(), "patternbook.yaml", (SMALL[0].1.to_owned() + bundle).as_bytes());
    write(project.path(), "plugin/agents/clerk.md", b"");
    let clerk = uri(&project.path().canonicalize().unwrap(), "plugin/agents/clerk.md");
    let mut editor = Editor::start(&json!({"capabilities": {}}));
    let found = editor.open(&clerk, "markdown", "---\nname: clerk\n---\n\nYou read.\n");
    assert_eq!(places(&found), ["1:0-1:4 missing-field"]);
    assert_eq!(editor.leave(), 0);
}

#[test]
fn documents_of_a_kind_are_held_against_its_rules() {
    let plugin = folder(&[(".mcp.json", "{}")]);
    let uri = uri(&plugin.path().canonicalize().unwrap(), ".mcp.json");
    let mut editor = Editor::start(&json!({"capabilities": {}}));
    let text =
        "{\"mcpServers\": {\"a\": {\"type\": \"http\", \"url\": \"http://example.com/mcp\"}}}";
    let found = editor.open(&uri, "json", text);
    write(plugin.path(), ".mcp.json", text.as_bytes());
    let run = patternbook(plugin.path(), &["check", ".mcp.json", "--format", "json"]);
    let report: Json = serde_json::from_str(&run.stdout).unwrap();
    let expected = report["diagnostics"].as_array().unwrap();
    assert!(!expected.is_empty());
    let rules = |found: &[Json], name: &str| -> Vec<Json> {
        found.iter().map(|one| one[name].clone()).collect()
    };
    assert_eq!(rules(&found, "code"), rules(expected, "rule"));
    // JSON has no comments to suppress a rule with.
    let character = u32::try_from(text.find("http://").unwrap()).unwrap();
    assert!(actions(&mut editor, &uri, 0, character).iter().all(|one| one["isPreferred"] == true));
    assert_eq!(editor.leave(), 0);
}

#[test]
fn a_document_of_a_plugin_is_held_against_the_rules_for_plugins() {
    let plugin = folder(PLUGIN);
    let mut editor = Editor::start(&json!({"capabilities": {}}));
    for (path, text) in PLUGIN {
        let run = patternbook(plugin.path(), &["check", path, "--format", "json"]);
        let report: Json = serde_json::from_str(&run.stdout).unwrap();
        let expected: Vec<&Json> =
            report["diagnostics"].as_array().unwrap().iter().map(|one| &one["rule"]).collect();
        let found = editor.open(&uri(plugin.path(), path), "markdown", text);
        let found: Vec<&Json> = found.iter().map(|one| &one["code"]).collect();
        assert_eq!(found, expected, "{path}");
    }
    assert_eq!(editor.leave(), 0);
}

#[test]
fn fields_of_a_pattern_are_completed_from_the_schema() {
    let (_project, uri) = project();
    let mut editor = Editor::start(&json!({"capabilities": {}}));
    editor.open(&uri, "yaml", &format!("{ONE}    \n  - id: b\n    language: \nstat\nstatus: \n"));
    let root = editor.ask("textDocument/completion", &at(&uri, 12, 4));
    assert!(labels(&root).contains(&"status") && !labels(&root).contains(&"title"));
    let items = root["items"].as_array().unwrap();
    let status = items.iter().find(|item| item["label"] == "status").unwrap();
    assert_eq!(status["textEdit"]["newText"], "status: ");
    assert_eq!(status["textEdit"]["range"]["start"]["character"], 0);
    assert!(!status["documentation"]["value"].as_str().unwrap().is_empty());

    let example = editor.ask("textDocument/completion", &at(&uri, 9, 4));
    assert!(labels(&example).contains(&"kind") && !labels(&example).contains(&"language"));
    let language = editor.ask("textDocument/completion", &at(&uri, 11, 14));
    assert!(labels(&language).contains(&"bash") && labels(&language).contains(&"text"));
    let status = editor.ask("textDocument/completion", &at(&uri, 13, 8));
    assert!(labels(&status).contains(&"deprecated"), "{status}");
    assert_eq!(editor.leave(), 0);
}

#[test]
fn languages_and_rules_are_completed_in_markdown() {
    let mut editor = Editor::start(&json!({"capabilities": {}}));
    editor.open(NOTE, "markdown", "```js\nx\n```\n\n<!-- patternbook-ignore json\n");
    let languages = editor.ask("textDocument/completion", &at(NOTE, 0, 5));
    assert!(labels(&languages).contains(&"json"));
    let closing = editor.ask("textDocument/completion", &at(NOTE, 2, 3));
    assert!(labels(&closing).is_empty());
    let rules = editor.ask("textDocument/completion", &at(NOTE, 4, 28));
    assert!(labels(&rules).contains(&"json-syntax"));
    assert_eq!(editor.leave(), 0);
}

#[test]
fn what_is_wrong_or_unknown_does_not_end_the_session() {
    let mut editor = Editor::new();
    let early = editor.send("textDocument/hover", &at(NOTE, 0, 0));
    assert_eq!(editor.answer(early)["error"]["code"], -32002);
    editor.ask("initialize", &json!({"capabilities": null, "initializationOptions": [1]}));
    let twice = editor.send("initialize", &json!({}));
    assert_eq!(editor.answer(twice)["error"]["code"], -32600);
    let unknown = editor.send("textDocument/noSuch", &json!({}));
    assert_eq!(editor.answer(unknown)["error"]["code"], -32601);
    let wrong = editor.send("textDocument/hover", &json!({"position": "here"}));
    assert_eq!(editor.answer(wrong)["error"]["code"], -32602);

    editor.write("{\"jsonrpc\": ");
    editor.write("[1, 2]");
    editor.write(&"[".repeat(100_000));
    editor.tell("noSuch", &json!({}));
    editor.tell("textDocument/didOpen", &json!({"textDocument": {"uri": "no uri"}}));
    editor.change(NOTE, 7, &json!([{"text": "x"}]));
    editor.tell("textDocument/didClose", &json!({"textDocument": {"uri": NOTE}}));
    assert!(editor.ask("textDocument/hover", &at(NOTE, 0, 0)).is_null());

    editor.open(NOTE, "markdown", "a\u{0}\r\n```json\r\n{");
    let backwards =
        json!({"start": {"line": 9, "character": 9}, "end": {"line": 0, "character": 0}});
    editor.change(NOTE, 2, &json!([{"range": backwards, "text": "\n```"}]));
    editor.ask("textDocument/completion", &at(NOTE, 4_000_000_000, 4_000_000_000));
    editor.ask("shutdown", &Json::Null);
    let late = editor.send("textDocument/hover", &at(NOTE, 0, 0));
    assert_eq!(editor.answer(late)["error"]["code"], -32600);
    editor.tell("exit", &Json::Null);
    assert_eq!(editor.server.wait().unwrap().code(), Some(0));
}

#[test]
fn a_file_of_megabytes_is_served() {
    let mut editor = Editor::start(&json!({"capabilities": {}}));
    let block = "Some words.\n\n```json\n{\"a\": [1, 2, 3]}\n```\n\n";
    let text = format!("{}```json\n{{\n```\n", block.repeat((3 << 20) / block.len()));
    assert_eq!(editor.open(NOTE, "markdown", &text).len(), 1);
    let line = format!("```json\n[{}\n```\n", "1 ".repeat(1 << 20));
    editor.change(NOTE, 2, &json!([{"text": line}]));
    assert!(!editor.diagnostics(NOTE).1.is_empty());
    assert_eq!(editor.leave(), 0);
}

#[test]
fn an_editor_that_goes_without_a_word_gives_status_1() {
    let mut editor = Editor::start(&json!({"capabilities": {}}));
    editor.tell("exit", &Json::Null);
    assert_eq!(editor.server.wait().unwrap().code(), Some(1));

    let mut editor = Editor::start(&json!({"capabilities": {}}));
    editor.input = None;
    assert_eq!(editor.server.wait().unwrap().code(), Some(1));
}
