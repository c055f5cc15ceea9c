//! Why a template cannot be read.

/// Why a template cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// Of the parser.
    #[error("invalid YAML in the template")]
    Yaml(#[from] serde_yaml_ng::Error),
    /// A function that is not known here, or one that is used wrongly.
    #[error("invalid template: {what}; {fix}")]
    Function {
        /// What is wrong.
        what: String,
        /// What to do.
        fix: String,
    },
    /// A name that the template does not have. What it is a part of may have it.
    #[error("invalid template: {what}; {fix}")]
    Absent {
        /// Which.
        what: String,
        /// What to do.
        fix: String,
    },
    /// The same, with the resource that does it.
    #[error("the template's resource {resource} is invalid at {place}: {what}")]
    Resource {
        /// Its name in the template.
        resource: String,
        /// Line and column.
        place: String,
        /// What is wrong, and what to do.
        what: String,
    },
    /// A resource whose properties have no names.
    #[error("the template's resource {0} is invalid: Properties is not an object")]
    Properties(String),
    /// A parameter without default that was given no value.
    #[error("the template's parameter {0} needs a value")]
    Parameter(String),
}
