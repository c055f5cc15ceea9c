//! Values as the options take them: `0.0.0.0:8000`, `30s`, `1MiB`.

use super::{LogFilter, UrlPath};
use crate::config::{BytesVisitor, DurationVisitor};
use serde::Deserializer;
use serde::de::{Error, Visitor};
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

/// Longer than this is a typo, and far from what the clock's arithmetic can hold.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// An address with its port, such as `0.0.0.0:8000` or `[::]:8000`.
#[inline(never)]
pub(super) fn socket_addr<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<SocketAddr, D::Error> {
    deserializer.deserialize_str(SocketAddrVisitor)
}

/// A duration that may be zero, such as `500ms`, `30s` or `1m 30s`.
#[inline(never)]
pub(super) fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    deserializer.deserialize_str(DurationVisitor {
        range: "0s to 24h",
        min: Duration::ZERO,
        max: LONGEST,
    })
}

/// A duration that is not zero.
#[inline(never)]
pub(super) fn timeout<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    deserializer.deserialize_str(DurationVisitor {
        range: "1ms to 24h",
        min: Duration::from_millis(1),
        max: LONGEST,
    })
}

/// A size in bytes, such as `512KiB`, `1MiB` or `1MB`.
pub(super) fn bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    deserializer.deserialize_str(BytesVisitor)
}

/// A size in bytes, or `auto`, which is none.
pub(super) fn bytes_or_auto<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<u64>, D::Error> {
    deserializer.deserialize_str(OrWord {
        inner: BytesVisitor,
        word: "auto",
    })
}

/// A path, or `off`, which is none.
pub(super) fn path_or_off<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<UrlPath>, D::Error> {
    deserializer.deserialize_str(OrWord {
        inner: PathVisitor,
        word: "off",
    })
}

/// A namespace of CloudWatch.
pub(super) fn namespace<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    deserializer.deserialize_str(NamespaceVisitor)
}

struct NamespaceVisitor;

impl Visitor<'_> for NamespaceVisitor {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("1 to 255 letters, digits and .-_/#, not beginning with AWS/")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        let is_valid = |c: char| c.is_ascii_alphanumeric() || ".-_/#".contains(c);
        let is_valid = text.chars().all(is_valid) && (1..=255).contains(&text.len());
        if is_valid && !text.starts_with("AWS/") {
            Ok(text.to_owned())
        } else {
            Err(E::custom("not a namespace"))
        }
    }
}

struct OrWord<V> {
    inner: V,
    word: &'static str,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for OrWord<V> {
    type Value = Option<V::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)?;
        write!(f, ", or `{}`", self.word)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        if text == self.word {
            Ok(None)
        } else {
            self.inner.visit_str(text).map(Some)
        }
    }
}

struct SocketAddrVisitor;

impl Visitor<'_> for SocketAddrVisitor {
    type Value = SocketAddr;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an IP address with a port, such as 0.0.0.0:8000 or [::]:8000")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<SocketAddr, E> {
        text.parse().map_err(E::custom)
    }
}

pub(super) struct PathVisitor;

impl Visitor<'_> for PathVisitor {
    type Value = UrlPath;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a path that begins with a slash, such as /health")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<UrlPath, E> {
        text.parse().map_err(E::custom)
    }
}

pub(super) struct LogFilterVisitor;

impl Visitor<'_> for LogFilterVisitor {
    type Value = LogFilter;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("levels (off, error, warn, info, debug, trace), alone or for a target, such as info,orders=debug")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<LogFilter, E> {
        text.parse().map_err(E::custom)
    }
}
