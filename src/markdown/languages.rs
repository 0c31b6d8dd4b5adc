//! What readers call the languages of fences.

/// Languages that people call something else than fences do.
const LANGUAGES: &[(&str, &str)] = &[
    ("bash", "Shell"),
    ("console", "Terminal"),
    ("dotenv", ".env"),
    ("html", "HTML"),
    ("http", "HTTP"),
    ("javascript", "JavaScript"),
    ("js", "JavaScript"),
    ("json", "JSON"),
    ("markdown", "Markdown"),
    ("md", "Markdown"),
    ("py", "Python"),
    ("python", "Python"),
    ("rust", "Rust"),
    ("sh", "Shell"),
    ("shell", "Shell"),
    ("toml", "TOML"),
    ("ts", "TypeScript"),
    ("typescript", "TypeScript"),
    ("yaml", "YAML"),
    ("yml", "YAML"),
];

/// What people call a language; none for mere text.
pub fn name_of(language: &str) -> Option<&str> {
    let name = LANGUAGES.iter().find(|(language_of, _)| *language_of == language);
    match (name, language) {
        (Some((_, name)), _) => Some(name),
        (None, "" | "text" | "txt" | "plaintext") => None,
        (None, _) => Some(language),
    }
}
