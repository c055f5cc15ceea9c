//! What is at a path: a template, a task definition, or a folder that has them.

use super::definition::DefinitionFile;
use super::facts::FilesError;
use super::kind::{Kind, kind, other};
use super::plan::{Plan, PlanError};
use super::read::{Document, FileError};
use super::template::Template;
use crate::typed::Misfit;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// What was found, with its file.
#[derive(Debug, Default)]
pub struct Found {
    /// A CloudFormation template.
    pub template: Option<(PathBuf, Template)>,
    /// A task definition.
    pub definition: Option<(PathBuf, DefinitionFile)>,
    /// A plan of Terraform, which has both.
    pub plan: Option<(PathBuf, Plan)>,
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
    #[error("{file} {what}")]
    Other {
        /// The file.
        file: PathBuf,
        /// What it is, and what to do.
        what: String,
    },
    /// A field of it is of another type than ECS's.
    #[error("invalid task definition in {place}")]
    Definition {
        /// File, line and column.
        place: String,
        /// Which.
        source: Misfit,
    },
    /// A key that AWS does not know.
    #[error("invalid task definition in {place}: {what}; {fix}")]
    Misspelled {
        /// File, line and column.
        place: String,
        /// Which.
        what: String,
        /// What is meant.
        fix: String,
    },
    /// The template of a file.
    #[error("cannot check {place}")]
    Template {
        /// The file, with line and column where they are known.
        place: String,
        /// Why.
        source: FilesError,
    },
    /// A plan of Terraform.
    #[error("cannot check {place}")]
    Plan {
        /// The file.
        place: PathBuf,
        /// Why.
        source: Box<PlanError>,
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
    let document = Document::read(path)?;
    let mut found = Found::default();
    match kind(&document.value) {
        Kind::Template => {
            let template = Template::of_file(document, path)?;
            found.template = Some((path.to_owned(), template));
        }
        Kind::Definition | Kind::Containers => {
            let definition = DefinitionFile::of(document, path)?;
            found.definition = Some((path.to_owned(), definition));
        }
        Kind::Plan => found.plan = Some((path.to_owned(), Plan::of(document.value))),
        Kind::Other => return Err(is_other(path, &document)),
    }
    Ok(found)
}

fn is_other(file: &Path, document: &Document) -> FindError {
    FindError::Other {
        file: file.to_owned(),
        what: other(document),
    }
}

/// A plan of Terraform, of this file or of the standard input (`-`).
///
/// # Errors
///
/// If it cannot be read, or is no plan.
pub fn find_plan(file: &Path) -> Result<Found, FindError> {
    let place = || file.to_owned();
    let plan = Plan::read(file).map_err(|source| FindError::Plan {
        place: place(),
        source: Box::new(source),
    })?;
    Ok(Found {
        plan: Some((place(), plan)),
        ..Found::default()
    })
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
        let document = Document::read(template)?;
        if kind(&document.value) != Kind::Template {
            return Err(is_other(template, &document));
        }
        let read = Template::of_file(document, template)?;
        found.template = Some((template.to_owned(), read));
    }
    if !is_left_out(definition, template) {
        let document = Document::read(definition)?;
        if !matches!(kind(&document.value), Kind::Definition | Kind::Containers) {
            return Err(is_other(definition, &document));
        }
        let read = DefinitionFile::of(document, definition)?;
        found.definition = Some((definition.to_owned(), read));
    }
    Ok(found)
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
        match Document::read(&file) {
            Ok(read) => match kind(&read.value) {
                Kind::Template if has_ecs(&read.value) => templates.push((file, read)),
                Kind::Definition => definitions.push((file, read)),
                // Any list of what has a name and an image may look like containers.
                Kind::Containers if read.value.get("containerDefinitions").is_some() => {
                    definitions.push((file, read));
                }
                _ => {}
            },
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
    if let Some((file, document)) = templates.pop() {
        let template = Template::of_file(document, &file)?;
        found.template = Some((file, template));
    }
    if let Some((file, document)) = definitions.pop() {
        let definition = DefinitionFile::of(document, &file)?;
        found.definition = Some((file, definition));
    }
    if found.template.is_none() && found.definition.is_none() {
        let first = skipped.into_iter().next();
        return Err(first.map_or_else(|| FindError::Empty(folder.to_owned()), Into::into));
    }
    found.skipped = skipped;
    Ok(found)
}
