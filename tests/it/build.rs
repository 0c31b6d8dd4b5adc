//! What `build` writes: the same bytes every time, all of it or nothing.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Component, Path, PathBuf};

use flate2::read::GzDecoder;
use mdbook_driver::MDBook;
use patternbook::markdown::outline;
use patternbook::sandbox::archive::{Content, unpack};
use regex::Regex;
use sha2::{Digest as _, Sha256};

use crate::support::{
    ONE, SMALL, copy_of_this_project, files, folder, patternbook, repository, write,
};

#[test]
fn two_builds_in_two_folders_give_the_same_bytes() {
    let (first, second) = (copy_of_this_project(), copy_of_this_project());
    for copy in [&first, &second] {
        let run = patternbook(copy.path(), &["build"]);
        assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    }
    let (first_files, second_files) = (files(first.path()), files(second.path()));
    assert!(first_files.keys().any(|path| path.ends_with("dist/site/index.html")));
    assert!(first_files.keys().eq(second_files.keys()));
    for (path, bytes) in &first_files {
        assert!(second_files[path] == *bytes, "{} differs", path.display());
        let root = first.path().to_str().unwrap().as_bytes();
        let holds_root = bytes.windows(root.len()).any(|window| window == root);
        assert!(!holds_root, "{} holds the path of its folder", path.display());
    }
}

#[test]
fn every_link_and_anchor_of_the_site_resolves() {
    let copy = copy_of_this_project();
    assert_eq!(patternbook(copy.path(), &["build"]).status, 0);
    let site = copy.path().join("dist/site");
    let text = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).replace("&amp;", "&");
    let pages: BTreeMap<PathBuf, String> = files(&site)
        .iter()
        .filter(|(path, _)| path.extension().is_some_and(|ending| ending == "html"))
        .map(|(path, bytes)| (path.clone(), text(bytes)))
        .collect();
    assert!(pages.len() > 80, "{}", pages.len());
    let link = Regex::new(r#"<a [^>]*?href="([^"]*)""#).unwrap();
    let mut dead = Vec::new();
    let mut count = 0;
    for (path, page) in &pages {
        for found in link.captures_iter(page) {
            let (address, anchor) = found[1].split_once('#').unwrap_or((&found[1], ""));
            if address.contains("://") || address.starts_with("mailto:") {
                continue;
            }
            count += 1;
            let target = match address {
                "" => path.clone(),
                // A host shows it at any address.
                address if path.ends_with("404.html") => {
                    plain(address.strip_prefix('/').unwrap().as_ref())
                }
                address => plain(&path.parent().unwrap().join(address)),
            };
            let is_there = match pages.get(&target) {
                Some(page) => anchor.is_empty() || page.contains(&format!("id=\"{anchor}\"")),
                None => site.join(&target).is_file(),
            };
            if !is_there {
                dead.push(format!("{}: {}", path.display(), &found[1]));
            }
        }
    }
    assert!(count > 5_000, "{count}");
    assert!(dead.is_empty(), "{dead:#?}");
}

#[test]
fn every_link_of_the_markdown_leads_to_a_file() {
    let copy = copy_of_this_project();
    assert_eq!(patternbook(copy.path(), &["build"]).status, 0);
    let site = copy.path().join("dist/site");
    let mut dead = Vec::new();
    let mut count = 0;
    for (path, bytes) in &files(&site) {
        let name = path.file_name().unwrap().to_str().unwrap();
        let is_example = path.starts_with("files");
        if is_example || !name.ends_with(".md") && !name.starts_with("llms") {
            continue;
        }
        for link in outline(str::from_utf8(bytes).unwrap()).links {
            let address = link.destination.split('#').next().unwrap();
            if address.is_empty() || address.contains("://") || address.starts_with("mailto:") {
                continue;
            }
            count += 1;
            let target = plain(&path.parent().unwrap().join(address));
            if !site.join(target).is_file() {
                dead.push(format!("{}: {}", path.display(), link.destination));
            }
        }
    }
    assert!(count > 1_000, "{count}");
    assert!(dead.is_empty(), "{dead:#?}");
}

/// A path without `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            part => plain.push(part),
        }
    }
    plain
}

#[test]
fn the_committed_bundle_is_what_the_patterns_say() {
    let run = patternbook(repository(), &["build", "--check"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
}

#[test]
fn check_names_every_file_that_is_out_of_date_and_writes_nothing() {
    let copy = copy_of_this_project();
    assert_eq!(patternbook(copy.path(), &["build"]).status, 0);
    let skill = copy.path().join("skills/mcp-client-auth");
    let edited = fs::read_to_string(skill.join("SKILL.md")).unwrap() + "edited\n";
    fs::write(skill.join("SKILL.md"), &edited).unwrap();
    fs::write(skill.join("stray.md"), "stray").unwrap();
    let run = patternbook(copy.path(), &["build", "--check"]);
    assert_eq!(run.status, 1);
    assert!(run.stdout.contains("-edited"), "{}", run.stdout);
    assert!(run.stdout.contains("stray.md: should not be there"), "{}", run.stdout);
    assert_eq!(fs::read_to_string(skill.join("SKILL.md")).unwrap(), edited);
}

#[test]
fn a_failed_build_leaves_the_last_good_output() {
    let project = folder(SMALL);
    assert_eq!(patternbook(project.path(), &["build"]).status, 0);
    let good = files(&project.path().join("dist"));
    write(project.path(), "patterns/one.yaml", ONE.replace("{\"a\": 1}", "{\"a\": }").as_bytes());
    assert_eq!(patternbook(project.path(), &["build"]).status, 1);
    assert_eq!(files(&project.path().join("dist")), good);
}

#[test]
fn a_folder_of_somebody_else_is_not_replaced() {
    let project = folder(SMALL);
    write(project.path(), "dist/site/letter.txt", b"precious");
    let run = patternbook(project.path(), &["build"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("patternbook did not write it"), "{}", run.stderr);
    assert_eq!(fs::read(project.path().join("dist/site/letter.txt")).unwrap(), b"precious");
}

#[test]
fn a_plugin_of_somebody_else_is_not_replaced() {
    let project = folder(SMALL);
    let bundle =
        "bundle: {name: b, version: 1.0.0, description: D, author: {name: A}, license: MIT}\n";
    let manifest = fs::read_to_string(project.path().join("patternbook.yaml")).unwrap();
    write(project.path(), "patternbook.yaml", (manifest + bundle).as_bytes());
    for path in [".claude-plugin/marketplace.json", "skills/.claude-plugin/plugin.json"] {
        write(project.path(), path, b"{\"name\": \"mine\"}");
        assert_eq!(patternbook(project.path(), &["build"]).status, 2, "{path}");
        assert!(!project.path().join("dist").exists(), "a part was written");
        fs::remove_file(project.path().join(path)).unwrap();
    }
    write(project.path(), "skills/README.md", b"# My skills\n");
    assert_eq!(patternbook(project.path(), &["build"]).status, 2);
}

const AGENT: &str = "---\nname: reviewer\ndescription: Reviews.\n---\n\nYou review.\n";

#[test]
fn hand_written_files_and_examples_are_parts_of_the_plugin() {
    let project = folder(SMALL);
    let bundle = "bundle: {name: b, version: 1.0.0, description: D, author: {name: A}, license: MIT, \
                  examples: {data/config.json: one/config}}\n";
    let manifest = fs::read_to_string(project.path().join("patternbook.yaml")).unwrap() + bundle;
    write(project.path(), "patternbook.yaml", manifest.as_bytes());
    write(project.path(), "plugin/agents/reviewer.md", AGENT.as_bytes());
    write(project.path(), "skills/agents-of-mine/agent.md", b"mine");
    assert_eq!(patternbook(project.path(), &["build"]).status, 0);
    let read = |path: &str| fs::read_to_string(project.path().join("skills").join(path)).unwrap();
    assert_eq!(read("agents/reviewer.md"), AGENT);
    assert_eq!(read("data/config.json"), "{\"a\": 1}\n");

    fs::remove_dir_all(project.path().join("plugin")).unwrap();
    let run = patternbook(project.path(), &["build", "--check"]);
    assert!(run.stdout.contains("skills/agents: should not be there"), "{}", run.stdout);
    assert_eq!(patternbook(project.path(), &["build"]).status, 0);
    assert!(!project.path().join("skills/agents").exists());
    assert!(project.path().join("skills/agents-of-mine/agent.md").exists());

    for path in ["a//tmp/x", "a/../../x", "../x/y", "/x/y", ".claude-plugin/x", "x.json"] {
        let hostile = manifest.replace("data/config.json", path);
        write(project.path(), "patternbook.yaml", hostile.as_bytes());
        let run = patternbook(project.path(), &["build"]);
        assert_eq!(run.status, 1, "{path}");
        assert!(run.stdout.contains("error[bundle-file]"), "{path}: {}", run.stdout);
    }
    write(
        project.path(),
        "patternbook.yaml",
        manifest.replace("one/config", "one/confg").as_bytes(),
    );
    let run = patternbook(project.path(), &["check"]);
    assert!(run.stdout.contains("there is no example `one/confg`"), "{}", run.stdout);
    assert!(run.stdout.contains("one/config"), "{}", run.stdout);
}

#[test]
fn a_skill_that_was_renamed_goes_with_its_folder() {
    let project = folder(SMALL);
    let skill = |name: &str| {
        let skills =
            format!("skills: [{{name: {name}, title: S, description: D, patterns: [one]}}]\n");
        let manifest = SMALL[0].1.to_owned() + &skills;
        write(project.path(), "patternbook.yaml", manifest.as_bytes());
    };
    skill("old");
    write(project.path(), "skills/hand-written/SKILL.md", b"---\nname: hand-written\n---\n");
    assert_eq!(patternbook(project.path(), &["build"]).status, 0);
    skill("new");
    let run = patternbook(project.path(), &["build", "--check"]);
    assert_eq!(run.status, 1);
    assert!(run.stdout.contains("skills/old: should not be there"), "{}", run.stdout);
    assert_eq!(patternbook(project.path(), &["build"]).status, 0);
    assert!(!project.path().join("skills/old").exists());
    assert!(project.path().join("skills/hand-written/SKILL.md").exists());
    write(project.path(), "skills/new/.hidden", b"x");
    assert_eq!(patternbook(project.path(), &["build", "--check"]).status, 1);
}

#[test]
fn what_a_killed_build_left_is_cleared_away() {
    let project = folder(SMALL);
    write(project.path(), "dist/.patternbook-abc/index.html", b"half");
    assert_eq!(patternbook(project.path(), &["build"]).status, 0);
    assert!(!project.path().join("dist/.patternbook-abc").exists());
}

#[test]
fn out_takes_the_site_elsewhere() {
    let (project, elsewhere) = (folder(SMALL), tempfile::tempdir().unwrap());
    let out = elsewhere.path().to_str().unwrap();
    assert_eq!(patternbook(project.path(), &["build", "--out", out]).status, 0);
    assert!(elsewhere.path().join("site/index.html").exists());
    assert!(!project.path().join("dist").exists());
}

#[test]
fn out_is_no_folder_of_the_project() {
    let project = folder(SMALL);
    write(project.path(), "templates/skill/x.md", b"x");
    let name = project.path().file_name().unwrap().to_str().unwrap();
    let before = files(project.path());
    for (out, problem) in [
        ("patterns", "belongs to `patterns/` of the project"),
        ("book/src/x", "belongs to `book/` of the project"),
        ("dist/../templates/../labs", "belongs to `labs/` of the project"),
        (".", "is the project itself"),
        ("..", "holds the project"),
        (&format!("../{name}"), "is the project itself"),
    ] {
        let run = patternbook(project.path(), &["build", "--out", out]);
        let help = "name a folder for the output alone, such as `--out dist`";
        let expected = format!("error: cannot build into `{out}`: it {problem}; {help}\n");
        assert_eq!((run.status, run.stderr.as_str()), (2, expected.as_str()));
        assert_eq!(files(project.path()), before);
    }
    assert_eq!(patternbook(project.path(), &["build", "--out", "public"]).status, 0);
}

#[test]
fn files_that_are_gone_from_the_project_are_gone_from_the_site() {
    let project = folder(SMALL);
    write(project.path(), "book/src/picture.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>");
    assert_eq!(patternbook(project.path(), &["build"]).status, 0);
    assert!(project.path().join("dist/site/picture.svg").exists());
    fs::remove_file(project.path().join("book/src/picture.svg")).unwrap();
    assert_eq!(patternbook(project.path(), &["build"]).status, 0);
    assert!(!project.path().join("dist/site/picture.svg").exists());
}

#[test]
fn scripts_are_shipped_with_the_same_bytes_and_may_be_executed() {
    let copy = copy_of_this_project();
    assert_eq!(patternbook(copy.path(), &["build"]).status, 0);
    let bundle = files(&copy.path().join("skills"));
    let patterns = files(&repository().join("patterns"));
    let scripts: Vec<_> =
        bundle.iter().filter(|(path, _)| path.iter().any(|part| part == "scripts")).collect();
    assert!(!scripts.is_empty());
    for (path, bytes) in scripts {
        let is_same = |(source, text): (&PathBuf, &Vec<u8>)| {
            source.file_name() == path.file_name() && text == bytes
        };
        assert!(patterns.iter().any(is_same), "{} is no file of a pattern", path.display());
        if path.extension().is_some_and(|ending| ending == "sh") {
            let metadata = fs::metadata(copy.path().join("skills").join(path)).unwrap();
            assert_ne!(metadata.permissions().mode() & 0o100, 0, "{}", path.display());
        }
    }
}

#[test]
fn agents_find_the_skills_where_they_look_for_them() {
    let copy = copy_of_this_project();
    assert_eq!(patternbook(copy.path(), &["build"]).status, 0);
    let folder = copy.path().join("dist/site/.well-known/agent-skills");
    let index = fs::read_to_string(folder.join("index.json")).unwrap();
    let index: serde_json::Value = serde_json::from_str(&index).unwrap();
    let skills = index["skills"].as_array().unwrap();
    let folders = fs::read_dir(copy.path().join("skills")).unwrap();
    let is_skill = |path: &PathBuf| path.join("SKILL.md").is_file();
    let count = folders.map(|entry| entry.unwrap().path()).filter(is_skill).count();
    assert_eq!(skills.len(), count);
    for skill in skills {
        let archive = fs::read(folder.join(skill["url"].as_str().unwrap())).unwrap();
        let digest: String =
            Sha256::digest(&archive).iter().map(|it| format!("{it:02x}")).collect();
        assert_eq!(skill["digest"], format!("sha256:{digest}"));
        let mut tar = Vec::new();
        GzDecoder::new(archive.as_slice()).read_to_end(&mut tar).unwrap();
        let skill = copy.path().join("skills").join(skill["name"].as_str().unwrap());
        let items = unpack(&tar).unwrap();
        assert_eq!(items.len(), files(&skill).len());
        for item in items {
            let path = skill.join(&item.path);
            assert_eq!(item.content, Content::File(fs::read(&path).unwrap()), "{}", item.path);
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o100, item.mode & 0o100, "{}", item.path);
        }
    }
}

#[test]
fn the_skills_alone_go_where_other_agents_look() {
    let copy = copy_of_this_project();
    assert_eq!(patternbook(copy.path(), &["build"]).status, 0);
    assert_eq!(patternbook(copy.path(), &["build", "--for", "agents"]).status, 0);
    let folder = copy.path().join("dist/agents");
    let mut exported = files(&folder.join(".agents/skills"));
    for name in ["mcp-client-auth", "mcp-server-auth", "oauth-tokens", "mcp-auth-debug"] {
        for (path, bytes) in files(&copy.path().join("skills").join(name)) {
            let path = Path::new(name).join(path);
            let mode = |root: &Path| fs::metadata(root.join(&path)).unwrap().permissions().mode();
            let of_plugin = mode(&copy.path().join("skills"));
            assert_eq!(mode(&folder.join(".agents/skills")), of_plugin, "{}", path.display());
            assert_eq!(exported.remove(&path), Some(bytes), "{}", path.display());
        }
    }
    assert!(exported.is_empty(), "{:?}", exported.keys());

    let project = crate::support::folder(SMALL);
    let run = patternbook(project.path(), &["build", "--for", "agents"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("names no skill"), "{}", run.stderr);
}

#[test]
fn the_files_of_examples_are_on_the_site_as_they_are_and_as_text() {
    let copy = copy_of_this_project();
    assert_eq!(patternbook(copy.path(), &["build"]).status, 0);
    let site = copy.path().join("dist/site");
    let page = fs::read_to_string(site.join("connect/headers-helper.html")).unwrap();
    let address = "files/headers-helper/get-headers.sh";
    assert!(page.contains(&format!("href=\"../{address}\" download>")), "{page}");
    assert!(page.contains(&format!("href=\"../{address}.txt\"")), "{page}");
    let source = repository().join("patterns/helpers/headers-helper/get-headers.sh");
    let source = fs::read(source).unwrap();
    assert_eq!(fs::read(site.join(address)).unwrap(), source);
    assert_eq!(fs::read(site.join(format!("{address}.txt"))).unwrap(), source);
}

#[test]
fn mdbook_builds_the_markdown_book_with_its_own_renderer() {
    let copy = copy_of_this_project();
    let run = patternbook(copy.path(), &["build", "--for", "mdbook"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    let root = copy.path().join("dist/mdbook");
    MDBook::load(&root).unwrap().build().unwrap();
    let page = fs::read_to_string(root.join("book/connect/bearer-token-header.html")).unwrap();
    assert!(page.contains("<code class=\"language-json"), "the fence lost its language");
}

#[test]
fn mdbook_includes_no_file_and_still_makes_indexes() {
    let project = folder(SMALL);
    let include = "{{#include /etc/hostname}}";
    let text = ONE.replace("{\"a\": 1}", &format!("{{\"a\": \"{include}\"}}"));
    let text = text.replace("The only one.", &format!("The only one, without {include}."));
    let text = text.replace("title: One", "title: One <T>");
    write(project.path(), "patterns/one.yaml", text.as_bytes());
    let config = "[book]\nauthors = [\"A\"]\nsrc = \"elsewhere\"\n\n[build]\nextra-watch-dirs = []\n\n\
                  [output.patternbook]\nsite-url = \"/docs/\"\n\n[output.html]\nno-section-label = true\n";
    write(project.path(), "book/book.toml", config.as_bytes());
    write(project.path(), "book/src/deep/README.md", b"# Deep\n");
    let summary = "# Summary\n\n- [Deep](deep/README.md)\n\n<!-- patternbook: guides -->\n";
    write(project.path(), "book/src/SUMMARY.md", summary.as_bytes());
    let run = patternbook(project.path(), &["build", "--for", "mdbook"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    let root = project.path().join("dist/mdbook");
    assert_eq!(
        fs::read_to_string(root.join("book.toml")).unwrap(),
        "[book]\nauthors = [\"A\"]\ntitle = \"Small\"\n\n\
         [build]\nextra-watch-dirs = []\nuse-default-preprocessors = false\n\n\
         [output.html]\nno-section-label = true\n\n[preprocessor.index]\n",
    );
    MDBook::load(&root).unwrap().build().unwrap();
    let page = fs::read_to_string(root.join("book/guide/one.html")).unwrap();
    assert_eq!(page.matches("{{#include").count(), 2, "{page}");
    assert!(page.contains("One &lt;T&gt;") && !page.contains("One <T>"), "{page}");
    assert!(root.join("book/deep/index.html").exists());
}
