//! Which events are logged, as tracing-subscriber's `Targets` are written.

use super::units::LogFilterVisitor;
use serde::{Deserialize, Deserializer};
use std::str::FromStr;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;

/// A level for all events, levels for those of some targets, or both: `info`, `warn,orders=debug,dualrun::access=off`.
///
/// A target stands for all that begin with it; of several that fit, the longest counts. What none names is logged from the
/// level without a target up, and not at all if there is none.
///
/// A word alone has to be a level. To tracing-subscriber any other would be a target to log everything of, and so `inof`
/// would silence the log.
///
/// ```
/// use dualrun::options::LogFilter;
///
/// let filter: LogFilter = "info,orders=debug".parse()?;
/// assert!("inof".parse::<LogFilter>().is_err());
/// # let _ = filter;
/// # Ok::<(), dualrun::options::InvalidLogFilter>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct LogFilter(Targets);

// Targets compare levels and texts.
impl Eq for LogFilter {}

/// A text that is not a list of levels and of targets with levels.
#[derive(Debug, thiserror::Error)]
#[error("not a list of levels and of targets with levels, such as info,orders=debug")]
pub struct InvalidLogFilter;

impl FromStr for LogFilter {
    type Err = InvalidLogFilter;

    fn from_str(text: &str) -> Result<Self, InvalidLogFilter> {
        let is_valid = |part: &str| match part.split_once('=') {
            // Spans and fields in brackets are EnvFilter's.
            Some((target, level)) => {
                is_target(target) && !level.is_empty() && level.parse::<LevelFilter>().is_ok()
            }
            None => !part.is_empty() && part.parse::<LevelFilter>().is_ok(),
        };
        let parts: Vec<&str> = text.split(',').map(str::trim).collect();
        if !parts.iter().all(|part| is_valid(part)) {
            return Err(InvalidLogFilter);
        }
        let targets = parts.join(",").parse().map_err(|_| InvalidLogFilter)?;
        Ok(Self(targets))
    }
}

/// Whether a text can be a target: a path of modules, or what somebody has put in the place of one.
fn is_target(text: &str) -> bool {
    // `info=debug` is a typing error for `info` or `debug`, and would silence all but a target of that name.
    let levels = ["off", "error", "warn", "info", "debug", "trace"];
    let is_level = levels.iter().any(|level| text.eq_ignore_ascii_case(level));
    !text.is_empty()
        && !is_level
        && !text.contains(|c: char| c.is_whitespace() || "[]{}\"".contains(c))
}

impl From<LevelFilter> for LogFilter {
    fn from(level: LevelFilter) -> Self {
        Self(Targets::new().with_default(level))
    }
}

impl From<LogFilter> for Targets {
    fn from(LogFilter(targets): LogFilter) -> Self {
        targets
    }
}

impl<'de> Deserialize<'de> for LogFilter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(LogFilterVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tracing::Level;

    #[test]
    fn the_longest_target_that_fits_counts_and_then_the_level_alone() {
        let filter: LogFilter = "warn, orders=debug,orders::sql=off".parse().unwrap();
        let targets = Targets::from(filter);
        for (target, level, is_logged) in [
            ("shop", Level::WARN, true),
            ("shop", Level::INFO, false),
            ("orders", Level::DEBUG, true),
            ("orders::cart", Level::DEBUG, true),
            ("orders", Level::TRACE, false),
            ("orders::sql", Level::ERROR, false),
        ] {
            assert_eq!(
                targets.would_enable(target, &level),
                is_logged,
                "{target} {level}"
            );
        }
    }

    #[test]
    fn what_would_silence_the_log_by_a_typo_is_refused() {
        for text in [
            "",
            " ",
            "inof",
            "info,",
            ",",
            "orders",
            "orders=",
            "orders=loud",
            "=info",
            "info=debug",
            "a=b=info",
            "[request]=debug",
            "[{path=/}]=debug",
            "orders=info warn",
        ] {
            assert!(text.parse::<LogFilter>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn levels_may_be_in_any_case() {
        for text in ["INFO", "Off", "trace", "orders=WARN"] {
            assert!(text.parse::<LogFilter>().is_ok(), "{text:?}");
        }
    }
}
