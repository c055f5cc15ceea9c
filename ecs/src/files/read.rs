//! A file's text as values, whether it is JSON or YAML. What goes wrong is said with the file and the line.

use super::yaml;
use crate::aws::ecs::unique_json;
use crate::placeholder;
use serde_json::Value;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// More than a template (1 MB) or a task definition (64 KB) may have, by some.
const LARGEST: u64 = 8 << 20;

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The system's word.
    #[error("cannot read {file}; run it in the repository, or name the file")]
    Read {
        /// The file.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is not a text of the kind that is needed.
    #[error(
        "{file} is {what}; name a CloudFormation template or a task definition, as JSON or YAML"
    )]
    Text {
        /// The file.
        file: PathBuf,
        /// What it is.
        what: String,
    },
    /// It does not follow the grammar.
    #[error("invalid JSON in {file}{hint}")]
    Json {
        /// The file.
        file: PathBuf,
        /// A placeholder that stands where it fails.
        hint: String,
        /// The line.
        source: serde_json::Error,
    },
    /// It does not follow the grammar.
    #[error("invalid YAML in {file}{hint}")]
    Yaml {
        /// The file.
        file: PathBuf,
        /// A placeholder that stands where it fails.
        hint: String,
        /// The line.
        source: serde_yaml_ng::Error,
    },
}

/// What a file has in it, with CloudFormation's short forms (`!Ref`) written out.
///
/// # Errors
///
/// If it is neither JSON nor YAML.
pub(super) fn read(file: &Path) -> Result<Value, FileError> {
    parsed(&text(file)?, file)
}

fn text(file: &Path) -> Result<String, FileError> {
    let failed = |source| FileError::Read {
        file: file.to_owned(),
        source,
    };
    let is = |what: String| FileError::Text {
        file: file.to_owned(),
        what,
    };
    if file.is_dir() {
        return Err(is("a folder".into()));
    }
    let mut bytes = Vec::new();
    let opened = File::open(file).map_err(failed)?;
    opened
        .take(LARGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() as u64 > LARGEST {
        return Err(is(format!("larger than {} MiB", LARGEST >> 20)));
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(is("UTF-16, and AWS takes UTF-8".into()));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        is(format!("not text: line {line} is not UTF-8"))
    })?;
    if text.contains('\0') {
        return Err(is("a binary file".into()));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    if text.trim().is_empty() {
        return Err(is("empty".into()));
    }
    Ok(text.to_owned())
}

/// JSON by its own grammar: it may be indented with tabs, which YAML does not allow.
fn parsed(text: &str, file: &Path) -> Result<Value, FileError> {
    let file = file.to_owned();
    if text.trim_start().starts_with(['{', '[']) {
        return unique_json(text).map_err(|source| FileError::Json {
            hint: hint(text, source.line()),
            file,
            source,
        });
    }
    yaml::parsed(text).map_err(|source| FileError::Yaml {
        hint: match source.location() {
            Some(place) => hint(text, place.line()),
            None => without_place(text, &source),
        },
        file,
        source,
    })
}

/// A placeholder outside of quotes is no JSON and often no YAML.
fn hint(text: &str, line: usize) -> String {
    // A parser may see only in the next line that it cannot go on.
    let before = text.lines().skip(line.saturating_sub(2)).take(2);
    let mut found = before.filter_map(placeholder::first);
    found.next().map_or(String::new(), |found| {
        format!("; put a value in the place of {found}, or quotes around it")
    })
}

/// What the parser gives no line for.
fn without_place(text: &str, error: &serde_yaml_ng::Error) -> String {
    let line = |is_it: fn(&str) -> bool| {
        let mut lines = text.lines().skip(1);
        lines.position(is_it).map_or(1, |number| number + 2)
    };
    let error = error.to_string();
    if error.contains("more than one document") {
        format!(
            "; the next document begins in line {}",
            line(|it| it.starts_with("---"))
        )
    } else if error.contains("repetition limit") {
        format!(
            "; its aliases, the first in line {}, stand for too much",
            line(|it| it.contains('*'))
        )
    } else {
        String::new()
    }
}
