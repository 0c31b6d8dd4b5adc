//! What pip is let to install: versions of packages of its registry, each with checksums.

use std::fmt::Write as _;
use std::path::Path;

use super::Judged;
use crate::sandbox::host;

/// The Python that examples see, which need not be the one that has pip.
const PYTHON: &str = "/usr/bin/python3";

/// Says which Python the packages are for.
pub(super) fn more_arguments() -> Result<Vec<String>, String> {
    let ask = ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"];
    let version = host::output(Path::new(PYTHON), &ask);
    let version = version.map_err(|_| format!("`{PYTHON}` is not installed; install python3"))?;
    Ok(vec![format!("--python-version={}", version.trim())])
}

/// Judges `requirements.txt`, and returns it as plain lines.
///
/// pip ends lines at more characters than others do, and reads a coding from a comment. So it
/// gets what was understood, and never the text itself.
pub(super) fn judge(texts: &[&[u8]]) -> Judged {
    let [requirements] = texts else { return Err("it has not one file".to_owned()) };
    let text = std::str::from_utf8(requirements).ok().filter(|text| is_plain(text));
    let text = text.ok_or("its `requirements.txt` holds more than plain ASCII")?;
    let mut written = String::new();
    for line in text.replace("\\\n", " ").lines() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        if !is_requirement(line) {
            return Err(format!(
                "`{}` in its `requirements.txt` is no `NAME==VERSION --hash=sha256:…`",
                line.split_whitespace().next().unwrap_or_default()
            ));
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        writeln!(written, "{}", words.join(" ")).expect("strings take any text");
    }
    Ok(vec![written.into_bytes()])
}

fn is_plain(text: &str) -> bool {
    text.chars().all(|c| c == '\n' || c == '\t' || c == ' ' || c.is_ascii_graphic())
}

fn is_requirement(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let name = words.next().and_then(|word| word.split_once("=="));
    let is_hash = |word: &str| {
        word.strip_prefix("--hash=sha256:")
            .is_some_and(|hash| hash.len() == 64 && hash.chars().all(|c| c.is_ascii_hexdigit()))
    };
    let mut hashes = words.peekable();
    name.is_some_and(|(name, version)| is_word(name) && is_word(version))
        && hashes.peek().is_some()
        && hashes.all(is_hash)
}

fn is_word(text: &str) -> bool {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "._-+".contains(c);
    text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.chars().all(is_allowed)
}

#[cfg(test)]
mod tests {
    use super::judge;

    const HASH: &str =
        "--hash=sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    #[test]
    fn only_versions_with_checksums_are_fetched() {
        let check = |text: &str| judge(&[text.as_bytes()]).is_ok();
        assert!(check(&format!(
            "# one\nmcp==1.2.0 \\\n    {HASH} \\\n    {HASH}\n\nb==2 {HASH} # x\n"
        )));
        for hostile in [
            "mcp==1.2.0\n".to_owned(),
            format!("mcp>=1 {HASH}\n"),
            format!("mcp @ https://example.com/mcp.whl {HASH}\n"),
            format!("git+https://example.com/mcp {HASH}\n"),
            "--index-url https://example.com/\n".to_owned(),
            format!("--index-url==x {HASH}\n"),
            format!("mcp==1.2.0 {HASH} --global-option=x\n"),
            "-e .\n".to_owned(),
            "# x\r--no-binary :all:\r--find-links .\n".to_owned(),
            "# x\u{2028}--no-binary :all:\n".to_owned(),
            "# x\u{c}--no-binary :all:\n".to_owned(),
        ] {
            assert!(!check(&hostile), "{hostile:?}");
        }
    }

    #[test]
    fn pip_gets_what_was_understood() {
        let text = format!("# coding: utf-7\nmcp==1.2.0 \\\n    {HASH} # why\n");
        let written = judge(&[text.as_bytes()]).unwrap().concat();
        assert_eq!(String::from_utf8(written).unwrap(), format!("mcp==1.2.0 {HASH}\n"));
    }
}
