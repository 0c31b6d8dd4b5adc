//! Puts keys into a JSON file that is there, and leaves every byte of it as it is.
//!
//! Text is only put in, at two places of an object: a comma behind its last value, and the new
//! keys behind what stands last in it. So comments, odd spaces and short forms stay.

use std::ops::Range;

use serde::Serialize as _;
use serde_json::ser::{PrettyFormatter, Serializer};

use super::Clash;
use crate::check::check_file;
use crate::value::{Entry, Node, Value, json};

/// A change: what stands in a range becomes a text.
type Edit = (Range<usize>, String);

/// How keys are put in.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Way<'a> {
    /// The keys of the root that only a new file gets.
    pub(super) new_only: &'a [&'a str],
    /// Whether this is a configuration of servers: a plugin may leave out the key `mcpServers`, and
    /// name its servers at the root.
    pub(super) names_servers: bool,
    /// Whether ours is taken where theirs is another.
    pub(super) replaces: bool,
}

/// Puts the keys of `ours` into `theirs`.
///
/// Maps that hold nothing but maps are lists of named things, such as `mcpServers`, and are merged
/// name by name. Any other value is one thing: where theirs is another, that is a clash, or it is
/// replaced.
pub(super) fn merge(theirs: &str, ours: &str, way: Way<'_>) -> Result<String, Vec<Clash>> {
    // As editors on Windows write it; the reader passes over it.
    let start = if theirs.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let refuse = |at: usize, message: &str, help: &'static str| {
        Err(vec![Clash { at, message: message.to_owned(), help: Some(help) }])
    };
    let Some(root) = json::parse(&theirs[start..]) else {
        let mut found = Vec::new();
        check_file("jsonc", &theirs[start..], &mut found);
        let first = found.iter().min_by_key(|finding| finding.range.start);
        let (at, why) =
            first.map_or((0, ""), |finding| (finding.range.start, finding.message.as_str()));
        let message = format!("this cannot be read as JSON: {why}");
        return refuse(at + start, &message, "mend it first, and see `patternbook check {file}`");
    };
    let Some(mut ours) = json::parse(ours) else {
        let help = "mend the pattern; `patternbook check` in its project shows where";
        return refuse(0, "what the pattern has for this file is no JSON", help);
    };
    if !matches!(root.value, Value::Map(_)) {
        return refuse(
            root.range.start + start,
            "this is JSON, but no object",
            "write an object, `{…}`",
        );
    }
    if let Value::Map(entries) = &mut ours.value {
        entries.retain(|entry| !way.new_only.contains(&entry.key.as_str()));
    }
    if way.names_servers
        && is_bare(&root)
        && let Some(servers) = ours.get(SERVERS)
    {
        ours = servers.clone();
    }
    let text = &theirs[start..];
    let mut merger = Merger {
        text,
        unit: unit(text, &root),
        replaces: way.replaces,
        edits: Vec::new(),
        clashes: Vec::new(),
    };
    merger.merge_map(&root, &ours, "");
    let Merger { mut edits, mut clashes, .. } = merger;
    if !clashes.is_empty() {
        clashes.iter_mut().for_each(|clash| clash.at += start);
        return Err(clashes);
    }
    edits.sort_by_key(|(range, _)| range.start);
    Ok(format!("{}{}", &theirs[..start], apply(text, &edits)))
}

fn apply(text: &str, edits: &[Edit]) -> String {
    let mut merged = String::with_capacity(text.len());
    let mut copied = 0;
    for (range, new) in edits {
        merged.push_str(&text[copied..range.start]);
        merged.push_str(new);
        copied = range.end;
    }
    merged.push_str(&text[copied..]);
    merged
}

struct Merger<'a> {
    text: &'a str,
    /// What a level is indented by.
    unit: String,
    replaces: bool,
    edits: Vec<Edit>,
    clashes: Vec<Clash>,
}

impl Merger<'_> {
    fn merge_map(&mut self, theirs: &Node, ours: &Node, path: &str) {
        let mut missing = Vec::new();
        for entry in ours.entries() {
            let path = format!("{path}{}", entry.key);
            let same = theirs.entries().iter().filter(|other| other.key == entry.key);
            match same.collect::<Vec<_>>().as_slice() {
                [] => missing.push(entry),
                [other] => self.merge_entry(other, entry, &path),
                // Which of them holds, readers do not agree on.
                [.., last] => {
                    self.clash(last, format!("`{path}` stands here twice"), Some("leave one out"));
                }
            }
        }
        if !missing.is_empty() {
            self.insert(theirs, &missing);
        }
    }

    fn merge_entry(&mut self, theirs: &Entry, ours: &Entry, path: &str) {
        let both_name = is_map(&theirs.node) && names_things(&ours.node);
        if both_name {
            self.merge_map(&theirs.node, &ours.node, &format!("{path}."));
        } else if theirs.node.to_json() != ours.node.to_json() {
            match self.replaces {
                true => {
                    let indent = indent_at(self.text, theirs.key_range.start);
                    let text = self.written(&ours.node, indent);
                    self.edits.push((theirs.node.range.clone(), text));
                }
                false => self.clash(theirs, format!("`{path}` is there, and is another"), None),
            }
        }
    }

    fn clash(&mut self, entry: &Entry, message: String, help: Option<&'static str>) {
        self.clashes.push(Clash { at: entry.key_range.start, message, help });
    }

    fn insert(&mut self, object: &Node, entries: &[&Entry]) {
        let close = object.range.end - 1;
        let last = object.entries().last();
        let values_end = last.map_or(object.range.start + 1, |entry| entry.node.range.end);
        let tail = Tail::of(&self.text[values_end..close]);
        if last.is_some() && !tail.has_comma {
            self.edits.push((values_end..values_end, ",".to_owned()));
        }
        let outer = indent_at(self.text, object.range.start);
        let indent = match last.map(|entry| entry.key_range.start) {
            Some(start) if is_first_in_line(self.text, start) => indent_at(self.text, start),
            _ => format!("{outer}{}", self.unit),
        };
        let newline = newline(self.text);
        let mut new = String::new();
        for (index, entry) in entries.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            let key = serde_json::Value::from(entry.key.as_str());
            let value = self.written(&entry.node, indent.clone());
            new.push_str(&format!("{comma}{newline}{indent}{key}: {value}"));
        }
        let at = values_end + tail.end;
        if !self.text[at..close].contains('\n') {
            new.push_str(&format!("{newline}{outer}"));
        }
        self.edits.push((at..at, new));
    }

    /// Writes a value that stands in a line with this indent.
    fn written(&self, node: &Node, indent: String) -> String {
        let mut bytes = Vec::new();
        let formatter = PrettyFormatter::with_indent(self.unit.as_bytes());
        let mut serializer = Serializer::with_formatter(&mut bytes, formatter);
        node.to_json().serialize(&mut serializer).expect("memory takes any JSON");
        let text = String::from_utf8(bytes).expect("JSON is text");
        text.replace('\n', &format!("{}{indent}", newline(self.text)))
    }
}

/// The key that servers stand below.
pub(super) const SERVERS: &str = "mcpServers";

/// Tells whether servers stand at the root of their configuration.
fn is_bare(root: &Node) -> bool {
    let is_server = |node: &Node| node.get("command").is_some() || node.get("url").is_some();
    let entries = root.entries();
    !entries.is_empty() && entries.iter().all(|entry| is_server(&entry.node))
}

fn is_map(node: &Node) -> bool {
    matches!(node.value, Value::Map(_))
}

/// Tells whether a map holds nothing but maps: each is a thing with a name.
fn names_things(node: &Node) -> bool {
    is_map(node) && node.entries().iter().all(|entry| is_map(&entry.node))
}

/// What stands between the last value of an object and its end.
struct Tail {
    has_comma: bool,
    /// Where the last comma or comment ends.
    end: usize,
}

impl Tail {
    fn of(text: &str) -> Self {
        let mut tail = Self { has_comma: false, end: 0 };
        let mut at = 0;
        while let Some(next) = text[at..].chars().next() {
            let rest = &text[at..];
            if let Some(line) = rest.strip_prefix("//") {
                at += 2 + line.find('\n').unwrap_or(line.len());
                tail.end = at - usize::from(text[..at].ends_with('\r'));
            } else if rest.starts_with("/*") {
                at += rest.find("*/").map_or(rest.len(), |end| end + 2);
                tail.end = at;
            } else {
                at += next.len_utf8();
                if next == ',' {
                    tail.has_comma = true;
                    tail.end = at;
                }
            }
        }
        tail
    }
}

fn newline(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// What the line of a place begins with.
fn indent_at(text: &str, at: usize) -> String {
    let line = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    text[line..at].chars().take_while(|c| matches!(c, ' ' | '\t')).collect()
}

fn is_first_in_line(text: &str, at: usize) -> bool {
    let line = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    text[line..at].trim().is_empty()
}

/// What a level of a file is indented by: as its first key is, or two spaces.
fn unit(text: &str, root: &Node) -> String {
    let first = root.entries().first().map(|entry| entry.key_range.start);
    let own_line = first.filter(|start| is_first_in_line(text, *start));
    let indent = own_line.map(|start| indent_at(text, start));
    indent.filter(|indent| !indent.is_empty()).unwrap_or_else(|| "  ".to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Way, merge};

    const OURS: &str =
        r#"{"name": "x", "mcpServers": {"acme": {"url": "u", "headers": {"A": "b"}}}}"#;

    const WAY: Way<'_> = Way { new_only: &["name"], names_servers: true, replaces: false };

    /// Merges [`OURS`], and expects this text, or the clashes as `at: message`.
    #[track_caller]
    fn check(theirs: &str, expected: &str) {
        let merged = merge(theirs, OURS, WAY).unwrap_or_else(|clashes| {
            let line = |clash: &super::Clash| format!("{}: {}", clash.at, clash.message);
            clashes.iter().map(line).collect::<Vec<_>>().join("\n")
        });
        assert_eq!(merged, expected);
        if !expected.contains("is another") && expected.starts_with('{') {
            assert_eq!(merge(&merged, OURS, WAY).unwrap(), merged);
        }
    }

    #[test]
    fn comments_commas_and_spaces_stay() {
        check(
            "{\n\t// ours\n\t\"mcpServers\": {\n\t\t\"b\" : {}, // old\n\t\t/* end */\n\t},\n}\n",
            "{\n\t// ours\n\t\"mcpServers\": {\n\t\t\"b\" : {}, // old\n\t\t/* end */\n\t\t\"acme\": {\n\
             \t\t\t\"url\": \"u\",\n\t\t\t\"headers\": {\n\t\t\t\t\"A\": \"b\"\n\t\t\t}\n\t\t}\n\t},\n}\n",
        );
    }

    #[test]
    fn an_object_in_one_line_gets_lines() {
        check(
            r#"{"mcpServers":{}}"#,
            "{\"mcpServers\":{\n  \"acme\": {\n    \"url\": \"u\",\n    \"headers\": {\n      \
             \"A\": \"b\"\n    }\n  }\n}}",
        );
        check(
            r#"{"a":1}"#,
            "{\"a\":1,\n  \"mcpServers\": {\n    \"acme\": {\n      \"url\": \"u\",\n      \
             \"headers\": {\n        \"A\": \"b\"\n      }\n    }\n  }\n}",
        );
    }

    #[test]
    fn line_ends_stay_as_they_are() {
        let merged = merge("{\r\n  \"a\": 1 // b\r\n}\r\n", OURS, Way::default()).unwrap();
        assert!(
            merged.starts_with("{\r\n  \"a\": 1, // b\r\n  \"name\": \"x\",\r\n"),
            "{merged:?}"
        );
        assert_eq!(merged.matches('\n').count(), merged.matches("\r\n").count());
    }

    #[test]
    fn another_value_is_a_clash() {
        check(
            r#"{"mcpServers":{"acme":{"url":"v"}}}"#,
            "15: `mcpServers.acme` is there, and is another",
        );
        check(r#"{"mcpServers":[]}"#, "1: `mcpServers` is there, and is another");
        check("[]", "0: this is JSON, but no object");
        check("{", "0: this cannot be read as JSON: this `{` is never closed");
        let twice = r#"{"mcpServers":{},"mcpServers":{}}"#;
        check(twice, "17: `mcpServers` stands here twice");
    }

    #[test]
    fn servers_at_the_root_stay_there() {
        check(
            "{\n  \"a\": {\"command\": \"b\"}\n}",
            "{\n  \"a\": {\"command\": \"b\"},\n  \"acme\": {\n    \"url\": \"u\",\n    \
             \"headers\": {\n      \"A\": \"b\"\n    }\n  }\n}",
        );
        check(r#"{"acme": {"url": "v"}}"#, "1: `acme` is there, and is another");
    }

    #[test]
    fn what_says_so_already_stays() {
        let theirs = r#"{"mcpServers":{"acme":{"headers":{"A":"b"},"url":"u"}}}"#;
        check(theirs, theirs);
    }

    #[test]
    fn ours_takes_the_place_of_theirs_if_asked() {
        let way = Way { replaces: true, ..Way::default() };
        let merged = merge("{\"name\": 1, \"b\": 2}", "{\"name\": \"x\"}", way).unwrap();
        assert_eq!(merged, "{\"name\": \"x\", \"b\": 2}");
    }
}
