//! A value that is never printed.

use serde::de::Visitor;
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::marker::PhantomData;

/// What a secret calls itself, by which the loader knows it.
pub(super) const SECRET: &str = "dualrun::Secret";

/// Holds a secret; its `Debug` and `Display` print `[redacted]`, only [`expose`](Secret::expose) gives it away.
///
/// In a configuration it may come from a file: where `API_KEY` is read, so is `API_KEY_FILE`.
///
/// ```
/// use dualrun::config::Secret;
///
/// let key = Secret::new(String::from("hunter2"));
/// assert_eq!(format!("{key} {key:?}"), "[redacted] [redacted]");
/// assert_eq!(key.expose(), "hunter2");
/// ```
#[derive(Clone)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// Wraps `value`.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The secret itself. Keep it out of logs, errors and responses.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl<T> fmt::Display for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Secret<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SecretVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for SecretVisitor<T> {
            type Value = Secret<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a secret")
            }

            fn visit_newtype_struct<D: Deserializer<'de>>(
                self,
                deserializer: D,
            ) -> Result<Secret<T>, D::Error> {
                T::deserialize(deserializer).map(Secret)
            }
        }

        deserializer.deserialize_newtype_struct(SECRET, SecretVisitor(PhantomData))
    }
}
