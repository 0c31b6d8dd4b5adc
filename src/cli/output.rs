//! Where reports go: to standard output, to files, to both.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{self, Write as _};
use std::marker::PhantomData;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use clap::builder::{PossibleValue, TypedValueParser};
use clap::error::ErrorKind;

use super::colour;
use crate::diagnostic::suggest;
use crate::publish::tree;
use crate::report::{Colour, Extent, Format, Report, Style};
use crate::source::disk;

/// How reports of `check` are written, and where to.
#[derive(Debug, clap::Args)]
pub(super) struct Outputs {
    /// How to write the report, and with `=FILE` where to; may be given several times
    ///
    /// One report goes to standard output: the one that names no file, or else the one for
    /// people. Files are written whole or not at all, into folders that are there.
    #[arg(
        long = "format",
        value_name = "FORMAT[=FILE]",
        value_parser = TargetParser::<Format>(PhantomData)
    )]
    targets: Vec<Target<Format>>,
    /// Show every finding, however many there are; reports for programs always do
    #[arg(long)]
    all: bool,
}

impl Outputs {
    /// Says where each report goes, or why that makes no sense.
    pub(super) fn destinations(&self) -> anyhow::Result<Destinations<Format>> {
        Destinations::of(&self.targets)
    }

    /// Writes every report.
    pub(super) fn write(
        &self,
        destinations: &Destinations<Format>,
        report: &Report<'_>,
    ) -> anyhow::Result<()> {
        let extent = if self.all { Extent::All } else { Extent::Readable };
        destinations
            .write(|format, colour, out| format.write(report, Style { colour, extent }, out))
    }
}

/// One report: `FORMAT`, or `FORMAT=FILE`.
#[derive(Debug, Clone)]
pub(super) struct Target<F> {
    pub(super) format: F,
    /// The file; standard output, if `None`.
    pub(super) file: Option<PathBuf>,
}

/// Where the reports of one run go.
#[derive(Debug)]
pub(super) struct Destinations<F> {
    /// The format of what goes to standard output.
    screen: F,
    /// The formats of files.
    files: Vec<(F, PathBuf)>,
}

impl<F: ValueEnum + Default> Destinations<F> {
    /// Sorts out where each report goes.
    pub(super) fn of(targets: &[Target<F>]) -> anyhow::Result<Self> {
        let mut screen: Option<F> = None;
        let mut files: Vec<(F, PathBuf)> = Vec::new();
        let mut seen: BTreeMap<PathBuf, String> = BTreeMap::new();
        for Target { format, file } in targets {
            let name = name(format);
            let Some(file) = file else {
                if let Some(other) = &screen {
                    let other = self::name(other);
                    anyhow::bail!(
                        "`--format {other}` and `--format {name}` would both go to standard \
                         output; give one of them a file: `--format {name}=FILE`"
                    );
                }
                screen = Some(format.clone());
                continue;
            };
            let path = file.display();
            let folder = file.parent().filter(|folder| *folder != Path::new(""));
            if let Some(folder) = folder.filter(|folder| !disk::is_folder(folder)) {
                anyhow::bail!(
                    "cannot write `{path}`: there is no folder `{}`; make it, or name another file",
                    folder.display()
                );
            }
            let place = disk::place_of(file).unwrap_or_else(|| file.clone());
            if let Some(other) = seen.insert(place, name.clone()) {
                anyhow::bail!(
                    "`--format {other}=…` and `--format {name}=…` would both be written to \
                     `{path}`; give each a file of its own"
                );
            }
            files.push((format.clone(), file.clone()));
        }
        Ok(Self { screen: screen.unwrap_or_default(), files })
    }

    /// Makes sure that no report would replace a file that this run uses as `role`.
    pub(super) fn spare(&self, input: &Path, role: &str) -> anyhow::Result<()> {
        for (_, path) in &self.files {
            anyhow::ensure!(
                path.file_name() != input.file_name()
                    || disk::place_of(path) != disk::place_of(input),
                "`{}` is {role}, and a report would replace it; choose another file",
                path.display()
            );
        }
        Ok(())
    }

    /// Makes sure that no report would replace one of the files that are checked.
    pub(super) fn spare_checked(&self, report: &Report<'_>) -> anyhow::Result<()> {
        for file in report.sources.files() {
            let input = format!("{}{}", report.base, file.path);
            self.spare(Path::new(&input), "one of the files that are checked")?;
        }
        Ok(())
    }

    /// Writes the files, all or none, and then to standard output: its reader may go away.
    pub(super) fn write(
        &self,
        write: impl Fn(&F, Colour, &mut dyn io::Write) -> io::Result<()>,
    ) -> anyhow::Result<()> {
        let mut files = Vec::new();
        for (format, path) in &self.files {
            let mut bytes = Vec::new();
            write(format, Colour::None, &mut bytes)?;
            files.push((path.as_path(), bytes));
        }
        tree::save_all(&files)?;
        let mut out = io::BufWriter::new(io::stdout().lock());
        write(&self.screen, colour(), &mut out)?;
        Ok(out.flush()?)
    }
}

/// Reads `FORMAT` and `FORMAT=FILE`.
#[derive(Debug)]
pub(super) struct TargetParser<F>(pub(super) PhantomData<F>);

impl<F> Clone for TargetParser<F> {
    fn clone(&self) -> Self {
        Self(PhantomData)
    }
}

impl<F: ValueEnum + Send + Sync + 'static> TypedValueParser for TargetParser<F> {
    type Value = Target<F>;

    fn parse_ref(
        &self,
        command: &clap::Command,
        _: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<Target<F>, clap::Error> {
        let fail = |message: String| {
            clap::Error::raw(ErrorKind::InvalidValue, format!("{message}\n")).with_cmd(command)
        };
        let bytes = value.as_bytes();
        let split = bytes.iter().position(|byte| *byte == b'=');
        let word = String::from_utf8_lossy(&bytes[..split.unwrap_or(bytes.len())]);
        let file = split.map(|at| PathBuf::from(OsStr::from_bytes(&bytes[at + 1..])));
        if file.as_ref().is_some_and(|file| file.as_os_str().is_empty()) {
            return Err(fail(format!(
                "`--format {word}=` names no file; write `--format {word}=FILE`, or leave out \
                 the `=` for standard output"
            )));
        }
        match F::from_str(&word, false) {
            Ok(format) => Ok(Target { format, file }),
            Err(_) => Err(fail(unknown::<F>(&word))),
        }
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(F::value_variants().iter().filter_map(ValueEnum::to_possible_value)))
    }
}

/// Says that there is no such format, and which there are.
fn unknown<F: ValueEnum>(word: &str) -> String {
    let names: Vec<String> = F::value_variants().iter().map(name).collect();
    let hint = match suggest(word, names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`? There are"),
        None => "there are".to_owned(),
    };
    format!("unknown format `{word}`: {hint} {}", names.join(", "))
}

fn name<F: ValueEnum>(format: &F) -> String {
    let value = format.to_possible_value().expect("no format is hidden");
    value.get_name().to_owned()
}
