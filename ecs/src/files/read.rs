//! A file's text as values, whether it is JSON or YAML. What goes wrong is said with the file and the line.

use super::json::{self, Extra};
use super::place::{Place, place};
use super::text::{NoText, text};
use super::yaml;
use crate::placeholder;
use crate::typed::Step;
use serde_json::Value;
use std::io;
use std::path::{Path, PathBuf};

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The system's word.
    #[error("cannot read {file}{}", hint_of(source))]
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
    /// Its grammar is wider than JSON's.
    #[error("{file} is JSON with {what} in line {line}, which AWS does not take; remove it")]
    Extended {
        /// The file.
        file: PathBuf,
        /// What JSON does not have.
        what: &'static str,
        /// The first line that has it.
        line: usize,
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
    /// The template of a stack in another template.
    #[error("cannot read the template of the nested stack {resource} in {file}")]
    Nested {
        /// The other template.
        file: PathBuf,
        /// The stack's name in it.
        resource: String,
        /// Why.
        source: Box<FileError>,
    },
}

fn hint_of(error: &io::Error) -> &'static str {
    if error.kind() == io::ErrorKind::NotFound {
        "; run it in the repository, or name the file"
    } else {
        ""
    }
}

/// A text with what it says.
#[derive(Clone, Debug)]
pub(super) struct Document {
    text: String,
    is_json: bool,
    pub(super) value: Value,
}

impl Document {
    /// What a file has in it, with CloudFormation's short forms (`!Ref`) written out.
    pub(super) fn read(file: &Path) -> Result<Self, FileError> {
        let text = template_text(file)?;
        let kind = file.extension().and_then(|it| it.to_str());
        let is_json = is_json(&text, kind);
        let value = if is_json {
            json::parsed(&text).map_err(|source| invalid_json(&text, file, source))
        } else {
            yaml::parsed(&text).map_err(|source| invalid_yaml(&text, file, source))
        };
        Ok(Self {
            value: value?,
            text,
            is_json,
        })
    }

    /// A template's text, of whose file the name is not known: what is no JSON is YAML.
    pub(super) fn parse(text: &str) -> Result<Self, serde_yaml_ng::Error> {
        let of_json = is_json(text, None).then(|| json::parsed(text).ok());
        let of_json = of_json.flatten();
        Ok(Self {
            is_json: of_json.is_some(),
            value: of_json.map_or_else(|| yaml::parsed(text), Ok)?,
            text: text.to_owned(),
        })
    }

    /// Where a field is, or the nearest one around it that is written out.
    pub(super) fn place(&self, steps: &[Step]) -> Place {
        place(&self.text, self.is_json, (&self.value, steps))
    }
}

/// The text of a template, or of another definition.
///
/// # Errors
///
/// If it is not text, or cannot be read.
pub fn template_text(file: &Path) -> Result<String, FileError> {
    let file = file.to_owned();
    text(&file).map_err(|error| match error {
        NoText::System(source) => FileError::Read { file, source },
        NoText::Empty => FileError::Text {
            file,
            what: "empty".into(),
        },
        NoText::Is(what) => FileError::Text { file, what },
    })
}

/// JSON is read by its own grammar: it may be indented with tabs, which YAML does not allow. YAML has braces too, and then
/// mostly no quotes.
fn is_json(text: &str, kind: Option<&str>) -> bool {
    let text = json::without_comments(text);
    let Some(inner) = text.strip_prefix(['{', '[']) else {
        return false;
    };
    let is_plain = json::without_comments(inner).starts_with(char::is_alphabetic);
    !(is_plain && matches!(kind, Some("yaml" | "yml")))
}

fn invalid_json(text: &str, file: &Path, source: serde_json::Error) -> FileError {
    let file = file.to_owned();
    match json::extra(text).filter(|(_, line)| *line <= source.line()) {
        Some((extra, line)) => FileError::Extended {
            file,
            what: match extra {
                Extra::Comment => "a comment",
                Extra::Comma => "a comma before a closing bracket",
            },
            line,
        },
        None => FileError::Json {
            hint: match hint(text, source.line()) {
                hint if !hint.is_empty() => hint,
                _ if source.is_eof() => "; the file ends too early".into(),
                _ if has_bare_key(text, &source) => "; put its keys into double quotes".into(),
                none => none,
            },
            file,
            source,
        },
    }
}

fn invalid_yaml(text: &str, file: &Path, source: serde_yaml_ng::Error) -> FileError {
    let file = file.to_owned();
    match (source.location(), without_place(text, &source)) {
        (_, Some(what)) => FileError::Text { file, what },
        (place, None) => FileError::Yaml {
            hint: place.map_or(String::new(), |place| hint(text, place.line())),
            file,
            source,
        },
    }
}

/// If a key stands where it fails, without quotes or in single ones.
fn has_bare_key(text: &str, error: &serde_json::Error) -> bool {
    let line = text.lines().nth(error.line().saturating_sub(1));
    let letter = line.and_then(|line| line.as_bytes().get(error.column().saturating_sub(1)));
    let is_of_key = error.to_string().starts_with("key must be a string");
    is_of_key && letter.is_some_and(|it| it.is_ascii_alphabetic() || *it == b'\'')
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

/// What is wrong where the parser gives no line for it.
fn without_place(text: &str, error: &serde_yaml_ng::Error) -> Option<String> {
    let line = |is_it: fn(&str) -> bool| text.lines().position(is_it).map_or(1, |at| at + 1);
    let second = || {
        let mut lines = text.lines().enumerate().skip(1);
        let found = lines.find(|(_, it)| it.starts_with("---"));
        found.map_or(1, |(at, _)| at + 1)
    };
    let error = error.to_string();
    // Of the outermost mapping, it has no place.
    let twice = error.strip_prefix("duplicate entry with key \"");
    if let Some(key) = twice.and_then(|rest| rest.strip_suffix('"')) {
        let mut lines = text.lines().enumerate();
        let mut own = lines.by_ref().filter(|(_, line)| {
            let rest = line.trim_start_matches(['"', '\'']).strip_prefix(key);
            rest.is_some_and(|rest| rest.trim_start_matches(['"', '\'', ' ']).starts_with(':'))
        });
        let line = own.nth(1).map_or(1, |(at, _)| at + 1);
        return Some(format!("YAML with {key} twice, again in line {line}"));
    }
    if error.contains("more than one document") {
        let line = second();
        Some(format!(
            "YAML with several documents, and the next document begins in line {line}"
        ))
    } else if error.contains("repetition limit") {
        let line = line(|it| it.contains('*'));
        Some(format!(
            "YAML of which its aliases, the first in line {line}, make too much"
        ))
    } else if error.contains("merg") {
        let line = line(|it| it.contains("<<"));
        Some(format!(
            "YAML with the merge key << in line {line} of what is not a mapping"
        ))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_template_is_json_or_yaml_by_what_it_says() {
        for (text, is_json) in [
            // YAML takes no tabs there.
            ("{\n\t\"Resources\": {\n\t\t\"A\": 1\n\t}\n}\n", true),
            ("Resources:\n  A: 1\n", false),
            ("{ \"Resources\": { A: 1 } }", false),
        ] {
            let document = Document::parse(text).unwrap();
            assert_eq!(document.value, json!({ "Resources": { "A": 1 } }));
            assert_eq!(document.is_json, is_json, "{text}");
        }
        let tagged = Document::parse("{ \"A\": !Ref B }").unwrap();
        assert_eq!(tagged.value, json!({ "A": { "Ref": "B" } }));
    }
}
