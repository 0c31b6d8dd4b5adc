//! The rules of a skill, and why each exists.

use crate::diagnostic::{Profile, Rule, Severity};

pub(super) static FRONT_MATTER: Rule = Rule {
    id: "skill-front-matter",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a skill without front matter",
    explanation: "An agent reads the front matter of every skill at its start, and nothing else: without `name` and \
        `description` it never learns when to load the skill. The file must start with a line `---`, then YAML, then \
        another `---`.\n\nSource: Agent Skills specification, SKILL.md format.",
};

pub(super) static NAME: Rule = Rule {
    id: "skill-name",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a skill's name that agents refuse",
    explanation: "A name has 1 to 64 lower-case letters, digits and hyphens. A hyphen may not be first or last, nor \
        follow another.\n\nSource: Agent Skills specification, `name`.",
};

pub(super) static LENGTH: Rule = Rule {
    id: "skill-length",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a field of a skill that is empty or too long",
    explanation: "`description` has 1 to 1024 characters: what the skill does, and when to use it. `compatibility` has \
        1 to 500. The front matter of every skill is in every conversation, so each word has a price; details belong \
        into the body.\n\nSource: Agent Skills specification, `description` and `compatibility`.",
};

pub(super) static EXTRA_FIELD: Rule = Rule {
    id: "skill-extra-field",
    severity: Severity::Warning,
    profile: Profile::Spec,
    summary: "a field that the specification does not have",
    explanation: "The specification has six fields: `name`, `description`, `license`, `compatibility`, `metadata` and \
        `allowed-tools`. Claude Code reads more, but an upload to claude.ai or the API refuses a skill that has them, \
        and other agents ignore them. Remove the field, or put it under `metadata` when it only informs.\n\nSource: \
        Agent Skills specification; its validator `agentskills validate`.",
};

pub(super) static LONG_BODY: Rule = Rule {
    id: "skill-long-body",
    severity: Severity::Warning,
    profile: Profile::Any,
    summary: "a skill's body of 500 lines or more",
    explanation: "The whole body is loaded when the skill is used, and stays. Keep it under 500 lines (5000 tokens) \
        and move details to files under `references/`, which the agent reads when it needs them.\n\nSource: Agent \
        Skills specification, progressive disclosure.",
};

pub(super) static FILE_NAME: Rule = Rule {
    id: "skill-file-name",
    severity: Severity::Warning,
    profile: Profile::Any,
    summary: "a skill whose file is not called `SKILL.md`",
    explanation: "Where upper and lower case differ, as on Linux, an agent looks for `SKILL.md`, finds nothing, and says \
        nothing: Claude Code 2.1.329 does not list such a skill. On the machine of its author, where they do not differ, \
        it works. Some readers take `skill.md` too.\n\nSource: Agent Skills specification, directory structure; seen \
        with Claude Code 2.1.329 and `agentskills` 0.1.1.",
};

pub(super) static FOLDER: Rule = Rule {
    id: "skill-folder",
    severity: Severity::Error,
    profile: Profile::Spec,
    summary: "a skill whose name is not that of its folder",
    explanation: "Agents find a skill by its folder and call it by its name; when the two differ, one of them does         not work, and an upload is refused. Rename the folder, or write its name.\n\nSource: Agent Skills         specification, `name` (must match the parent directory name).",
};

pub(super) static DUPLICATE_NAME: Rule = Rule {
    id: "skill-duplicate-name",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "two skills of one name",
    explanation: "An agent has one skill for a name, so the other is never loaded, or is loaded in its place. Give         each the name of its folder.\n\nSource: Agent Skills specification, `name`.",
};

pub(super) static DESCRIPTION_WHEN: Rule = Rule {
    id: "skill-description-when",
    severity: Severity::Warning,
    profile: Profile::Any,
    summary: "a description that never says when",
    explanation: "The description is all that an agent sees before it loads the skill. It has to say what the skill does         *and* in which case: \"Use when the user asks to …\", with the words that users say. Without them the skill is         loaded by luck.\n\nSource: Agent Skills specification, `description`.",
};

pub(super) static MANY_TOKENS: Rule = Rule {
    id: "skill-many-tokens",
    severity: Severity::Warning,
    profile: Profile::Any,
    summary: "a skill's body of more than 5000 tokens",
    explanation: "The whole body is loaded when the skill is used, and stays in the conversation. Four characters are         about one token; tables, code and other languages than English have more. Move what is not always needed to         `references/`.\n\nSource: Agent Skills specification, progressive disclosure.",
};

pub(super) static MISSING_FILE: Rule = Rule {
    id: "skill-missing-file",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a skill runs a script, or names a license, that is not there",
    explanation: "The agent runs the command of the skill, fails, and improvises. Correct the name, or add the         file. Paths are relative to the folder of the skill.\n\nSource: Agent Skills specification, file references.",
};

pub(super) static MISSING_MENTION: Rule = Rule {
    id: "skill-missing-mention",
    severity: Severity::Warning,
    profile: Profile::Any,
    summary: "a skill mentions a file that is not there",
    explanation: "Agents open what a skill mentions as `references/a.md`, and improvise when it is not there. Correct the \
        name, or add the file. For an example of a name write `<name>.md`, which nobody opens.\n\nSource: Agent Skills \
        specification, file references.",
};

pub(super) static NOT_RUNNABLE: Rule = Rule {
    id: "skill-not-runnable",
    severity: Severity::Error,
    profile: Profile::Any,
    summary: "a skill starts a script that cannot be started",
    explanation: "A script that is started by its name needs the right to be executed, which git and archives keep         (`git update-index --chmod=+x`), and a first line that says which program reads it. Or let the skill name the         program: `python3 scripts/a.py`.\n\nSource: POSIX `execve`; Agent Skills specification, scripts.",
};

pub(super) static FLOW_VALUE: Rule = Rule {
    id: "skill-flow-value",
    severity: Severity::Warning,
    profile: Profile::Spec,
    summary: "a list or map in brackets in the front matter of a skill",
    explanation: "The validator of the specification reads strict YAML, which has no `[a, b]` and `{a: b}`, and refuses         the skill. Write the items on lines of their own, or quote the text.\n\nSource: `agentskills validate`         0.1.1 (StrictYAML).",
};

pub(super) static TOOLS_LIST: Rule = Rule {
    id: "skill-tools-list",
    severity: Severity::Warning,
    profile: Profile::Spec,
    summary: "`allowed-tools` is a list",
    explanation: "The specification has one text with spaces between the tools: `allowed-tools: Read Bash(git:*)`.         Claude Code reads a list too, other agents may not.\n\nSource: Agent Skills specification, `allowed-tools`.",
};

pub(super) static METADATA_TEXT: Rule = Rule {
    id: "skill-metadata-text",
    severity: Severity::Warning,
    profile: Profile::Spec,
    summary: "a value of `metadata` that is no text",
    explanation: "`metadata` is a map from text to text. YAML reads `1.0` as a number and `true` as a boolean, and         `1.10` becomes `1.1`. Quote the value: `version: \"1.10\"`.\n\nSource: Agent Skills specification, `metadata`.",
};
