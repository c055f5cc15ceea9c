//! Values with units: `30s`, `1MiB`.

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};
use std::{fmt, time};

/// A duration with its unit, such as `500ms`, `30s`, `1m 30s` or `7d`. From `0s` to `3650d`.
///
/// ```
/// use dualrun::config::{self, Duration};
///
/// #[derive(serde::Deserialize)]
/// struct Config { timeout: Duration, retry_after: Option<Duration> }
///
/// let config: Config = config::load_from([("TIMEOUT", "1m 30s")])?;
/// assert_eq!(config.timeout.get(), std::time::Duration::from_secs(90));
/// # let _ = config.retry_after;
/// # Ok::<(), config::ConfigError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration(time::Duration);

impl Duration {
    /// For a default.
    pub const fn new(duration: time::Duration) -> Self {
        Self(duration)
    }

    /// As the standard library has it.
    pub const fn get(self) -> time::Duration {
        self.0
    }
}

impl From<Duration> for time::Duration {
    fn from(Duration(duration): Duration) -> Self {
        duration
    }
}

impl<'de> Deserialize<'de> for Duration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let visitor = DurationVisitor {
            range: "0s to 3650d",
            min: time::Duration::ZERO,
            max: time::Duration::from_secs(3650 * 24 * 60 * 60),
        };
        deserializer.deserialize_str(visitor).map(Self)
    }
}

/// A size in bytes with its unit, such as `512KiB`, `64MiB` or `1MB`.
///
/// ```
/// use dualrun::config::{self, ByteSize};
///
/// #[derive(serde::Deserialize)]
/// struct Config { cache: ByteSize }
///
/// let config: Config = config::load_from([("CACHE", "64MiB")])?;
/// assert_eq!(config.cache.get(), 64 * 1024 * 1024);
/// # Ok::<(), config::ConfigError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ByteSize(u64);

impl ByteSize {
    /// For a default.
    pub const fn new(bytes: u64) -> Self {
        Self(bytes)
    }

    /// The number of bytes.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl From<ByteSize> for u64 {
    fn from(ByteSize(bytes): ByteSize) -> Self {
        bytes
    }
}

impl<'de> Deserialize<'de> for ByteSize {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(BytesVisitor).map(Self)
    }
}

pub(crate) struct DurationVisitor {
    /// The bounds in words.
    pub(crate) range: &'static str,
    pub(crate) min: time::Duration,
    pub(crate) max: time::Duration,
}

impl Visitor<'_> for DurationVisitor {
    type Value = time::Duration;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let range = self.range;
        write!(
            f,
            "a duration with its unit, from {range}, such as 500ms or 30s"
        )
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<time::Duration, E> {
        humantime::parse_duration(text)
            .ok()
            .filter(|duration| (self.min..=self.max).contains(duration))
            .ok_or_else(|| E::custom("not a duration"))
    }
}

pub(crate) struct BytesVisitor;

impl Visitor<'_> for BytesVisitor {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a size with its unit, such as 512KiB or 1MiB")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<u64, E> {
        text.parse()
            .ok()
            .filter(|_| text.ends_with(['b', 'B']))
            .map(|bytesize::ByteSize(bytes)| bytes)
            .ok_or_else(|| E::custom("not a size"))
    }
}
