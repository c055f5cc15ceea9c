//! The definitions in the repository, as facts.

mod facts;
mod intrinsics;
mod template;

pub use self::facts::{FilesError, definition_json, facts_of, task_definition};
pub use self::template::{Template, TemplateError};
