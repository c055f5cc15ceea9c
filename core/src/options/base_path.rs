//! The path that a gateway puts before the service's own.

use crate::Body;
use http::uri::PathAndQuery;
use http::{Request, Uri};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;

/// A path such as `/shop`, or none.
///
/// It is taken off a request's path once, and only where it is a whole segment: of `/shop/shop/1` it
/// leaves `/shop/1`, of `/shopping` all. A path that does not begin with it is left as it is, since a load
/// balancer's health checks come without it.
///
/// ```
/// use dualrun::options::BasePath;
///
/// assert!("/shop".parse::<BasePath>().is_ok());
/// assert!("shop".parse::<BasePath>().is_err());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BasePath {
    /// Without a slash at its end; empty for none.
    prefix: String,
}

/// A base path that does not begin with a slash, or is no path.
#[derive(Debug, thiserror::Error)]
#[error("not a path that begins with a slash")]
pub struct BadBasePath;

impl std::str::FromStr for BasePath {
    type Err = BadBasePath;

    fn from_str(text: &str) -> Result<Self, BadBasePath> {
        let is_path = text.starts_with('/')
            && text
                .parse::<PathAndQuery>()
                .is_ok_and(|path| path.query().is_none());
        let prefix = text.trim_end_matches('/').to_owned();
        if is_path {
            Ok(Self { prefix })
        } else {
            Err(BadBasePath)
        }
    }
}

impl BasePath {
    /// The path without this one before it. `None` if it is not.
    pub(crate) fn strip<'a>(&self, path: &'a str) -> Option<&'a str> {
        let rest = path.strip_prefix(self.prefix.as_str())?;
        match rest {
            "" => Some("/"),
            _ if rest.starts_with('/') => Some(rest),
            _ => None,
        }
    }

    pub(crate) fn strip_from(&self, request: &mut Request<Body>) {
        if self.prefix.is_empty() {
            return;
        }
        let uri = request.uri();
        let Some(path) = self.strip(uri.path()) else {
            return;
        };
        let stripped = match uri.query() {
            Some(query) => format!("{path}?{query}"),
            None => path.to_owned(),
        };
        let mut parts = uri.clone().into_parts();
        parts.path_and_query = stripped.parse().ok();
        // A part of a valid path is a valid path.
        if let Ok(uri) = Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
    }
}

impl<'de> Deserialize<'de> for BasePath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PathVisitor;

        impl Visitor<'_> for PathVisitor {
            type Value = BasePath;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a path that begins with a slash, such as /shop")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<BasePath, E> {
                text.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_str(PathVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(base: &str, uri: &str, expected: &str) {
        let mut request = Request::get(uri).body(Body::empty()).unwrap();
        base.parse::<BasePath>().unwrap().strip_from(&mut request);
        assert_eq!(request.uri(), expected, "{base} off {uri}");
    }

    #[test]
    fn it_is_taken_off_once_at_the_end_of_a_segment() {
        check("/shop", "/shop/1?a=b", "/1?a=b");
        check("/shop/", "/shop/1", "/1");
        check("/shop", "/shop", "/");
        check("/shop", "/shop?a", "/?a");
        check("/shop", "/shop/shop/1", "/shop/1");
        check("/shop", "/shopping", "/shopping");
        check("/shop", "/health", "/health");
        check("/a/b", "/a/b/c", "/c");
        check("/shop", "http://host/shop/1", "http://host/1");
        check("/", "/shop", "/shop");
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for text in ["shop", "", "/a b", "/a?b"] {
            assert!(text.parse::<BasePath>().is_err(), "{text:?}");
        }
    }
}
