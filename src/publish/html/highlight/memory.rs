//! Remembers highlighted code from one build to the next: highlighting takes longer than all else
//! that makes a page.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

/// Highlighted code by the hash of its language and text.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// From an earlier build.
    known: HashMap<String, Arc<str>>,
    /// What this build asked for.
    used: Mutex<HashMap<String, Arc<str>>>,
}

/// The form on the disk, behind its hash.
#[derive(Serialize, Deserialize)]
struct Kept<T> {
    /// The program that highlighted: another may do it differently.
    build: String,
    code: T,
}

impl Memory {
    /// Takes what [`Memory::to_bytes`] of an earlier run of the same build gave. From any other
    /// bytes nothing is known.
    pub(super) fn from_bytes(bytes: &[u8], build: &str) -> Self {
        let whole = bytes.split_at_checked(blake3::OUT_LEN);
        let sound = whole.filter(|(hash, json)| blake3::hash(json).as_bytes() == hash);
        let kept = sound.and_then(|(_, json)| serde_json::from_slice(json).ok());
        let code = kept
            .filter(|kept: &Kept<HashMap<String, String>>| kept.build == build)
            .map(|kept| kept.code);
        let known = code.into_iter().flatten().map(|(key, html)| (key, html.into())).collect();
        Self { known, used: Mutex::default() }
    }

    /// What was asked for, as bytes; none where it is what was known before.
    pub(super) fn to_bytes(&self, build: &str) -> Option<Vec<u8>> {
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if used.len() == self.known.len() && used.keys().all(|key| self.known.contains_key(key)) {
            return None;
        }
        let code: BTreeMap<&str, &str> = used.iter().map(|(key, html)| (&**key, &**html)).collect();
        let kept = Kept { build: build.to_owned(), code };
        let json = serde_json::to_vec(&kept).expect("a map of texts is JSON");
        Some([&blake3::hash(&json).as_bytes()[..], &json].concat())
    }

    /// The code as HTML: remembered, or else made now.
    pub(super) fn get(&self, language: &str, code: &str, make: impl Fn() -> String) -> Arc<str> {
        let key = key(language, code);
        let used = || self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(html) = used().get(&key) {
            return Arc::clone(html);
        }
        let html = self.known.get(&key).map_or_else(|| make().into(), Arc::clone);
        used().insert(key, Arc::clone(&html));
        html
    }
}

fn key(language: &str, code: &str) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(language.as_bytes()).update(&[0]).update(code.as_bytes());
    hasher.finalize().to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use super::Memory;

    #[test]
    fn another_run_of_the_same_build_makes_nothing_again() {
        let first = Memory::default();
        first.get("json", "1", || "<b>1</b>".to_owned());
        let bytes = first.to_bytes("a").expect("something was made");

        let second = Memory::from_bytes(&bytes, "a");
        assert_eq!(&*second.get("json", "1", || unreachable!()), "<b>1</b>");
        assert_eq!(second.to_bytes("a"), None);
        let other = Memory::from_bytes(&bytes, "b");
        assert_eq!(&*other.get("json", "1", || "again".to_owned()), "again");
    }

    #[test]
    fn what_is_no_longer_used_is_forgotten() {
        let first = Memory::default();
        first.get("json", "1", String::new);
        let bytes = first.to_bytes("a").expect("something was made");
        let second = Memory::from_bytes(&bytes, "a");
        let bytes = second.to_bytes("a").expect("less is known than before");
        assert!(bytes.ends_with(br#"{"build":"a","code":{}}"#));
    }

    #[test]
    fn damaged_bytes_are_as_good_as_none() {
        let memory = Memory::default();
        memory.get("json", "1", String::new);
        let good = memory.to_bytes("a").expect("something was made");
        assert_eq!(Memory::from_bytes(&good, "a").known.len(), 1);
        for at in 0..good.len() {
            let mut damaged = good.clone();
            damaged[at] ^= 1;
            assert_eq!(Memory::from_bytes(&damaged, "a").known.len(), 0);
            assert_eq!(Memory::from_bytes(&good[..at], "a").known.len(), 0);
        }
    }
}
