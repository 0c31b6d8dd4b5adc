//! Rewrites what documentation shows as Python into Python.

mod signature;

use self::signature::with_bodies;
use crate::check::tolerance::pieces::SEVERAL_SNIPPETS;
use crate::check::tolerance::{ELLIPSIS, PLACEHOLDER, Rewrite, Sample, TEMPLATE, Tolerance, text};

/// An interactive session.
static PYTHON_PROMPT: Tolerance = Tolerance {
    id: "python-prompt",
    summary: "an interactive session: code after `>>>`, and its output",
    explanation: "What follows `>>> ` and `... ` is parsed; every other line after the first prompt is output. \
        `pycon` would be the better label.",
    accepts: Sample {
        language: "python",
        code: ">>> for n in range(2):\n...     print(n)\n...\n0\n1",
    },
    refuses: Sample {
        language: "python",
        code: ">>> for n in range(2:\n...     print(n)\n...\n0\n1",
    },
};

/// Lines for a notebook.
static PYTHON_NOTEBOOK: Tolerance = Tolerance {
    id: "python-notebook",
    summary: "lines of a notebook that start with `%` or `!`",
    explanation: "Magic commands and shell commands of IPython. Python alone cannot read them.",
    accepts: Sample {
        language: "python",
        code: "%matplotlib inline\n!pip install numpy\nimport numpy",
    },
    refuses: Sample {
        language: "python",
        code: "%matplotlib inline\npip install numpy\nimport numpy",
    },
};

/// A header without what belongs to it.
static PYTHON_SIGNATURE: Tolerance = Tolerance {
    id: "python-signature",
    summary: "a signature or a block without its body",
    explanation: "`def f(a: int) -> str` as in a reference, `Client.get(id: str) -> User`, and a block that holds only a \
        comment. Write `...` as the body, and it is Python.",
    accepts: Sample {
        language: "python",
        code: "def get(id: str) -> User\n\nclass Client:\n    # all that a client needs",
    },
    refuses: Sample {
        language: "python",
        code: "def get(id: str -> User\n\nclass Client:\n    # all that a client needs",
    },
};

/// Code from inside a block.
static PYTHON_INDENTED: Tolerance = Tolerance {
    id: "python-indented",
    summary: "a fragment that is indented as where it came from",
    explanation: "Every line starts with the same white space. Without it a reader could paste the code anywhere.",
    accepts: Sample {
        language: "python",
        code: "    def close(self):\n        self.socket.close()",
    },
    refuses: Sample {
        language: "python",
        code: "    def close(self):\n      self.socket.close()\n    close()\n  end()",
    },
};

/// A clause without its statement.
static PYTHON_CLAUSE: Tolerance = Tolerance {
    id: "python-clause",
    summary: "a fragment: `except`, `else` or another clause alone",
    explanation: "A clause of a statement that stands elsewhere: the block under it must parse. With `try:` and `...` above \
        it a reader sees where it belongs.",
    accepts: Sample {
        language: "python",
        code: "except TimeoutError as error:\n    retry(error)\nelse:\n    done()",
    },
    refuses: Sample {
        language: "python",
        code: "except TimeoutError as error:\n    retry(error\nelse:\n    done()",
    },
};

/// What Python tolerates.
pub(super) static PYTHON_TOLERANCES: &[&Tolerance] = &[
    &PYTHON_PROMPT,
    &PYTHON_NOTEBOOK,
    &PYTHON_SIGNATURE,
    &PYTHON_INDENTED,
    &PYTHON_CLAUSE,
    &ELLIPSIS,
    &PLACEHOLDER,
    &TEMPLATE,
    &SEVERAL_SNIPPETS,
];

/// How, in the order in which they are applied.
pub(super) static PYTHON_REWRITES: &[Rewrite] = &[
    (&PYTHON_INDENTED, dedent),
    (&PYTHON_PROMPT, without_prompts),
    (&PYTHON_NOTEBOOK, without_magic),
    (&TEMPLATE, without_templates),
    (&PLACEHOLDER, without_placeholders),
    (&ELLIPSIS, without_ellipses),
    (&SEVERAL_SNIPPETS, without_alternatives),
    (&PYTHON_CLAUSE, with_statements),
    (&PYTHON_SIGNATURE, with_bodies),
];

fn each_line(code: &str, rewrite: impl FnMut(&str) -> String) -> String {
    code.split('\n').map(rewrite).collect::<Vec<_>>().join("\n")
}

fn indentation(line: &str) -> &str {
    &line[..line.len() - line.trim_start().len()]
}

/// Takes away the white space that the first line starts with, if every line has it.
fn dedent(code: &str) -> String {
    let mut visible = code.split('\n').filter(|line| !line.trim().is_empty());
    let Some(first) = visible.next().map(indentation) else { return code.to_owned() };
    if !visible.all(|line| line.starts_with(first)) {
        return code.to_owned();
    }
    each_line(code, |line| line.strip_prefix(first).unwrap_or_default().to_owned())
}

/// Keeps what stands at the prompts. Before the first one, everything is code.
fn without_prompts(code: &str) -> String {
    let mut in_session = false;
    each_line(code, |line| {
        let visible = line.trim_start();
        let first = visible.strip_prefix(">>> ").or((visible == ">>>").then_some(""));
        in_session |= first.is_some();
        let more = visible
            .strip_prefix("... ")
            .or_else(|| visible.strip_prefix("..."))
            .filter(|_| in_session);
        match first.or(more) {
            Some(code) => code.to_owned(),
            None if in_session => String::new(),
            None => line.to_owned(),
        }
    })
}

fn without_magic(code: &str) -> String {
    each_line(code, |line| {
        let visible = line.trim_start();
        let is_word = |rest: &str| rest.starts_with(|first: char| first.is_ascii_alphabetic());
        let is_magic =
            visible.strip_prefix("%%").or_else(|| visible.strip_prefix('%')).is_some_and(is_word);
        let is_command = visible.strip_prefix('!').is_some_and(is_word);
        if is_magic || is_command { format!("{}pass", indentation(line)) } else { line.to_owned() }
    })
}

fn without_placeholders(code: &str) -> String {
    text::replace_placeholders(code, 'x', |before, _| {
        let line = before.rsplit('\n').next().unwrap_or_default();
        let line = line.trim_end();
        // No expression goes on with an element of HTML after these.
        let is_name = ["import", "from", "class", "def", "."].iter().any(|one| line.ends_with(one));
        is_name || line.ends_with(['=', '(', ',', ':', '[', '{'])
    })
}

fn without_templates(code: &str) -> String {
    let text = text::without_braced_names(&text::without_templates(code, 'x', "#"));
    let mut filled = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("${") {
        filled.push_str(before);
        let length = after.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        match length.count() {
            length if length > 0 && after[length..].starts_with('}') => {
                filled.push_str(&"x".repeat(length + 3));
                rest = &after[length + 1..];
            }
            _ => {
                filled.push_str("${");
                rest = after;
            }
        }
    }
    filled + rest
}

/// Makes a comment of each line that stands under `# or` and sets what the line above it sets.
fn without_alternatives(code: &str) -> String {
    let lines: Vec<&str> = code.split('\n').collect();
    let name = |line: &str| line.split_once('=').map(|(name, _)| name.to_owned());
    let is_other = |number: usize| {
        let [above, comment, line] = &lines[number - 2..=number] else { return false };
        let word = comment.trim().trim_start_matches('#').trim().trim_end_matches(':');
        comment.trim().starts_with('#')
            && word.eq_ignore_ascii_case("or")
            && name(line).is_some()
            && name(line) == name(above)
    };
    let mut number = 0;
    each_line(code, |line| {
        number += 1;
        if number > 2 && is_other(number - 1) {
            format!("{}#", indentation(line))
        } else {
            line.to_owned()
        }
    })
}

/// Makes statements of the clauses at the front and of those that continue them.
fn with_statements(code: &str) -> String {
    let Some(first) = code.split('\n').find(|line| is_code(line)) else { return code.to_owned() };
    if statement(first).is_none() {
        return code.to_owned();
    }
    let margin = indentation(first);
    each_line(code, |line| match statement(line).filter(|_| indentation(line) == margin) {
        Some(statement) => statement,
        None => line.to_owned(),
    })
}

fn is_code(line: &str) -> bool {
    !line.trim().is_empty() && !line.trim_start().starts_with('#')
}

/// The statement that holds what a clause holds.
fn statement(line: &str) -> Option<String> {
    let visible = line.trim_start();
    let length = visible.find(|sign: char| !sign.is_ascii_alphabetic())?;
    let (word, rest) = visible.split_at(length);
    let has_head = !rest.trim_start().starts_with(':');
    let keyword = match (word, has_head) {
        ("except", true) => "with",
        ("elif", true) => "if",
        ("except" | "else" | "finally", false) => "if 1",
        _ => return None,
    };
    Some(format!("{}{keyword}{rest}", indentation(line)))
}

/// Blanks each `...` that stands for elements or arguments, with the comma after it, and
/// makes an ellipsis of Python of each line that says that something was left out.
fn without_ellipses(code: &str) -> String {
    // The comment behind the line before stays out of the way.
    let without_comment = |text: &str| {
        let text = text.trim_end();
        let start = text.rfind('\n').map_or(0, |at| at + 1);
        text[start..].find(" #").map_or(text.len(), |at| start + at)
    };
    let code = each_line(&code.replace('…', "..."), |line| {
        let visible = line.trim();
        let is_prose = visible.strip_prefix("... ").is_some_and(|rest| {
            rest.starts_with(|first: char| first.is_ascii_alphabetic() || first == '(')
        });
        if text::is_ellipsis(visible) || is_prose {
            format!("{}...", indentation(line))
        } else {
            line.to_owned()
        }
    });
    let mut text = String::with_capacity(code.len());
    let mut rest = code.as_str();
    while let Some(at) = rest.find("...") {
        text.push_str(&rest[..at]);
        rest = &rest[at + 3..];
        let follows = text[..without_comment(&text)].trim_end().ends_with([',', '(', '[', '{']);
        let next = rest.trim_start();
        match next.chars().next() {
            Some(')' | ']' | '}') if follows => {}
            // `args...`: and more of these.
            Some(')' | ',') if text.ends_with(|sign: char| sign.is_alphanumeric()) => {}
            Some(',') if follows => {
                let gap = rest.len() - next.len();
                text.push_str(&rest[..gap]);
                rest = &rest[gap + 1..];
            }
            _ => text.push_str("..."),
        }
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_become_code() {
        assert_eq!(without_prompts(">>> a\n1\n>>> if b:\n...   c\n...\n"), "a\n\nif b:\n  c\n\n");
        assert_eq!(without_prompts("a >>> b\n...\n"), "a >>> b\n...\n");
    }

    #[test]
    fn ellipses_go_where_they_are_no_value() {
        assert_eq!(without_ellipses("f(a=1, ...)"), "f(a=1, )");
        assert_eq!(without_ellipses("f(\n  a=1,  # b\n  ...\n)"), "f(\n  a=1,  # b\n  \n)");
        assert_eq!(without_ellipses("f(a...)"), "f(a)");
        assert_eq!(without_ellipses("{..., 1: 2}"), "{ 1: 2}");
        assert_eq!(without_ellipses("a = ...\n  … \n"), "a = ...\n  ...\n");
    }
}
