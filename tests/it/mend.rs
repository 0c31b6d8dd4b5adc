//! `check --fix` and `check --diff`.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use patternbook::publish::tree::{self, Edit};

use crate::support::{ONE, SMALL, folder, patternbook, write};

const COMMAS: &str =
    "{\r\n  \"mcpServers\": {\"ü\": {\"command\": \"x\", \"args\": [\"a\",],},},\r\n}\r\n";
const MENDED: &str =
    "{\r\n  \"mcpServers\": {\"ü\": {\"command\": \"x\", \"args\": [\"a\"]}}\r\n}\r\n";

#[test]
fn commas_too_many_go_and_nothing_else() {
    let tree = folder(&[(".mcp.json", COMMAS)]);
    let path = tree.path().join(".mcp.json");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let run = patternbook(tree.path(), &["check", "--diff", "."]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert!(run.stdout.starts_with("--- a/.mcp.json\n+++ b/.mcp.json\n"), "{}", run.stdout);
    assert_eq!(fs::read_to_string(&path).unwrap(), COMMAS, "it only shows");
    let run = patternbook(tree.path(), &["check", "--fix", "."]);
    assert_eq!(fs::read_to_string(&path).unwrap(), MENDED, "{}", run.stderr);
    assert!(run.stderr.contains("mended 4 findings in 1 file"), "{}", run.stderr);
    assert!(!run.stdout.contains("json-syntax"), "{}", run.stdout);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    let again = patternbook(tree.path(), &["check", "--fix", "."]);
    assert!(again.stderr.contains("mended 0 findings in 0 files"), "{}", again.stderr);
    assert_eq!(patternbook(tree.path(), &["check", "--diff", "."]).stdout, "");
}

#[test]
fn many_commas_go_in_one_run() {
    let servers = "\"a\": {\"command\": \"x\", \"args\": [\"a\",]},\n".repeat(30);
    let tree = folder(&[(".mcp.json", &format!("{{\"mcpServers\": {{{servers}}}}}\n"))]);
    let run = patternbook(tree.path(), &["check", "--fix", "."]);
    assert!(run.stderr.contains("mended 31 findings in 1 file"), "{}", run.stderr);
    assert!(!run.stdout.contains("json-syntax"), "{}", run.stdout);
}

#[test]
fn labels_are_mended_where_there_is_no_doubt() {
    let text = "```json\n{\n  \"a\": 1 // why\n}\n```\n\n> ```  JSON title=\"x\"\n> // only\n> [1]\n> ```\n\n```\n{\"a\": 1}\n```\n\n```\nmaybe {\"a\": 1}\n```\n";
    let tree = folder(&[("a.md", text)]);
    let run = patternbook(tree.path(), &["check", "--fix", "."]);
    assert_eq!(run.status, 0, "{}", run.stdout);
    let labelled = text.replace("```json", "```jsonc").replace("JSON title", "jsonc title");
    let read = || fs::read_to_string(tree.path().join("a.md")).unwrap();
    assert_eq!(read(), labelled);
    patternbook(tree.path(), &["check", "--strict", "--fix", "."]);
    assert_eq!(read(), labelled.replace("```\n{\"a\"", "```json\n{\"a\""));
}

#[test]
fn a_link_and_what_was_not_named_stay_as_they_are() {
    let tree = folder(&[("real.md", "```json\n[1, // x\n2]\n```\n"), ("docs/b.md", "text\n")]);
    symlink("../real.md", tree.path().join("docs/link.md")).unwrap();
    patternbook(tree.path(), &["check", "--fix", "docs"]);
    let run = patternbook(tree.path(), &["check", "--fix", "docs/link.md"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let text = fs::read_to_string(tree.path().join("real.md")).unwrap();
    assert!(text.starts_with("```json\n"), "{text}");
    assert!(fs::symlink_metadata(tree.path().join("docs/link.md")).unwrap().is_symlink());
}

#[test]
fn what_is_suppressed_is_not_mended() {
    let text = "<!-- patternbook-ignore json-with-comments: the reader takes them -->\n\n\
                ```json\n[1, // x\n2]\n```\n";
    let tree = folder(&[("a.md", text)]);
    patternbook(tree.path(), &["check", "--fix", "."]);
    assert_eq!(fs::read_to_string(tree.path().join("a.md")).unwrap(), text);
}

#[test]
fn an_example_of_a_project_is_mended_in_its_file() {
    let project = folder(SMALL);
    let bad = ONE.replace("{\"a\": 1}", "{\"a\": [1,],}");
    write(project.path(), "patterns/one.yaml", bad.as_bytes());
    let run = patternbook(project.path(), &["check", "--fix"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    let text = fs::read_to_string(project.path().join("patterns/one.yaml")).unwrap();
    assert_eq!(text, ONE.replace("{\"a\": 1}", "{\"a\": [1]}"));
}

#[test]
fn what_is_started_by_its_name_gets_the_run_bit() {
    let skill = "---\nname: pay\ndescription: Pays invoices. Use when the user asks to pay.\n---\n\n\
                 # Pay\n\n```bash\nscripts/pay.py --all\n```\n";
    let hooks = r#"{"hooks": {"PreToolUse": [{"matcher": "Bash", "hooks": [
        {"type": "command", "command": "\"${CLAUDE_PLUGIN_ROOT}/hooks/check.sh\""}]}]}}"#;
    let servers = r#"{"mcpServers": {"acme": {"command": "${CLAUDE_PLUGIN_ROOT}/bin/server.py"}}}"#;
    let plugin = folder(&[
        (".claude-plugin/plugin.json", "{\"name\": \"acme\"}\n"),
        (".mcp.json", servers),
        ("skills/pay/SKILL.md", skill),
        ("hooks/hooks.json", hooks),
        ("skills/pay/scripts/pay.py", "#!/usr/bin/env python3\n"),
        ("hooks/check.sh", "#!/usr/bin/env bash\nexit 0\n"),
        ("bin/server.py", "#!/usr/bin/env python3\n"),
    ]);
    let scripts = ["skills/pay/scripts/pay.py", "hooks/check.sh", "bin/server.py"];
    let runs = |name: &str| {
        let mode = fs::metadata(plugin.path().join(name)).unwrap().permissions().mode();
        mode & 0o111 != 0
    };
    // A script that was not named stays as it is.
    patternbook(plugin.path(), &["check", "--fix", "hooks/hooks.json"]);
    assert!(!runs("hooks/check.sh"));
    let run = patternbook(plugin.path(), &["check", "--diff", "."]);
    for script in scripts {
        assert!(run.stdout.contains(&format!("{script}: made executable\n")), "{}", run.stdout);
        assert!(!runs(script), "it only shows");
    }
    let run = patternbook(plugin.path(), &["check", "--fix", "."]);
    assert!(run.stderr.contains("mended 3 findings in 3 files"), "{}", run.stderr);
    assert!(scripts.iter().all(|script| runs(script)));
    assert!(!run.stdout.contains("-not-runnable"), "{}", run.stdout);
}

#[test]
fn a_run_bit_is_set_through_no_link() {
    let skill = "---\nname: pay\ndescription: Pays invoices. Use when the user asks to pay.\n---\n\n\
                 # Pay\n\n```bash\nscripts/pay.py --all\n```\n";
    let tree = folder(&[("pay/SKILL.md", skill), ("pay/real.py", "#!/usr/bin/env python3\n")]);
    fs::create_dir(tree.path().join("pay/scripts")).unwrap();
    symlink("../real.py", tree.path().join("pay/scripts/pay.py")).unwrap();
    let run = patternbook(tree.path(), &["check", "--fix", "."]);
    assert!(run.stdout.contains("skill-not-runnable"), "{}", run.stdout);
    let mode = fs::metadata(tree.path().join("pay/real.py")).unwrap().permissions().mode();
    assert_eq!(mode & 0o111, 0);
}

#[test]
fn files_are_changed_all_or_none() {
    let files = folder(&[("a", "one"), ("b", "two")]);
    let edit = |name: &str, before: &str| Edit {
        path: files.path().join(name),
        before: before.to_owned(),
        after: Some("new".to_owned()),
        makes_executable: name == "a",
    };
    let read = |name: &str| fs::read_to_string(files.path().join(name)).unwrap();
    tree::edit(&[edit("a", "one"), edit("b", "changed since")]).unwrap_err();
    symlink("a", files.path().join("link")).unwrap();
    tree::edit(&[edit("a", "one"), edit("link", "one")]).unwrap_err();
    assert_eq!((read("a").as_str(), read("b").as_str()), ("one", "two"));
    tree::edit(&[edit("a", "one"), edit("b", "two")]).unwrap();
    assert_eq!((read("a").as_str(), read("b").as_str()), ("new", "new"));
    let mode = |name: &str| fs::metadata(files.path().join(name)).unwrap().permissions().mode();
    assert_eq!((mode("a") & 0o111 != 0, mode("b") & 0o111), (true, 0));
    assert_eq!(fs::read_dir(files.path()).unwrap().count(), 3, "nothing is left behind");
}
