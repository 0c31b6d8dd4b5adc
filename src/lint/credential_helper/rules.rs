//! The rules of a credential helper, and why each exists.
//!
//! They follow what Claude Code 2.1.329 was seen to do with helpers that fail.

use crate::diagnostic::{Profile, Rule, Severity};
use crate::lint::helper_cache::CacheRules;
use crate::lint::mcp_config::NOT_RUNNABLE;
use crate::lint::shell;

pub(super) static JSON_BY_INTERPOLATION: Rule = Rule {
    id: "helper-json-by-interpolation",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "JSON is put together from text and variables",
    explanation: "A `\"` or a newline in the token makes the output no JSON, or adds a header of the token's choice; \
        an empty token gives `Bearer ` with status 0. Claude Code then connects without the header. Let a program \
        write the JSON: `jq -n --arg token \"$token\" '{Authorization: (\"Bearer \" + $token)}'`, or `jq -R` to keep \
        the token off the command line of `jq`.\n\nSource: CWE-116; Claude Code docs, mcp, `headersHelper`.",
};

pub(super) static NO_TIME_LIMIT: Rule = Rule {
    id: "helper-no-time-limit",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a request without a time limit under the client's",
    explanation: "Claude Code ends a helper after 10 seconds and goes on without its headers, so the user sees a \
        failed OAuth registration and not a slow token service. Give the request a shorter limit, and say on standard \
        error what failed: `--connect-timeout 2 --max-time 7`. `timeout` is not on every macOS.\n\nSource: Claude Code \
        docs, mcp, `headersHelper`; seen: 8 s works, 12 s is dropped.",
};

pub(super) static IGNORES_HTTP_ERRORS: Rule = Rule {
    id: "helper-ignores-http-errors",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "`curl` succeeds on an error page",
    explanation: "Without `--fail` the status of `curl` is 0 for a 401 or a 502, and the page becomes the token. Use \
        `--fail` or `--fail-with-body`, or look at `--write-out '%{http_code}'`.\n\nSource: curl manual, `--fail`.",
};

pub(super) static SECRET_IN_ARGV: Rule = Rule {
    id: "helper-secret-in-argv",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a secret on the command line of a program",
    explanation: "While the program runs, every user of the machine can read its arguments (`ps`, `/proc`), and a \
        helper runs at each connection. Give the secret on standard input, with `curl -H @-` or `curl --config -`. \
        `openssl dgst -hmac` has no such way: sign in a language with a library, and in a proxy that signs \
        each request, since a header from a helper stays the same for the whole connection.\n\nSource: curl manual, \
        `--config`; CWE-214.",
};

pub(super) static STRIPPED_VARIABLE: Rule = Rule {
    id: "helper-stripped-variable",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a variable that Claude Code removes from the helper's environment",
    explanation: "A helper of a plugin or of a project runs without every variable whose name has one of these parts: \
        TOKEN, SECRET, PASSWORD, PASSWD, PASSPHRASE, KEY, AUTH, COOKIE, PAT, DSN, CREDENTIAL, CREDENTIALS. It works in \
        your terminal and at user and local scope, and never where others install it. An `env` block at \
        an HTTP server does not reach the helper either. Read the secret from a file with mode 0600 or from the keychain. A name such as `MCP_SECRET_FILE` is removed \
        too: call it `MCP_LOGIN_FILE`.\n\nSource: Claude Code docs, mcp, `headersHelper` (2.1.238); seen with 2.1.329.",
};

static CACHE_LOCATION: Rule = Rule {
    id: "helper-cache-location",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a token is kept where others can read or replace it",
    explanation: "A file made with the usual `umask` has mode 0644, so every user can read the token. Under `/tmp` \
        others can also put a file or a link there first, and choose the token or the file that is overwritten. Write \
        `umask 077` at the start, and keep the cache under `${XDG_CACHE_HOME:-$HOME/.cache}`, in a file whose name \
        has the server in it (a hash of its URL): one token must not reach another server.\n\nSource: CWE-377, \
        CWE-732; XDG base directory specification.",
};

static CACHE_NOT_ATOMIC: Rule = Rule {
    id: "helper-cache-not-atomic",
    severity: Severity::Warning,
    profile: Profile::Any,
    summary: "a cache is written in place",
    explanation: "`>` empties the file first, so a second helper that starts meanwhile reads half a token or none, \
        and Claude Code starts one for each connection. Write into `mktemp` in the same folder, then `mv` it over the \
        old file.\n\nSource: POSIX `rename` is atomic.",
};

static SERVES_EXPIRED: Rule = Rule {
    id: "helper-serves-expired",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "an expired token is given out when no new one can be had",
    explanation: "The server answers 401, Claude Code runs the helper once more and gets the same token; then it gives \
        up, and the message speaks of OAuth. An outage of the token service looks like a broken sign-in. Fail instead, \
        with a message on standard error and nothing on standard output.\n\nSource: Claude Code docs, mcp, \
        `headersHelper` (one more run after a 401).",
};

pub(super) static UNSAFE_OPTIONS: Rule = Rule {
    id: "helper-unsafe-options",
    severity: Severity::Warning,
    profile: Profile::Any,
    summary: "the script goes on after a failure",
    explanation: "Claude Code trusts what a helper prints when its status is 0. Without `set -e` a failed command is \
        followed by one that prints an empty token; without `-u` a misspelt name is empty; without `pipefail` the \
        status of `curl … | jq …` is that of `jq`. Start with `set -euo pipefail`.\n\nSource: bash manual, `set`.",
};

pub(super) static PING: Rule = Rule {
    id: "helper-ping",
    severity: Severity::Warning,
    profile: Profile::Any,
    summary: "`ping` as a test of a service",
    explanation: "Networks block ICMP while the service works, and hosts answer it while the service is down. It says \
        nothing of TCP, TLS or HTTP and costs seconds of the ten that there are. Make the request itself with \
        `--connect-timeout 2`, and report its failure.\n\nSource: RFC 1122 §3.2.2.6; seen: a working service is \
        refused.",
};

pub(super) static HIDES_FAILURE: Rule = Rule {
    id: "helper-hides-failure",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a helper that fails and says that it did not",
    explanation: "Claude Code takes what a helper prints with status 0 for the headers. After `|| true`, `|| echo \"\"` or \
        `exit 0` behind an error message the token is empty, the server answers 401, and the user reads of OAuth and \
        not of the token service. End with another status and print nothing on standard output: `|| { echo \"no \
        token\" >&2; exit 1; }`.\n\nSource: Claude Code docs, mcp, `headersHelper` (exit status 0, one JSON object).",
};

pub(super) static UNDOCUMENTED_VARIABLE: Rule = Rule {
    id: "helper-undocumented-variable",
    severity: Severity::Warning,
    profile: Profile::Any,
    summary: "a helper needs a variable that no document of the plugin names",
    explanation: "Nobody sets a variable that nobody was told of, and a helper that fails says so only on its standard \
        error, which Claude Code does not show. Name it in the README, or give it a default: \
        `${ACME_URL:-https://api.acme.example}`.\n\nSource: Claude Code docs, mcp, `headersHelper`; seen with Claude Code \
        2.1.329.",
};

/// The rules about caches.
pub(super) static CACHE: CacheRules = CacheRules {
    location: &CACHE_LOCATION,
    not_atomic: &CACHE_NOT_ATOMIC,
    serves_expired: &SERVES_EXPIRED,
};

/// Every rule that a helper can break.
pub(super) static RULES: &[&Rule] = &[
    &JSON_BY_INTERPOLATION,
    &NO_TIME_LIMIT,
    &IGNORES_HTTP_ERRORS,
    &SECRET_IN_ARGV,
    &STRIPPED_VARIABLE,
    &CACHE_LOCATION,
    &CACHE_NOT_ATOMIC,
    &SERVES_EXPIRED,
    &UNSAFE_OPTIONS,
    &HIDES_FAILURE,
    &UNDOCUMENTED_VARIABLE,
    &NOT_RUNNABLE,
    &PING,
    &shell::PRINTS_SECRET,
    &shell::EXPORT_XARGS,
    &shell::LITERAL_SECRET,
    &shell::TOKEN_IN_QUERY,
];
