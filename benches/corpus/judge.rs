//! Judges fences for `agree.mjs`, with this tool's own reading of Markdown.
//!
//! `judge PATH…` prints each fence of the Markdown files as a line of JSON with its code and
//! both verdicts. `judge -` reads lines `{"language", "code"}` and prints a verdict for each.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a tool for developers reads files and prints"
)]

use std::io::{self, BufRead as _};
use std::{env, fs};

use patternbook::check::{self, Strictness, Verdict};
use patternbook::diagnostic::Severity;
use patternbook::markdown;
use rayon::prelude::*;
use serde_json::{Value, json};

fn main() -> anyhow::Result<()> {
    let paths: Vec<String> = env::args().skip(1).collect();
    if paths == ["-"] {
        let lines: Vec<String> = io::stdin().lock().lines().collect::<Result<_, _>>()?;
        let judged: Vec<anyhow::Result<Value>> = lines.par_iter().map(|line| judge(line)).collect();
        for verdict in judged {
            println!("{}", verdict?);
        }
        return Ok(());
    }
    for path in paths {
        // Some repositories hold files that are no text.
        let Ok(text) = fs::read_to_string(&path) else { continue };
        for fence in markdown::outline(&text).fences {
            let line = 1 + text[..fence.origins[0]].matches('\n').count();
            let (language, code) = (&fence.language, &fence.code);
            let mut value = verdicts(language, code);
            value["path"] = json!(path);
            value["line"] = json!(line);
            value["language"] = json!(language);
            value["code"] = json!(code);
            println!("{value}");
        }
    }
    Ok(())
}

fn judge(line: &str) -> anyhow::Result<Value> {
    let value: Value = serde_json::from_str(line)?;
    let text = |key: &str| value[key].as_str().unwrap_or_default();
    Ok(verdicts(text("language"), text("code")))
}

/// Both verdicts, why the second differs, and what the strict one found.
fn verdicts(language: &str, code: &str) -> Value {
    let mut found = Vec::new();
    let strict = check::check(language, code, Strictness::Strict, &mut found);
    let tolerant = check::check(language, code, Strictness::Documentation, &mut Vec::new());
    let tolerances: Vec<&str> = match &tolerant {
        Verdict::Tolerated(tolerances) => tolerances.iter().map(|one| one.id).collect(),
        _ => Vec::new(),
    };
    let errors = found.iter().filter(|finding| finding.rule.severity == Severity::Error);
    let errors: Vec<Value> = errors
        .map(|finding| json!([finding.rule.id, finding.range.start, finding.message]))
        .collect();
    json!({
        "strict": strict.name(),
        "tolerant": tolerant.name(),
        "tolerances": tolerances,
        "errors": errors,
    })
}
