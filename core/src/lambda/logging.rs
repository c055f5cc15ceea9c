//! The function's own logging controls, which Lambda hands over as variables.

use crate::config::Variables;
use crate::options::{LogFilter, LogFormat};
use tracing::level_filters::LevelFilter;

/// `AWS_LAMBDA_LOG_FORMAT`, `Text` or `JSON`, where `DUALRUN_LOG_FORMAT` leaves the choice.
pub(super) fn format(chosen: LogFormat, variables: &Variables) -> LogFormat {
    let of_lambda = variables.get("AWS_LAMBDA_LOG_FORMAT");
    match (chosen, of_lambda.and_then(|format| format.to_str())) {
        (LogFormat::Auto, Some("JSON")) => LogFormat::Json,
        (LogFormat::Auto, Some("Text")) => LogFormat::Text,
        _ => chosen,
    }
}

/// `AWS_LAMBDA_LOG_LEVEL`, from `TRACE` to `FATAL`, where `DUALRUN_LOG` is not set.
pub(super) fn filter(chosen: &LogFilter, variables: &Variables) -> LogFilter {
    if variables.get("DUALRUN_LOG").is_some() {
        return chosen.clone();
    }
    let of_lambda = variables.get("AWS_LAMBDA_LOG_LEVEL");
    let level = match of_lambda.and_then(|level| level.to_str()) {
        // There is nothing above an error here.
        Some("FATAL" | "ERROR") => LevelFilter::ERROR,
        Some("WARN") => LevelFilter::WARN,
        Some("INFO") => LevelFilter::INFO,
        Some("DEBUG") => LevelFilter::DEBUG,
        Some("TRACE") => LevelFilter::TRACE,
        _ => return chosen.clone(),
    };
    level.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &str, value: &str) -> Variables {
        [(name, value)].into_iter().collect()
    }

    #[test]
    fn lambdas_format_counts_where_ours_is_left_open() {
        for (ours, theirs, expected) in [
            (LogFormat::Auto, "JSON", LogFormat::Json),
            (LogFormat::Auto, "Text", LogFormat::Text),
            (LogFormat::Auto, "XML", LogFormat::Auto),
            (LogFormat::Json, "Text", LogFormat::Json),
            (LogFormat::Text, "JSON", LogFormat::Text),
        ] {
            assert_eq!(
                format(ours, &with("AWS_LAMBDA_LOG_FORMAT", theirs)),
                expected,
                "{ours:?} {theirs}"
            );
        }
    }

    #[test]
    fn lambdas_level_counts_where_ours_is_not_set() {
        let ours = |variables: &Variables| {
            let options = crate::Options::load(variables).unwrap();
            filter(&options.log, variables)
        };
        for (theirs, expected) in [
            ("FATAL", LevelFilter::ERROR),
            ("WARN", LevelFilter::WARN),
            ("TRACE", LevelFilter::TRACE),
            ("LOUD", LevelFilter::INFO),
        ] {
            assert_eq!(
                ours(&with("AWS_LAMBDA_LOG_LEVEL", theirs)),
                expected.into(),
                "{theirs}"
            );
        }
        assert_eq!(ours(&Variables::default()), LevelFilter::INFO.into());
        let both = [("AWS_LAMBDA_LOG_LEVEL", "DEBUG"), ("DUALRUN_LOG", "warn")];
        assert_eq!(ours(&both.into_iter().collect()), LevelFilter::WARN.into());
    }
}
