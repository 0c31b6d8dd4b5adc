//! What was run for an example, told below its code. A reader can see what "proven" means.

use crate::model::expectations::{describe, split_attack};
use crate::model::{Catalog, Example, Pattern};

/// Tells the tests, contracts and changes of an example as one line of HTML; `None` for an
/// example that has no tests.
pub(super) fn tell(pattern: &Pattern, example: &Example, catalog: &Catalog) -> Option<String> {
    let entry = &example.entry;
    let mut tests: Vec<String> = entry.tests.iter().map(|test| escape(&test.name.value)).collect();
    for used in &entry.contracts {
        let Some(contract) = catalog.equipment.contracts.get(&used.id.value) else { continue };
        let cases = contract.content.cases.len() - used.except.len();
        let title = escape(&contract.content.title);
        tests.push(format!("{title}: {cases} cases"));
    }
    if tests.is_empty() {
        return None;
    }
    let mutations = entry.mutations.iter();
    let mut changes: Vec<String> = mutations
        .map(|it| format!("{} fails: {}", code(&describe(it)), escape(&it.fails.value)))
        .collect();
    for dont in &pattern.content.donts {
        let attack = dont.attack.as_ref().and_then(|attack| split_attack(&attack.value));
        if let Some((_, test)) = attack.filter(|(id, _)| *id == entry.id.value) {
            changes.push(format!("with the code of a don't below, fails: {}", escape(test)));
        }
    }
    let id = escape(&format!("{}/{}", pattern.content.id.value, entry.id.value));
    let mut html = String::from("<details class=\"proof\"><summary>What was run</summary>");
    html.push_str(&list("", &tests));
    if !changes.is_empty() {
        html.push_str(&list("<p>And changed on purpose, a test must fail:</p>", &changes));
    }
    html.push_str(&format!("<p>Again: <code>patternbook test {id}</code></p></details>"));
    Some(html)
}

fn list(before: &str, items: &[String]) -> String {
    let items: String = items.iter().map(|item| format!("<li>{item}</li>")).collect();
    format!("{before}<ul>{items}</ul>")
}

/// Text whose parts in backticks are code.
fn code(text: &str) -> String {
    let mut html = String::new();
    for (index, part) in text.split('`').enumerate() {
        let part = escape(part);
        html.push_str(&if index % 2 == 1 { format!("<code>{part}</code>") } else { part });
    }
    html
}

/// Text that is safe between tags, and in one line: an empty one would end the HTML.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\n', " ")
}
