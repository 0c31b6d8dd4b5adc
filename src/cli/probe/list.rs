//! What `probe --list` prints: the properties, parameters and cases of a contract.

use std::io::{self, Write as _};

use regex::Regex;

use super::LAB;
use crate::model::equipment::{Contract, Lab};
use crate::model::yaml::contract::Case;

/// Writes the list. `lab` knows what its faults are.
pub(super) fn write(contract: &Contract, lab: Option<&Lab>) -> io::Result<()> {
    let content = &contract.content;
    let mut out = io::stdout().lock();
    writeln!(out, "{}: {}\n\nProperties", content.id.value, content.title)?;
    for property in &content.properties {
        writeln!(out, "  {:4} {}", property.id.value, property.text)?;
    }
    writeln!(out, "\nParameters, for --with")?;
    for (name, parameter) in &content.parameters {
        let default = parameter.default.as_ref();
        let default = default.map_or(String::new(), |default| format!(" [default: {default}]"));
        writeln!(out, "  {name}: {}{default}", parameter.meaning)?;
    }
    writeln!(out, "\nCases")?;
    for case in &content.cases {
        writeln!(out, "  {:28} {}", case.name.value, describe(case, lab))?;
    }
    Ok(())
}

/// What a case is: its own words, or those of the fault that the lab serves, or its name.
fn describe(case: &Case, lab: Option<&Lab>) -> String {
    if let Some(text) = &case.text {
        return text.clone();
    }
    let about = fault(case).and_then(|name| about(name, lab?));
    sentence(&about.unwrap_or_else(|| case.name.value.replace('-', " ")))
}

/// The fault that the token endpoint serves first.
fn fault(case: &Case) -> Option<&str> {
    case.setup.as_ref()?.labs.get(LAB)?.get("fault")?.as_str()
}

/// What a lab says of one of its faults, in the table where it defines them.
fn about(name: &str, lab: &Lab) -> Option<String> {
    let table = String::from_utf8_lossy(lab.files.get("faults.mjs")?).into_owned();
    let entry = format!(r"(?m)^\s*'?{}'?: \{{ about: '([^']*)'", regex::escape(name));
    let entry = Regex::new(&entry).expect("an escaped name is a pattern");
    Some(entry.captures(&table)?[1].to_owned())
}

/// A text with a capital letter and a full stop; a field such as `token_type` keeps its letters.
fn sentence(text: &str) -> String {
    let is_word = text.split(' ').next().is_some_and(|first| !first.contains('_'));
    let mut letters = text.chars();
    match letters.next() {
        Some(first) if is_word => format!("{}{}.", first.to_uppercase(), letters.as_str()),
        _ => format!("{text}."),
    }
}
