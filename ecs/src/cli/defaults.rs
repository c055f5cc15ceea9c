//! `ecs/ecs.toml`: what options are where neither the command line nor the environment says so.

mod parameters;

use super::service_id::ServiceId;
use super::upwards;
use crate::files::{NoText, text};
use clap::Command;
use parameters::{Mistake, Parameter};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use toml::de::{DeTable, DeValue};

/// Where the file is, in a folder or one above it: the first counts.
const PLACES: [&str; 2] = ["ecs/ecs.toml", "ecs.toml"];

/// A key and the option that it is the default of.
struct Key {
    name: &'static str,
    option: &'static str,
    takes: Takes,
}

/// The commands that have the option with this meaning.
enum Takes {
    All,
    Only(&'static [&'static str]),
    /// The doctor checks files unless it is asked for a service, and the drill deletes its stack.
    Except(&'static str),
    /// No command by itself: what AWS is asked with.
    Aws,
}

const DEPLOYMENTS: &[&str] = &["deploy", "rollback", "continue", "wait"];

const KEYS: [Key; 8] = [
    key("service", "service", Takes::Except("doctor")),
    key("cluster", "cluster", Takes::All),
    key("stack", "stack", Takes::Except("drill")),
    key("image", "image", Takes::Only(&["doctor"])),
    key("container", "container", Takes::All),
    key("timeout", "timeout", Takes::Only(DEPLOYMENTS)),
    key("profile", "profile", Takes::Aws),
    key("region", "region", Takes::Aws),
];

const fn key(name: &'static str, option: &'static str, takes: Takes) -> Key {
    Key {
        name,
        option,
        takes,
    }
}

/// The table with values of the template's parameters.
const PARAMETERS: &str = "parameters";

/// What the file says.
#[derive(Debug, Default)]
pub(super) struct Defaults {
    options: BTreeMap<&'static str, String>,
    parameters: Vec<(String, String)>,
    /// The line of each of them.
    lines: Vec<usize>,
    file: PathBuf,
}

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum BadDefaults {
    #[error("cannot read {}", file.display())]
    Read { file: PathBuf, source: io::Error },
    #[error("{} is {what}", file.display())]
    Is { file: PathBuf, what: String },
    #[error("{}:{line}: {why}", file.display())]
    Syntax {
        file: PathBuf,
        line: usize,
        why: String,
    },
    #[error("{}:{line}: unknown key {key:?}; {hint}", file.display())]
    Unknown {
        file: PathBuf,
        line: usize,
        key: String,
        hint: String,
    },
    #[error("{}:{line}: invalid {key}: write it as {form}", file.display())]
    Value {
        file: PathBuf,
        line: usize,
        key: &'static str,
        form: &'static str,
    },
    #[error("{}:{line}: {why}", file.display())]
    Parameters {
        file: PathBuf,
        line: usize,
        why: String,
    },
}

impl Defaults {
    /// Of the nearest file above the working directory, if there is one.
    pub(super) fn read() -> Result<Self, BadDefaults> {
        let Ok(folder) = std::env::current_dir() else {
            return Ok(Self::default());
        };
        let Some(file) = nearest(&folder, std::env::home_dir().as_deref()) else {
            return Ok(Self::default());
        };
        match text(&file) {
            Ok(text) => Self::parse(&text, &file),
            Err(NoText::System(source)) => Err(BadDefaults::Read { file, source }),
            Err(NoText::Empty) => Ok(Self::default()),
            Err(NoText::Is(what)) => Err(BadDefaults::Is { file, what }),
        }
    }

    fn parse(text: &str, file: &Path) -> Result<Self, BadDefaults> {
        let line = |at: usize| text[..at.min(text.len())].matches('\n').count() + 1;
        let file = file.to_owned();
        let table = match DeTable::parse(text) {
            Ok(table) => table.into_inner(),
            Err(error) => {
                return Err(BadDefaults::Syntax {
                    line: line(error.span().map_or(0, |span| span.start)),
                    why: error.message().replace('\n', ", "),
                    file,
                });
            }
        };
        let mut options = BTreeMap::new();
        let (mut parameters, mut lines) = (Vec::new(), Vec::new());
        for (key, value) in table {
            let at = key.span().start;
            let name = key.into_inner();
            let value = value.into_inner();
            if name == PARAMETERS {
                let mistake = |Mistake { at, why }| (line(at), why);
                match parameters_of(value, at).map_err(mistake) {
                    Ok(all) => {
                        lines = all.iter().map(|it| line(it.at)).collect();
                        parameters = all.into_iter().map(|it| it.pair).collect();
                    }
                    Err((line, why)) => return Err(BadDefaults::Parameters { file, line, why }),
                }
                continue;
            }
            let line = line(at);
            let Some(key) = KEYS.iter().find(|key| key.name == name) else {
                return Err(BadDefaults::Unknown {
                    line,
                    hint: hint(&name),
                    key: name.into_owned(),
                    file,
                });
            };
            let Some(value) = value_of(key, value) else {
                return Err(BadDefaults::Value {
                    file,
                    line,
                    key: key.name,
                    form: key.form(),
                });
            };
            options.insert(key.name, value);
        }
        Ok(Self {
            options,
            parameters,
            lines,
            file,
        })
    }

    /// The service's name, by which its stack is called too.
    fn service(&self) -> Option<String> {
        let id = self.options.get("service")?.parse::<ServiceId>();
        id.ok().map(|id| id.name)
    }

    /// The file, and what it says of the template's parameters.
    pub(super) fn parameters(&self) -> (&Path, &[(String, String)]) {
        (&self.file, &self.parameters)
    }

    /// Where the file says what a parameter is.
    pub(super) fn place_of(&self, parameter: &str) -> Option<String> {
        let mut names = self.parameters.iter().map(|(name, _)| name);
        let at = names.position(|name| name == parameter)?;
        Some(format!("{}:{}", self.file.display(), self.lines[at]))
    }

    /// The commands with these defaults, which clap takes where there is neither an option nor a variable.
    pub(super) fn applied_to(&self, command: Command) -> Command {
        command.mut_subcommands(|mut command| {
            for key in &KEYS {
                let value = self.options.get(key.name).cloned();
                let value = value.or_else(|| self.service().filter(|_| key.name == "stack"));
                let has_it = command.get_arguments().any(|it| it.get_id() == key.option);
                let name = command.get_name().to_owned();
                if let Some(value) = value.filter(|_| has_it && key.is_for(&name)) {
                    let value: &'static str = value.leak();
                    command =
                        command.mut_arg(key.option, |it| it.default_value(value).required(false));
                }
            }
            command
        })
    }

    /// What the file says, unless one of these variables says something.
    pub(super) fn unless_set(&self, key: &str, variables: &[&str]) -> Option<String> {
        let is_set = |name: &&str| std::env::var_os(name).is_some_and(|it| it != OsStr::new(""));
        let value = self.options.get(key)?;
        (!variables.iter().any(is_set)).then(|| value.clone())
    }
}

impl Key {
    fn is_for(&self, command: &str) -> bool {
        match self.takes {
            Takes::All => true,
            Takes::Only(commands) => commands.contains(&command),
            Takes::Except(other) => other != command,
            Takes::Aws => false,
        }
    }

    fn form(&self) -> &'static str {
        if self.name == "timeout" {
            "timeout = 900, in seconds, at most 30 days"
        } else {
            "a text that is not empty, in quotes"
        }
    }
}

fn parameters_of(value: DeValue<'_>, at: usize) -> Result<Vec<Parameter>, Mistake> {
    match value {
        DeValue::Table(table) => parameters::of_table(table),
        _ => Err(Mistake {
            at,
            why: "parameters is a table: write [parameters], and NAME = \"value\" below it".into(),
        }),
    }
}

fn value_of(key: &Key, value: DeValue<'_>) -> Option<String> {
    match value {
        DeValue::Integer(number) if key.name == "timeout" => {
            let seconds = u64::from_str_radix(number.as_str(), number.radix()).ok();
            let seconds = seconds.filter(|seconds| *seconds <= super::MOST_SECONDS);
            seconds.map(|seconds| seconds.to_string())
        }
        DeValue::String(text) if key.name != "timeout" && !text.trim().is_empty() => {
            Some(text.into_owned())
        }
        _ => None,
    }
}

/// The nearest key, or all of them.
fn hint(name: &str) -> String {
    let like = |key: &Key| (strsim::jaro_winkler(name, key.name), key.name);
    let table = (strsim::jaro_winkler(name, PARAMETERS), PARAMETERS);
    let nearest = KEYS
        .iter()
        .map(like)
        .chain([table])
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match nearest {
        Some((likeness, nearest)) if likeness > 0.75 => format!("did you mean {nearest:?}?"),
        _ => format!(
            "the keys are {}, and the table [{PARAMETERS}]",
            KEYS.map(|key| key.name).join(", ")
        ),
    }
}

/// In the folder or the nearest one above it, but not above the repository's root or the home directory.
fn nearest(folder: &Path, home: Option<&Path>) -> Option<PathBuf> {
    upwards::nearest(folder, home, &PLACES)
}

#[cfg(test)]
mod tests;
