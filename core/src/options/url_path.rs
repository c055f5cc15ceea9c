//! A path of the service, as an option names it.

use super::units::PathVisitor;
use http::uri::PathAndQuery;
use serde::{Deserialize, Deserializer};
use std::fmt;

/// A path that begins with a slash, without a query.
///
/// ```
/// use dualrun::options::UrlPath;
///
/// let path: UrlPath = "/status".parse()?;
/// assert_eq!(path.as_str(), "/status");
/// assert!("status".parse::<UrlPath>().is_err());
/// # Ok::<(), dualrun::options::InvalidPath>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrlPath(String);

/// A text that does not begin with a slash, or is not a path.
#[derive(Debug, thiserror::Error)]
#[error("not a path that begins with a slash")]
pub struct InvalidPath;

impl UrlPath {
    /// The path as it stands in a request.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for UrlPath {
    type Err = InvalidPath;

    fn from_str(text: &str) -> Result<Self, InvalidPath> {
        let is_path = text.starts_with('/')
            && text
                .parse::<PathAndQuery>()
                .is_ok_and(|path| path.as_str() == text && path.query().is_none());
        if is_path {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidPath)
        }
    }
}

impl fmt::Display for UrlPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for UrlPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(PathVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_a_path_is_refused() {
        for text in ["health", "", "/a b", "/a?b", "/a#b", "*"] {
            assert!(text.parse::<UrlPath>().is_err(), "{text:?}");
        }
    }
}
