//! What tells a language at a glance. No parser runs here, so each answer is cheap and rough.

/// Programs with which a line of shell code starts.
const PROGRAMS: &[&str] = &[
    "apt",
    "apt-get",
    "brew",
    "bun",
    "bundle",
    "cargo",
    "cat",
    "cd",
    "chmod",
    "choco",
    "claude",
    "cp",
    "curl",
    "deno",
    "docker",
    "docker-compose",
    "dotnet",
    "echo",
    "export",
    "fly",
    "gcloud",
    "gem",
    "gh",
    "git",
    "go",
    "gradle",
    "helm",
    "jq",
    "kubectl",
    "ls",
    "make",
    "mkdir",
    "mv",
    "mvn",
    "node",
    "npm",
    "npx",
    "openssl",
    "php",
    "pip",
    "pip3",
    "pipx",
    "pnpm",
    "podman",
    "poetry",
    "python",
    "python3",
    "rm",
    "rustup",
    "sed",
    "source",
    "ssh",
    "sudo",
    "tar",
    "terraform",
    "touch",
    "uv",
    "uvx",
    "vercel",
    "wget",
    "yarn",
];

/// Elements that tell HTML from other text in angle brackets.
const ELEMENTS: &[&str] = &[
    "!doctype", "a", "article", "body", "button", "canvas", "div", "footer", "form", "h1", "h2",
    "head", "header", "html", "iframe", "img", "input", "label", "link", "main", "meta", "nav",
    "ol", "p", "script", "section", "span", "style", "table", "template", "ul",
];

fn lines(code: &str) -> impl Iterator<Item = &str> {
    code.lines().filter(|line| !line.trim().is_empty())
}

fn has_line(code: &str, starts: &[&str]) -> bool {
    lines(code).any(|line| starts.iter().any(|start| line.starts_with(start)))
}

fn first_line(code: &str) -> &str {
    lines(code).next().unwrap_or_default()
}

pub(super) fn diff(code: &str) -> bool {
    let is_file = |line: &str| line.starts_with("--- ") || line.starts_with("diff --git ");
    is_file(first_line(code)) && has_line(code, &["@@ "]) || first_line(code).starts_with("@@ -")
}

/// The first tag is one of HTML, the text ends with a tag, and something in it is no JSX.
pub(super) fn html(code: &str) -> bool {
    let Some(tag) = code.strip_prefix('<').filter(|_| code.ends_with('>')) else { return false };
    let name = tag.split([' ', '>', '\n', '/']).next().unwrap_or_default().to_ascii_lowercase();
    let is_page = matches!(name.as_str(), "!doctype" | "html" | "head" | "script" | "style");
    let is_no_jsx = code.contains("<!--") || code.contains(" class=\"");
    ELEMENTS.contains(&name.as_str()) && code.contains("</") && (is_page || is_no_jsx)
}

pub(super) fn json(code: &str) -> bool {
    let is_object = code.starts_with('{') && code.ends_with('}');
    let is_list = code.starts_with('[') && code.ends_with(']') && code.contains(['{', ',']);
    (is_object || is_list) && code.contains('"')
}

pub(super) fn http(code: &str) -> bool {
    let first = first_line(code);
    first.starts_with("HTTP/1.") || first.ends_with(" HTTP/1.1") || first.ends_with(" HTTP/2")
}

pub(super) fn console(code: &str) -> bool {
    first_line(code).starts_with("$ ")
}

pub(super) fn go(code: &str) -> bool {
    has_line(code, &["package ", "func ", "func("])
        || code.contains(" := ") && code.contains("if err != nil {")
}

pub(super) fn rust(code: &str) -> bool {
    has_line(
        code,
        &["fn ", "pub fn ", "pub struct ", "impl ", "impl<", "use std::", "let mut ", "#[derive("],
    )
}

pub(super) fn python(code: &str) -> bool {
    let is_block = |line: &str| {
        ["def ", "class ", "async def ", "if ", "for ", "with "]
            .iter()
            .any(|word| line.starts_with(word))
            && line.trim_end().ends_with(':')
    };
    let is_import = |line: &str| {
        line.starts_with("from ") && line.contains(" import ")
            || line.starts_with("import ") && !line.contains([';', '"', '\''])
    };
    lines(code).any(|line| is_block(line) || is_import(line)) || has_line(code, &["print("])
}

pub(super) fn script(code: &str) -> bool {
    let starts = [
        "import {",
        "import * as ",
        "import type ",
        "export ",
        "const ",
        "let ",
        "var ",
        "function ",
        "async function ",
        "interface ",
        "class ",
        "declare ",
        "enum ",
    ];
    let is_import = |line: &str| line.starts_with("import ") && line.contains(['"', '\'']);
    // `type = decimal` is a line of TOML.
    let is_type = |line: &str| line.starts_with("type ") && !line.starts_with("type =");
    let is_telling = |line: &str| is_import(line) || is_type(line);
    has_line(code, &starts) || lines(code).any(is_telling) || code.contains("=> {")
}

/// Every line that starts a command starts with a program that everybody knows.
pub(super) fn bash(code: &str) -> bool {
    let mut goes_on = false;
    let mut commands = 0;
    for line in lines(code) {
        let is_part = goes_on || line.starts_with([' ', '\t']) && commands > 0;
        goes_on = line.trim_end().ends_with('\\');
        if is_part || line.starts_with('#') {
            continue;
        }
        let mut words = line.split_whitespace().skip_while(|word| is_assignment(word));
        match words.next() {
            Some(word) if PROGRAMS.contains(&word) => commands += 1,
            _ => return false,
        }
    }
    commands > 0
}

fn is_assignment(word: &str) -> bool {
    let name = word.split_once('=').map_or("", |(name, _)| name);
    !name.is_empty() && name.chars().all(|sign| sign.is_ascii_uppercase() || sign == '_')
}

pub(super) fn toml(code: &str) -> bool {
    let is_table = |line: &str| line.starts_with('[') && line.trim_end().ends_with(']');
    lines(code).any(is_table) && lines(code).any(|line| line.contains(" = "))
}

/// Two keys at the margin at least, and nothing there that YAML does not have.
pub(super) fn yaml(code: &str) -> bool {
    let is_key = |line: &&str| {
        let key = line.split(':').next().unwrap_or_default();
        let is_name = !key.is_empty()
            && key.len() < line.len()
            && key.chars().all(|sign| sign.is_ascii_alphanumeric() || "_-.".contains(sign));
        is_name && matches!(line[key.len() + 1..].chars().next(), None | Some(' '))
    };
    let is_margin = |line: &&str| !line.starts_with([' ', '#', '-']);
    let mut margin = lines(code).filter(is_margin);
    margin.all(|line| is_key(&line)) && lines(code).filter(is_key).count() > 1
}
