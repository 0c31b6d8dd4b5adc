//! The site as a marketplace: its archives are the bundle, and `marketplace.json` leads to them.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use flate2::Crc;
use flate2::read::{DeflateDecoder, GzDecoder};
use patternbook::sandbox::archive::{Content, unpack};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::support::{copy_of_this_project, files, patternbook};

/// Files by their path, with their digest and whether they may be executed.
type Files = BTreeMap<String, (String, bool)>;

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads a zip archive by the directory at its end.
fn unzip(archive: &[u8]) -> Files {
    let number = |at: usize, length: usize| {
        let bytes = archive[at..at + length].iter().rev();
        bytes.fold(0, |number, byte| number << 8 | usize::from(*byte))
    };
    let end = archive.len() - 22;
    let (count, mut at) = (number(end + 10, 2), number(end + 16, 4));
    let mut files = Files::new();
    for _ in 0..count {
        assert_eq!(number(at, 4), 0x0201_4b50);
        let name = number(at + 28, 2);
        let path = str::from_utf8(&archive[at + 46..at + 46 + name]).unwrap();
        let (header, length) = (number(at + 42, 4), number(at + 20, 4));
        assert_eq!(number(header, 4), 0x0403_4b50);
        // What stands in both places is the same.
        assert_eq!(archive[header + 4..header + 30], archive[at + 6..at + 32]);
        assert_eq!(&archive[header + 30..header + 30 + name], path.as_bytes());
        let start = header + 30 + name;
        let mut bytes = Vec::new();
        let mut decoder = DeflateDecoder::new(&archive[start..start + length]);
        decoder.read_to_end(&mut bytes).unwrap();
        let mut crc = Crc::new();
        crc.update(&bytes);
        assert_eq!((crc.sum() as usize, bytes.len()), (number(at + 16, 4), number(at + 24, 4)));
        files.insert(path.to_owned(), (digest(&bytes), number(at + 40, 2) & 0o100 != 0));
        at += 46 + name;
    }
    assert_eq!(at, end);
    files
}

fn untar(archive: &[u8]) -> Files {
    let mut tar = Vec::new();
    GzDecoder::new(archive).read_to_end(&mut tar).unwrap();
    let items = unpack(&tar).unwrap().into_iter();
    let file = |item: patternbook::sandbox::archive::Item| match item.content {
        Content::File(bytes) => (item.path, (digest(&bytes), item.mode & 0o100 != 0)),
        content => panic!("{content:?}"),
    };
    items.map(file).collect()
}

/// What the repository ships as a plugin, but for its own marketplace.
fn bundle(root: &Path) -> Files {
    let mut bundle = Files::new();
    for (path, bytes) in files(&root.join("skills")) {
        let mode = fs::metadata(root.join("skills").join(&path)).unwrap().permissions().mode();
        bundle.insert(path.display().to_string(), (digest(&bytes), mode & 0o100 != 0));
    }
    bundle
}

#[test]
fn the_archives_are_the_bundle_and_the_marketplace_leads_to_one() {
    let copy = copy_of_this_project();
    let config = copy.path().join("book/book.toml");
    let text = fs::read_to_string(&config).unwrap();
    let with = |url: &str| format!("{text}\n[output.patternbook]\nsite-url = \"{url}\"\n");
    fs::write(&config, with("https://docs.example.com/auth")).unwrap();
    assert_eq!(patternbook(copy.path(), &["build"]).status, 0);
    let site = copy.path().join("dist/site");
    let read = |path: &str| fs::read(site.join(path)).unwrap();

    let (zip, tar) =
        (read("plugin/mcp-auth-patterns.zip"), read("plugin/mcp-auth-patterns.tar.gz"));
    let expected = bundle(copy.path());
    assert!(expected.values().any(|(_, is_executable)| *is_executable));
    assert_eq!(unzip(&zip), expected);
    assert_eq!(untar(&tar), expected);
    let (name, zip, tar) = ("mcp-auth-patterns", digest(&zip), digest(&tar));
    let mut sums = format!("{tar}  {name}.tar.gz\n{zip}  {name}.zip\n");
    for skill in ["mcp-client-auth", "mcp-server-auth", "oauth-tokens", "mcp-auth-debug"] {
        let bytes = read(&format!("plugin/{skill}.skill"));
        sums += &format!("{}  {skill}.skill\n", digest(&bytes));
        let is_of_skill = |path: &String| path.starts_with(&format!("{skill}/"));
        let of_skill = expected.clone().into_iter().filter(|(path, _)| is_of_skill(path));
        assert_eq!(unzip(&bytes), of_skill.collect::<Files>());
    }
    assert_eq!(String::from_utf8(read("plugin/SHA256SUMS")).unwrap(), sums);

    let marketplace: Value = serde_json::from_slice(&read("marketplace.json")).unwrap();
    let source = &marketplace["plugins"][0]["source"];
    assert_eq!(source["source"], "archive");
    assert_eq!(source["url"], format!("https://docs.example.com/auth/plugin/{name}.zip"));
    assert_eq!(source["sha256"], zip);
    // Of the one in the repository nothing but the way to the plugin differs.
    let own = fs::read(copy.path().join(".claude-plugin/marketplace.json")).unwrap();
    let mut own: Value = serde_json::from_slice(&own).unwrap();
    own["plugins"][0]["source"] = source.clone();
    assert_eq!(marketplace, own);

    // Claude Code takes an archive by `https:` alone.
    fs::write(&config, with("http://docs.example.com/")).unwrap();
    assert_eq!(patternbook(copy.path(), &["build"]).status, 0);
    assert!(!site.join("marketplace.json").exists());
    assert!(site.join("plugin/SHA256SUMS").exists());
}
