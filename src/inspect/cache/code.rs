//! Writes an inspection as bytes, and reads it again. Lengths come before what they measure.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::check::tolerance::Tolerance;
use crate::check::{self, Verdict};
use crate::diagnostic::{Diagnostic, Fix, Rule};
use crate::inspect::{Inspected, Inspection};
use crate::source::{FileId, Span};

/// Appends to bytes.
#[derive(Default)]
pub(super) struct Writer {
    pub(super) bytes: Vec<u8>,
}

impl Writer {
    /// Seven bits a byte, the lowest first.
    pub(super) fn number(&mut self, mut number: usize) {
        while number >= 0x80 {
            self.bytes.push((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }

    pub(super) fn text(&mut self, text: &str) {
        self.number(text.len());
        self.bytes.extend(text.as_bytes());
    }

    pub(super) fn inspection(&mut self, inspection: &Inspection) {
        self.number(inspection.snippets.len());
        for snippet in &inspection.snippets {
            self.number(snippet.offset);
            self.text(&snippet.language);
            self.verdict(&snippet.verdict);
            self.fix(snippet.naming.as_ref());
        }
        self.number(inspection.diagnostics.len());
        for diagnostic in &inspection.diagnostics {
            self.text(diagnostic.rule.id);
            self.span(&diagnostic.span);
            self.text(&diagnostic.message);
            self.number(usize::from(diagnostic.help.is_some()));
            self.text(diagnostic.help.as_deref().unwrap_or_default());
            self.fix(diagnostic.fix.as_ref());
        }
    }

    fn verdict(&mut self, verdict: &Verdict) {
        match verdict {
            Verdict::Valid => self.number(0),
            Verdict::Invalid => self.number(1),
            Verdict::Tolerated(tolerances) => {
                self.number(2);
                self.number(tolerances.len());
                for tolerance in tolerances {
                    self.text(tolerance.id);
                }
            }
            Verdict::Flagged(rule) => {
                self.number(4);
                self.text(rule);
            }
            Verdict::Skipped(reason) => {
                self.number(3);
                self.text(reason);
            }
        }
    }

    fn span(&mut self, span: &Span) {
        self.number(span.start);
        self.number(span.end);
    }

    fn fix(&mut self, fix: Option<&Fix<Span>>) {
        match fix {
            None => self.number(0),
            Some(Fix::MakeExecutable { path }) => {
                self.number(1);
                self.text(path);
            }
            Some(Fix::Replace { at, with }) => {
                self.number(2);
                self.span(at);
                self.text(with);
            }
        }
    }
}

/// Reads bytes from their start. Every answer is `None` where they are not what was written.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(super) fn position(&self) -> usize {
        self.at
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at == self.bytes.len()
    }

    pub(super) fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let taken = self.bytes.get(self.at..self.at.checked_add(length)?)?;
        self.at += length;
        Some(taken)
    }

    pub(super) fn number(&mut self) -> Option<usize> {
        let mut number = 0_usize;
        for shift in (0..usize::BITS).step_by(7) {
            let byte = usize::from(*self.take(1)?.first()?);
            number |= (byte & 0x7f).checked_shl(shift)?;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    pub(super) fn text(&mut self) -> Option<&'a str> {
        let length = self.number()?;
        std::str::from_utf8(self.take(length)?).ok()
    }

    pub(super) fn inspection(
        &mut self,
        file: FileId,
        rules: &BTreeMap<&'static str, &'static Rule>,
    ) -> Option<Inspection> {
        let mut inspection = Inspection::default();
        for _ in 0..self.number()? {
            let offset = self.number()?;
            let language = self.text()?.to_owned();
            let verdict = self.verdict(rules)?;
            let naming = self.fix(file)?;
            inspection.snippets.push(Inspected { file, offset, language, verdict, naming });
        }
        for _ in 0..self.number()? {
            let rule = rules.get(self.text()?)?;
            let mut diagnostic = Diagnostic::new(rule, self.span(file)?, self.text()?);
            let has_help = self.number()? == 1;
            let help = self.text()?;
            diagnostic.help = has_help.then(|| help.to_owned());
            diagnostic.fix = self.fix(file)?;
            inspection.diagnostics.push(diagnostic);
        }
        self.is_at_end().then_some(inspection)
    }

    fn verdict(&mut self, rules: &BTreeMap<&'static str, &'static Rule>) -> Option<Verdict> {
        Some(match self.number()? {
            0 => Verdict::Valid,
            1 => Verdict::Invalid,
            2 => {
                let count = self.number()?;
                let read = |_| TOLERANCES.get(self.text()?).copied();
                Verdict::Tolerated((0..count).map(read).collect::<Option<_>>()?)
            }
            3 => Verdict::Skipped(self.text()?.to_owned()),
            4 => Verdict::Flagged(rules.get(self.text()?)?.id),
            _ => return None,
        })
    }

    fn span(&mut self, file: FileId) -> Option<Span> {
        let (start, end) = (self.number()?, self.number()?);
        Some(Span::new(file, start..end))
    }

    fn fix(&mut self, file: FileId) -> Option<Option<Fix<Span>>> {
        Some(match self.number()? {
            0 => None,
            1 => Some(Fix::MakeExecutable { path: self.text()?.to_owned() }),
            2 => Some(Fix::Replace { at: self.span(file)?, with: self.text()?.to_owned() }),
            _ => return None,
        })
    }
}

/// Every tolerance, by its id.
static TOLERANCES: LazyLock<BTreeMap<&'static str, &'static Tolerance>> = LazyLock::new(|| {
    check::tolerances().into_iter().map(|tolerance| (tolerance.id, tolerance)).collect()
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::rules;
    use crate::source::{SourceFile, Sources};

    #[test]
    fn it_reads_what_it_writes_and_no_part_of_it() {
        let file = Sources::default().add(SourceFile::new("x", ""));
        let rule = &rules::SKIPPED_SNIPPET;
        let at = Span::new(file, 300..70_000);
        let fix = Fix::Replace { at: at.clone(), with: "ü".to_owned() };
        let inspected = |verdict| Inspected {
            file,
            offset: 128,
            language: "bash".to_owned(),
            verdict,
            naming: Some(Fix::MakeExecutable { path: "x".to_owned() }),
        };
        let inspection = Inspection {
            snippets: vec![
                inspected(Verdict::Tolerated(check::tolerances()[..2].to_vec())),
                inspected(Verdict::Skipped("so".to_owned())),
            ],
            diagnostics: vec![Diagnostic::new(rule, at, "m").help("").fix(fix)],
            ..Inspection::default()
        };
        let mut writer = Writer::default();
        writer.inspection(&inspection);
        let rules = BTreeMap::from([(rule.id, rule)]);
        let read = |bytes: &[u8]| Reader::new(bytes).inspection(file, &rules);
        let found = read(&writer.bytes).unwrap();
        assert_eq!(found.snippets, inspection.snippets);
        assert_eq!(format!("{:?}", found.diagnostics), format!("{:?}", inspection.diagnostics));
        for length in 0..writer.bytes.len() {
            assert!(read(&writer.bytes[..length]).is_none());
        }
    }
}
