//! What a variable's value must be, as far as a type tells.

use serde::{Deserialize, Serialize};

/// What a variable's value must be. It is never blank.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
#[non_exhaustive]
pub enum Kind {
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer {
        /// The smallest.
        min: i64,
        /// The largest.
        max: u64,
    },
    /// A number, such as `0.5`.
    Number,
    /// One of these.
    Choice {
        /// All that there are.
        values: Vec<String>,
    },
    /// A text, or what this version does not know: the type alone does not tell what is valid.
    #[default]
    #[serde(other)]
    Text,
}

impl Kind {
    /// One of these.
    pub(crate) fn choice(values: &[&str]) -> Self {
        let values = values.iter().map(|&value| value.to_owned()).collect();
        Self::Choice { values }
    }

    /// Whether the type alone tells nothing.
    pub(crate) fn is_text(&self) -> bool {
        *self == Self::Text
    }

    /// Whether a value may be valid. A program can still refuse it for reasons that its type does not show.
    ///
    /// ```
    /// use dualrun::contract::Kind;
    ///
    /// let port = Kind::Integer { min: 0, max: 65_535 };
    /// assert!(port.allows("8000") && !port.allows("80000") && !port.allows("http"));
    /// ```
    pub fn allows(&self, value: &str) -> bool {
        if value.trim().is_empty() {
            return false;
        }
        match self {
            Self::Boolean => value.parse::<bool>().is_ok(),
            Self::Integer { min, max } => value
                .parse::<i128>()
                .is_ok_and(|it| (i128::from(*min)..=i128::from(*max)).contains(&it)),
            Self::Number => value.parse::<f64>().is_ok(),
            Self::Choice { values } => values.iter().any(|it| it == value),
            Self::Text => true,
        }
    }
}
