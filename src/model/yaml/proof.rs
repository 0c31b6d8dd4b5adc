//! What an example must prove: its tests, what stands ready for them, and what must hold.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::schema::{LINE, WORDS};
use crate::value::de::{Block, Located};

/// The name of a program or of a variable.
const NAME: &str = r"^[A-Za-z_][A-Za-z0-9_.+-]*$";
/// A path in the sandbox: below the working folder, or below the home (`~/`), which is the same.
const PATH: &str = r"^(~/)?[^/\x00-\x1f\x7f][^\x00-\x1f\x7f]*$";
/// The permissions of a file.
const MODE: &str = "^0[0-7]{3}$";

/// Options of a lab: what it serves.
pub type LabOptions = BTreeMap<String, Value>;

/// What a test finds when it starts. What a test says replaces what its example says.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Setup {
    /// Labs that run, with their options: `{token-endpoint: {fault: http-500}}`.
    #[serde(default)]
    pub labs: BTreeMap<String, LabOptions>,
    /// Other examples of the pattern that stand beside this one, under their file names.
    #[serde(default)]
    pub beside: Vec<Located<String>>,
    /// Files that stand there.
    #[serde(default)]
    pub files: Vec<FileEntry>,
    /// Environment variables. There are no others but `PATH`, `HOME`, `LANG` and what a lab sets;
    /// `null` takes one of these away.
    #[serde(default)]
    pub environment: BTreeMap<String, Option<String>>,
    /// Programs that this test replaces, each a shell script.
    #[serde(default)]
    pub stubs: BTreeMap<String, Block>,
    /// Programs that the machine does not have.
    #[serde(default)]
    #[schemars(inner(regex(pattern = NAME)))]
    pub without: Vec<String>,
}

/// A file, folder or link that stands ready.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct FileEntry {
    /// Its path, such as `~/.config/acme/login`. The home is the working folder.
    #[schemars(regex(pattern = PATH))]
    pub path: String,
    /// What it says. Nothing, if left out.
    pub content: Option<Block>,
    /// Its permissions. `0644` if left out, `0755` for a folder.
    #[schemars(regex(pattern = MODE))]
    pub mode: Option<String>,
    /// Where it leads, for a symbolic link.
    pub link: Option<String>,
    /// `file` if left out.
    #[serde(default)]
    pub kind: FileKind,
}

/// What stands at a path.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FileKind {
    /// A regular file.
    #[default]
    File,
    /// A folder.
    Folder,
    /// A named pipe, on which a reader waits.
    Pipe,
    /// Nothing: what an example or a lab would put there is left out.
    Nothing,
}

impl FileKind {
    /// What it is, with its article.
    pub fn name(self) -> &'static str {
        match self {
            Self::File => "a regular file",
            Self::Folder => "a folder",
            Self::Pipe => "a pipe",
            Self::Nothing => "nothing",
        }
    }
}

/// Something that is run, and what must come of it.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
pub struct TestEntry {
    /// What it shows, in one line: `a second run asks nobody`. Unique in its example.
    #[schemars(regex(pattern = LINE))]
    pub name: Located<String>,
    /// What it finds when it starts.
    pub setup: Option<Setup>,
    /// What is run, for `sh`. The example's file if left out.
    pub run: Option<Block>,
    /// What it reads on standard input. Nothing if left out.
    pub input: Option<Block>,
    /// How many runs start at once. Every one must meet the expectation.
    #[schemars(range(min = 2, max = 64))]
    pub at_once: Option<u32>,
    /// What must hold.
    #[serde(default)]
    pub expect: Expectation,
    /// What is done next, in the same place.
    #[serde(default)]
    pub then: Vec<StepEntry>,
    /// Whether it may be tried again.
    pub retry: Option<Retry>,
}

/// One more thing that a test does.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
pub struct StepEntry {
    /// Options that the labs serve by from now on; they forget nothing.
    #[serde(default)]
    pub labs: BTreeMap<String, LabOptions>,
    /// What is run, for `sh`. The example's file if left out.
    pub run: Option<Block>,
    /// What it reads on standard input.
    pub input: Option<Block>,
    /// How many runs start at once.
    #[schemars(range(min = 2, max = 64))]
    pub at_once: Option<u32>,
    /// What must hold.
    #[serde(default)]
    pub expect: Expectation,
}

/// How often a test may fail before that counts, and why it may.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Retry {
    /// How many more tries it gets.
    #[schemars(range(min = 1, max = 5))]
    pub times: u32,
    /// Why it cannot be made to hold each time.
    #[schemars(regex(pattern = LINE))]
    pub because: String,
}

/// What must hold after a run. In every case no process may be left behind.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
pub struct Expectation {
    /// The exit status: a number, `success`, `failure` or `any`. `success` if left out.
    pub exit: Option<Exit>,
    /// In how many seconds it must end.
    #[schemars(range(min = 0.1, max = 120.0))]
    pub within: Option<f64>,
    /// What it prints on standard output.
    pub stdout: Option<Text>,
    /// What it prints on standard error.
    pub stderr: Option<Text>,
    /// Words that stand in no argument of any program it starts: others can read those. Only
    /// programs that are found through `PATH` are seen; one that is called by its path is not.
    #[serde(default)]
    pub not_in_arguments: Vec<String>,
    /// Claims for this expectation the fault that a process is left behind. Such a process is a
    /// fault of every run; a contract says with this which property it breaks.
    #[serde(default)]
    pub no_process_left: bool,
    /// Files that it leaves.
    #[serde(default)]
    pub files: Vec<FileExpectation>,
    /// What the labs received since the test began.
    #[serde(default)]
    pub requests: BTreeMap<String, Requests>,
}

/// An exit status.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Exit {
    /// Exactly this one.
    Status(u8),
    /// One of a kind.
    Kind(ExitKind),
}

/// A kind of exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ExitKind {
    /// 0.
    Success,
    /// Any but 0, or ended by a signal of its own.
    Failure,
    /// Any.
    Any,
}

/// What must hold of a text.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
pub struct Text {
    /// The whole text, but for line breaks at its end.
    pub is: Option<Block>,
    /// Whether it is empty.
    pub empty: Option<bool>,
    /// Pieces that it holds.
    #[serde(default)]
    pub has: Vec<String>,
    /// Pieces that it does not hold.
    #[serde(default)]
    pub never: Vec<String>,
    /// Regular expressions that match somewhere in it; `^` and `$` match at lines.
    #[serde(default)]
    pub matches: Vec<Located<String>>,
    /// It is one JSON document, and this JSON Schema holds for it.
    pub schema: Option<Value>,
    /// A token in that document, and what it claims. The signature is not looked at.
    pub token: Option<Token>,
}

/// A JSON Web Token in a JSON document.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Token {
    /// Where it stands, as a JSON Pointer: `/Authorization`. A scheme before it is left out.
    pub at: String,
    /// A JSON Schema for its header.
    pub header: Option<Value>,
    /// A JSON Schema for its claims.
    pub claims: Option<Value>,
}

/// What must hold of a file that a run leaves.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct FileExpectation {
    /// Its path; `*` stands for any part of a name.
    #[schemars(regex(pattern = PATH))]
    pub path: String,
    /// How many files have such a path. At least one, if left out.
    pub count: Option<usize>,
    /// Their permissions.
    #[schemars(regex(pattern = MODE))]
    pub mode: Option<String>,
    /// What they are. Not looked at, if left out.
    pub kind: Option<FileKind>,
    /// What they say.
    pub content: Option<Text>,
}

/// What must hold of the requests that a lab received.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Requests {
    /// How many there were.
    pub count: Option<usize>,
    /// A JSON Schema that holds for every one.
    pub all: Option<Value>,
    /// A JSON Schema that holds for one at least.
    pub some: Option<Value>,
    /// A JSON Schema that holds for none.
    pub none: Option<Value>,
}

/// A contract that an example keeps.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ContractUse {
    /// Its id.
    #[serde(rename = "use")]
    #[schemars(regex(pattern = WORDS))]
    pub id: Located<String>,
    /// Values of its parameters.
    #[serde(default)]
    pub with: BTreeMap<String, String>,
    /// Cases that do not apply, each with the reason.
    #[serde(default)]
    pub except: BTreeMap<String, String>,
}

/// A change of the code that a test must notice.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Mutation {
    /// Takes out the one line that holds this text.
    pub remove: Option<Located<String>>,
    /// Replaces text: what stands there once or more, and what stands there then.
    #[serde(default)]
    pub replace: BTreeMap<String, String>,
    /// The test that must fail then, `CONTRACT/CASE` for a case of a contract.
    #[schemars(regex(pattern = LINE))]
    pub fails: Located<String>,
    /// A test that must still pass, which shows that the changed code works as such. The
    /// first test of the example that is not the one above, if left out. It is run unless the
    /// test above shows as much itself: it ended as it should, and something else that it
    /// expects to be there was there.
    #[schemars(regex(pattern = LINE))]
    pub passes: Option<Located<String>>,
}
