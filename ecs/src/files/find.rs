//! What is at a path: a template, a task definition, or a folder that has them.

use super::facts::FilesError;
use super::read::{FileError, read};
use super::template::Template;
use crate::aws::ecs::{BadDefinition, RawDefinition};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// What was found, with its file.
#[derive(Debug, Default)]
pub struct Found {
    /// A CloudFormation template.
    pub template: Option<(PathBuf, Template)>,
    /// A task definition.
    pub definition: Option<(PathBuf, RawDefinition)>,
    /// What could not be read beside them, in a folder.
    pub skipped: Vec<FileError>,
}

/// Why there is nothing to check at a path.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// It cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// It is something else.
    #[error(
        "{file} is neither a template (Resources: {resources}) nor a task definition (containerDefinitions: missing)"
    )]
    Neither {
        /// The file.
        file: PathBuf,
        /// What is wrong with its resources.
        resources: &'static str,
    },
    /// A field of it is of another type than ECS's.
    #[error("{file} is not a task definition")]
    Definition {
        /// The file.
        file: PathBuf,
        /// Which.
        source: BadDefinition,
    },
    /// The template of this file.
    #[error("cannot check {file}")]
    Template {
        /// The file.
        file: PathBuf,
        /// Why.
        source: FilesError,
    },
    /// It is empty of both.
    #[error(
        "the folder {0} has no template with ECS resources and no task definition; name a file"
    )]
    Empty(PathBuf),
    /// One of several is meant.
    #[error("the folder {folder} has several {what}: {files}; name one")]
    Several {
        /// The folder.
        folder: PathBuf,
        /// Of what.
        what: &'static str,
        /// Their names.
        files: String,
    },
}

/// What is at a path.
///
/// # Errors
///
/// If there is nothing to check, or several.
pub fn find(path: &Path) -> Result<Found, FindError> {
    if path.is_dir() {
        return in_folder(path);
    }
    let value = read(path)?;
    let mut found = Found::default();
    if is_template(&value) {
        let template = Template::of_file(value, path)?;
        found.template = Some((path.to_owned(), template));
    } else if is_definition(&value) {
        found.definition = Some((path.to_owned(), definition(value, path)?));
    } else {
        let has_resources = value.get("Resources").is_some();
        return Err(FindError::Neither {
            file: path.to_owned(),
            resources: if has_resources {
                "not an object"
            } else {
                "missing"
            },
        });
    }
    Ok(found)
}

/// The template and the task definition in these files. A default that is not there is left out if the other is.
///
/// # Errors
///
/// If one of them cannot be read.
pub fn find_both(
    template: &Path,
    definition: &Path,
    defaults: &[&str],
) -> Result<Found, FindError> {
    let is_left_out = |file: &Path, other: &Path| {
        let is_default = defaults.iter().any(|default| Path::new(default) == file);
        is_default && !file.exists() && other.exists()
    };
    let mut found = Found::default();
    if !is_left_out(template, definition) {
        found.template = Some((template.to_owned(), Template::read(template)?));
    }
    if !is_left_out(definition, template) {
        let (read, _) = definition_file(definition)?;
        found.definition = Some((definition.to_owned(), read));
    }
    Ok(found)
}

/// A task definition in a file, and the names of what was left out because ECS does not take it back.
///
/// # Errors
///
/// If it is none.
pub fn definition_file(file: &Path) -> Result<(RawDefinition, Vec<String>), FindError> {
    RawDefinition::from_value(read(file)?).map_err(|source| FindError::Definition {
        file: file.to_owned(),
        source,
    })
}

fn definition(value: Value, file: &Path) -> Result<RawDefinition, FindError> {
    let read = RawDefinition::from_value(value).map_err(|source| FindError::Definition {
        file: file.to_owned(),
        source,
    });
    Ok(read?.0)
}

fn is_template(value: &Value) -> bool {
    value.get("Resources").is_some_and(Value::is_object)
}

fn is_definition(value: &Value) -> bool {
    let has = |value: &Value| value.get("containerDefinitions").is_some();
    has(value) || value.get("taskDefinition").is_some()
}

/// If a template has something to check.
fn has_ecs(value: &Value) -> bool {
    let resources = value["Resources"].as_object();
    let mut types = resources.into_iter().flatten().map(|(_, it)| &it["Type"]);
    types.any(|it| it == "AWS::ECS::Service" || it == "AWS::ECS::TaskDefinition")
}

fn in_folder(folder: &Path) -> Result<Found, FindError> {
    let unread = |source| FileError::Read {
        file: folder.to_owned(),
        source,
    };
    let entries = fs::read_dir(folder).map_err(unread)?;
    let files = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let is_kind = |file: &PathBuf| {
        let kind = file.extension().and_then(|it| it.to_str());
        kind.is_some_and(|it| ["json", "template", "yaml", "yml"].contains(&it))
    };
    let mut files: Vec<PathBuf> = files.filter(is_kind).filter(|it| it.is_file()).collect();
    files.sort();
    let (mut templates, mut definitions) = (Vec::new(), Vec::new());
    let mut skipped = Vec::new();
    for file in files {
        match read(&file) {
            Ok(value) if is_template(&value) && has_ecs(&value) => templates.push((file, value)),
            Ok(value) if is_definition(&value) => definitions.push((file, value)),
            Ok(_) => {}
            Err(error) => skipped.push(error),
        }
    }
    for (what, all) in [
        ("templates", &templates),
        ("task definitions", &definitions),
    ] {
        if all.len() > 1 {
            let files = all.iter().filter_map(|(file, _)| file.file_name());
            let files: Vec<_> = files.map(|it| it.to_string_lossy()).collect();
            return Err(FindError::Several {
                folder: folder.to_owned(),
                what,
                files: files.join(", "),
            });
        }
    }
    let mut found = Found::default();
    if let Some((file, value)) = templates.pop() {
        let template = Template::of_file(value, &file)?;
        found.template = Some((file, template));
    }
    if let Some((file, value)) = definitions.pop() {
        let definition = definition(value, &file)?;
        found.definition = Some((file, definition));
    }
    if found.template.is_none() && found.definition.is_none() {
        let first = skipped.into_iter().next();
        return Err(first.map_or_else(|| FindError::Empty(folder.to_owned()), Into::into));
    }
    found.skipped = skipped;
    Ok(found)
}
