//! What documentation may show although a machine would refuse it: each case has a name, an
//! explanation and two examples.
//!
//! A tolerance is a rewriting: what the reader will fill in is filled in, and the result must
//! parse whole. So it never accepts code that is broken apart from it. Several are combined
//! by `fewest`; those of one language stand in the file of the language.

pub(super) mod behind;
pub(super) mod pieces;
pub(super) mod text;

use crate::diagnostic::Finding;

/// A way in which a snippet may differ from its language.
#[derive(Debug)]
pub struct Tolerance {
    /// Kebab-case and permanent, such as `json-comments`. No rule has the same.
    pub id: &'static str,
    /// What the snippet shows, in one line without a full stop.
    pub summary: &'static str,
    /// Markdown: what exactly is accepted, and what would be better to write.
    pub explanation: &'static str,
    /// Code that is accepted.
    pub accepts: Sample,
    /// Nearly the same code, which stays broken.
    pub refuses: Sample,
}

/// A piece of code to show.
#[derive(Debug)]
pub struct Sample {
    /// A name of its language.
    pub language: &'static str,
    /// The code, without a line end at its end.
    pub code: &'static str,
}

impl PartialEq for Tolerance {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Tolerance {}

/// Code with something filled in, line by line, and what is wrong with it then.
#[derive(Debug)]
pub struct Filled {
    /// The code, with as many lines as it had.
    pub text: String,
    /// Findings in that text.
    pub found: Vec<Finding>,
}

/// Something that the reader fills in.
pub(super) static PLACEHOLDER: Tolerance = Tolerance {
    id: "placeholder",
    summary: "a placeholder stands for what the reader fills in",
    explanation: "`<your-token>` where a word or a value may stand; in JSON and TOML also a bare `YOUR_KEY`, in JSON `N` or `XXX`. In a string it is \
        fine anyway. Where the language has variables or strings, write `$YOUR_TOKEN` or `\"YOUR_TOKEN\"`: then a reader \
        who forgets to fill it in gets a good message.",
    accepts: Sample { language: "bash", code: "curl https://<host>/ -o <file>" },
    refuses: Sample { language: "bash", code: "curl https://<host>/ -o \"<file>" },
};

/// A template's mark.
pub(super) static TEMPLATE: Tolerance = Tolerance {
    id: "template",
    summary: "template syntax stands for what a program fills in",
    explanation: "`{{ x }}`, `${{ x }}`, `{% … %}`, `<% … %>`, `{! … !}` and `{* … *}` are read as one word or value, and a line of nothing else as \
        empty. In JSON `${x}`, `$X` and `{x}` too, in Python `${x}`, and in Python and scripts `{Name}` where a name stands. The code around them must parse.",
    accepts: Sample { language: "json", code: "{\"port\": {{ port }}}" },
    refuses: Sample { language: "json", code: "{\"port\": {{ port }}" },
};

/// Something left out.
pub(super) static ELLIPSIS: Tolerance = Tolerance {
    id: "ellipsis",
    summary: "`...` stands for what was left out",
    explanation: "`...` or `…` as a line of its own, or for an element, a value, an argument or a member. In a language with \
        comments write `# ...` or `// ...`, and nothing needs to be tolerated.",
    accepts: Sample { language: "json", code: "{\"a\": [1, 2, ...]}" },
    refuses: Sample { language: "json", code: "{\"a\": [1, 2 ...}" },
};

/// More are never tried together: the number of attempts doubles with each.
const MOST_OPTIONS: usize = 6;

/// How many bytes all attempts together may read: hostile code is long, documentation is not.
const MOST_BYTES: usize = 1 << 20;

/// Finds the fewest of `options` with which `attempt` succeeds; earlier ones first.
///
/// `attempt` gets the chosen ones and gives what else it tolerated. Nothing is tolerated
/// with an empty answer.
pub(super) fn fewest(
    code: &str,
    options: &[&'static Tolerance],
    mut attempt: impl FnMut(&[&'static Tolerance]) -> Option<Vec<&'static Tolerance>>,
) -> Vec<&'static Tolerance> {
    let options = &options[..options.len().min(MOST_OPTIONS)];
    let mut masks: Vec<u32> = (0..1 << options.len()).collect();
    masks.sort_by_key(|mask| mask.count_ones());
    let most_attempts = MOST_BYTES / code.len().max(1);
    for mask in masks.into_iter().take(most_attempts.max(2)) {
        let is_chosen = |(index, option): (usize, &&'static Tolerance)| {
            (mask >> index & 1 == 1).then_some(*option)
        };
        let mut chosen: Vec<_> = options.iter().enumerate().filter_map(is_chosen).collect();
        if let Some(more) = attempt(&chosen) {
            chosen.extend(more);
            return chosen;
        }
    }
    Vec::new()
}

/// A tolerance and the rewriting that it stands for.
pub(super) type Rewrite = (&'static Tolerance, fn(&str) -> String);

/// Finds the fewest rewrites after which `attempt` succeeds. They are applied in their order.
pub(super) fn fewest_rewrites(
    code: &str,
    rewrites: &[Rewrite],
    mut attempt: impl FnMut(&str) -> Option<Vec<&'static Tolerance>>,
) -> Vec<&'static Tolerance> {
    let changes = |(_, rewrite): &&Rewrite| rewrite(code) != code;
    let able: Vec<&Rewrite> = rewrites.iter().filter(changes).collect();
    let options: Vec<&'static Tolerance> = able.iter().map(|(tolerance, _)| *tolerance).collect();
    fewest(code, &options, |chosen| {
        let mut text = code.to_owned();
        for (_, rewrite) in able.iter().filter(|(tolerance, _)| chosen.contains(tolerance)) {
            text = rewrite(&text);
        }
        attempt(&text)
    })
}

/// Lets an attempt say only whether the text is good.
pub(super) fn when(is_good: bool) -> Option<Vec<&'static Tolerance>> {
    is_good.then(Vec::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fewest_that_suffice_are_found() {
        let both: &[Rewrite] =
            &[(&TEMPLATE, |code| code.replace('t', "")), (&ELLIPSIS, |code| code.replace('e', ""))];
        let found = |code: &str| fewest_rewrites(code, both, |text| when(text == "x"));
        assert_eq!(found("xt"), [&TEMPLATE]);
        assert_eq!(found("xe"), [&ELLIPSIS]);
        assert_eq!(found("xte"), [&TEMPLATE, &ELLIPSIS]);
        assert!(found("xy").is_empty());
    }
}
