//! The versions of the programs that runs find.

use std::collections::BTreeMap;

use super::process::End;
use super::run::{Run, WORK, folders};
use super::world::World;
use super::{Limits, Sandbox};
use crate::error::Error;

/// Prints one line `name<tab>version` for each program that is there.
const ASK: &str = r#"
for name in bash curl git jq node openssl python3; do
  command -v "$name" >/dev/null || continue
  option=--version
  [ "$name" = openssl ] && option=version
  printf '%s\t%s\n' "$name" "$("$name" "$option" 2>/dev/null | head -n 1)"
done
"#;

/// Asks the programs that runs find, in a world that has started.
pub fn versions(world: &World, sandbox: &Sandbox) -> Result<BTreeMap<String, String>, Error> {
    world.put("tools", &folders())?;
    let environment = [("PATH".to_owned(), sandbox.path().to_owned())].into();
    let limits = Limits::default();
    let outcome = world.run(&Run {
        folder: "tools",
        command: ["sh", "-c", ASK].map(str::to_owned).into(),
        environment,
        input: &[],
        is_choosy: false,
        records: false,
        limits: &limits,
        binds: &[],
        start_in: WORK,
    })?;
    if outcome.end != End::Exited(0) {
        let said = String::from_utf8_lossy(&outcome.stderr);
        let message = format!("nothing can be run in it: {}", said.trim());
        return Err(Error::Sandbox { message });
    }
    let text = String::from_utf8_lossy(&outcome.stdout).into_owned();
    let lines = text.lines().filter_map(|line| line.split_once('\t'));
    Ok(lines.map(|(name, version)| (name.to_owned(), number(version))).collect())
}

/// The version in a line such as `curl 7.88.1 (x86_64-pc-linux-gnu) libcurl/7.88.1`.
fn number(line: &str) -> String {
    let words = line.split([' ', '-', ',', '(']);
    let mut numbers = words.map(|word| word.trim_start_matches('v'));
    let number = numbers.find(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    number.unwrap_or(line).to_owned()
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn a_version_is_found_in_what_programs_print() {
        assert_eq!(number("GNU bash, version 5.2.15(1)-release (x86_64-pc-linux-gnu)"), "5.2.15");
        assert_eq!(number("v20.20.2"), "20.20.2");
        assert_eq!(number("jq-1.6"), "1.6");
        assert_eq!(number("OpenSSL 3.0.17 1 Jul 2025"), "3.0.17");
    }
}
