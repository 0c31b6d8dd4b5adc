//! `add`: patterns written into plugins that are empty, that have files of their own, and that
//! are in the way.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use similar::{ChangeTag, TextDiff};
use tempfile::TempDir;

use crate::place::Place;
use crate::support::{Found, Run, SMALL, files, findings, folder, patternbook, write};

const NAME: &str = "name=corp-x";
const URL: &str = "url=https://mcp.corp.example/v1/mcp";
const TOKEN_URL: &str = "token-url=https://id.corp.example/token";

/// Where a helper goes, with these answers.
const SCRIPT: &str = "scripts/get-headers-corp-x.sh";

/// Every pattern that can be added, with answers.
const PATTERNS: &[(&str, &[&str])] = &[
    ("api-key-headers", &[NAME, URL]),
    ("bearer-token-header", &[NAME, URL]),
    ("cached-headers-helper", &[NAME, URL, TOKEN_URL]),
    (
        "plugin-user-config",
        &[NAME, URL, "token-page=https://app.corp.example/tokens", "scope=jobs:read"],
    ),
    ("robust-headers-helper", &[NAME, URL, TOKEN_URL]),
    (
        "stdio-environment",
        &["server=corp-jobs", "module=corp_jobs", "database=postgresql://db.corp.example/jobs"],
    ),
    ("tenant-selection", &[NAME, URL, "header=X-Team"]),
];

/// A plugin that somebody wrote, not very tidily.
const PLUGIN: &[(&str, &str)] = &[
    (".claude-plugin/plugin.json", "{\"name\":\"jobs\",   \"version\":\"3.1.4\"}"),
    (
        ".mcp.json",
        "\u{feff}{\r\n\t// Ours.\r\n\t\"mcpServers\" : {\r\n\t\t\"jobs\":{ \"command\":\"node\", \
         \"args\":[\"a.mjs\"] }, // the first\r\n\t\t/* more to come */\r\n\t}\r\n}",
    ),
    (
        "README.md",
        "Jobs\n====\n\nWhat it does.\n\n```md\n## Token for Corp-x\n```\n\n## Licence  \nMIT",
    ),
    ("scripts/build.sh", "#!/bin/sh\necho build\n"),
];

fn arguments<'a>(pattern: &'a str, values: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    let values = values.iter().flat_map(|value| ["--set", *value]);
    ["add", pattern].into_iter().chain(values).chain(more.iter().copied()).collect()
}

fn values_of(pattern: &str) -> &'static [&'static str] {
    PATTERNS.iter().find(|(id, _)| *id == pattern).unwrap().1
}

/// Adds a pattern of [`PATTERNS`] to the plugin in a folder.
#[track_caller]
fn add(plugin: &Path, pattern: &str, more: &[&str]) -> Run {
    patternbook(plugin, &arguments(pattern, values_of(pattern), more))
}

#[track_caller]
fn assert_status(run: &Run, status: i32) {
    assert_eq!(run.status, status, "{}{}", run.stdout, run.stderr);
}

#[test]
fn every_pattern_makes_a_clean_plugin_and_does_so_once() {
    let empty = folder(&[]);
    let list = patternbook(empty.path(), &["add"]).stdout;
    let listed: Vec<&str> = list.lines().map(|line| line.split(' ').next().unwrap()).collect();
    let known: Vec<&str> = PATTERNS.iter().map(|(id, _)| *id).collect();
    assert_eq!(listed, known);
    let manifest = r#"{"name": "jobs", "version": "1.0.0", "description": "Runs jobs."}"#;
    let plugins = [&[][..], &[(".claude-plugin/plugin.json", manifest)]];
    let cases = known.iter().flat_map(|pattern| plugins.map(|files| (*pattern, files)));
    for (pattern, plugin) in cases {
        let plugin = folder(plugin);
        assert_status(&add(plugin.path(), pattern, &["--yes"]), 0);
        for options in [&["--strict"][..], &["--profile", "spec"], &["--profile", "claude-code"]] {
            let run = patternbook(plugin.path(), &[&["check", "."], options].concat());
            assert_status(&run, 0);
            assert!(run.stdout.contains(": 0 errors, 0 warnings"), "{pattern}: {}", run.stdout);
        }
        let before = files(plugin.path());
        for (path, bytes) in &before {
            let text = String::from_utf8_lossy(bytes).to_lowercase();
            assert!(!text.contains("acme"), "{pattern}: {}", path.display());
            let is_script = text.starts_with("#!");
            let mode = fs::metadata(plugin.path().join(path)).unwrap().permissions().mode();
            assert_eq!(mode & 0o100 != 0, is_script, "{pattern}: {}", path.display());
        }
        let again = add(plugin.path(), pattern, &["--yes"]);
        assert_status(&again, 0);
        assert!(again.stdout.starts_with("nothing to write"), "{}", again.stdout);
        assert_eq!(files(plugin.path()), before);
    }
}

#[test]
fn helpers_keep_their_contract_by_the_command_that_is_named() {
    let probe = |pattern: &str| {
        let place = Place::empty();
        let run = place.run(&arguments(pattern, values_of(pattern), &["--yes"]));
        assert_status(&run, 0);
        let command = run.stdout.lines().last().unwrap().trim().to_owned();
        let script = format!("patternbook probe {SCRIPT} --file '~/.config/corp-x/");
        assert!(command.starts_with(&script), "{command}");
        let login = command.split('\'').nth(1).unwrap();
        let run = place.run(&["probe", SCRIPT, "--file", login]);
        assert_status(&run, 0);
    };
    thread::scope(|scope| {
        let helpers = PATTERNS.iter().filter(|(id, _)| id.ends_with("helper"));
        let threads: Vec<_> = helpers.map(|(id, _)| scope.spawn(move || probe(id))).collect();
        assert_eq!(threads.len(), 2);
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    });
}

#[test]
fn what_a_plugin_has_stays_byte_for_byte() {
    for (pattern, _) in PATTERNS {
        let plugin = folder(PLUGIN);
        let run = add(plugin.path(), pattern, &["--yes"]);
        // What `check` says of their comments in JSON is no business of ours.
        assert!(matches!(run.status, 0 | 1), "{}", run.stderr);
        assert!(run.stdout.contains("\nwrote "), "{}", run.stdout);
        for (path, before) in PLUGIN {
            let after = fs::read_to_string(plugin.path().join(path)).unwrap();
            let diff = TextDiff::from_chars(*before, after.as_str());
            let lost: Vec<_> =
                diff.iter_all_changes().filter(|it| it.tag() == ChangeTag::Delete).collect();
            assert!(lost.is_empty(), "{pattern}, {path}: {lost:?}\n{after}");
        }
        let servers = fs::read_to_string(plugin.path().join(".mcp.json")).unwrap();
        assert_eq!(servers.matches('\n').count(), servers.matches("\r\n").count());
        let manifest =
            fs::read_to_string(plugin.path().join(".claude-plugin/plugin.json")).unwrap();
        assert!(manifest.starts_with("{\"name\":\"jobs\",   \"version\":\"3.1.4\""), "{manifest}");
        assert!(!manifest.contains("description\": \"Corp"), "{manifest}");
        let once = files(plugin.path());
        add(plugin.path(), pattern, &["--yes"]);
        assert_eq!(files(plugin.path()), once);
    }
}

#[test]
fn servers_without_the_key_around_them_get_a_neighbour() {
    let plugin = folder(&[
        (".claude-plugin/plugin.json", "{\"name\": \"jobs\"}"),
        (
            ".mcp.json",
            "{\n  \"jobs\": {\"type\": \"http\", \"url\": \"https://a.example/mcp\"}\n}\n",
        ),
    ]);
    assert_status(&add(plugin.path(), "bearer-token-header", &["--yes"]), 0);
    let servers = fs::read_to_string(plugin.path().join(".mcp.json")).unwrap();
    let servers: serde_json::Value = serde_json::from_str(&servers).unwrap();
    assert!(servers["jobs"].is_object() && servers["corp-x"].is_object(), "{servers}");
    let readme = fs::read_to_string(plugin.path().join("README.md")).unwrap();
    assert!(readme.starts_with("# jobs\n\n## Token for Corp-x\n"), "{readme}");
}

#[test]
fn two_patterns_live_side_by_side() {
    let plugin = folder(&[]);
    assert_status(&add(plugin.path(), "bearer-token-header", &["--yes"]), 0);
    let values = ["name=other", URL, TOKEN_URL];
    let run = patternbook(plugin.path(), &arguments("robust-headers-helper", &values, &["--yes"]));
    assert_status(&run, 0);
    let servers = fs::read_to_string(plugin.path().join(".mcp.json")).unwrap();
    let servers: serde_json::Value = serde_json::from_str(&servers).unwrap();
    let names: Vec<&String> = servers["mcpServers"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["corp-x", "other"]);
    let readme = fs::read_to_string(plugin.path().join("README.md")).unwrap();
    assert!(readme.contains("## Token for Corp-x") && readme.contains("## Login for Other"));
}

#[test]
fn helpers_of_two_servers_live_side_by_side() {
    let plugin = folder(&[(".claude-plugin/plugin.json", "{\"name\": \"jobs\"}")]);
    assert_status(&add(plugin.path(), "robust-headers-helper", &["--yes"]), 0);
    let first = files(plugin.path());
    let values = ["name=other", "url=https://b.example/mcp", "token-url=https://b.example/token"];
    let run = patternbook(plugin.path(), &arguments("cached-headers-helper", &values, &["--yes"]));
    assert_status(&run, 0);
    assert_eq!(files(plugin.path())[Path::new(SCRIPT)], first[Path::new(SCRIPT)]);
    let read = |path: &str| fs::read_to_string(plugin.path().join(path)).unwrap();
    let servers: serde_json::Value = serde_json::from_str(&read(".mcp.json")).unwrap();
    for (name, login) in [("corp-x", "id.corp.example"), ("other", "b.example")] {
        let script = format!("scripts/get-headers-{name}.sh");
        let command = servers["mcpServers"][name]["headersHelper"].as_str().unwrap();
        assert_eq!(command, format!("\"${{CLAUDE_PLUGIN_ROOT}}/{script}\""));
        assert!(read(&script).contains(&format!("https://{login}/token")), "{script}");
        assert!(read("README.md").contains(&format!("`{script}`")), "{script}");
    }
}

/// Expects an addition to a plugin to be refused with these lines, and to write nothing; and
/// what was in the way to give way when that is asked for.
#[track_caller]
fn conflict(plugin: &TempDir, pattern: &str, expected: &str, file: &str) {
    let before = files(plugin.path());
    let run = add(plugin.path(), pattern, &["--yes"]);
    assert_status(&run, 1);
    let lines: Vec<&str> = run.stderr.lines().filter(|line| line.starts_with("error")).collect();
    assert_eq!(lines, [format!("error: {expected}")], "{}", run.stderr);
    assert!(run.stderr.contains(&format!("help: `--replace {file}` takes")), "{}", run.stderr);
    assert_eq!((run.stdout.as_str(), files(plugin.path())), ("", before));
    assert_status(&add(plugin.path(), pattern, &["--yes", "--replace", file]), 0);
}

#[test]
fn what_is_in_the_way_stops_everything() {
    let script = folder(&[(SCRIPT, "#!/usr/bin/env bash\necho mine\n")]);
    let message = "the file is there, and from here on says something else";
    let place = format!("{SCRIPT}:2:1: {message}");
    conflict(&script, "robust-headers-helper", &place, SCRIPT);

    let server = "{\n\n  \"mcpServers\": {\n    \"corp-x\": {\"url\": \"x\"}\n  }\n}\n";
    let plugin = folder(&[(".mcp.json", server)]);
    let place = ".mcp.json:4:5: `mcpServers.corp-x` is there, and is another";
    conflict(&plugin, "bearer-token-header", place, ".mcp.json");
    let after = fs::read_to_string(plugin.path().join(".mcp.json")).unwrap();
    assert!(after.starts_with("{\n\n  \"mcpServers\"") && after.contains("${CORP_X_API_TOKEN}"));

    let readme = folder(&[("README.md", "# Jobs\n\n## Token for Corp-x\n\nMine.\n\n## More\n")]);
    let place = "README.md:3:1: a section with this heading is there";
    conflict(&readme, "bearer-token-header", place, "README.md");
    let after = fs::read_to_string(readme.path().join("README.md")).unwrap();
    assert!(after.starts_with("# Jobs\n") && after.ends_with("\n## More\n"), "{after}");
    assert!(!after.contains("Mine"), "{after}");

    fs::write(readme.path().join("README.md"), after.replace("variable", "thing")).unwrap();
    let place = "README.md:3:1: this section was changed since it was added";
    conflict(&readme, "bearer-token-header", place, "README.md");
}

#[test]
fn what_cannot_be_merged_is_left() {
    for (text, message) in [
        ("[]", ".mcp.json:1:1: this is JSON, but no object"),
        ("{\n  \"mcpServers\": {]}", ".mcp.json:2:18: this cannot be read as JSON: "),
        ("{\"mcpServers\": []}", ".mcp.json:1:2: `mcpServers` is there, and is another"),
    ] {
        let plugin = folder(&[(".mcp.json", text)]);
        let run = add(plugin.path(), "bearer-token-header", &["--yes"]);
        assert_status(&run, 1);
        let starts = run.stderr.starts_with(&format!("error: {message}"));
        assert!(starts && run.stderr.contains("\n  help: "), "{}", run.stderr);
        assert!(!run.stderr.contains("{file}"), "{}", run.stderr);
        assert_eq!(files(plugin.path()).len(), 1);
    }
    let plugin = folder(&[("my plugin/.mcp.json", "{\"mcpServers\": ")]);
    let run = add(plugin.path(), "bearer-token-header", &["--yes", "--into", "my plugin"]);
    let help = "help: mend it first, and see `patternbook check my plugin/.mcp.json`\n";
    assert!(run.stderr.contains(help), "{}", run.stderr);
    let plugin = folder(&[("scripts", "a file where a folder must be")]);
    let run = add(plugin.path(), "robust-headers-helper", &["--yes"]);
    assert_ne!(run.status, 0);
    assert_eq!(files(plugin.path()).len(), 1);
    let plugin = folder(&[(".mcp.json/a", "a folder where a file must be")]);
    let run = add(plugin.path(), "robust-headers-helper", &["--yes"]);
    assert_status(&run, 1);
    assert_eq!(files(plugin.path()).len(), 1);
    let plugin = folder(&[]);
    write(plugin.path(), "README.md", b"caf\xe9");
    let run = add(plugin.path(), "robust-headers-helper", &["--yes"]);
    assert_status(&run, 1);
    assert!(run.stderr.contains("not UTF-8"), "{}", run.stderr);
}

#[test]
fn a_section_that_nobody_changed_follows_new_answers() {
    let plugin = folder(&[("README.md", "# Jobs\n\nFirst.\n")]);
    let first = [NAME, URL, "header=X-One"];
    let run = patternbook(plugin.path(), &arguments("tenant-selection", &first, &["--yes"]));
    assert_status(&run, 0);
    let readme = plugin.path().join("README.md");
    fs::write(&readme, fs::read_to_string(&readme).unwrap() + "\n## Last\n").unwrap();
    let second = [NAME, URL, "header=X-Two"];
    let more = ["--yes", "--replace", ".mcp.json"];
    let run = patternbook(plugin.path(), &arguments("tenant-selection", &second, &more));
    assert_status(&run, 0);
    let readme = fs::read_to_string(&readme).unwrap();
    assert!(readme.contains("`X-Two`") && !readme.contains("X-One"), "{readme}");
    assert!(
        readme.starts_with("# Jobs\n\nFirst.\n") && readme.ends_with("\n\n## Last\n"),
        "{readme}"
    );
    assert_eq!(readme.matches("## Workspace of Corp-x").count(), 1);
}

#[test]
fn a_link_is_refused_and_what_it_leads_to_stays() {
    type Make = fn(&Path, &Path);
    let links: [Make; 4] = [
        |plugin, elsewhere| symlink(elsewhere.join("file"), plugin.join(".mcp.json")).unwrap(),
        |plugin, elsewhere| symlink(elsewhere.join("none"), plugin.join("README.md")).unwrap(),
        |plugin, elsewhere| symlink(elsewhere, plugin.join("scripts")).unwrap(),
        |plugin, elsewhere| {
            fs::create_dir(plugin.join("scripts")).unwrap();
            symlink(elsewhere.join("file"), plugin.join(SCRIPT)).unwrap();
        },
    ];
    for make in links {
        let (plugin, elsewhere) = (folder(&[]), folder(&[("file", "{}")]));
        make(plugin.path(), elsewhere.path());
        let run = add(plugin.path(), "robust-headers-helper", &["--yes"]);
        assert_status(&run, 2);
        assert!(run.stderr.contains("is a symbolic link"), "{}", run.stderr);
        assert_eq!(files(elsewhere.path()).len(), 1);
        assert_eq!(fs::read_to_string(elsewhere.path().join("file")).unwrap(), "{}");
        assert!(fs::read_dir(plugin.path()).unwrap().count() == 1);
    }
}

#[test]
fn hostile_answers_are_refused() {
    let hostile = [
        "\"",
        "'",
        "`id`",
        "$(id)",
        "\nb",
        ";b",
        "</script>",
        " b",
        "${HOME}",
        "\u{202e}",
        "\\",
        "|b",
        "?q=1",
    ];
    let plugin = folder(&[]);
    let mut tried = BTreeSet::new();
    for (pattern, values) in PATTERNS {
        for value in *values {
            let (name, right) = value.split_once('=').unwrap();
            if !tried.insert(name) {
                continue;
            }
            let wrong = hostile.iter().map(|end| format!("{name}={right}{end}"));
            for wrong in wrong.chain([format!("{name}=")]) {
                let mut values: Vec<&str> = values.to_vec();
                values.retain(|other| other != value);
                values.push(&wrong);
                let run = patternbook(plugin.path(), &arguments(pattern, &values, &["--yes"]));
                assert_eq!(run.status, 2, "{pattern} {wrong:?}: {}", run.stderr);
                assert!(run.stderr.contains(" cannot be `"), "{}", run.stderr);
            }
        }
    }
    assert!(files(plugin.path()).is_empty());
}

/// A pattern whose expression lets anything through.
const LOOSE: &str = "id: loose
title: Loose
summary: Takes any answer.
examples:
  - id: config
    title: Config
    language: json
    file-name: config/a.json
    code: |
      {\"a\": \"FIRST\"}
  - id: script
    title: Script
    language: bash
    file-name: run.sh
    code: |
      #!/usr/bin/env bash
      echo SECOND
add:
  files: [{example: config}, {example: script}]
  values:
    - {name: json, text: FIRST, question: In JSON, matches: \"(?s).*\", must: anything}
    - {name: shell, text: SECOND, question: In a script, default: there, matches: \"(?s).*\", must: anything}
";

/// A project with this pattern.
fn project(pattern: &str) -> TempDir {
    let project = folder(SMALL);
    write(project.path(), "patterns/loose.yaml", pattern.as_bytes());
    fs::create_dir(project.path().join("plugin")).unwrap();
    project
}

#[test]
fn an_answer_cannot_leave_its_place_whatever_a_pattern_allows() {
    let project = project(LOOSE);
    let add = |value: &str| {
        let values = ["--set", value, "--into", "plugin", "--yes"];
        patternbook(
            project.path(),
            &[&["add", "loose"][..], &values, &["--set", "json=x"]].concat(),
        )
    };
    for answer in ["$(id)", "a b", "a;b", "'", "`id`", "a&b", "<b>", "*"] {
        let run = add(&format!("shell={answer}"));
        assert_status(&run, 2);
        assert!(run.stderr.contains("it stands in a script or the README"), "{}", run.stderr);
    }
    let run = add("shell=a\nb");
    assert!(run.stderr.contains("it must be plain text in one line"), "{}", run.stderr);
    assert!(files(&project.path().join("plugin")).is_empty());
    let answer = "\"}, \\ </script> $(id) é";
    let value = format!("json={answer}");
    let more = ["--into", "plugin", "--yes"];
    let run = patternbook(project.path(), &arguments("loose", &[&value], &more));
    assert_status(&run, 0);
    let text = fs::read_to_string(project.path().join("plugin/config/a.json")).unwrap();
    let written: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(written["a"], answer);
}

#[test]
fn an_answer_in_a_path_stays_in_its_folder() {
    let project = project(&LOOSE.replace("{example: script}", "{example: script, to: bin/SECOND}"));
    let add = |value: &str| {
        let values = ["--set", value, "--set", "json=x", "--into", "plugin", "--yes"];
        patternbook(project.path(), &[&["add", "loose"][..], &values].concat())
    };
    for answer in ["../a", "..", ".", "", "a/b", ".git", "a.sh"] {
        let run = add(&format!("shell={answer}"));
        assert_status(&run, 2);
        assert!(run.stderr.contains("it stands in the name of a file: use"), "{}", run.stderr);
    }
    assert!(files(&project.path().join("plugin")).is_empty());
    assert_status(&add("shell=a-1"), 0);
    assert!(project.path().join("plugin/bin/a-1").exists());
}

#[test]
fn no_answer_makes_a_path_lead_into_git() {
    for (to, path) in [(".SECOND/hooks/pre-commit", ".Git/hooks/pre-commit"), (".SECOND", ".Git")] {
        let to = format!("{{example: script, to: {to}}}");
        let pattern = LOOSE.replace("{example: script}", &to);
        let project = project(&pattern.replace("default: there", "default: Git"));
        let more = ["--into", "plugin", "--yes"];
        let run = patternbook(project.path(), &arguments("loose", &["json=x"], &more));
        assert_status(&run, 1);
        let says = format!(
            "error: plugin/{path}:1:1: with these answers it leads out of the plugin, or into \
             `.git`\n  help: give another value with `--set`, or mend `to` in the pattern\n"
        );
        assert!(run.stderr.starts_with(&says), "{}", run.stderr);
        assert!(files(&project.path().join("plugin")).is_empty());
    }
}

#[test]
fn answers_that_lead_two_files_to_one_place_are_refused() {
    let section = "  readme: {title: Loose, text: It is.}\n  values:\n";
    for (config, answer, path) in
        [("bin/FIRST", "same", "bin/same"), ("FIRST.md", "Readme", "Readme.md")]
    {
        let pattern = LOOSE.replace("  values:\n", section);
        let config = format!("{{example: config, to: {config}}}");
        let pattern = pattern.replace("{example: config}", &config);
        let script = "{example: script, to: bin/SECOND}";
        let project = project(&pattern.replace("{example: script}", script));
        let json = format!("json={answer}");
        let values = [json.as_str(), "shell=same"];
        let more = ["--into", "plugin", "--yes"];
        let run = patternbook(project.path(), &arguments("loose", &values, &more));
        let says = format!(
            "error: plugin/{path}:1:1: with these answers two files go here\n  \
             help: give another value with `--set`, or mend `to` in the pattern\n"
        );
        assert_status(&run, 1);
        assert!(run.stderr.starts_with(&says), "{}", run.stderr);
        assert!(files(&project.path().join("plugin")).is_empty());
    }
}

#[test]
fn a_file_that_goes_elsewhere_is_named_there_and_no_other_is() {
    let pattern = LOOSE.replace("{\"a\": \"FIRST\"}", "{\"a\": \"FIRST ./run.sh dryrun.sh\"}");
    let pattern = pattern.replace("config/a.json", "config/dryrun.sh.json");
    let project =
        project(&pattern.replace("{example: script}", "{example: script, to: bin/run.sh}"));
    let more = ["--into", "plugin", "--yes"];
    let run = patternbook(project.path(), &arguments("loose", &["json=x"], &more));
    assert_status(&run, 0);
    let written = files(&project.path().join("plugin"));
    let paths: Vec<&Path> = written.keys().map(AsRef::as_ref).collect();
    assert_eq!(paths, [Path::new("bin/run.sh"), Path::new("config/dryrun.sh.json")]);
    let config = String::from_utf8_lossy(&written[paths[1]]);
    assert_eq!(config, "{\"a\": \"x ./bin/run.sh dryrun.sh\"}\n");
}

#[test]
fn a_key_with_a_slash_or_a_tilde_can_be_left_out() {
    let code = r#"{"a": "FIRST", "b/c": 1, "d": {"e~1": 2, "f": 3}}"#;
    let pattern = LOOSE.replace(r#"{"a": "FIRST"}"#, code);
    let left_out = "{example: config, leave-out: [/b~1c, /d/e~01]}";
    let project = project(&pattern.replace("{example: config}", left_out));
    let more = ["--into", "plugin", "--yes"];
    let run = patternbook(project.path(), &arguments("loose", &["json=x"], &more));
    assert_status(&run, 0);
    let text = fs::read_to_string(project.path().join("plugin/config/a.json")).unwrap();
    let written: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(written, serde_json::json!({"a": "x", "d": {"f": 3}}));
}

#[test]
fn another_value_is_advised_only_where_it_helps() {
    let moved = LOOSE.replace("{example: script}", "{example: script, to: bin/run.sh}");
    for (pattern, path) in [(LOOSE, "run.sh"), (&moved, "bin/run.sh")] {
        let project = project(pattern);
        write(project.path(), &format!("plugin/{path}"), b"mine\n");
        let more = ["--into", "plugin", "--yes"];
        let run = patternbook(project.path(), &arguments("loose", &["json=x"], &more));
        assert_status(&run, 1);
        let takes = format!("help: `--replace {path}` takes the pattern's in its place; ");
        let help = takes + "or move yours away\n";
        assert!(run.stderr.contains(&help), "{}", run.stderr);
    }
}

#[test]
fn the_pattern_of_the_project_goes_before_the_tools_own() {
    let own = LOOSE.replace("id: loose", "id: robust-headers-helper");
    let project = folder(SMALL);
    write(project.path(), "patterns/robust-headers-helper.yaml", own.as_bytes());
    let run = patternbook(project.path(), &["add"]);
    assert!(
        run.stdout.contains("\nrobust-headers-helper  Loose (plugin or project)\n"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("\nbearer-token-header    Send"), "{}", run.stdout);
    let run = patternbook(
        project.path(),
        &["add", "robust-headers-helper", "--set", "json=x", "--dry-run"],
    );
    assert_status(&run, 0);
    assert!(run.stdout.contains("+{\"a\": \"x\"}\n"), "{}", run.stdout);
    assert!(run.stdout.contains("run.sh: made executable\n"), "{}", run.stdout);
    assert!(!project.path().join("run.sh").exists());
    let wrong = own.replace("text: FIRST", "text: THIRD");
    write(project.path(), "patterns/robust-headers-helper.yaml", wrong.as_bytes());
    let run = patternbook(project.path(), &["add", "robust-headers-helper", "--yes"]);
    assert_status(&run, 2);
    assert!(run.stderr.contains("`patternbook check` shows them"), "{}", run.stderr);
}

/// Replaces a part of [`LOOSE`], and expects `line:column rule: message (help)`.
#[track_caller]
fn check(part: &str, by: &str, expected: &[&str]) {
    assert!(LOOSE.contains(part), "{part}");
    let project = project(&LOOSE.replacen(part, by, 1));
    let run = patternbook(project.path(), &["check", "--format", "json"]);
    let line = |Found { line, column, rule, message, help, .. }: Found| {
        format!("{line}:{column} {rule}: {message} ({help})")
    };
    let found = findings(&run).into_iter().filter(|found| found.rule != "unused-pattern");
    assert_eq!(found.map(line).collect::<Vec<_>>(), expected);
}

#[test]
fn what_cannot_be_added_is_found_in_the_pattern() {
    check("", "", &[]);
    let unknown = "19:21 unknown-reference: there is no example `confi` (did you mean `config`?)";
    let nowhere =
        "21:26 add-definition: `FIRST` stands in none of the files (copy a text of the examples)";
    check("[{example: config}", "[{example: confi}", &[unknown, nowhere]);
    let two =
        "19:40 add-definition: two files go to `config/a.json` (name one example for each file)";
    let nowhere =
        "22:27 add-definition: `SECOND` stands in none of the files (copy a text of the examples)";
    check("{example: script}", "{example: config}", &[two, nowhere]);
    let out = "19:52 add-definition: `../run-SECOND.sh` leads out of the plugin \
               (name a file that stands in the plugin)";
    check("{example: script}", "{example: script, to: ../run-SECOND.sh}", &[out]);
    let gone = "19:41 add-definition: `/b` is not there to be left out \
                (write a JSON Pointer, such as `/userConfig/workspace`)";
    check("{example: config}", "{example: config, leave-out: [/b]}", &[gone]);
    let whole = "19:41 add-definition: `` is no key of an object, so it cannot be left out \
                 (write a JSON Pointer, such as `/userConfig/workspace`)";
    check("{example: config}", "{example: config, leave-out: ['']}", &[whole]);
    let in_list = LOOSE.replace("\"FIRST\"", "[\"FIRST\"]");
    let in_list = in_list.replace("{example: config}", "{example: config, leave-out: [/a/0]}");
    let message = "`/a/0` is no key of an object, so it cannot be left out";
    let run = patternbook(project(&in_list).path(), &["check", "--format", "json"]);
    assert!(findings(&run).iter().any(|found| found.message == message), "{}", run.stdout);
    for out in ["~/a.json", "../a.json", "/a.json", ".Git/config", "a/../../b"] {
        let message = format!(
            "19:21 add-definition: `{out}` leads out of the plugin \
             (name a file that stands in the plugin)"
        );
        check("config/a.json", out, &[&message]);
    }
    let no_name = "18:21 add-definition: the example `config` has no file to go to \
                   (give the example a `file-name`)";
    check("    file-name: config/a.json\n", "", &[no_name]);
    let twice = "22:14 add-definition: the value `json` stands here a second time (rename one)";
    check("name: shell", "name: json", &[twice]);
    let broken = "21:61 add-definition: this is no regular expression: unclosed group \
                  (write one that the regex crate reads)";
    check("matches: \"(?s).*\"", "matches: \"(\"", &[broken]);
    let default = "22:67 add-definition: the default does not match `x` \
                   (change the default, or what an answer must match)";
    check("default: there, matches: \"(?s).*\"", "default: there, matches: x", &[default]);
}

#[test]
fn without_a_terminal_nothing_is_written_unasked() {
    let plugin = folder(&[]);
    let run = add(plugin.path(), "bearer-token-header", &[]);
    assert_status(&run, 1);
    assert!(run.stdout.starts_with("--- /dev/null\n+++ b/.mcp.json\n"), "{}", run.stdout);
    let says = "nobody can be asked here; `--yes` writes these files\nnothing was written\n";
    assert_eq!(run.stderr, says);
    let run = patternbook(plugin.path(), &["add", "bearer-token-header", "--set", NAME]);
    assert_status(&run, 2);
    let says = "error: nobody can be asked here; answer with\n  --set url=…  The address of the MCP server: an https address without a query\n";
    assert_eq!(run.stderr, says);
    assert!(files(plugin.path()).is_empty());
}

#[test]
fn names_that_are_not_there_are_refused_with_the_nearest() {
    let plugin = folder(&[]);
    for (arguments, message) in [
        (&["add", "bearer-token-heade"][..], "can be added; did you mean `bearer-token-header`?"),
        (&["add", "xyz"], "no pattern `xyz` can be added; there are `api-key-headers`, `bearer-"),
        (&["add", "bearer-token"], "can be added; did you mean `bearer-token-header`? there are"),
        (
            &["add", "robust-headers-helper", "--set", "nam=a"],
            "has no value `nam`; did you mean `name`?",
        ),
        (&["add", "robust-headers-helper", "--set", "q=a"], "it has `name`, `url`, `token-url`"),
        (&["add", "robust-headers-helper", "--into", "none"], "`none` is no folder; make it first"),
        (
            &["add", "bearer-token-header", "--set", NAME, "--set", URL, "--replace", "a"],
            "the pattern has no file `a`; it writes `.mcp",
        ),
        (&["add", "robust-headers-helper", "--set", NAME, "--set", NAME], "stands here twice"),
    ] {
        let run = patternbook(plugin.path(), arguments);
        assert_status(&run, 2);
        assert!(run.stderr.contains(message), "{}", run.stderr);
    }
}

/// Types lines into `add` in a terminal, then ends the input; gives the status and what was shown.
fn typed(plugin: &Path, lines: &str) -> (i32, String) {
    let program = env!("CARGO_BIN_EXE_patternbook");
    let mut terminal = Command::new("script")
        .args(["-qec", &format!("'{program}' add robust-headers-helper"), "/dev/null"])
        .current_dir(plugin)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    terminal.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = terminal.wait_with_output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap().replace('\r', ""))
}

#[test]
fn an_input_that_ends_at_any_prompt_writes_nothing() {
    let answers =
        ["Not A Name\n", "corp\n", "https://a.example/mcp\n", "https://b.example/token\n"];
    for given in 0..=answers.len() {
        let plugin = folder(PLUGIN);
        let before = files(plugin.path());
        let (status, shown) = typed(plugin.path(), &answers[..given].concat());
        assert_eq!(status, 1, "{shown}");
        assert!(shown.ends_with("nothing was written\n"), "{shown}");
        assert_eq!(shown.contains("Write these files? [y/N]"), given == answers.len(), "{shown}");
        assert_eq!(files(plugin.path()), before);
        // Ctrl-C.
        let (status, _) = typed(plugin.path(), &(answers[..given].concat() + "\x03"));
        assert_ne!(status, 0);
        assert_eq!(files(plugin.path()), before);
    }
    for refusal in ["n\n", "\n", "x\n"] {
        let plugin = folder(&[]);
        let (status, _) = typed(plugin.path(), &(answers.concat() + refusal));
        assert_eq!((status, files(plugin.path()).len()), (1, 0));
    }
    let plugin = folder(&[]);
    let (status, shown) = typed(plugin.path(), &(answers.concat() + "y\n"));
    assert_eq!(status, 0, "{shown}");
    let must = "it must be lowercase letters and digits, in words joined by hyphens, beginning with a letter";
    assert!(shown.contains(must), "{shown}");
    assert_eq!(files(plugin.path()).len(), 3);
}

#[test]
fn a_terminal_obeys_nothing_that_stands_in_a_file() {
    let plugin = folder(&[("README.md", "# A\n\u{1b}[2J\n")]);
    let lines = "corp\nhttps://a.example/mcp\nhttps://b.example/token\nn\n";
    let (_, shown) = typed(plugin.path(), lines);
    assert!(shown.contains("\u{fffd}[2J") && !shown.contains('\u{1b}'), "{shown}");
}

#[test]
fn a_folder_that_is_no_plugin_gets_paths_of_a_project() {
    let project = folder(&[]);
    let run = add(project.path(), "robust-headers-helper", &["--yes"]);
    assert_status(&run, 0);
    let servers = fs::read_to_string(project.path().join(".mcp.json")).unwrap();
    assert!(servers.contains("\"\\\"${CLAUDE_PROJECT_DIR:-.}/scripts/get"), "{servers}");
    let note = "note: there is no `.claude-plugin/plugin.json`, so this is written for a project: ";
    assert!(run.stderr.starts_with(note), "{}", run.stderr);
    let plugin = folder(&[(".claude-plugin/plugin.json", "{\"name\": \"jobs\"}")]);
    let run = add(plugin.path(), "robust-headers-helper", &["--yes"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let run = add(folder(&[]).path(), "plugin-user-config", &["--yes"]);
    let note = "note: `.claude-plugin/plugin.json` is new, so the folder becomes a plugin: ";
    assert!(run.status == 0 && run.stderr.starts_with(note), "{}", run.stderr);
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    assert!(!run.stdout.contains("orkspace"), "{}", run.stdout);
}

#[test]
fn paths_are_those_from_where_one_stands() {
    let place = folder(&[("plugins/a/README.md", "# A\n")]);
    let values = [NAME, URL];
    let more = ["--into", "plugins/a", "--dry-run", "--yes"];
    let run = patternbook(place.path(), &arguments("api-key-headers", &values, &more));
    assert_status(&run, 0);
    let heads = ["+++ b/plugins/a/.mcp.json\n", "--- a/plugins/a/README.md\n"];
    assert!(heads.iter().all(|head| run.stdout.contains(head)), "{}", run.stdout);
    assert_eq!(files(place.path()).len(), 1);
}
