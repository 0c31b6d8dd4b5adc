//! `patternbook probe`: holds a script of the user's own against a contract.

mod asked;
mod list;

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use regex::Regex;

use super::machine::{self, Machine};
use super::{Outcome, colour, project};
use crate::diagnostic::suggest;
use crate::inspect::Inspection;
use crate::model::equipment::{Contract, Equipment};
use crate::model::yaml::proof::{FileEntry, FileKind, Setup};
use crate::report::verification::{Format, Verification};
use crate::report::{Report, probe};
use crate::source::Sources;
use crate::source::disk::{self, TEXT_LIMIT};
use crate::value::de::Block;
use crate::verify::code::{Code, shell_argument};
use crate::verify::plan::{self, Test, Unit};
use crate::verify::result::conclude;
use crate::verify::schedule;

/// The lab that a probed script asks for its token.
const LAB: &str = "token-endpoint";

/// The contract, if nobody names one.
const CONTRACT: &str = "credential-helper";

/// Cases that a service cannot have whose answer is the token alone.
const JSON_CASES: [&str; 5] =
    ["cut-json", "two-documents", "token-number", "type-dpop", "type-number"];

/// Hold a credential helper of your own against the contract of such helpers
///
/// The script runs in a sandbox against a token endpoint that fails in every way that such
/// services fail: errors, redirects, hangs, tokens with quotes and line breaks, a wrong
/// certificate. A table says which property it kept in which case, and below it stands how to
/// mend what it broke. No project is needed, and nothing reaches your real service: every
/// `https://` host that the script names leads to the sandbox's own.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 the contract is kept, 1 it is broken, 2 the tool could not go on.

Examples:
  patternbook probe scripts/get-headers.sh --file '~/.config/acme/login=acme-id:s3cr3t-Value.XYZ'
  patternbook probe get-token.sh --env ACME_SECRET=s3cr3t-Value.XYZ --host auth.corp.example
  patternbook probe get-token.sh --option format=text    the service answers with a bare token
  patternbook probe get-headers.sh --case http-500       one case, with what the script printed
  patternbook probe --list                               the properties, cases and parameters")]
pub(super) struct Probe {
    /// The script
    #[arg(required_unless_present = "list")]
    script: Option<PathBuf>,
    /// The contract
    #[arg(long, value_name = "ID", default_value = CONTRACT)]
    contract: String,
    /// Only this case; more than once for several
    #[arg(long = "case", value_name = "NAME")]
    cases: Vec<String>,
    /// An environment variable of the script
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    env: Vec<(String, String)>,
    /// A file that the script finds, mode 0600: `PATH=TEXT`, or `PATH=@FILE` with the text of FILE
    #[arg(long, value_name = "PATH=TEXT", value_parser = file)]
    file: Vec<(String, String)>,
    /// A program that the script calls, as a shell script: `NAME=TEXT`, or `NAME=@FILE`
    #[arg(long, value_name = "NAME=TEXT", value_parser = program)]
    program: Vec<(String, String)>,
    /// A name that leads to the token endpoint, besides those that the script names
    #[arg(long, value_name = "NAME")]
    host: Vec<String>,
    /// An option of the token endpoint in every case
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    option: Vec<(String, String)>,
    /// The value of a parameter of the contract, such as `secret`
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    with: Vec<(String, String)>,
    /// List the properties, cases and parameters of the contract, and run nothing
    #[arg(long)]
    list: bool,
    /// How many cases run at once [default: four for each processor]
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
    /// How to write the report
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

type Pair = (String, String);

fn pair(text: &str) -> Result<Pair, String> {
    split(text, "write it as NAME=VALUE")
}

fn file(text: &str) -> Result<Pair, String> {
    split(text, "write it as PATH=TEXT, or PATH=@FILE with the text of FILE")
}

fn program(text: &str) -> Result<Pair, String> {
    split(text, "write it as NAME=TEXT, or NAME=@FILE with the text of FILE")
}

fn split(text: &str, advice: &str) -> Result<Pair, String> {
    let (name, value) = text.split_once('=').filter(|(name, _)| !name.is_empty()).ok_or(advice)?;
    Ok((name.to_owned(), value.to_owned()))
}

impl Probe {
    pub(super) fn run(&self) -> anyhow::Result<Outcome> {
        let mut sources = Sources::default();
        let mut equipment = Equipment::built_in(&mut sources);
        let contract = equipment.contracts.remove(&self.contract);
        let contract = contract.with_context(|| self.unknown_contract(&equipment))?;
        let Some(script) = self.script.as_ref().filter(|_| !self.list) else {
            list::write(&contract, equipment.labs.get(LAB))?;
            return Ok(Outcome::Clean);
        };
        let code = read_script(script)?;
        self.check_options(&equipment)?;
        self.lead_hosts_here(&code, &mut equipment);
        let with = self.parameters(&contract, &code);
        for (name, _) in &self.with {
            let parameters = &contract.content.parameters;
            anyhow::ensure!(
                parameters.contains_key(name),
                "the contract has no parameter `{name}`; see `patternbook probe --list`"
            );
        }
        let setup = self.setup()?;
        warn_of_unseen_secret(&contract, &with, &code, &setup)?;
        let mut unit = plan::plan_script(&contract, &with, code, &setup, &equipment);
        self.keep_cases(&mut unit)?;
        self.leave_out_json(&mut unit)?;
        let awaited = asked::watch(&mut unit, &contract.content);
        let machine = Machine::new()?;
        let units = [unit];
        let jobs = schedule::jobs(&units);
        let workers = self.jobs.map_or_else(machine::usual_jobs, usize::from);
        let done = machine.run(&equipment, &units, &jobs, workers, &|_, _| ())?;
        let mut results = conclude(&units, done);
        asked::tell(&units[0], &awaited, &mut results[0]);
        for run in results.iter_mut().flat_map(|result| &mut result.runs) {
            run.again = self.again(script, &run.name);
        }
        let failed = results[0].failed();
        if self.format == Format::Human {
            let content = contract.with(&with);
            let probe = probe::Probe { contract: &content, unit: &units[0], result: &results[0] };
            let mut out = io::stdout().lock();
            match self.cases.is_empty() {
                true => probe::write(&probe, colour(), &mut out)?,
                false => probe::write_cases(&probe, colour(), &mut out)?,
            }
        } else {
            let inspection =
                Inspection { diagnostics: results[0].diagnostics(), ..Inspection::default() };
            let (sources, inspection, root) = (&sources, &inspection, &project::root()?);
            let report = Report { sources, base: "", inspection, patterns: None, root };
            let (unchanged, levels) = (0, BTreeMap::new());
            let verification =
                Verification { report, units: &results, stale: &[], unchanged, levels, open: None };
            self.format.write(&verification, colour(), &mut io::stdout().lock())?;
        }
        Ok(if failed { Outcome::Findings } else { Outcome::Clean })
    }

    fn unknown_contract(&self, equipment: &Equipment) -> String {
        let known: Vec<&str> = equipment.contracts.keys().map(String::as_str).collect();
        let help = match suggest(&self.contract, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are `{}`", known.join("`, `")),
        };
        format!("no contract `{}`; {help}", self.contract)
    }

    /// The command that runs one case again, with the same options.
    fn again(&self, script: &Path, test: &str) -> String {
        let mut words = vec!["patternbook".to_owned(), "probe".to_owned()];
        words.push(script.display().to_string());
        if self.contract != CONTRACT {
            words.extend(["--contract".to_owned(), self.contract.clone()]);
        }
        let pairs = [
            ("--env", &self.env),
            ("--file", &self.file),
            ("--program", &self.program),
            ("--option", &self.option),
            ("--with", &self.with),
        ];
        for (flag, pairs) in pairs {
            for (name, value) in pairs {
                words.extend([flag.to_owned(), format!("{name}={value}")]);
            }
        }
        for host in &self.host {
            words.extend(["--host".to_owned(), host.clone()]);
        }
        words.extend(["--case".to_owned(), case_name(test).to_owned()]);
        words.iter().map(|word| shell_argument(word)).collect::<Vec<_>>().join(" ")
    }

    /// The values of the contract's parameters. A contract that names the script's command
    /// gets this script's.
    fn parameters(&self, contract: &Contract, code: &Code) -> BTreeMap<String, String> {
        let mut with = BTreeMap::new();
        if contract.content.parameters.contains_key("command")
            && let Some(command) = code.command()
        {
            with.insert("command".to_owned(), command);
        }
        with.extend(self.with.iter().cloned());
        with
    }

    /// Refuses options that the token endpoint does not have.
    fn check_options(&self, equipment: &Equipment) -> anyhow::Result<()> {
        let Some(lab) = equipment.labs.get(LAB) else { return Ok(()) };
        let known = &lab.content.options;
        for (name, _) in &self.option {
            let names: Vec<&str> = known.keys().map(String::as_str).collect();
            let names = names.join("`, `");
            anyhow::ensure!(
                known.contains_key(name),
                "the token endpoint has no option `{name}`; there are `{names}`"
            );
        }
        Ok(())
    }

    /// Lets every host that the script names, or a person, lead to the token endpoint.
    fn lead_hosts_here(&self, code: &Code, equipment: &mut Equipment) {
        let Some(lab) = equipment.labs.get_mut(LAB) else { return };
        let address = Regex::new(r"https://([A-Za-z0-9][A-Za-z0-9.-]*)").expect("it is one");
        let given = self.env.iter().chain(&self.program).map(|(_, value)| value);
        let texts = given.chain([&code.text]);
        let named = texts.flat_map(|text| address.captures_iter(text));
        let named = named.map(|found| found[1].trim_end_matches('.').to_ascii_lowercase());
        let hosts = &mut lab.content.hosts;
        for host in named.chain(self.host.iter().cloned()) {
            if !hosts.contains(&host) && host != "localhost" {
                hosts.push(host);
            }
        }
    }

    fn setup(&self) -> anyhow::Result<Setup> {
        let mut options = BTreeMap::new();
        for (name, value) in &self.option {
            // A number or a truth value where it looks like one, as in YAML.
            let value = serde_json::from_str(value).unwrap_or_else(|_| value.as_str().into());
            options.insert(name.clone(), value);
        }
        let mut environment: BTreeMap<String, Option<String>> = BTreeMap::from([
            ("CLAUDE_CODE_MCP_SERVER_NAME".to_owned(), Some("acme".to_owned())),
            (
                "CLAUDE_CODE_MCP_SERVER_URL".to_owned(),
                Some("https://api.example.com/mcp".to_owned()),
            ),
        ]);
        environment
            .extend(self.env.iter().map(|(name, value)| (name.clone(), Some(value.clone()))));
        let mut files = Vec::new();
        for (path, text) in &self.file {
            let is_below_home = !path.starts_with('/') && !path.split('/').any(|part| part == "..");
            anyhow::ensure!(
                is_below_home,
                "write a path below the home, such as `~/.config/acme/login`, not `{path}`"
            );
            files.push(FileEntry {
                path: path.clone(),
                content: Some(text_or_file(text)?),
                mode: Some("0600".to_owned()),
                link: None,
                kind: FileKind::File,
            });
        }
        let labs = BTreeMap::from([(LAB.to_owned(), options)]);
        let mut stubs = BTreeMap::new();
        for (name, text) in &self.program {
            stubs.insert(name.clone(), text_or_file(text)?);
        }
        Ok(Setup { labs, files, environment, stubs, ..Setup::default() })
    }

    fn keep_cases(&self, unit: &mut Unit) -> anyhow::Result<()> {
        if self.cases.is_empty() {
            return Ok(());
        }
        for case in &self.cases {
            let name = format!("{}/{case}", self.contract);
            anyhow::ensure!(
                unit.tests.iter().any(|test| test.name == name),
                "the contract has no case `{case}`; see `patternbook probe --list`"
            );
        }
        let is_named =
            |name: &str| self.cases.iter().any(|case| name.ends_with(&format!("/{case}")));
        unit.tests.retain(|test| is_named(&test.name));
        Ok(())
    }

    /// Leaves out the cases that cannot be where the service answers with a bare token, and says
    /// so: cut, doubled or a number, such a text is a token like any other, and it has no type.
    fn leave_out_json(&self, unit: &mut Unit) -> anyhow::Result<()> {
        let is_text = self.option.iter().any(|(name, value)| name == "format" && value == "text");
        let is_json =
            |test: &Test| JSON_CASES.iter().any(|case| test.name == format!("{CONTRACT}/{case}"));
        let left_out: Vec<Test> =
            unit.tests.extract_if(.., |test| is_text && is_json(test)).collect();
        if left_out.is_empty() {
            return Ok(());
        }
        let names: Vec<&str> = left_out.iter().map(|test| case_name(&test.name)).collect();
        let message = format!(
            "left out: {}; with `format=text` the answer is the token alone, in which no JSON can be \
             cut, doubled or of another type",
            names.join(", ")
        );
        anyhow::ensure!(!unit.tests.is_empty(), "nothing is left to run; {message}");
        writeln!(io::stderr(), "{message}")?;
        Ok(())
    }
}

/// The name of a case without that of its contract.
fn case_name(test: &str) -> &str {
    test.split_once('/').map_or(test, |(_, case)| case)
}

/// Warns where no leak could be seen, because the script never gets the secret to look for.
fn warn_of_unseen_secret(
    contract: &Contract,
    with: &BTreeMap<String, String>,
    code: &Code,
    setup: &Setup,
) -> io::Result<()> {
    let parameter = contract.content.parameters.get("secret");
    let default = parameter.and_then(|parameter| parameter.default.as_ref());
    let Some(secret) = with.get("secret").or(default) else { return Ok(()) };
    let variables = setup.environment.values().flatten();
    let files = setup.files.iter().filter_map(|file| Some(&file.content.as_ref()?.text));
    let programs = setup.stubs.values().map(|program| &program.text);
    let mut given = variables.chain(files).chain(programs).chain([&code.text]);
    if given.any(|text| text.contains(secret.as_str())) {
        return Ok(());
    }
    writeln!(
        io::stderr(),
        "warning: nothing that the script gets holds `{secret}`, the contract's `secret`, so no \
         leak can be seen; give it as the script's login with `--env`, `--file` or `--program`, or \
         name the login's own with `--with secret=…`"
    )
}

/// The text of an argument, or of the file that it names with `@`.
fn text_or_file(text: &str) -> anyhow::Result<Block> {
    let text = match text.strip_prefix('@') {
        Some(file) => read_text(Path::new(file))?,
        None => format!("{text}\n"),
    };
    Ok(Block { text, range: 0..0, lines: None })
}

fn read_text(path: &Path) -> anyhow::Result<String> {
    match disk::read(path, TEXT_LIMIT) {
        Ok(text) => Ok(text),
        Err(problem) => anyhow::bail!("cannot read `{}`: {problem}", path.display()),
    }
}

fn read_script(path: &Path) -> anyhow::Result<Code> {
    let text = read_text(path)?;
    let ending = path.extension().and_then(|ending| ending.to_str());
    let is_script = matches!(ending, Some("sh" | "bash" | "js" | "mjs" | "cjs" | "py"));
    anyhow::ensure!(
        is_script || text.starts_with("#!") || disk::is_executable(path),
        "`{}` is no script: it cannot be executed, and does not begin with `#!`; name the helper \
         itself, or begin it with a line such as `#!/usr/bin/env bash`",
        path.display()
    );
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let language = match ending {
        Some("js" | "mjs" | "cjs") => "javascript",
        Some("py") => "python",
        _ => "bash",
    };
    let is_executable = text.starts_with("#!");
    Ok(Code { text, path: name, language: language.to_owned(), is_executable })
}
