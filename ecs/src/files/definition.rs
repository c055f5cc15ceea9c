//! A task definition in a file, or nothing but its containers.

use super::find::FindError;
use super::keys::TASK_DEFINITION;
use super::kind::{Kind, containers, kind, other};
use super::read::Document;
use super::spelling::{Misspelled, Style, corrected};
use crate::aws::ecs::RawDefinition;
use crate::typed::{Misfit, Step};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// A task definition in a file.
#[derive(Clone, Debug)]
pub struct DefinitionFile {
    pub(super) definition: RawDefinition,
    /// If it has the containers alone, and what is around them is unknown.
    pub(super) is_part: bool,
    /// Keys that AWS does not know. The definition has those that are meant.
    pub(super) misspelled: Vec<Misspelled>,
    /// What ECS does not take back, and so is left out.
    dropped: Vec<String>,
    document: Document,
    file: PathBuf,
}

impl DefinitionFile {
    pub(super) fn of(document: Document, file: &Path) -> Result<Self, FindError> {
        let alone = containers(&document.value);
        let is_part = alone.is_some();
        let value = match alone {
            Some(containers) => json!({ "containerDefinitions": containers }),
            None => document.value.clone(),
        };
        let mut read = Self {
            definition: RawDefinition::default(),
            is_part,
            misspelled: Vec::new(),
            dropped: Vec::new(),
            document,
            file: file.to_owned(),
        };
        let (value, misspelled) = match value.get("taskDefinition") {
            Some(inner) => {
                let (inner, misspelled) = corrected(inner.clone(), &TASK_DEFINITION, Style::Small);
                let mut value = value;
                value["taskDefinition"] = inner;
                (value, misspelled)
            }
            None => corrected(value, &TASK_DEFINITION, Style::Small),
        };
        let definition = RawDefinition::of_file(value);
        (read.definition, read.dropped) = definition.map_err(|misfit| read.error(misfit))?;
        read.misspelled = misspelled;
        Ok(read)
    }

    /// The error with its place.
    pub(super) fn error(&self, misfit: Misfit) -> FindError {
        FindError::Definition {
            place: self.place_of(&misfit.steps()),
            source: misfit,
        }
    }

    /// Where a field of the definition is: file, line and column.
    pub(super) fn place_of(&self, steps: &[Step]) -> String {
        let value = &self.document.value;
        let is_list = value.get("containerDefinitions").is_none() && self.is_part;
        let outer = value.get("taskDefinition").is_some_and(Value::is_object);
        let outer = outer.then(|| Step::Key("taskDefinition".into()));
        let steps = match steps {
            [_, Step::Item(_), inner @ ..] if is_list && value.is_object() => inner,
            [_, inner @ ..] if is_list => inner,
            steps => steps,
        };
        let steps: Vec<Step> = outer.into_iter().chain(steps.iter().cloned()).collect();
        format!("{}:{}", self.file.display(), self.document.place(&steps))
    }
}

/// A task definition in a file, and the names of what was left out because ECS does not take it back.
///
/// # Errors
///
/// If it is something else, or has a misspelled key, which ECS would take for nothing.
pub fn definition_file(file: &Path) -> Result<(RawDefinition, Vec<String>), FindError> {
    let document = Document::read(file)?;
    let what = match kind(&document.value) {
        Kind::Definition => None,
        Kind::Containers if document.value.get("containerDefinitions").is_some() => None,
        Kind::Containers => Some("has containers without their task definition".into()),
        Kind::Template => Some("is a template, and not a task definition".into()),
        Kind::Plan => Some("is a plan of Terraform, and not a task definition".into()),
        Kind::Other => Some(other(&document)),
    };
    if let Some(what) = what {
        let file = file.to_owned();
        return Err(FindError::Other { file, what });
    }
    let read = DefinitionFile::of(document, file)?;
    if let Some(first) = read.misspelled.first() {
        return Err(FindError::Misspelled {
            place: read.place_of(&first.steps),
            what: first.what(),
            fix: first.fix(),
        });
    }
    Ok((read.definition, read.dropped))
}
