//! Loading, checking and building, on the real patterns and on generated trees, with mdBook's
//! own build of the same chapters beside it: `cargo bench`.
//!
//! Compare figures of one run only; no test measures time.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a benchmark prepares its input and may panic"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use divan::Bencher;
use mdbook_driver::MDBook;
use patternbook::check::Strictness;
use patternbook::inspect;
use patternbook::inspect::tree::Progress;
use patternbook::model::load;
use patternbook::publish::book::{self, Book};
use patternbook::publish::html::HtmlRenderer;
use patternbook::publish::html::theme::Theme;
use patternbook::publish::reference::all_rules;
use patternbook::publish::tree::{self, Content, Output, OwnedFolder};
use patternbook::render::{Engine, Templates};
use patternbook::source::disk::Folder;
use tempfile::TempDir;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How many patterns a generated tree has.
const SIZES: [usize; 3] = [100, 1_000, 10_000];

/// mdBook's own renderer is quadratic in chapters: 10,000 would take minutes a build.
const SIZES_FOR_MDBOOK: [usize; 2] = [100, 1_000];

fn main() {
    divan::main();
}

#[divan::bench]
fn load_real(bencher: Bencher<'_, '_>) {
    let folder = Folder::open(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    bencher.bench(|| load::load(&folder).unwrap());
}

#[divan::bench(args = SIZES, sample_count = 5)]
fn load_generated(bencher: Bencher<'_, '_>, size: usize) {
    let project = generate(size);
    let folder = Folder::open(project.path()).unwrap();
    bencher.bench(|| load::load(&folder).unwrap());
}

#[divan::bench]
fn check_real(bencher: Bencher<'_, '_>) {
    check(bencher, Path::new(env!("CARGO_MANIFEST_DIR")));
}

#[divan::bench(args = SIZES, sample_count = 5)]
fn check_generated(bencher: Bencher<'_, '_>, size: usize) {
    check(bencher, generate(size).path());
}

fn check(bencher: Bencher<'_, '_>, root: &Path) {
    let loaded = load::load(&Folder::open(root).unwrap()).unwrap();
    let rules = all_rules();
    bencher.bench(|| inspect::project::inspect(&loaded.catalog, &rules));
}

#[divan::bench(args = [100, 1_000], sample_count = 5)]
fn check_markdown_tree(bencher: Bencher<'_, '_>, size: usize) {
    let project = generate(size);
    let chapters = write_markdown(project.path());
    bencher.bench(|| {
        let (paths, progress) = ([chapters.path().to_owned()], Progress::default());
        inspect::tree::inspect(&paths, Strictness::Documentation, &progress).unwrap()
    });
}

#[divan::bench(sample_count = 10)]
fn build_real(bencher: Bencher<'_, '_>) {
    build(bencher, Path::new(env!("CARGO_MANIFEST_DIR")));
}

#[divan::bench(args = SIZES, sample_count = 3)]
fn build_generated(bencher: Bencher<'_, '_>, size: usize) {
    build(bencher, generate(size).path());
}

/// From the files on the disk to the site on the disk, with its search index.
fn build(bencher: Bencher<'_, '_>, root: &Path) {
    let folder = Folder::open(root).unwrap();
    let out = tempfile::tempdir().unwrap();
    bencher.bench(|| {
        let renderer = HtmlRenderer::new(Theme::built_in());
        assemble(root).render(root, &renderer).unwrap();
        let site = OwnedFolder {
            files: renderer.take_files(),
            executables: BTreeSet::new(),
            mark: ("index.html", "<!doctype html>"),
        };
        let output = Output { path: out.path().join("site"), content: Content::Folder(site) };
        tree::write(&folder, &[output]).unwrap();
    });
}

/// mdBook's own build of the same chapters: from Markdown on the disk to HTML on the disk,
/// without its search index.
#[divan::bench(args = SIZES_FOR_MDBOOK, sample_count = 3)]
fn build_generated_by_mdbook(bencher: Bencher<'_, '_>, size: usize) {
    let chapters = write_markdown(generate(size).path());
    bencher.bench(|| MDBook::load(chapters.path()).unwrap().build().unwrap());
}

fn assemble(root: &Path) -> Book {
    let folder = Folder::open(root).unwrap();
    let loaded = load::load(&folder).unwrap();
    let engine = Engine::new(&Templates::built_in()).unwrap();
    book::assemble(&loaded.catalog, &loaded.sources, &engine).unwrap().unwrap()
}

fn write_markdown(root: &Path) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in assemble(root).to_markdown() {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

/// Makes a project of `size` patterns: the real ones, and then copies under new ids. Links
/// between patterns lead to the real ones.
fn generate(size: usize) -> TempDir {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let project = tempfile::tempdir().unwrap();
    copy(&root.join("patterns"), &project.path().join("patterns"));
    let loaded = load::load(&Folder::open(root).unwrap()).unwrap();
    let mut names: Vec<String> = loaded.catalog.patterns.keys().cloned().collect();
    let originals: Vec<(&String, &str)> = loaded
        .catalog
        .patterns
        .iter()
        .map(|(id, pattern)| (id, loaded.sources.file(pattern.file).text.as_str()))
        .filter(|(_, text)| !text.contains("\n    source: "))
        .collect();
    for index in names.len()..size {
        let (id, text) = originals[index % originals.len()];
        let name = format!("{id}-{index}");
        let text = text.replacen(&format!("id: {id}\n"), &format!("id: {name}\n"), 1);
        let folder = project.path().join(format!("patterns/copies-{}", index % 50));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(format!("{name}.yaml")), text).unwrap();
        names.push(name);
    }
    let manifest = fs::read_to_string(root.join("patternbook.yaml")).unwrap();
    let head = manifest.split("guides:").next().unwrap();
    let part =
        |names: &[String]| format!("      - {{title: Part, patterns: [{}]}}\n", names.join(", "));
    let parts: String = names.chunks(100).map(part).collect();
    let guide = "guides:\n  - id: connect\n    title: Guide\n    summary: All.\n    parts:\n";
    fs::write(project.path().join("patternbook.yaml"), format!("{head}{guide}{parts}")).unwrap();
    project
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
