//! The rules of an MCP configuration, and why each exists.

use crate::diagnostic::{Profile, Rule, Severity};
use crate::schema;

pub(in crate::lint) static MISSING_WRAPPER: Rule = Rule {
    id: "mcp-missing-wrapper",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "an MCP configuration without `mcpServers`",
    explanation: "In a project's `.mcp.json` Claude Code refuses a map of servers that is not inside `mcpServers` \
        (`mcpServers: Invalid input`). Only a plugin's file may leave it out. Always write it: then one example works \
        in both places.\n\nSource: Claude Code docs, mcp; seen with Claude Code 2.1.329.",
};

pub(in crate::lint) static LITERAL_SECRET: Rule = Rule {
    id: "mcp-literal-secret",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a credential is written into the configuration",
    explanation: "`.mcp.json` is made to be committed, so a credential in it is published: to everyone with the \
        repository, its forks and its history. Sign in with OAuth where the server offers it. Otherwise write \
        `${API_TOKEN}`, or in a plugin an option with `sensitive: true` and `${user_config.api_token}`. A credential \
        that was committed must be revoked; to remove it is not enough.\n\nSource: RFC 6750 §5.3 (safeguard bearer \
        tokens); Claude Code docs, mcp, environment variable expansion.",
};

pub(in crate::lint) static CLEARTEXT_URL: Rule = Rule {
    id: "mcp-cleartext-url",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a server is reached without TLS",
    explanation: "Over `http://` and `ws://` everyone on the way can read the token and use it. Write `https://` or \
        `wss://`. Only a loopback address (`127.0.0.1`, `[::1]`, `localhost`) may do without. The address of \
        authorization server metadata must be `https://` even there: Claude Code refuses another.\n\nSource: RFC 6750 \
        §5.3 (always use TLS); MCP 2026-07-28 authorization, communication security.",
};

pub(in crate::lint) static DEPRECATED_TRANSPORT: Rule = Rule {
    id: "mcp-deprecated-transport",
    severity: Severity::Warning,
    profile: Profile::Any,
    summary: "the SSE transport is deprecated",
    explanation: "The HTTP+SSE transport was replaced by Streamable HTTP, and servers switch it off. Write `\"type\": \
        \"http\"` with the server's Streamable HTTP endpoint, which often has another path (`/mcp`, not `/sse`).\
        \n\nSource: MCP 2026-07-28 (SEP-2596); Claude Code docs, mcp.",
};

pub(in crate::lint) static URL_WITHOUT_TYPE: Rule = Rule {
    id: "mcp-url-without-type",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a server has a `url` and no `type`",
    explanation: "Claude Code takes a server without `type` for a local process, and refuses one that has a `url` \
        (`it has a \"url\" but no \"type\"`). Add `\"type\": \"http\"`.\n\nSource: seen with Claude Code 2.1.329.",
};

pub(in crate::lint) static SECRET_IN_URL: Rule = Rule {
    id: "mcp-secret-in-url",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a credential is part of the URL",
    explanation: "URLs are kept: in logs of servers and proxies, in `claude mcp list`, in error messages. A variable \
        does not help, since it is expanded before the request. Send the credential in the `Authorization` header. \
        MCP forbids access tokens in the query.\n\nSource: RFC 6750 §2.3 and §5.3; MCP 2026-07-28 authorization, \
        access token usage.",
};

pub(in crate::lint) static SECRET_IN_ARGS: Rule = Rule {
    id: "mcp-secret-in-args",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a credential is an argument of the server's command",
    explanation: "Every user of the machine can read the arguments of every process (`ps`), and crash reports keep \
        them. `${API_TOKEN}` is expanded before the process starts, so it is no protection. Give the credential in \
        `env`, whose values only the same user can read, or let the server read a file with mode 0600.\n\nSource: \
        Claude Code docs, mcp; POSIX `ps`.",
};

pub(in crate::lint) static VARIABLE_IN_HOST: Rule = Rule {
    id: "mcp-variable-in-host",
    severity: Severity::Warning,
    profile: Profile::Any,
    summary: "a variable is part of the host name",
    explanation: "Whoever sets the variable decides who gets the credential: `evil.example/x#` in place of a tenant \
        ends the host name early, and the token goes there. Put the tenant into the path or, better, let the server \
        take it from a claim of the token. If the host must vary, let the variable hold the whole base URL and say \
        who may set it.\n\nSource: RFC 9700 §4.10.2 (audience of access tokens); seen with Claude Code 2.1.329.",
};

pub(in crate::lint) static SECRET_IN_CUSTOM_HEADER: Rule = Rule {
    id: "mcp-secret-in-custom-header",
    severity: Severity::Warning,
    profile: Profile::Any,
    summary: "the only credential is in a header of its own",
    explanation: "When a server without an `Authorization` header answers 401, Claude Code starts OAuth discovery \
        and sends the configured headers along: to the discovery URLs and to the authorization server, on another \
        origin too. A key in `X-API-Key` then reaches a host that was never meant to have it. A configured \
        `Authorization` header switches that fallback off. Put the credential there, or use OAuth.\n\nSource: seen \
        with Claude Code 2.1.329 on loopback.",
};

pub(in crate::lint) static HELPER_ON_STDIO: Rule = Rule {
    id: "mcp-helper-on-stdio",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "HTTP settings on a server that is a process",
    explanation: "A stdio server has no HTTP request, so `headersHelper`, `headers` and `oauth` do nothing there, \
        silently. Give the process its credential in `env`, or let it fetch one itself. OAuth in MCP is for HTTP \
        only.\n\nSource: MCP 2026-07-28 authorization (stdio takes credentials from the environment).",
};

pub(in crate::lint) static USER_CONFIG_IN_HELPER: Rule = Rule {
    id: "mcp-user-config-in-helper",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "`${user_config.…}` in `headersHelper` is refused",
    explanation: "A user's option inside a shell command would be an injection, so Claude Code refuses it. Use the \
        option in `headers` directly (`\"Bearer ${user_config.api_token}\"`), which needs no helper; or let the \
        helper read a file.\n\nSource: Claude Code docs, plugins reference; seen with Claude Code 2.1.329.",
};

pub(in crate::lint) static MALFORMED_VARIABLE: Rule = Rule {
    id: "mcp-malformed-variable",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "text that looks like a variable and is not expanded",
    explanation: "Claude Code expands `${VAR}` and `${VAR:-default}`. All else stays as it is, and the server gets \
        the literal text: `Bearer $API_TOKEN`. A name has letters, digits and `_`, and does not start with a digit.\
        \n\nSource: Claude Code docs, mcp, environment variable expansion.",
};

pub(in crate::lint) static ABSOLUTE_PATH: Rule = Rule {
    id: "mcp-absolute-path",
    severity: Severity::Warning,
    profile: Profile::Any,
    summary: "a path that exists on one machine only",
    explanation: "Others do not have your home folder, and no shell expands `~` in `command` and `args`. Write \
        `${CLAUDE_PLUGIN_ROOT}/…` in a plugin, `${CLAUDE_PROJECT_DIR:-.}/…` in a project, or a program that is on \
        `PATH`.\n\nSource: Claude Code docs, plugins reference.",
};

pub(in crate::lint) static DOUBLE_SCHEME: Rule = Rule {
    id: "mcp-double-scheme",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a header names its scheme twice",
    explanation: "A server takes the second `Bearer` for the token and answers 401. It happens when the variable is \
        thought to hold the bare token in one place and the whole header in another. Write `Bearer ${API_TOKEN}`, and \
        let the variable hold the token alone.\n\nSource: RFC 6750 §2.1; RFC 9110 §11.6.2.",
};

pub(in crate::lint) static DUPLICATE_HEADER: Rule = Rule {
    id: "mcp-duplicate-header",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "one header stands twice, in different letter case",
    explanation: "Names of headers are the same in upper and lower case, so the request gets one value, or both \
        joined by a comma, and the server reads neither as meant. Remove one.\n\nSource: RFC 9110 §5.1 and §5.2.",
};

pub(in crate::lint) static URL_WITHOUT_SCHEME: Rule = Rule {
    id: "mcp-url-without-scheme",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "the URL of a server has no scheme",
    explanation: "`api.example/mcp` is a path and not an address, so no request can be made. Start the URL with \
        `https://`, or with `wss://` for `ws`.\n\nSource: RFC 3986 §3 (a URI starts with a scheme).",
};

pub(in crate::lint) static COMMAND_AND_URL: Rule = Rule {
    id: "mcp-command-and-url",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a server is both a process and remote",
    explanation: "`command` starts a local process, `url` names a remote server, and a server is one of the two: the \
        other field does nothing. Keep the one that is meant; a `url` needs a `type` as well.\n\nSource: Claude Code \
        docs, mcp.",
};

pub(in crate::lint) static BAD_HEADER: Rule = Rule {
    id: "mcp-bad-header",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a header that no request can carry",
    explanation: "A line break inside a value ends the header and starts another one of the value's choice; HTTP \
        libraries refuse it, and the connection fails with a message that names neither file nor header. A name has \
        letters, digits and `-`, no space and no colon. Look for a newline at the end of a pasted token.\n\nSource: \
        RFC 9110 §5.1 and §5.5; CWE-113.",
};

pub(in crate::lint) static MISSING_FILE: Rule = Rule {
    id: "mcp-missing-file",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a server or a helper that is not there",
    explanation: "Claude Code starts the server, or runs the helper, only when somebody connects; then the server is \
        \"failed\", or the request goes out without its headers and the message speaks of OAuth. `claude plugin \
        validate` does not look. `${CLAUDE_PLUGIN_ROOT}/` is the folder that holds `.claude-plugin`. What a build \
        makes (`dist/`) may be missing where there is a `package.json` or its like.\n\nSource: Claude Code docs, \
        plugins reference, environment variables; seen with Claude Code 2.1.329.",
};

pub(in crate::lint) static NOT_RUNNABLE: Rule = Rule {
    id: "mcp-not-runnable",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a configuration runs a script that cannot be started",
    explanation: "The configuration names the script itself and no interpreter, so the system needs the run bit, and \
        answers `Permission denied` without it; and it needs a first line such as `#!/usr/bin/env bash`, or it answers \
        `Exec format error`. Git keeps the bit: `git update-index --chmod=+x FILE`. Or name the interpreter: `bash \
        ${CLAUDE_PLUGIN_ROOT}/scripts/get-headers.sh`.\n\nSource: POSIX `execve`; Claude Code docs, plugins (make \
        scripts executable).",
};

pub(in crate::lint) static UNDOCUMENTED_VARIABLE: Rule = Rule {
    id: "mcp-undocumented-variable",
    severity: Severity::Warning,
    profile: Profile::Any,
    summary: "a variable that no document of the plugin names",
    explanation: "Who installs the plugin must know which variables to set and where the values come from. An unset one \
        is not an error: the server receives the literal text `${API_TOKEN}` and answers 401. Name each in the README, \
        with the page that issues it and the rights that it needs; or ask for it with `userConfig`, which needs no \
        instructions. `${VAR:-default}` needs none either.\n\nSource: Claude Code docs, mcp, environment variable \
        expansion; seen with Claude Code 2.1.329.",
};

pub(in crate::lint) static ANNOTATION: Rule = Rule {
    id: "mcp-annotation",
    severity: Severity::Warning,
    profile: Profile::Any,
    summary: "a field of a server that is a note to people",
    explanation: "A server has no `description` and no `name`: its key is its name, and Claude Code drops what it does \
        not know without a word. Other clients may refuse the file. Say in the README what the server is \
        for.\n\nSource: Claude Code docs, mcp.",
};

pub(in crate::lint) static REMOTE_IN_DESKTOP: Rule = Rule {
    id: "mcp-remote-in-desktop",
    severity: Severity::Warning,
    profile: Profile::Any,
    summary: "a remote server in the configuration of Claude Desktop",
    explanation: "Claude Desktop starts the processes of `claude_desktop_config.json` and does not connect to remote \
        servers that stand there. Add the server as a connector in the settings, which signs in with OAuth; or start \
        a bridge with `command`.\n\nSource: support.claude.com, article 11503834.",
};

/// Every rule that an MCP server can break, wherever it is configured.
pub(in crate::lint) static RULES: &[&Rule] = &[
    &ANNOTATION,
    &BAD_HEADER,
    &MISSING_FILE,
    &NOT_RUNNABLE,
    &UNDOCUMENTED_VARIABLE,
    &MISSING_WRAPPER,
    &LITERAL_SECRET,
    &CLEARTEXT_URL,
    &DEPRECATED_TRANSPORT,
    &URL_WITHOUT_TYPE,
    &SECRET_IN_URL,
    &SECRET_IN_ARGS,
    &VARIABLE_IN_HOST,
    &SECRET_IN_CUSTOM_HEADER,
    &HELPER_ON_STDIO,
    &USER_CONFIG_IN_HELPER,
    &MALFORMED_VARIABLE,
    &ABSOLUTE_PATH,
    &DOUBLE_SCHEME,
    &DUPLICATE_HEADER,
    &URL_WITHOUT_SCHEME,
    &COMMAND_AND_URL,
    &schema::UNKNOWN_FIELD,
    &schema::MISSING_FIELD,
    &schema::WRONG_TYPE,
    &schema::INVALID_VALUE,
];

/// What holds for every client, in its own file and in documentation.
pub(in crate::lint) static CLIENT_RULES: &[&Rule] = &[
    &LITERAL_SECRET,
    &CLEARTEXT_URL,
    &DEPRECATED_TRANSPORT,
    &SECRET_IN_URL,
    &SECRET_IN_ARGS,
    &DOUBLE_SCHEME,
    &DUPLICATE_HEADER,
    &BAD_HEADER,
    &REMOTE_IN_DESKTOP,
];
