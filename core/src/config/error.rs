//! What is wrong with the configuration, in words for the person who starts the service.

use std::fmt;

/// One thing wrong with one variable. Names the variable, never its value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// A required variable is not set.
    Missing {
        /// The variable.
        name: String,
    },
    /// A variable is set to nothing, or to white space only.
    Blank {
        /// The variable.
        name: String,
    },
    /// A variable's value is not UTF-8.
    NotUnicode {
        /// The variable.
        name: String,
    },
    /// A variable's value is not of the type that the field has.
    Invalid {
        /// The variable.
        name: String,
        /// What would be valid, if the type tells.
        expected: Option<String>,
    },
    /// A list has an item with nothing in it.
    EmptyItem {
        /// The variable.
        name: String,
        /// Which item, counted from 1.
        item: usize,
    },
    /// A variable and the one that names a file for it are both set.
    Both {
        /// The variable.
        name: String,
        /// The variable that names a file.
        file: String,
    },
    /// A variable names a file that does not give a valid value.
    File {
        /// The variable that names the file.
        name: String,
        /// What the file does, such as "is blank". Neither its path nor what is in it.
        reason: String,
    },
    /// A variable has the prefix of dualrun's own options, but is none of them.
    Unknown {
        /// The variable.
        name: String,
        /// The option that was probably meant.
        suggestion: Option<&'static str>,
    },
    /// Each variable is valid, but the type does not accept them together.
    Rejected {
        /// The Rust type that was to be loaded.
        type_name: &'static str,
    },
    /// The type itself cannot be loaded from variables: a mistake in the program, not in its environment.
    Unsupported {
        /// The Rust type that was to be loaded.
        type_name: &'static str,
        /// Why it cannot, and what to do.
        reason: String,
    },
}

impl Problem {
    /// The variable that this problem is about, if it is about one.
    pub fn variable(&self) -> Option<&str> {
        match self {
            Self::Missing { name }
            | Self::Blank { name }
            | Self::NotUnicode { name }
            | Self::Invalid { name, .. }
            | Self::EmptyItem { name, .. }
            | Self::Both { name, .. }
            | Self::File { name, .. }
            | Self::Unknown { name, .. } => Some(name),
            Self::Rejected { .. } | Self::Unsupported { .. } => None,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { name } => write!(f, "{name} is missing"),
            Self::Blank { name } => {
                write!(f, "{name} is blank: give it a value, or unset it")
            }
            Self::NotUnicode { name } => write!(f, "{name} is not valid UTF-8"),
            Self::Invalid { name, expected } => match expected {
                Some(expected) => write!(f, "{name} is not valid: expected {expected}"),
                None => write!(f, "{name} is not valid"),
            },
            Self::EmptyItem { name, item } => {
                write!(f, "{name} is not valid: item {item} of the list is empty")
            }
            Self::Both { name, file } => {
                write!(f, "{name} and {file} are both set: unset one of them")
            }
            Self::File { name, reason } => write!(f, "{name} names a file that {reason}"),
            Self::Unknown { name, suggestion } => match suggestion {
                Some(suggestion) => write!(f, "{name} is unknown: did you mean {suggestion}?"),
                None => write!(f, "{name} is unknown: no option has this name"),
            },
            Self::Rejected { type_name } => write!(
                f,
                "the variables are each valid, but {type_name} does not accept them together"
            ),
            Self::Unsupported { type_name, reason } => {
                write!(f, "{type_name} cannot be loaded: {reason}")
            }
        }
    }
}

/// Everything that is wrong with the configuration.
///
/// Its `Display` is the whole report: first `Missing required environment variables: A, B` if any is
/// missing, then a line for each other problem.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError {
    problems: Vec<Problem>,
}

impl ConfigError {
    /// Nothing, if there is no problem.
    pub(crate) fn check(problems: Vec<Problem>) -> Result<(), Self> {
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Self { problems })
        }
    }

    /// Both values, or one report with the problems of both.
    pub(crate) fn both<A, B>(a: Result<A, Self>, b: Result<B, Self>) -> Result<(A, B), Self> {
        match (a, b) {
            (Ok(a), Ok(b)) => Ok((a, b)),
            (Err(error), Ok(_)) | (Ok(_), Err(error)) => Err(error),
            (Err(mut a), Err(b)) => {
                a.problems.extend(b.problems);
                Err(a)
            }
        }
    }

    /// All problems: those of one struct in the order of its fields.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = Vec::new();
        let missing: Vec<&str> = self
            .problems
            .iter()
            .filter(|problem| matches!(problem, Problem::Missing { .. }))
            .filter_map(Problem::variable)
            .collect();
        if !missing.is_empty() {
            let names = missing.join(", ");
            lines.push(format!("Missing required environment variables: {names}"));
        }
        let others = self
            .problems
            .iter()
            .filter(|problem| !matches!(problem, Problem::Missing { .. }));
        lines.extend(others.map(Problem::to_string));
        f.write_str(&lines.join("\n"))
    }
}

impl From<Problem> for ConfigError {
    fn from(problem: Problem) -> Self {
        Self {
            problems: vec![problem],
        }
    }
}
