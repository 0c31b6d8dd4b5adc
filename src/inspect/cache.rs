//! Remembers what was found in a text, so that the same text is not parsed again.
//!
//! What is remembered depends on the text, on the strictness and on this build of the program,
//! and on nothing else: what a rule finds in the files around a document is never in here. An
//! entry is found by a hash of the whole text, so no file can stand for another. A cache that is
//! damaged, or written by another build, is as good as none.

mod code;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use self::code::{Reader, Writer};
use super::Inspection;
use crate::check::Strictness;
use crate::diagnostic::Rule;
use crate::source::FileId;

/// How every cache begins. Another number is another form.
const MAGIC: &[u8] = b"patternbook check cache 1\n";

/// How large a cache may be, in bytes: above that it is written anew.
const MOST_BYTES: usize = 256 << 20;

/// What something is known by.
pub type Key = [u8; 32];

/// What is known of texts from an earlier run, and what this run adds.
pub struct Cache {
    identity: String,
    rules: BTreeMap<&'static str, &'static Rule>,
    bytes: Vec<u8>,
    known: BTreeMap<Key, Range<usize>>,
    news: Mutex<News>,
}

/// What the next run will find.
#[derive(Default)]
struct News {
    used: BTreeSet<Key>,
    added: BTreeMap<Key, Vec<u8>>,
}

impl Cache {
    /// Opens a cache from the bytes that [`Cache::close`] gave; from none, an empty one.
    ///
    /// `build` names the program that runs, `rules` are all that a finding may be of.
    pub fn open(
        bytes: Vec<u8>,
        build: &str,
        strictness: Strictness,
        rules: &[&'static Rule],
    ) -> Self {
        let identity = format!("{build} {strictness:?}");
        let rules = rules.iter().map(|rule| (rule.id, *rule)).collect();
        let known = index(&bytes, &identity).unwrap_or_default();
        Self { identity, rules, bytes, known, news: Mutex::default() }
    }

    /// What a text is known by.
    pub fn hash(text: &str) -> Key {
        *blake3::hash(text.as_bytes()).as_bytes()
    }

    /// What the answer to a question about a text is known by.
    pub fn key(question: &str, text: &Key) -> Key {
        let mut hasher = blake3::Hasher::new();
        hasher.update(text).update(question.as_bytes());
        *hasher.finalize().as_bytes()
    }

    /// What was found in a text, as if it were found in `file` now.
    pub fn get(&self, key: &Key, file: FileId) -> Option<Inspection> {
        let range = self.known.get(key)?.clone();
        let inspection = Reader::new(&self.bytes[range]).inspection(file, &self.rules)?;
        self.news().used.insert(*key);
        Some(inspection)
    }

    /// Remembers what was found in a text.
    pub fn put(&self, key: Key, inspection: &Inspection) {
        let mut writer = Writer::default();
        writer.inspection(inspection);
        self.news().added.insert(key, writer.bytes);
    }

    /// The bytes of a cache that holds what this run used or added; `None` if they are as before.
    /// A run that was not about the whole tree leaves the rest as it is.
    pub fn close(self, is_whole: bool) -> Option<Vec<u8>> {
        let mut news = self.news.into_inner().unwrap_or_else(PoisonError::into_inner);
        if !is_whole {
            news.used = self.known.keys().copied().collect();
        }
        if news.added.is_empty() && news.used.len() == self.known.len() {
            return None;
        }
        let used = news.used.iter().filter_map(|key| {
            let range = self.known.get(key)?.clone();
            Some((key, &self.bytes[range]))
        });
        let added = news.added.iter().map(|(key, bytes)| (key, bytes.as_slice()));
        let mut writer = Writer::default();
        writer.text(&self.identity);
        for (key, entry) in used.chain(added) {
            if writer.bytes.len() + entry.len() > MOST_BYTES {
                break;
            }
            writer.bytes.extend(key);
            writer.number(entry.len());
            writer.bytes.extend(entry);
        }
        let hash = blake3::hash(&writer.bytes);
        Some([MAGIC, hash.as_bytes(), &writer.bytes].concat())
    }

    fn news(&self) -> std::sync::MutexGuard<'_, News> {
        self.news.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Finds the entries of a cache; nothing, if it is none of this build or damaged.
fn index(bytes: &[u8], identity: &str) -> Option<BTreeMap<Key, Range<usize>>> {
    let rest = bytes.strip_prefix(MAGIC)?;
    let (hash, rest) = rest.split_at_checked(blake3::OUT_LEN)?;
    if blake3::hash(rest).as_bytes() != hash {
        return None;
    }
    let start = bytes.len() - rest.len();
    let mut reader = Reader::new(rest);
    if reader.text()? != identity {
        return None;
    }
    let mut known = Vec::new();
    while !reader.is_at_end() {
        let key: Key = reader.take(blake3::OUT_LEN)?.try_into().ok()?;
        let length = reader.number()?;
        let at = start + reader.position();
        reader.take(length)?;
        known.push((key, at..at + length));
    }
    Some(known.into_iter().collect())
}
