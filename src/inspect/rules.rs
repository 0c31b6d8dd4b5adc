//! The rules about what examples claim and prove.

use crate::diagnostic::{Profile, Rule, Severity};

/// Every rule of this module.
pub static RULES: &[&Rule] = &[
    &LEVEL_NOT_REACHED,
    &NOT_PROVEN,
    &MUTATION_BREAKS_CODE,
    &KIND_LANGUAGE,
    &DONT_NOT_FLAGGED,
    &SKIPPED_SNIPPET,
    &TOO_MANY_FINDINGS,
    &IGNORE_WITHOUT_REASON,
    &IGNORE_UNKNOWN_RULE,
    &IGNORE_UNUSED,
    &BASELINE_OUTDATED,
    &JSON_WITH_COMMENTS,
    &BIDI_CONTROL,
];

/// A character that makes a text look like another one.
pub static BIDI_CONTROL: Rule = Rule {
    id: "bidi-control",
    severity: Severity::Warning,
    profile: Profile::Any,
    summary: "a character that changes the order in which text is shown",
    explanation: "It is not seen, and what stands around it is shown in another order than a program or an agent reads it: a \
        reviewer approves one text, and another one runs (<https://trojansource.codes/>). It is Unicode's \
        `Bidi_Control`: U+061C, U+200E, U+200F, U+202A to U+202E and U+2066 to U+2069. Take it out, or write it so \
        that it is seen: `\\u202e` in a string of JSON, YAML or most languages, `&#x202e;` in Markdown. The site shows one \
        that is not written so as `‹U+202E›`, in code too.",
};

/// An example that claims more than the tool can show.
pub static LEVEL_NOT_REACHED: Rule = Rule {
    id: "level-not-reached",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "an example claims a level that it does not reach",
    explanation: "The levels are shown, parsed, checked, ran and proven. `parsed` (the default) needs a language that a checker \
        knows; `checked` needs a `kind` whose schema and rules hold. Claim less, or give the example what the level \
        needs.",
};

/// An example that claims to have run, and has not as it is now.
pub static NOT_PROVEN: Rule = Rule {
    id: "not-proven",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "an example claims to have run or to be proven, and the ledger does not show it",
    explanation: "`ran` needs tests that passed, `proven` also a mutation or an attack. `patternbook test` runs them and \
        writes `ledger.json`. An entry counts as long as example, tests and labs are what they were.",
};

/// A mutation that leaves no code.
pub static MUTATION_BREAKS_CODE: Rule = Rule {
    id: "mutation-breaks-code",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a mutation leaves code that does not parse",
    explanation: "A mutation takes out one thing, and a test must notice. Code that does not parse fails every test, and so \
        proves nothing.",
};

/// An example whose kind is not written in its language.
pub static KIND_LANGUAGE: Rule = Rule {
    id: "kind-language",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "an example's kind is not written in its language",
    explanation: "The rules of a kind read the language that such a document is written in; in another language they \
        would find nothing, and `checked` would mean nothing. The table of kinds names the languages of each.",
};

/// A don't whose code the named rule lets pass.
pub static DONT_NOT_FLAGGED: Rule = Rule {
    id: "dont-not-flagged",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "the bad code of a don't is not flagged by the rule that it names",
    explanation: "A don't with code is a promise: the tool finds this mistake in your files too. Name the rule that \
        flags it; `patternbook explain` lists them all. If no rule does, describe the mistake in words alone.",
};

/// A snippet that was not checked, where everything must be.
pub static SKIPPED_SNIPPET: Rule = Rule {
    id: "skipped-snippet",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "with `--strict`: a snippet was not checked",
    explanation: "Without `--strict` a block without a language, or in one that no checker knows, is counted and \
        passed over. With it, every block must be checked: name a language of the table of languages.",
};

/// More findings in one file than anybody reads.
pub static TOO_MANY_FINDINGS: Rule = Rule {
    id: "too-many-findings",
    severity: Severity::Note,
    profile: Profile::Any,
    summary: "a file has more findings than are kept",
    explanation: "The first 1,000 of a file are kept. Mend these and run again; often many have one cause.",
};

/// A comment that suppresses and does not say why.
pub static IGNORE_WITHOUT_REASON: Rule = Rule {
    id: "ignore-without-reason",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a `patternbook-ignore` comment gives no reason",
    explanation: "Such a comment is a claim: the rule is wrong here. Who reads it later, or the next version of the tool, \
        must be able to judge whether that still holds. Write `patternbook-ignore RULE: reason`. Without a reason the \
        comment suppresses nothing.",
};

/// A comment that suppresses what there is not.
pub static IGNORE_UNKNOWN_RULE: Rule = Rule {
    id: "ignore-unknown-rule",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a `patternbook-ignore` comment names no rule that can be suppressed",
    explanation: "Name each rule, as the report does in brackets; there is no word for all of them, since it would hide \
        what nobody has looked at. The rules about these comments cannot be suppressed.",
};

/// A comment that suppresses nothing.
pub static IGNORE_UNUSED: Rule = Rule {
    id: "ignore-unused",
    severity: Severity::Warning,
    profile: Profile::Any,
    summary: "a `patternbook-ignore` comment suppresses nothing",
    explanation: "What it was about is mended, or it stands in the wrong place: it would hide the next mistake there. \
        In Markdown it holds for the block after it, in code for its line or the next one, in YAML for the next entry \
        with all that belongs to it.",
};

/// A finding of the baseline that is no longer there.
pub static BASELINE_OUTDATED: Rule = Rule {
    id: "baseline-outdated",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "the baseline holds a finding that is mended",
    explanation: "A baseline only shrinks. As long as it holds a finding that is mended, the same mistake could come back \
        unseen. Take it out: `patternbook check --baseline FILE --write-baseline` removes what is mended and adds nothing.",
};

/// JSON that is JSONC.
pub static JSON_WITH_COMMENTS: Rule = Rule {
    id: "json-with-comments",
    severity: Severity::Note,
    profile: Profile::Any,
    summary: "a block labelled `json` has comments, which is `jsonc`",
    explanation: "Readers copy the block into a file, and a reader of JSON stops at the first comment. With the label \
        `jsonc` highlighters and checkers know what it is. `patternbook check --fix` writes it. The block itself is \
        tolerated either way; with `--strict` it is an error.",
};
