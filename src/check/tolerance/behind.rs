//! Finds the error behind what is tolerated.
//!
//! A parser stops at the first thing that it does not know. Where that is a placeholder and the
//! code is broken further on, a finding at the placeholder would send its reader to the wrong
//! place. So what is tolerated is filled in, and the error that is left is put back.

use std::ops::Range;

use super::{Filled, MOST_BYTES, Rewrite};
use crate::check::character_at;
use crate::diagnostic::Finding;

/// Applies all rewrites, and then each alone; each text that came of it once.
pub(in crate::check) fn filled(code: &str, rewrites: &[Rewrite]) -> Vec<String> {
    let all = rewrites.iter().fold(code.to_owned(), |text, (_, rewrite)| rewrite(&text));
    let alone = rewrites.iter().map(|(_, rewrite)| rewrite(code));
    distinct(code, [all].into_iter().chain(alone))
}

/// Keeps what differs from the code and from one another, as far as time allows.
pub(in crate::check) fn distinct(code: &str, texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for text in texts.take(MOST_BYTES / code.len().max(1)) {
        if text != code && !kept.contains(&text) {
            kept.push(text);
        }
    }
    kept
}

/// Gives the findings of the first text, placed in `code`, that lie behind `first`, which was
/// found without anything filled in.
pub(in crate::check) fn behind(
    code: &str,
    first: &Finding,
    texts: Vec<Filled>,
) -> Option<Vec<Finding>> {
    let number = code[..first.range.start].matches('\n').count();
    let own: Vec<&str> = code.split('\n').collect();
    texts.into_iter().find_map(|Filled { text, found }| {
        let other: Vec<&str> = text.split('\n').collect();
        let back = |finding: Finding| {
            let range = put_back(code, &own, &text, &other, &finding)?;
            Some(Finding { range, fix: None, ..finding })
        };
        let found: Vec<Finding> = found.into_iter().map_while(back).collect();
        let start = found.first()?.range.start;
        // What is wrong before the place that was filled in is a bracket that nothing closes.
        let is_filled = own.get(number) != other.get(number);
        let is_behind = start > first.range.start || is_filled && start < first.range.start;
        is_behind.then_some(found)
    })
}

/// The place in the code of a finding in the text, unless it quotes what was filled in.
fn put_back(
    code: &str,
    own: &[&str],
    text: &str,
    other: &[&str],
    finding: &Finding,
) -> Option<Range<usize>> {
    let range = &finding.range;
    let before = text.get(..range.start)?;
    let number = before.matches('\n').count();
    let column = range.start - before.rfind('\n').map_or(0, |at| at + 1);
    let (line, filled) = (own.get(number)?, other.get(number)?);
    let alike = |pair: &(u8, u8)| pair.0 == pair.1;
    let front = line.bytes().zip(filled.bytes()).take_while(alike).count();
    let back = line.bytes().rev().zip(filled.bytes().rev()).take_while(alike).count();
    let column = if column <= front || line.len() == filled.len() {
        column
    } else if filled.len() - column <= back {
        line.len() - (filled.len() - column)
    } else {
        // Right behind a value that was filled in, a comma may be missing.
        front
    };
    let start = own[..number].iter().map(|line| line.len() + 1).sum::<usize>() + column;
    let end = start + range.len();
    // What a message quotes must be what stands there.
    let read = text.get(range.clone())?;
    if !read.is_empty() && code.get(start..end) == Some(read) {
        return Some(start..end);
    }
    let is_quoted = !read.trim().is_empty() && finding.message.contains(read);
    (!is_quoted).then(|| character_at(code, start))
}
