//! Which pattern of this project's guide mends what a rule finds.

/// Each rule with the id of a pattern, sorted by rule.
static PATTERNS: &[(&str, &str)] = &[
    ("helper-cache-location", "cached-headers-helper"),
    ("helper-cache-not-atomic", "cached-headers-helper"),
    ("helper-hides-failure", "robust-headers-helper"),
    ("helper-ignores-http-errors", "robust-headers-helper"),
    ("helper-json-by-interpolation", "headers-helper"),
    ("helper-no-time-limit", "robust-headers-helper"),
    ("helper-ping", "helper-behind-vpn"),
    ("helper-secret-in-argv", "headers-helper"),
    ("helper-serves-expired", "cached-headers-helper"),
    ("helper-stripped-variable", "headers-helper"),
    ("helper-undocumented-variable", "document-credentials"),
    ("helper-unsafe-options", "robust-headers-helper"),
    ("literal-secret", "migrate-hardcoded-token"),
    ("mcp-absolute-path", "checklist-plugin-author"),
    ("mcp-annotation", "document-credentials"),
    ("mcp-bad-header", "debug-missing-token"),
    ("mcp-cleartext-url", "where-credentials-live"),
    ("mcp-command-and-url", "oauth-sign-in"),
    ("mcp-deprecated-transport", "migrate-old-servers"),
    ("mcp-double-scheme", "bearer-token-header"),
    ("mcp-duplicate-header", "bearer-token-header"),
    ("mcp-helper-on-stdio", "stdio-environment"),
    ("mcp-literal-secret", "migrate-hardcoded-token"),
    ("mcp-malformed-variable", "debug-missing-token"),
    ("mcp-missing-file", "helper-troubleshooting"),
    ("mcp-missing-wrapper", "oauth-sign-in"),
    ("mcp-not-runnable", "helper-troubleshooting"),
    ("mcp-remote-in-desktop", "desktop-config"),
    ("mcp-secret-in-args", "stdio-environment"),
    ("mcp-secret-in-custom-header", "api-key-headers"),
    ("mcp-secret-in-url", "bearer-token-header"),
    ("mcp-undocumented-variable", "document-credentials"),
    ("mcp-url-without-scheme", "oauth-sign-in"),
    ("mcp-url-without-type", "oauth-sign-in"),
    ("mcp-user-config-in-helper", "plugin-user-config"),
    ("mcp-variable-in-host", "tenant-selection"),
    ("plugin-plain-secret", "plugin-user-config"),
    ("plugin-undeclared-option", "plugin-user-config"),
    ("shell-export-xargs", "dotenv-loading"),
    ("shell-literal-secret", "where-credentials-live"),
    ("shell-prints-secret", "debug-missing-token"),
    ("shell-secret-in-argv", "test-endpoint-by-hand"),
    ("shell-token-in-query", "bearer-token-header"),
];

/// The id of the pattern that shows how to do it right.
pub fn pattern_of(rule: &str) -> Option<&'static str> {
    let at = PATTERNS.binary_search_by_key(&rule, |(rule, _)| rule).ok()?;
    Some(PATTERNS[at].1)
}

/// Every rule that has a pattern, with its id.
pub fn all() -> &'static [(&'static str, &'static str)] {
    PATTERNS
}
