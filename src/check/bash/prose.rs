//! Finds the commands in what was typed into a terminal.

/// Splits a console session into what was typed at each `$ ` prompt.
///
/// Each part holds the lines up to the next prompt; which of them are the command and
/// which its output, only the shell can tell. `None` if the text starts with no prompt.
pub(super) fn console_parts(code: &str) -> Option<Vec<Vec<&str>>> {
    let mut parts: Vec<Vec<&str>> = Vec::new();
    for line in code.lines() {
        if let Some(command) = line.trim_start().strip_prefix("$ ") {
            parts.push(vec![command]);
        } else if let Some(part) = parts.last_mut() {
            part.push(line.strip_prefix("> ").unwrap_or(line));
        } else if !line.trim().is_empty() && !line.starts_with('#') {
            return None;
        }
    }
    (!parts.is_empty()).then_some(parts)
}
