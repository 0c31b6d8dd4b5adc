//! The fixed words that a pattern may use: programs, transports, states, levels.

use schemars::JsonSchema;
use serde::Deserialize;

/// A program that connects to, or serves, MCP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Host {
    /// Claude Code, the command-line client.
    ClaudeCode,
    /// Claude Desktop.
    ClaudeDesktop,
    /// Connectors on claude.ai.
    ClaudeAi,
    /// Any MCP client.
    AnyClient,
    /// An MCP server.
    Server,
}

/// How MCP messages travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Transport {
    /// Streamable HTTP.
    Http,
    /// HTTP with server-sent events; deprecated.
    Sse,
    /// Standard input and output of a local process.
    Stdio,
    /// WebSocket.
    Ws,
}

/// Whether to use a pattern today.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Use it.
    #[default]
    Current,
    /// Known, but something else replaced it.
    Deprecated,
}

/// How far an example is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Only shown: no checker knows it.
    Shown,
    /// The language's grammar accepts it.
    Parsed,
    /// A schema, the rules of its kind, or a type checker hold too.
    Checked,
    /// It was executed in the sandbox, and its expectations held.
    Ran,
    /// And each of its security lines, taken out, makes a test fail; or an attack that it
    /// withstands succeeds against code without it.
    Proven,
}

impl Level {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Shown => "shown",
            Self::Parsed => "parsed",
            Self::Checked => "checked",
            Self::Ran => "ran",
            Self::Proven => "proven",
        }
    }
}

impl Host {
    /// Every program.
    pub const ALL: [Self; 5] =
        [Self::ClaudeCode, Self::ClaudeDesktop, Self::ClaudeAi, Self::AnyClient, Self::Server];

    /// The name in files.
    pub fn id(self) -> &'static str {
        match self {
            Self::ClaudeCode => "claude-code",
            Self::ClaudeDesktop => "claude-desktop",
            Self::ClaudeAi => "claude-ai",
            Self::AnyClient => "any-client",
            Self::Server => "server",
        }
    }

    /// The name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::ClaudeCode => "Claude Code",
            Self::ClaudeDesktop => "Claude Desktop",
            Self::ClaudeAi => "claude.ai",
            Self::AnyClient => "any MCP client",
            Self::Server => "MCP servers",
        }
    }
}

impl Transport {
    /// The name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Http => "HTTP",
            Self::Sse => "SSE",
            Self::Stdio => "stdio",
            Self::Ws => "WebSocket",
        }
    }
}
