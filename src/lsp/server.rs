//! The state of a session, and an answer to each message.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use lsp_types::{
    CodeActionParams, CodeDescription, CompletionParams, DiagnosticSeverity,
    DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
    HoverParams, NumberOrString, PublishDiagnosticsParams, TextDocumentItem, Uri,
};
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};

use super::Farewell;
use super::actions::{View, actions};
use super::completion::complete;
use super::documents::{OpenDocument, path_of};
use super::hover::hover;
use super::look::{Found, Job, Looked, Manner};
use super::text::{Encoding, Lines, apply};
use crate::check::Strictness;
use crate::diagnostic::{Profile, Severity};
use crate::publish::reference::rules::address;

/// How long a text must be still before it is looked at.
const STILL: Duration = Duration::from_millis(150);

/// A result, or why there is none.
type Answer = Result<Json, (ErrorCode, String)>;

/// Where a session is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    New,
    Running,
    ShutDown,
}

/// What the editor said of itself.
struct Client {
    encoding: Encoding,
    takes_versions: bool,
    manner: Manner,
    /// The address of the book whose pages explain the rules.
    site: Option<String>,
}

/// A document, and what was found in a text of it.
struct Entry {
    document: OpenDocument,
    found: Vec<Found>,
    /// The text in which that was found.
    looked_at: u64,
    /// When to look again.
    due: Option<Instant>,
}

pub(super) struct Server<'a> {
    output: &'a mut dyn Write,
    jobs: Sender<Job>,
    phase: Phase,
    client: Client,
    open: BTreeMap<Uri, Entry>,
    revisions: u64,
    /// Whether a job is under way.
    is_looking: bool,
    /// What must wait until the document has been looked at.
    waiting: Vec<(Uri, Request)>,
}

impl<'a> Server<'a> {
    pub(super) fn new(jobs: Sender<Job>, output: &'a mut dyn Write) -> Self {
        let manner = Manner { strictness: Strictness::Documentation, profile: None };
        let client =
            Client { encoding: Encoding::Utf16, takes_versions: false, manner, site: None };
        Self {
            output,
            jobs,
            phase: Phase::New,
            client,
            open: BTreeMap::new(),
            revisions: 0,
            is_looking: false,
            waiting: Vec::new(),
        }
    }

    /// How long until a document is due; nothing, if none is or another is looked at.
    pub(super) fn wait(&self) -> Option<Duration> {
        let first = self.open.values().filter_map(|entry| entry.due).min();
        let first = first.filter(|_| !self.is_looking)?;
        Some(first.saturating_duration_since(Instant::now()))
    }

    /// Starts to look at every document that is due, unless others are looked at.
    pub(super) fn look_at_due(&mut self) -> io::Result<()> {
        let now = Instant::now();
        let is_due = |entry: &&Entry| entry.due.is_some_and(|due| due <= now);
        let due = self.open.values().filter(is_due).map(|entry| entry.document.uri.clone());
        let targets: Vec<Uri> = due.collect();
        if self.is_looking || targets.is_empty() {
            return Ok(());
        }
        for target in &targets {
            self.open.entry(target.clone()).and_modify(|entry| entry.due = None);
        }
        let open = self.open.values().map(|entry| entry.document.clone()).collect();
        self.is_looking = true;
        self.jobs
            .send(Job { targets, open, manner: self.client.manner })
            .map_err(|_| io::Error::other("the thread that looks at documents is gone"))
    }

    /// Shows what was found in texts that are still the same, and answers who waited for it.
    pub(super) fn take_looked(&mut self, looked: Vec<Looked>) -> io::Result<()> {
        self.is_looking = false;
        for Looked { uri, revision, found } in looked {
            let Some(entry) = self.open.get_mut(&uri) else { continue };
            if entry.document.revision == revision {
                (entry.found, entry.looked_at) = (found, revision);
                self.publish(&uri)?;
            }
        }
        for (_, request) in std::mem::take(&mut self.waiting) {
            self.answer(request)?;
        }
        Ok(())
    }

    /// Handles a message; gives how the session ended, if it did.
    pub(super) fn take(&mut self, message: Message) -> io::Result<Option<Farewell>> {
        match message {
            Message::Request(request) => self.answer(request)?,
            Message::Notification(notification) if notification.method == "exit" => {
                let is_proper = self.phase == Phase::ShutDown;
                return Ok(Some(if is_proper { Farewell::Proper } else { Farewell::Abrupt }));
            }
            Message::Notification(notification) if self.phase == Phase::Running => {
                let method = notification.method.clone();
                if let Err(reason) = self.notice(notification)? {
                    self.log(&format!("`{method}` was not understood: {reason}"))?;
                }
            }
            // The server asks nothing, so there is no answer to wait for.
            Message::Notification(_) | Message::Response(_) => {}
        }
        Ok(None)
    }

    /// Tells the person behind the editor, in a log that few read.
    pub(super) fn log(&mut self, message: &str) -> io::Result<()> {
        self.notify("window/logMessage", json!({"type": 2, "message": message}))
    }

    fn notice(&mut self, notification: Notification) -> io::Result<Result<(), String>> {
        let params = notification.params;
        let result = match notification.method.as_str() {
            "textDocument/didOpen" => read(params).map(|params| self.open(params)),
            "textDocument/didChange" => match read(params) {
                Ok(params) => self.change(params),
                Err(reason) => Err(reason),
            },
            "textDocument/didClose" => match read(params) {
                Ok(params) => return self.close(params).map(Ok),
                Err(reason) => Err(reason),
            },
            // What is saved may be what another document names.
            "textDocument/didSave" | "workspace/didChangeWatchedFiles" => {
                let now = Instant::now();
                self.open.values_mut().for_each(|entry| entry.due = Some(now));
                Ok(())
            }
            "$/cancelRequest" => {
                let id = serde_json::from_value::<RequestId>(params["id"].clone());
                return self.cancel(id.ok()).map(Ok);
            }
            _ => Ok(()),
        };
        Ok(result)
    }

    fn open(&mut self, params: DidOpenTextDocumentParams) {
        let TextDocumentItem { uri, language_id, version, text } = params.text_document;
        let (path, text) = (path_of(&uri), Arc::new(text));
        self.revisions += 1;
        let revision = self.revisions;
        let document =
            OpenDocument { uri: uri.clone(), path, language: language_id, text, version, revision };
        let due = Some(Instant::now());
        self.open.insert(uri, Entry { document, found: Vec::new(), looked_at: 0, due });
    }

    fn change(&mut self, params: DidChangeTextDocumentParams) -> Result<(), String> {
        let uri = params.text_document.uri;
        let Some(entry) = self.open.get_mut(&uri) else {
            return Err(format!("`{}` is not open", uri.as_str()));
        };
        let text = Arc::make_mut(&mut entry.document.text);
        for change in &params.content_changes {
            apply(text, change, self.client.encoding);
        }
        self.revisions += 1;
        entry.document.revision = self.revisions;
        entry.document.version = params.text_document.version;
        entry.due = Some(Instant::now() + STILL);
        Ok(())
    }

    fn close(&mut self, params: DidCloseTextDocumentParams) -> io::Result<()> {
        let uri = params.text_document.uri;
        if self.open.remove(&uri).is_some() {
            self.notify("textDocument/publishDiagnostics", json!({"uri": uri, "diagnostics": []}))?;
        }
        let waited = self.waiting.extract_if(.., |(of, _)| *of == uri);
        for (_, request) in waited.collect::<Vec<_>>() {
            self.answer(request)?;
        }
        Ok(())
    }

    fn cancel(&mut self, id: Option<RequestId>) -> io::Result<()> {
        let at = self.waiting.iter().position(|(_, request)| Some(&request.id) == id.as_ref());
        let Some(at) = at else { return Ok(()) };
        let (_, request) = self.waiting.remove(at);
        self.respond(request.id, Err((ErrorCode::RequestCanceled, "cancelled".to_owned())))
    }

    fn answer(&mut self, request: Request) -> io::Result<()> {
        let refuse = |code, reason: &str| Err((code, reason.to_owned()));
        let answer = match (self.phase, request.method.as_str()) {
            (Phase::New, "initialize") => {
                self.client = client(&request.params);
                self.phase = Phase::Running;
                Ok(capabilities(self.client.encoding))
            }
            (Phase::New, _) => refuse(ErrorCode::ServerNotInitialized, "`initialize` comes first"),
            (Phase::ShutDown, _) => refuse(ErrorCode::InvalidRequest, "the server was shut down"),
            (_, "initialize") => refuse(ErrorCode::InvalidRequest, "`initialize` comes once"),
            (_, "shutdown") => {
                self.phase = Phase::ShutDown;
                Ok(Json::Null)
            }
            (_, "textDocument/hover" | "textDocument/codeAction") => {
                // What was found in an older text stands elsewhere in this one.
                let uri = &request.params["textDocument"]["uri"];
                let uri = uri.as_str().and_then(|uri| uri.parse::<Uri>().ok());
                let entry = uri.as_ref().and_then(|uri| self.open.get_mut(uri));
                if let (Some(uri), Some(entry)) = (uri, entry)
                    && entry.looked_at != entry.document.revision
                {
                    if let Some(due) = &mut entry.due {
                        *due = Instant::now();
                    }
                    self.waiting.push((uri, request));
                    return Ok(());
                }
                match request.method.as_str() {
                    "textDocument/hover" => self.hover(request.params),
                    _ => self.actions(request.params),
                }
            }
            (_, "textDocument/completion") => self.complete(request.params),
            (_, method) => {
                let reason = format!("this server does not know `{method}`");
                Err((ErrorCode::MethodNotFound, reason))
            }
        };
        self.respond(request.id, answer)
    }

    fn hover(&self, params: Json) -> Answer {
        let params: HoverParams = read(params).map_err(invalid)?;
        let place = params.text_document_position_params;
        let Some(entry) = self.open.get(&place.text_document.uri) else { return Ok(Json::Null) };
        let text = &entry.document.text;
        let lines = Lines::new(text, self.client.encoding);
        let offset = lines.offset(place.position);
        Ok(json!(hover(text, &lines, offset, &entry.found)))
    }

    fn complete(&self, params: Json) -> Answer {
        let params: CompletionParams = read(params).map_err(invalid)?;
        let place = params.text_document_position;
        let Some(entry) = self.open.get(&place.text_document.uri) else { return Ok(Json::Null) };
        let lines = Lines::new(&entry.document.text, self.client.encoding);
        let offset = lines.offset(place.position);
        let items = complete(&entry.document, &lines, offset);
        Ok(json!({"isIncomplete": false, "items": items}))
    }

    fn actions(&self, params: Json) -> Answer {
        let params: CodeActionParams = read(params).map_err(invalid)?;
        let Some(entry) = self.open.get(&params.text_document.uri) else { return Ok(Json::Null) };
        let lines = Lines::new(&entry.document.text, self.client.encoding);
        let start = lines.offset(params.range.start);
        let range = start..lines.offset(params.range.end).max(start);
        let view = View {
            document: &entry.document,
            lines: &lines,
            found: &entry.found,
            takes_versions: self.client.takes_versions,
        };
        let only = params.context.only.as_deref();
        Ok(json!(actions(&view, &range, only, |found| self.client.diagnostic(&lines, found))))
    }

    fn publish(&mut self, uri: &Uri) -> io::Result<()> {
        let Some(entry) = self.open.get(uri) else { return Ok(()) };
        let lines = Lines::new(&entry.document.text, self.client.encoding);
        let found = entry.found.iter();
        let diagnostics = found.map(|found| self.client.diagnostic(&lines, found)).collect();
        let version = Some(entry.document.version);
        let params = PublishDiagnosticsParams::new(uri.clone(), diagnostics, version);
        self.notify("textDocument/publishDiagnostics", json!(params))
    }

    fn notify(&mut self, method: &str, params: Json) -> io::Result<()> {
        self.write(Message::Notification(Notification { method: method.to_owned(), params }))
    }

    fn respond(&mut self, id: RequestId, answer: Answer) -> io::Result<()> {
        self.write(Message::Response(match answer {
            Ok(result) => Response::new_ok(id, result),
            Err((code, reason)) => Response::new_err(id, code as i32, reason),
        }))
    }

    fn write(&mut self, message: Message) -> io::Result<()> {
        message.write(&mut &mut *self.output)
    }
}

impl Client {
    fn diagnostic(&self, lines: &Lines<'_>, found: &Found) -> lsp_types::Diagnostic {
        let rule = found.rule;
        let href = self.site.as_deref().and_then(|site| {
            let page = address(rule).replacen(".md#", ".html#", 1);
            format!("{}/reference/{page}", site.trim_end_matches('/')).parse().ok()
        });
        let help = found.help.as_ref().map_or_else(String::new, |help| format!("\nhelp: {help}"));
        lsp_types::Diagnostic {
            range: lines.range(&found.range),
            severity: Some(match rule.severity {
                Severity::Error => DiagnosticSeverity::ERROR,
                Severity::Warning => DiagnosticSeverity::WARNING,
                Severity::Note => DiagnosticSeverity::INFORMATION,
            }),
            code: Some(NumberOrString::String(rule.id.to_owned())),
            code_description: href.map(|href| CodeDescription { href }),
            source: Some("patternbook".to_owned()),
            message: format!("{}{help}", found.message),
            ..lsp_types::Diagnostic::default()
        }
    }
}

/// Reads what matters of `initialize`, and passes over what it does not know.
fn client(params: &Json) -> Client {
    let encodings = params["capabilities"]["general"]["positionEncodings"].as_array();
    let takes_utf8 = encodings.is_some_and(|names| names.iter().any(|name| name == "utf-8"));
    let edits = &params["capabilities"]["workspace"]["workspaceEdit"];
    let options = &params["initializationOptions"];
    let profile = match options["profile"].as_str() {
        Some("spec") => Some(Profile::Spec),
        Some("claude-code") => Some(Profile::ClaudeCode),
        _ => None,
    };
    let is_strict = options["strict"] == true;
    let strictness = if is_strict { Strictness::Strict } else { Strictness::Documentation };
    Client {
        encoding: if takes_utf8 { Encoding::Utf8 } else { Encoding::Utf16 },
        takes_versions: edits["documentChanges"] == true,
        manner: Manner { strictness, profile },
        site: options["site"].as_str().map(str::to_owned),
    }
}

fn capabilities(encoding: Encoding) -> Json {
    json!({
        "capabilities": {
            "positionEncoding": match encoding {
                Encoding::Utf8 => "utf-8",
                Encoding::Utf16 => "utf-16",
            },
            // 2: changes come as ranges.
            "textDocumentSync": {"openClose": true, "change": 2, "save": true},
            "hoverProvider": true,
            "completionProvider": {"triggerCharacters": [":", "`", "~"]},
            "codeActionProvider": {"codeActionKinds": ["quickfix", "source.fixAll.patternbook"]},
        },
        "serverInfo": {"name": "patternbook", "version": env!("CARGO_PKG_VERSION")},
    })
}

fn read<T: DeserializeOwned>(params: Json) -> Result<T, String> {
    serde_json::from_value(params).map_err(|error| error.to_string())
}

fn invalid(reason: String) -> (ErrorCode, String) {
    (ErrorCode::InvalidParams, reason)
}
