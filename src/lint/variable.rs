//! `${VAR}` and `${VAR:-default}`, as Claude Code expands them in a configuration.

/// A part of a text that starts with `${`.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reference<'a> {
    /// One that is expanded.
    Variable(Variable<'a>),
    /// One that stays as it is, since it is not closed or has no proper name.
    Malformed(&'a str),
}

/// A `${…}` that is expanded.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Variable<'a> {
    /// How it is written.
    pub source: &'a str,
    /// The name, such as `API_TOKEN` or `user_config.api_token`.
    pub name: &'a str,
    /// What stands in when the variable is not set.
    pub default: Option<&'a str>,
}

/// Finds every reference in a text, in its order.
pub(super) fn references(text: &str) -> Vec<Reference<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        rest = &rest[start..];
        let Some(end) = rest.find('}') else {
            found.push(Reference::Malformed(rest));
            break;
        };
        let (source, after) = rest.split_at(end + 1);
        found.push(reference(source));
        rest = after;
    }
    found
}

/// Finds the references of a text that are expanded.
pub(super) fn variables(text: &str) -> Vec<Variable<'_>> {
    let variable = |reference| match reference {
        Reference::Variable(variable) => Some(variable),
        Reference::Malformed(_) => None,
    };
    references(text).into_iter().filter_map(variable).collect()
}

/// Finds `$NAME` without braces, which nothing expands.
pub(super) fn find_unbraced(text: &str) -> Option<&str> {
    for (start, _) in text.match_indices('$') {
        let name = &text[start + 1..];
        let is_part =
            |next: char| next.is_ascii_uppercase() || next.is_ascii_digit() || next == '_';
        let length = name.find(|next| !is_part(next)).unwrap_or(name.len());
        let name = &name[..length];
        if length >= 3 && name.starts_with(|first: char| first.is_ascii_uppercase()) {
            return Some(&text[start..start + 1 + length]);
        }
    }
    None
}

fn reference(source: &str) -> Reference<'_> {
    let inner = &source[2..source.len() - 1];
    let (name, default) = match inner.split_once(":-") {
        Some((name, default)) => (name, Some(default)),
        None => (inner, None),
    };
    let plain = name.strip_prefix("user_config.").unwrap_or(name);
    let is_name = plain.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && plain.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_name {
        Reference::Variable(Variable { source, name, default })
    } else {
        Reference::Malformed(source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_variables_and_what_only_looks_like_one() {
        let text = "a ${A} ${B:-x} ${user_config.c} ${d-e} ${f";
        let found = references(text);
        let variable =
            |source, name, default| Reference::Variable(Variable { source, name, default });
        let expected = [
            variable("${A}", "A", None),
            variable("${B:-x}", "B", Some("x")),
            variable("${user_config.c}", "user_config.c", None),
            Reference::Malformed("${d-e}"),
            Reference::Malformed("${f"),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_name_without_braces_is_found() {
        assert_eq!(find_unbraced("Bearer $API_TOKEN"), Some("$API_TOKEN"));
        assert_eq!(find_unbraced("costs $5 or ${A}"), None);
    }
}
